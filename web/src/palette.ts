// The command palette (Ctrl K): go anywhere, do what this page offers, find any record.
import { all, on, one, visible } from "./dom";
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
  const local = () => here.filter((option) => option.label.toLowerCase().includes(input.value.toLowerCase()));
  const question = () => `${box.dataset.src}?q=${encodeURIComponent(input.value)}`;
  input.addEventListener("input", () => {
    listbox.show(local());
    listbox.ask(question, 80, (found) => listbox.show([...local(), ...found], "Nothing found. Try a number, a name, or a page."));
  });
  input.addEventListener("keydown", (event) => listbox.key(event));
  box.addEventListener("close", () => listbox.close());
  on("click", "[data-palette]", openPalette);
}
