/* Asks how far the check is and loads the page again when it has ended. Without it, "Look again" does the same. */
"use strict";
(function () {
  const box = document.querySelector("[data-oc-progress]");
  if (!box) {
    return;
  }
  const text = box.querySelector("[data-oc-progress-text]");
  // most checks take a second: ask soon, then ever more rarely
  let pause = 300;
  let said = "";
  async function look() {
    try {
      const answer = await fetch(box.dataset.ocProgress, { headers: { Accept: "application/json" } });
      const progress = await answer.json();
      if (!progress.running) {
        window.location.reload();
        return;
      }
      // a new step is read out; how far it is only stands there
      text.setAttribute("aria-live", progress.done === said ? "off" : "polite");
      said = progress.done;
      text.textContent = [progress.done, progress.note].filter(Boolean).join(" – ");
    } catch (error) {
      text.textContent = "";
    }
    pause = Math.min(1.4 * pause, 2000);
    window.setTimeout(look, pause);
  }
  window.setTimeout(look, pause);
})();
