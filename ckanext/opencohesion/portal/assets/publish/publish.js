"use strict";

/* The officer's pages without a framework: a place to drop the file, a word while it is looked at, the result of the first
   look when it is there, and what was typed kept in this window until it is saved. Everything works without it. */
(function () {
  document.querySelectorAll("[data-oc-drop]").forEach(function (area) {
    const input = area.querySelector("input[type=file]");
    ["dragover", "dragenter"].forEach(function (name) {
      area.addEventListener(name, function (event) {
        event.preventDefault();
        area.classList.add("oc-drop-over");
      });
    });
    ["dragleave", "drop"].forEach(function (name) {
      area.addEventListener(name, function () { area.classList.remove("oc-drop-over"); });
    });
    area.addEventListener("drop", function (event) {
      event.preventDefault();
      if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
    });
  });

  document.querySelectorAll("[data-oc-busy]").forEach(function (button) {
    button.form.addEventListener("submit", function (event) {
      if (event.submitter !== button) return;
      const status = button.form.querySelector("[data-oc-busy-text]");
      if (status) status.textContent = button.dataset.ocBusy;
    });
  });

  async function look() {
    const box = document.querySelector("[data-oc-look]");
    if (!box) return;
    try {
      const answer = await fetch(box.dataset.ocLook);
      if (answer.ok) {
        const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#oc-first-look");
        if (found && !found.dataset.ocLook) box.replaceWith(found);
      }
    } catch (error) { /* asked again */ }
    window.setTimeout(look, 3000);
  }
  window.setTimeout(look, 1500);

  /* A login that lapsed, a page that was left: what was typed since the last saving is still here. */
  const form = document.querySelector("form[data-oc-keep]");
  if (!form) return;
  const key = "oc-form-" + form.dataset.ocKeep;
  const version = form.elements.oc_shown ? form.elements.oc_shown.value : "";
  const texts = Array.from(form.querySelectorAll("input[type=text], input[type=url], input[type=email], input[type=tel], input[type=date], textarea"));
  let kept = null;
  try { kept = JSON.parse(window.sessionStorage.getItem(key)); } catch (error) { kept = null; }
  if (kept && kept.version === version) {
    texts.forEach(function (field) { if (field.name in kept.values) field.value = kept.values[field.name]; });
  }
  function keep(event) {
    const field = event.target;
    if (!field.name || !texts.includes(field)) return;
    kept = kept && kept.version === version ? kept : { version: version, values: {} };
    kept.values[field.name] = field.value;
    try { window.sessionStorage.setItem(key, JSON.stringify(kept)); } catch (error) { /* full or forbidden */ }
  }
  form.addEventListener("input", keep);
})();
