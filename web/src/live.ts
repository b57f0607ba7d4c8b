// Live updates: one event stream; an element that names the changed kind fetches itself again and morphs in place.
import { editing } from "./cells";
import { all } from "./dom";
import { swapInto } from "./swap";

const pending = new Set<string>();

const running = new WeakSet<Element>();
let timer = 0;

/** Gathers for a moment, then refreshes; a stream that never pauses is still shown four times a second. */
function soon(): void {
  if (timer === 0) timer = window.setTimeout(refresh, 250);
}

function refresh(): void {
  timer = 0;
  if (document.hidden) return;
  const kinds = [...pending];
  pending.clear();
  for (const element of all("[data-live]")) {
    const watched = (element.dataset.live ?? "").split(" ");
    const named = kinds.filter((kind) => kind === "*" || watched.includes(kind));
    const address = element.dataset.liveSrc;
    if (!address || named.length === 0) continue;
    if (running.has(element) || editing(element)) {
      note(named.join(" "));
      continue;
    }
    running.add(element);
    void swapInto(element, address, "outerMorph").finally(() => running.delete(element));
  }
}

function show(state: "live" | "lost"): void {
  for (const dot of all(".livedot")) {
    dot.dataset.state = state;
    const words = dot.querySelector("span");
    if (words) words.textContent = state === "live" ? "live" : "reconnecting";
  }
}

function note(kinds: string): void {
  for (const kind of kinds.split(/\s+/)) if (kind) pending.add(kind);
  soon();
}

export function watchLive(): void {
  const address = document.body.dataset.stream;
  if (!address) return;
  let broken = false;
  const stream = new EventSource(address);
  stream.addEventListener("open", () => {
    show("live");
    if (broken) note("*");
    broken = false;
  });
  stream.addEventListener("error", () => {
    broken = true;
    show("lost");
  });
  stream.addEventListener("message", (event: MessageEvent<string>) => note(event.data));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && pending.size > 0) soon();
  });
  window.addEventListener("pagehide", () => stream.close());
}
