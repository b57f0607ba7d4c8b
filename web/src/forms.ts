// Forms: rows of children that come and go, a guard against leaving unsaved work, and Ctrl Enter to save.
import { all, on, one } from "./dom";

function renumber(holder: HTMLElement): void {
  all(".child", holder).forEach((row, at) => {
    for (const input of all<HTMLInputElement>("[name], [data-name]", row)) {
      if (input.name) input.name = input.name.replace(/\[\d*\]/, `[${at}]`);
      if (input.dataset.name) input.dataset.name = input.dataset.name.replace(/\[\d*\]/, `[${at}]`);
    }
  });
}

let made = 0;

function addChild(holder: HTMLElement): void {
  const pattern = one<HTMLTemplateElement>("template", holder);
  if (!pattern) return;
  const copy = pattern.content.cloneNode(true) as DocumentFragment;
  made += 1;
  for (const element of all("[id], [for], [aria-controls], [aria-describedby]", copy)) {
    for (const name of ["id", "for", "aria-controls", "aria-describedby"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, `${value}-n${made}`);
    }
  }
  const first = one<HTMLElement>("input:not([type=hidden]), select, textarea", copy);
  one(".rows", holder)?.append(copy);
  renumber(holder);
  first?.focus();
}

const changed = new Set<HTMLFormElement>();

export function watchForms(): void {
  on("click", "[data-add-child]", (element) => {
    const holder = element.closest<HTMLElement>("[data-children]");
    if (holder) addChild(holder);
  });
  on("click", "[data-drop-child]", (element) => {
    const holder = element.closest<HTMLElement>("[data-children]");
    element.closest(".child")?.remove();
    if (!holder) return;
    renumber(holder);
    one<HTMLElement>("[data-add-child]", holder)?.focus();
    holder.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const note = (element: HTMLElement) => changed.add(element as HTMLFormElement);
  on("input", "form[data-guard]", note);
  on("change", "form[data-guard]", note);
  on("submit", "form[data-guard]", (element) => changed.delete(element as HTMLFormElement));
  window.addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected)) event.preventDefault();
  });
  on("keydown", "form", (element, event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      (element as HTMLFormElement).requestSubmit();
    }
  });
  // Fields of one class are asked only while that class is chosen.
  on("change", "form select", (element) => {
    const select = element as HTMLSelectElement;
    for (const part of all(`[data-when^="${CSS.escape(select.name)}="]`, select.form ?? document)) {
      part.hidden = part.dataset.when !== `${select.name}=${select.value}`;
      for (const input of all<HTMLInputElement>("input, select, textarea", part)) input.disabled = part.hidden;
    }
  });
  // Typing into a field of a bulk change ticks it.
  for (const type of ["input", "change"] as const) {
    on(type, ".setting .field", (element) => {
      const box = one<HTMLInputElement>(".check input", element.closest(".setting") ?? document);
      if (box) box.checked = true;
    });
  }
  // A list that is narrowed by typing: each entry says by which words it is found.
  on("input", "[data-narrows]", (element) => {
    const input = element as HTMLInputElement;
    const wanted = input.value.trim().toLowerCase();
    for (const entry of all("[data-words]", document.getElementById(input.dataset.narrows ?? "") ?? document)) {
      entry.hidden = !(entry.dataset.words ?? "").includes(wanted);
    }
  });
  on("change", "[data-submit-on-change]", (element) => (element as HTMLInputElement).form?.requestSubmit());
}
