"use strict";

/* Suggestions under a search field, as a combobox of WAI-ARIA 1.2: Arrow keys choose, Enter searches, Escape closes.
   Without it the field is a plain search field, so its role is given here. */
ckan.module("opencohesion-suggest", function () {
  var WAIT_MS = 200;
  var FEWEST_LETTERS = 2;
  var fields = 0;

  return {
    options: { url: "", some: "", none: "" },

    initialize: function () {
      var box = this.el[0];
      this.input = box.querySelector("input");
      this.list = box.querySelector("[role=listbox]");
      this.status = box.querySelector("[role=status]");
      this.chosen = -1;
      this.list.id = "oc-suggestions-" + (fields += 1);
      this._set({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id });
      this.input.addEventListener("input", this._typed.bind(this));
      this.input.addEventListener("keydown", this._key.bind(this));
      this.input.addEventListener("blur", this._close.bind(this));
      // Before the field loses the focus, which closes the list.
      this.list.addEventListener("mousedown", this._clicked.bind(this));
    },

    _set: function (attributes) {
      Object.keys(attributes).forEach(function (name) { this.input.setAttribute(name, attributes[name]); }, this);
    },

    _typed: function () {
      clearTimeout(this.timer);
      if (this.asking) this.asking.abort();
      if (this.input.value.trim().length < FEWEST_LETTERS) return this._close();
      this.timer = setTimeout(this._ask.bind(this), WAIT_MS);
    },

    _ask: function () {
      var asking = this.asking = new AbortController();
      var address = this.options.url + "?q=" + encodeURIComponent(this.input.value);
      fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } })
        .then(function (answer) { return answer.ok ? answer.json() : { result: [] }; })
        .then(function (answer) { if (!asking.signal.aborted) this._show(answer.result); }.bind(this))
        .catch(function () { /* a suggestion is a courtesy: the search works without */ });
    },

    _show: function (suggestions) {
      if (document.activeElement !== this.input) return;
      this.chosen = -1;
      this.list.replaceChildren.apply(this.list, suggestions.map(this._option, this));
      this.list.hidden = !suggestions.length;
      this._set({ "aria-expanded": String(!this.list.hidden) });
      this.input.removeAttribute("aria-activedescendant");
      this.status.textContent = suggestions.length
        ? this.options.some.replace("{number}", suggestions.length)
        : this.options.none;
    },

    _option: function (suggestion, index) {
      var option = document.createElement("li");
      option.id = this.list.id + "-" + index;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.className = "oc-suggestion oc-suggestion-" + suggestion.kind;
      option.textContent = suggestion.text;
      return option;
    },

    _close: function () {
      clearTimeout(this.timer);
      if (this.asking) this.asking.abort();
      this.list.hidden = true;
      this.chosen = -1;
      this._set({ "aria-expanded": "false" });
      this.input.removeAttribute("aria-activedescendant");
      this.status.textContent = "";
    },

    _key: function (event) {
      var open = !this.list.hidden;
      if (event.key === "Escape" && open) {
        event.preventDefault();
        this._close();
      } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && open) {
        event.preventDefault();
        this._choose(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Enter" && open && this.chosen >= 0) {
        event.preventDefault();
        this._take(this.list.children[this.chosen]);
      }
    },

    _choose: function (step) {
      var options = this.list.children;
      if (this.chosen >= 0) options[this.chosen].setAttribute("aria-selected", "false");
      // One place more than there are options: the field itself.
      this.chosen = ((this.chosen + 1 + step + options.length + 1) % (options.length + 1)) - 1;
      if (this.chosen < 0) return this.input.removeAttribute("aria-activedescendant");
      options[this.chosen].setAttribute("aria-selected", "true");
      options[this.chosen].scrollIntoView({ block: "nearest" });
      this._set({ "aria-activedescendant": options[this.chosen].id });
    },

    _clicked: function (event) {
      var option = event.target.closest("[role=option]");
      event.preventDefault();
      if (option) this._take(option);
    },

    _take: function (option) {
      this.input.value = option.textContent;
      this._close();
      this.input.form.requestSubmit();
    }
  };
});
