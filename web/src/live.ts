// Live updates: one event stream; an element that names the changed kind fetches itself again and morphs in place.
import { all, debounce } from "./dom";
import { swapInto } from "./swap";

const pending = new Set<string>();

const refresh = debounce(() => {
  if (document.hidden) return;
  const kinds = [...pending];
  pending.clear();
  for (const element of all("[data-live]")) {
    const watched = (element.dataset.live ?? "").split(" ");
    const address = element.dataset.liveSrc;
    if (address && (kinds.includes("*") || kinds.some((kind) => watched.includes(kind)))) {
      void swapInto(element, address, "outerMorph");
    }
  }
}, 250);

function show(state: "live" | "lost"): void {
  for (const dot of all(".livedot")) {
    dot.dataset.state = state;
    const words = dot.querySelector("span");
    if (words) words.textContent = state === "live" ? "live" : "reconnecting";
  }
}

function note(kinds: string): void {
  for (const kind of kinds.split(/\s+/)) if (kind) pending.add(kind);
  refresh();
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
    if (!document.hidden && pending.size > 0) refresh();
  });
  window.addEventListener("pagehide", () => stream.close());
}
