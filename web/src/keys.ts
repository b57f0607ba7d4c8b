// The keyboard map: moving in lists, going to places (g then a letter), and this page's own single-key actions.
import { all, one, typing, visible } from "./dom";
import { openDialog } from "./dialogs";
import { openPalette } from "./palette";
import { clearSelection, moveRow, openRow, toggleRow } from "./rows";

let going = 0;

function goTo(letter: string): boolean {
  const link = one<HTMLAnchorElement>(`.nav a[data-go="${CSS.escape(letter)}"]`);
  if (link) location.assign(link.href);
  return Boolean(link);
}

/** The control this key means now: in an open dialog first, then on the selection's bar, then on the page. */
function actionFor(key: string): HTMLElement | null {
  const wanted = `[data-key="${CSS.escape(key)}"]`;
  const dialog = one<HTMLDialogElement>("dialog[open]");
  if (dialog) return all(wanted, dialog).find(visible) ?? null;
  const bar = one("[data-bulk]:not([hidden])");
  return (bar && all(wanted, bar).find(visible)) ?? all(wanted).find(visible) ?? null;
}

const fixed: Record<string, () => boolean | void> = {
  j: () => moveRow(1),
  k: () => moveRow(-1),
  x: toggleRow,
  "?": () => openDialog("keys"),
  "/": () => {
    const input = one<HTMLInputElement>("[data-find]");
    input?.focus();
    input?.select();
  },
  Escape: clearSelection,
};

function pressed(event: KeyboardEvent): void {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey) {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  const inDialog = one("dialog[open]") !== null;
  if (going > 0 && !inDialog) {
    clearTimeout(going);
    going = 0;
    if (goTo(event.key)) event.preventDefault();
    return;
  }
  const action = event.key.length === 1 ? actionFor(event.key) : null;
  if (action) {
    event.preventDefault();
    if (action instanceof HTMLTextAreaElement) action.focus();
    else action.click();
    return;
  }
  if (inDialog) return;
  if (event.key === "g") {
    going = window.setTimeout(() => (going = 0), 1200);
    return;
  }
  if (event.key === "Enter") {
    if (document.activeElement === document.body && openRow()) event.preventDefault();
    return;
  }
  const act = fixed[event.key];
  if (act && act() !== false && event.key !== "Escape") event.preventDefault();
}

export function watchKeys(): void {
  document.addEventListener("keydown", pressed);
}
