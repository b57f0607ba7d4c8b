// Toasts: words that leave by themselves; one with an undo counts its seconds down first.
import { all, make, one } from "./dom";

function arm(toast: HTMLElement): void {
  if (toast.dataset.armed !== undefined || toast.dataset.stay !== undefined) return;
  toast.dataset.armed = "";
  let left = Number(toast.dataset.seconds ?? 6);
  const shown = one(".left", toast);
  const timer = window.setInterval(() => {
    if (toast.matches(":hover, :focus-within")) return;
    left -= 1;
    if (shown) shown.textContent = String(Math.max(left, 0));
    if (left > 0) return;
    clearInterval(timer);
    toast.remove();
  }, 1000);
}

function armAll(): void {
  for (const toast of all(".toasts .toast")) arm(toast);
}

export function say(words: string, state: "ok" | "bad" | "warn" = "ok"): void {
  const toast = make("div", { class: `toast ${state}`, role: state === "bad" ? "alert" : "status" }, make("span", {}, words));
  one(".toasts")?.append(toast);
  arm(toast);
}

export function watchToasts(): void {
  armAll();
  const shelf = one(".toasts");
  if (shelf) new MutationObserver(armAll).observe(shelf, { childList: true });
  document.addEventListener("htmx:response:error", () => say("That did not work. Nothing was changed.", "bad"));
  document.addEventListener("htmx:error", () => say("The server cannot be reached. Nothing was changed.", "bad"));
}
