// Runs before the first paint: applies the stored theme, so that no page flashes in the wrong one.
const stored = (() => {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null;
  }
})();
if (stored === "light" || stored === "dark") document.documentElement.dataset.theme = stored;
