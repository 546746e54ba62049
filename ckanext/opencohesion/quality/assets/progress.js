/* Asks how far the check is and loads the page again when it has ended. Without it, "Look again" does the same. */
"use strict";
(function () {
  const box = document.querySelector("[data-oc-progress]");
  if (!box) {
    return;
  }
  const text = box.querySelector("[data-oc-progress-text]");
  async function look() {
    try {
      const answer = await fetch(box.dataset.ocProgress, { headers: { Accept: "application/json" } });
      const progress = await answer.json();
      if (!progress.running) {
        window.location.reload();
        return;
      }
      text.textContent = [progress.done, progress.note].filter(Boolean).join(" – ");
    } catch (error) {
      text.textContent = "";
    }
    window.setTimeout(look, 2000);
  }
  window.setTimeout(look, 1000);
})();
