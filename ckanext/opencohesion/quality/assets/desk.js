/* Keeps the desk's list fresh while something waits or runs, without touching what has the focus, and reads out politely
   what changed. Without it the page shows the same when it is loaded again. */
"use strict";
(function () {
  const EVERY_MS = 4000;
  const list = document.querySelector("[data-oc-desk]");
  const said = document.querySelector("[data-oc-desk-said]");
  if (!list || !("ocDeskBusy" in list.dataset)) {
    return;
  }

  /* Puts the new content into a row; a link that had the focus has it again. */
  function renew(row, now) {
    const held = row.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    row.className = now.className;
    row.dataset.ocSaid = now.dataset.ocSaid;
    row.innerHTML = now.innerHTML;
    if (held !== null) {
      const links = Array.from(row.querySelectorAll("a"));
      (links.find((link) => link.getAttribute("href") === held) || links[0]).focus();
    }
  }

  function take(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const changes = [];
    for (const row of list.querySelectorAll(".oc-desk-row")) {
      const now = page.getElementById(row.id);
      if (now && now.innerHTML !== row.innerHTML) {
        if (now.dataset.ocSaid !== row.dataset.ocSaid) {
          changes.push(now.dataset.ocSaid);
        }
        renew(row, now);
      }
    }
    if (changes.length) {
      said.textContent = changes.join(". ");
    }
    return Boolean(page.querySelector(".oc-desk-progress"));
  }

  async function look() {
    const ids = Array.from(list.querySelectorAll(".oc-desk-row"), (row) => row.id.replace("oc-row-", ""));
    let busy = true;
    try {
      const answer = await fetch(`${list.dataset.ocDesk}?ids=${ids.join(",")}`);
      busy = answer.ok && take(await answer.text());
    } catch (error) {
      busy = true; /* the network is away: look again */
    }
    if (busy) {
      window.setTimeout(look, EVERY_MS);
    }
  }
  window.setTimeout(look, EVERY_MS);
})();
