// The parts of MapLibre GL that the pages use. Its worker is a file of its own (map-worker.js in the manifest), so that the
// Content-Security-Policy needs no blob: call setWorkerUrl with its address before the first map.
export { AttributionControl, Map, NavigationControl, Popup, setWorkerUrl } from "maplibre-gl";
