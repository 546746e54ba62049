/* A button that copies a citation or an example. Without scripts the text can be selected as any other. */
"use strict";
(function () {
  if (!navigator.clipboard) {
    return;
  }
  document.querySelectorAll("[data-oc-copy]").forEach(function (source) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-outline-secondary btn-sm";
    button.textContent = source.dataset.ocCopy;
    const said = document.createElement("span");
    said.className = "ms-2";
    said.setAttribute("role", "status");
    button.addEventListener("click", async function () {
      await navigator.clipboard.writeText(source.textContent.trim());
      said.textContent = source.dataset.ocCopied;
      window.setTimeout(function () { said.textContent = ""; }, 3000);
    });
    const line = document.createElement("p");
    line.className = "oc-copy";
    line.append(button, said);
    source.after(line);
  });
})();
