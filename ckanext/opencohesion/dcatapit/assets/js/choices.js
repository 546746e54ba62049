"use strict";

/* Turns a multiple select into a search box (the browser's own list of suggestions) with what is chosen below it.
   The select stays in the form, hidden, and holds the values; without script it is used as it is. */
ckan.module("opencohesion-choices", function ($) {
  return {
    options: { placeholder: "", remove: "Remove", add: "Add", unknown: "", chosen: "" },

    initialize: function () {
      var select = this.el[0];
      this.select = select;
      this.input = this._input(select);
      this.chosen = document.createElement("ul");
      this.chosen.className = "oc-chosen";
      this.chosen.setAttribute("aria-label", this.options.chosen);
      this.said = document.createElement("div");
      this.said.setAttribute("role", "status");

      var add = document.createElement("button");
      add.type = "button";
      add.className = "btn btn-outline-secondary";
      add.textContent = this.options.add;
      add.addEventListener("click", this._add.bind(this));

      var box = document.createElement("div");
      box.className = "oc-search";
      box.append(this.input, add);
      select.after(box, this._suggestions(), this.said, this.chosen);
      select.hidden = true;
      select.id += "-values";
      select.addEventListener("change", this._show.bind(this));
      this._show();
    },

    _input: function (select) {
      var input = document.createElement("input");
      input.type = "text";
      input.className = "form-control";
      input.id = select.id;
      input.placeholder = this.options.placeholder;
      input.autocomplete = "off";
      input.setAttribute("list", select.id + "-list");
      ["aria-describedby", "aria-invalid", "aria-required"].forEach(function (name) {
        if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
      });
      input.addEventListener("keydown", function (event) {
        if (event.key !== "Enter") return;
        event.preventDefault();
        this._add();
      }.bind(this));
      // Choosing a suggestion with the mouse fires "input" with the whole label: no need to press "Add" as well.
      input.addEventListener("input", function (event) {
        if (event.inputType === "insertReplacementText" || !event.inputType) this._add();
      }.bind(this));
      return input;
    },

    _suggestions: function () {
      var list = document.createElement("datalist");
      list.id = this.select.id + "-list";
      Array.from(this.select.options).forEach(function (option) {
        list.append(new Option(option.text, option.text));
      });
      return list;
    },

    _add: function () {
      var text = this.input.value.trim().toLowerCase();
      if (!text) return;
      var options = Array.from(this.select.options);
      var match = options.find(function (option) { return option.text.toLowerCase() === text; }) ||
        options.find(function (option) { return option.value.toLowerCase() === text; });
      if (!match) {
        var near = options.filter(function (option) { return option.text.toLowerCase().includes(text); });
        if (near.length === 1) match = near[0];
      }
      // Seen only when something is wrong, heard in both cases.
      this.said.className = match ? "visually-hidden" : "error-block";
      this.said.textContent = match ? this.options.chosen + " " + match.text : this.options.unknown;
      if (!match) return;
      match.selected = true;
      this.input.value = "";
      this._show();
    },

    _show: function () {
      var remove = this.options.remove;
      var items = Array.from(this.select.selectedOptions).map(function (option) {
        var item = document.createElement("li");
        var button = document.createElement("button");
        button.type = "button";
        button.textContent = "×";
        button.setAttribute("aria-label", remove + " " + option.text);
        button.addEventListener("click", function () {
          option.selected = false;
          this._show();
          this.input.focus();
        }.bind(this));
        item.append(option.text, button);
        return item;
      }, this);
      this.chosen.replaceChildren.apply(this.chosen, items);
      this.chosen.hidden = items.length === 0;
    }
  };
});
