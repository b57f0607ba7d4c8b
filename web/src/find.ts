// The bar on top: colours the filter language as one types and completes it from /complete/<kind>.
import { all, on, one } from "./dom";
import { Listbox, type Option } from "./listbox";

/** A completion also says which characters of the input it replaces. */
interface Completion extends Option {
  from?: number;
  to?: number;
}

function escape(text: string): string {
  return text.replace(/[&<>]/g, (sign) => (sign === "&" ? "&amp;" : sign === "<" ? "&lt;" : "&gt;"));
}

/** The filter as marked text: field names and operators in the accent, quoted text in green. */
export function painted(text: string): string {
  const parts = /("[^"]*"?)|([\w.@-]+)(:|!=|>=|<=|=|>|<)|(\||\b(?:and|or|not)\b)/g;
  let html = "";
  let at = 0;
  for (const found of text.matchAll(parts)) {
    html += escape(text.slice(at, found.index));
    const whole = escape(found[0]);
    html += found[1] ? `<q>${whole}</q>` : `<em>${whole}</em>`;
    at = found.index + found[0].length;
  }
  return html + escape(text.slice(at));
}

function paint(input: HTMLInputElement): void {
  const ink = input.parentElement?.querySelector(".ink");
  if (!ink) return;
  ink.innerHTML = painted(input.value);
  ink.scrollLeft = input.scrollLeft;
  input.closest(".find")?.classList.add("painted");
}

export function watchFind(): void {
  const input = one<HTMLInputElement>("[data-find]");
  if (!input) return;
  paint(input);
  const repaint = () => paint(input);
  for (const type of ["input", "scroll", "keyup", "blur"]) input.addEventListener(type, repaint);
  document.addEventListener("page:changed", repaint);
  const address = input.dataset.complete;
  const list = one("#find-options");
  if (!address || !list) return;

  const listbox = new Listbox(input, list, (option) => {
    const { from = input.selectionStart ?? 0, to = input.selectionEnd ?? from } = option as Completion;
    input.setRangeText(option.value, from, to, "end");
    paint(input);
    listbox.close();
    ask();
  });
  const question = () => {
    const asked = new URLSearchParams({ q: input.value, at: String(input.selectionStart ?? input.value.length) });
    for (const kept of all<HTMLInputElement>("input[type=hidden]", input.form ?? undefined)) asked.set(kept.name, kept.value);
    return `${address}?${asked}`;
  };
  const ask = () => listbox.ask(question, 90, (found) => listbox.show(found));
  on("input", "[data-find]", ask);
  input.addEventListener("keydown", (event) => {
    if (listbox.key(event)) return;
    if (event.key === "ArrowDown") ask();
    if (event.key === "Escape") input.blur();
  });
  input.addEventListener("blur", () => listbox.close());
}
