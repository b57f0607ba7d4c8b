// Dialogs and sheets: data-open names a <dialog>, data-close closes the one around it; a click beside it closes too.
import { all, on, one } from "./dom";

/** The places of the rail again, for the sheet of a phone. */
function fillPlaces(box: HTMLElement): void {
  const holder = one("[data-places]", box);
  if (!holder || holder.childElementCount > 0) return;
  for (const part of all(".rail > h2, .rail > ul")) {
    const copy = part.cloneNode(true) as HTMLElement;
    copy.removeAttribute("id");
    copy.removeAttribute("aria-labelledby");
    for (const link of all("[data-go]", copy)) link.removeAttribute("data-go");
    holder.append(copy);
  }
}

export function openDialog(id: string): void {
  const box = one<HTMLDialogElement>(`#${CSS.escape(id)}`);
  if (!box || box.open) return;
  fillPlaces(box);
  box.showModal();
  one<HTMLElement>("[autofocus], .body input:not([type=hidden]), .body select, .body textarea", box)?.focus();
}

/** Answers a dialog's question beforehand: `role=Scribe`. */
function fill(id: string, answer: string | undefined): void {
  const [name, value] = answer?.split("=", 2) ?? [];
  const input = name && one<HTMLInputElement | HTMLSelectElement>(`#${CSS.escape(id)} [name="${CSS.escape(name)}"]`);
  if (!input || value === undefined) return;
  input.value = value;
  all<HTMLElement>(`#${CSS.escape(id)} .body :is(input:not([type=hidden]), select, textarea)`).find((other) => other !== input)?.focus();
}

export function watchDialogs(): void {
  on("click", "[data-open]", (element) => {
    const id = element.dataset.open ?? "";
    openDialog(id);
    fill(id, element.dataset.fill);
  });
  on("click", "[data-close]", (element) => element.closest("dialog")?.close());
  document.addEventListener("mousedown", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLDialogElement) || !box.open) return;
    const edge = box.getBoundingClientRect();
    const beside = event.clientX < edge.left || event.clientX > edge.right || event.clientY < edge.top || event.clientY > edge.bottom;
    if (beside) box.close();
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const box of all<HTMLDialogElement>("dialog[data-auto]")) if (!box.open) box.showModal();
  });
}
