// Editing a list's cell: it opens as a small form, saves with Enter or by choosing, closes with Escape.
import { on, one } from "./dom";
import { csrf, getFragment } from "./fetch";

function replace(cell: Element, html: string): HTMLElement | null {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  const fresh = holder.content.firstElementChild as HTMLElement | null;
  if (fresh) cell.replaceWith(fresh);
  return fresh;
}

async function open(button: HTMLElement): Promise<void> {
  const cell = button.closest("[data-cell]");
  const html = await getFragment(button.dataset.cellOpen ?? "");
  if (!cell || html === null) return;
  const form = replace(cell, html);
  const input = form && one<HTMLElement>("input:not([type=hidden]), select", form);
  input?.focus();
  if (input instanceof HTMLInputElement && input.type !== "date") input.select();
}

async function shut(form: HTMLElement): Promise<void> {
  const html = await getFragment(form.dataset.cellShut ?? "");
  if (html !== null) one("button", replace(form, html) ?? undefined)?.focus();
}

async function save(form: HTMLFormElement): Promise<void> {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  const answer = await fetch(form.action, { method: "POST", body, headers: { "hx-request": "true", "x-csrf-token": csrf() } });
  const fresh = replace(form, await answer.text());
  if (fresh) (one<HTMLElement>("[aria-invalid=true], button", fresh) ?? fresh).focus();
}

/** An open cell in a part that is about to be fetched again keeps the part as it is. */
export function editing(part: Element): boolean {
  return one("form[data-cell]", part) !== null;
}

export function watchCells(): void {
  on("click", "[data-cell-open]", (element, event) => {
    event.stopPropagation();
    void open(element);
  });
  on("submit", "form[data-cell]", (element, event) => {
    event.preventDefault();
    void save(element as HTMLFormElement);
  });
  on("change", "form[data-cell] select", (element) => element.closest("form")?.requestSubmit());
  on("keydown", "form[data-cell]", (element, event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    void shut(element);
  });
}
