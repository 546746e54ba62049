// The frame of every page: the menu on a phone, and menus that close when one leaves them. Without this script the menus
// (<details>) work all the same and the navigation is always shown (see theme.css, "scripting").
const toggle = document.querySelector(".oc-nav-toggle");
const navigation = document.getElementById("oc-navigation");

toggle?.addEventListener("click", () => {
  const open = toggle.getAttribute("aria-expanded") !== "true";
  toggle.setAttribute("aria-expanded", String(open));
  navigation.classList.toggle("is-open", open);
});

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.oc-menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.oc-menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (toggle?.getAttribute("aria-expanded") === "true") {
    toggle.click();
    toggle.focus();
  }
});
