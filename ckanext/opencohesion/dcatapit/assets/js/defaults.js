"use strict";

/* Prefills the form of a new dataset with what the chosen organization declares. Another choice of organization
   replaces only what nobody has changed in the meantime. */
ckan.module("opencohesion-defaults", function ($) {
  return {
    options: { declared: {} },

    initialize: function () {
      this.form = this.el[0].closest("form");
      this.owner = this.form.elements.owner_org;
      this.filled = {};
      if (!this.owner || !Object.keys(this.options.declared).length) return;
      this.owner.addEventListener("change", this._fill.bind(this));
      // After the modules of the other fields have started.
      setTimeout(this._fill.bind(this), 0);
    },

    _fill: function () {
      var declared = this.options.declared[this.owner.value] || {};
      var names = new Set(Object.keys(this.filled).concat(Object.keys(declared)));
      names.forEach(function (name) {
        var field = this.form.elements[name];
        if (!field || this._changed(name, field)) return;
        this._set(field, declared[name]);
        this.filled[name] = this._value(field);
      }, this);
    },

    _changed: function (name, field) {
      if (name in this.filled) return this._value(field) !== this.filled[name];
      return name !== "license_id" && this._value(field) !== "";
    },

    _value: function (field) {
      return field.multiple
        ? Array.from(field.selectedOptions).map(function (option) { return option.value; }).join("|")
        : field.value;
    },

    _set: function (field, value) {
      if (!field.multiple) {
        if (value || field.name !== "license_id") field.value = value || "";
        return;
      }
      Array.from(field.options).forEach(function (option) {
        option.selected = (value || []).includes(option.value);
      });
      field.dispatchEvent(new Event("change"));
    }
  };
});
