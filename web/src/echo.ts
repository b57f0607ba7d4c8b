// A part of a form's page that follows what is typed: the form is sent as it stands, and the part becomes the answer.
import htmx from "htmx.org";
import { on } from "./dom";
import { csrf } from "./fetch";

const PAUSE = 300;
const waiting = new WeakMap<HTMLFormElement, number>();
const asking = new WeakMap<HTMLFormElement, AbortController>();

async function ask(form: HTMLFormElement): Promise<void> {
  asking.get(form)?.abort();
  const control = new AbortController();
  asking.set(form, control);
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  const headers = { accept: "text/html", "hx-request": "true", "x-csrf-token": csrf() };
  const answer = await fetch(form.action, { method: "POST", body, headers, signal: control.signal }).catch(() => null);
  const target = document.getElementById(form.dataset.echo ?? "");
  if (!answer?.ok || answer.redirected || !target || control.signal.aborted) return;
  const text = await answer.text().catch(() => "");
  if (!text || control.signal.aborted) return;
  await htmx.swap({ text, target, swap: "outerMorph", sourceElement: target });
  document.dispatchEvent(new CustomEvent("page:changed"));
}

export function watchEchoes(): void {
  for (const type of ["input", "change"] as const) {
    on(type, "form[data-echo]", (element, event) => {
      const form = element as HTMLFormElement;
      const part = document.getElementById(form.dataset.echo ?? "");
      if (event.target instanceof Node && part?.contains(event.target)) return;
      clearTimeout(waiting.get(form));
      waiting.set(form, window.setTimeout(() => void ask(form), PAUSE));
    });
  }
}
