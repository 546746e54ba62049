// What build.mjs makes. Each entry becomes one file; a page loads only what it uses.
export const entries = ["src/theme.css", "src/portal.js", "src/charts.js", "src/map.js", "src/map.css"];

// Icons of Bootstrap Italia that the pages use: {{ h.opencohesion_icon('search') }} shows it-search.
export const icons = [
  "arrow-right", "bookmark", "box", "calendar", "car", "chart-line", "check-circle", "chevron-right",
  "clock", "close", "code-circle", "copy", "download", "error", "expand", "external-link", "file",
  "file-compressed", "file-csv", "file-json", "file-pdf", "file-sheet", "file-xml", "files", "flag",
  "funnel", "github", "hearing", "help-circle", "horn", "inbox", "info-circle", "key", "link", "list",
  "locked", "logout", "mail", "map-marker", "pa", "pencil", "piattaforme", "plug", "plus-circle",
  "presentation", "refresh", "rss", "search", "settings", "share", "software", "star-outline",
  "team-digitale", "tool", "unlocked", "upload", "user", "warning-circle", "wifi",
];

// Files taken as they are.
export const copies = {
  "map-worker.js": "maplibre-gl/dist/maplibre-gl-worker.mjs",
};

// Licences of what ends up in the files above.
export const licences = {
  "bootstrap-italia": "bootstrap-italia/LICENSE",
  "design-tokens-italia": "design-tokens-italia/LICENSE",
  "titillium-web": "bootstrap-italia/dist/fonts/Titillium_Web/OFL.txt",
  echarts: "echarts/LICENSE",
  "echarts-notice": "echarts/NOTICE",
  zrender: "zrender/LICENSE",
  "maplibre-gl": "maplibre-gl/LICENSE.txt",
};
