/* Asks how far the work is, and loads the page again at the verdict when it has ended, which a screen reader then reads.
   Without it, "Look again" does the same. What it is at stands there all the time and is read out at each new step, and
   every quarter of a minute. */
"use strict";
(function () {
  const SAID_EVERY_MS = 15000;
  const VERDICT = "oc-verdict";
  // a page that is loaded again does not go to its fragment by itself
  if (window.location.hash === `#${VERDICT}`) {
    document.getElementById(VERDICT)?.focus();
  }
  const box = document.querySelector("[data-oc-progress]");
  if (!box) {
    return;
  }
  const text = box.querySelector("[data-oc-progress-text]");
  const said = box.querySelector("[data-oc-progress-said]");
  // most checks take a second: ask soon, then ever more rarely
  let pause = 300;
  let step = null;
  let saidAt = 0;
  function show(progress) {
    text.textContent = [progress.done, progress.note].filter(Boolean).join(" – ");
    if (text.textContent && (progress.done !== step || Date.now() - saidAt > SAID_EVERY_MS)) {
      step = progress.done;
      saidAt = Date.now();
      said.textContent = text.textContent;
    }
  }
  async function look() {
    try {
      const answer = await fetch(box.dataset.ocProgress, { headers: { Accept: "application/json" } });
      const progress = await answer.json();
      if (!progress.running) {
        window.location.hash = VERDICT;
        window.location.reload();
        return;
      }
      show(progress);
    } catch (error) {
      text.textContent = "";
    }
    pause = Math.min(1.4 * pause, 2000);
    window.setTimeout(look, pause);
  }
  window.setTimeout(look, pause);
})();
