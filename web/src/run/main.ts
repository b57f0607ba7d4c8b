// Starts the page on which a run is carried out, and the worker that keeps it at hand without a connection.
import { RunPage } from "./page";

customElements.define("wk-run", RunPage);

if ("serviceWorker" in navigator) {
  void navigator.serviceWorker.register("/run/worker.js", { scope: "/run/" }).then(async () => {
    const ready = await navigator.serviceWorker.ready;
    const files = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
    const own = files.filter((file) => file.origin === location.origin && file.pathname.startsWith("/assets/"));
    const sprite = document.documentElement.dataset.icons;
    const keep = [location.href, "/run/mine", ...own.map((file) => file.pathname), ...(sprite ? [sprite] : [])];
    ready.active?.postMessage({ keep: [...new Set(keep)] });
  });
}
