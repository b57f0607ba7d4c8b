// The command palette (Ctrl K): go anywhere, do what this page offers, find any record.
import { all, debounce, on, one, visible } from "./dom";
import { getJson } from "./fetch";
import { Listbox, type Option } from "./listbox";

const dialog = () => one<HTMLDialogElement>("#palette");

/** What this page's own buttons offer, so that each action can also be found by its name. */
function actionsHere(text: string): Option[] {
  return all("[data-key]")
    .filter((element) => visible(element) && !element.hasAttribute("disabled"))
    .map((element) => ({
      value: element.dataset.key ?? "",
      label: (element.dataset.label ?? element.textContent ?? "").replace(/\s+/g, " ").trim(),
      hint: element.dataset.key,
      icon: "bolt",
    }))
    .filter((option, at, list) => list.findIndex((other) => other.label === option.label) === at)
    .filter((option) => option.label.toLowerCase().includes(text.toLowerCase()));
}

export function openPalette(): void {
  const box = dialog();
  if (!box || box.open) return;
  here = actionsHere("");
  box.showModal();
  const input = one<HTMLInputElement>("input", box);
  if (input) {
    input.value = "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

let here: Option[] = [];

export function watchPalette(): void {
  const box = dialog();
  const input = box && one<HTMLInputElement>("input", box);
  const list = box && one(".options", box);
  if (!box || !input || !list) return;
  const listbox = new Listbox(
    input,
    list,
    (option) => {
      box.close();
      if (option.href) location.assign(option.href);
      else all(`[data-key="${CSS.escape(option.value)}"]`).find(visible)?.click();
    },
    true,
  );
  let running = new AbortController();
  const local = (text: string) => here.filter((option) => option.label.toLowerCase().includes(text.toLowerCase()));
  const ask = debounce((text: string) => {
    running.abort();
    running = new AbortController();
    getJson<Option[]>(`${box.dataset.src}?q=${encodeURIComponent(text)}`, running.signal)
      .then((found) => {
        if (box.open) listbox.show([...local(text), ...(found ?? [])], "Nothing found. Try a number, a name, or a page.");
      })
      .catch(() => undefined);
  }, 80);
  input.addEventListener("input", () => {
    listbox.show(local(input.value));
    ask(input.value);
  });
  input.addEventListener("keydown", (event) => listbox.key(event));
  on("click", "[data-palette]", openPalette);
}
