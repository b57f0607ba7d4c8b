// Picking records by typing: a combobox over /pick/<kind>?q= that keeps the chosen ids in hidden inputs.
import { icon, make, on, one } from "./dom";
import { Listbox, type Option } from "./listbox";

interface Picker {
  listbox: Listbox;
  search: () => void;
}

const pickers = new WeakMap<HTMLInputElement, Picker>();

function chip(name: string, option: Option): HTMLElement {
  const remove = make("button", { type: "button", "data-unpick": "", "aria-label": `Remove ${option.label}` });
  remove.append(icon("x"));
  return make("span", { class: "chip" }, make("span", {}, option.label), make("input", { type: "hidden", name, value: option.value }), remove);
}

function choose(input: HTMLInputElement, option: Option): void {
  const field = input.closest<HTMLElement>("[data-pick]");
  if (!field) return;
  if (field.dataset.many !== undefined) {
    const chips = one(".chips", field);
    const there = chips && [...chips.querySelectorAll("input")].some((hidden) => hidden.value === option.value);
    if (!there) chips?.append(chip(field.dataset.name ?? "", option));
    input.value = "";
  } else {
    const hidden = one<HTMLInputElement>("input[type=hidden]", field);
    if (hidden) hidden.value = option.value;
    input.value = option.label;
    input.dataset.chosen = option.label;
  }
  pickers.get(input)?.listbox.close();
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function picker(input: HTMLInputElement): Picker | null {
  const ready = pickers.get(input);
  if (ready) return ready;
  const field = input.closest<HTMLElement>("[data-pick]");
  const list = field && one(".options", field);
  if (!field || !list) return null;
  const listbox = new Listbox(input, list, (option) => choose(input, option), true);
  const join = field.dataset.pick?.includes("?") ? "&" : "?";
  const question = () => `${field.dataset.pick}${join}q=${encodeURIComponent(input.value)}`;
  const search = () => listbox.ask(question, 120, (found) => listbox.show(found, "Nothing fits. Try fewer letters."));
  const made = { listbox, search };
  pickers.set(input, made);
  return made;
}

export function watchPickers(): void {
  const typed = "[data-pick] input[role=combobox]";
  on("input", typed, (element) => {
    const input = element as HTMLInputElement;
    const hidden = one<HTMLInputElement>("[data-pick]:not([data-many]) input[type=hidden]", input.closest(".field") ?? document);
    if (hidden && input.closest("[data-pick]")?.contains(hidden)) hidden.value = "";
    picker(input)?.search();
  });
  on("keydown", typed, (element, event) => {
    const made = picker(element as HTMLInputElement);
    if (made?.listbox.key(event)) return;
    if (event.key === "ArrowDown") made?.search();
  });
  on("focusout", typed, (element) => {
    const input = element as HTMLInputElement;
    picker(input)?.listbox.close();
    const hidden = one<HTMLInputElement>("input[type=hidden]", input.closest("[data-pick]:not([data-many])") ?? make("i"));
    if (hidden && hidden.value === "" && input.value !== "") input.setCustomValidity("Choose one from the list, or leave it empty.");
    else input.setCustomValidity("");
  });
  on("click", "[data-unpick]", (element) => {
    const field = element.closest<HTMLElement>("[data-pick]");
    element.closest(".chip")?.remove();
    field?.querySelector<HTMLInputElement>("input[role=combobox]")?.focus();
    field?.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
