// Menus behind one button: one open at a time, closed by Escape, by a click beside them, and by what they start.
import { all, on, one } from "./dom";

export function watchMenus(): void {
  document.addEventListener("click", (event) => {
    for (const menu of all<HTMLDetailsElement>("details[data-menu][open]")) {
      const inside = event.target instanceof Node && menu.contains(event.target);
      const chosen = event.target instanceof Element && event.target.closest(".items button, .items a");
      if (!inside || chosen) menu.open = false;
    }
  });
  on("keydown", "details[data-menu][open]", (element, event) => {
    if (event.key !== "Escape") return;
    (element as HTMLDetailsElement).open = false;
    one("summary", element)?.focus();
    event.stopPropagation();
  });
}
