"use strict";

/* Adds and removes the entries of a field that may be given several times. Entries stay numbered from 0 without
   gaps: the server reads them by their number. */
ckan.module("opencohesion-entries", function ($) {
  return {
    initialize: function () {
      this.list = this.el[0].querySelector("[data-entries]");
      this.template = this.el[0].querySelector("template");
      this.button = this.el[0].querySelector("[data-add]");
      this.button.addEventListener("click", this._add.bind(this));
      this.list.addEventListener("click", function (event) {
        var button = event.target.closest("[data-remove]");
        if (button) this._remove(button.closest("[data-entry]"));
      }.bind(this));
    },

    _add: function () {
      var count = this.list.children.length;
      var entry = this.template.content.firstElementChild.cloneNode(true);
      this._renumber(entry, "__INDEX__", "__NUMBER__", count);
      this.list.append(entry);
      entry.querySelector("input, select, textarea").focus();
    },

    _remove: function (removed) {
      if (this.list.children.length === 1) {
        removed.querySelectorAll("input, select, textarea").forEach(function (input) { input.value = ""; });
        return;
      }
      var entries = Array.from(this.list.children);
      var start = entries.indexOf(removed);
      entries.slice(start + 1).forEach(function (entry, offset) {
        var index = start + 1 + offset;
        this._renumber(entry, String(index), String(index + 1), index - 1);
      }, this);
      removed.remove();
      this.button.focus();
    },

    /* Writes the number `index` where an entry's names, ids and words hold the number it had. */
    _renumber: function (entry, oldIndex, oldNumber, index) {
      var names = new RegExp("-" + oldIndex + "-", "g");
      var words = new RegExp(" " + oldNumber + "$");
      [entry].concat(Array.from(entry.querySelectorAll("*"))).forEach(function (element) {
        ["id", "name", "for", "list", "aria-describedby"].forEach(function (attribute) {
          if (!element.hasAttribute(attribute)) return;
          element.setAttribute(attribute, element.getAttribute(attribute).replace(names, "-" + index + "-"));
        });
        if (element.hasAttribute("aria-label")) {
          element.setAttribute("aria-label", element.getAttribute("aria-label").replace(words, " " + (index + 1)));
        }
        if (element.matches("[data-remove] .visually-hidden")) {
          element.textContent = element.textContent.replace(words, " " + (index + 1));
        }
      });
    }
  };
});
