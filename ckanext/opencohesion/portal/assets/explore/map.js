// Reads a map's areas aloud: a touched or chosen area is told in words and marked in the table below. The arrow keys go
// from area to area, the largest number first. Without this script the titles of the areas and the table tell the same.
(function () {
  "use strict";

  function start(figure) {
    const drawing = figure.querySelector("svg");
    const said = figure.querySelector(".oc-map-said");
    const rows = Array.from(document.querySelectorAll(".oc-twin tr[data-place]"));
    const paths = new Map(Array.from(drawing.querySelectorAll("path")).map((path) => [path.dataset.place, path]));
    let chosen = -1;

    function show(code) {
      for (const picked of document.querySelectorAll(".oc-picked")) picked.classList.remove("oc-picked");
      const path = paths.get(code);
      path.classList.add("oc-picked");
      path.parentNode.append(path);
      said.textContent = path.querySelector("title").textContent;
      chosen = rows.findIndex((row) => row.dataset.place === code);
      if (chosen >= 0) rows[chosen].classList.add("oc-picked");
    }

    drawing.addEventListener("click", (event) => {
      const path = event.target.closest("path");
      if (path) show(path.dataset.place);
    });
    drawing.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step || !rows.length) return;
      event.preventDefault();
      chosen = (chosen + step + rows.length) % rows.length;
      show(rows[chosen].dataset.place);
    });
    drawing.setAttribute("tabindex", "0");
    said.textContent = said.dataset.hint;
  }

  document.querySelectorAll("[data-oc-map]").forEach(start);
})();
