// Bars over time from the keyboard: one stop for Tab, arrows move, Enter opens; Shift and arrows, or dragging, take several.
import { all, on } from "./dom";

/** Bars from one to another, in the order they stand. */
function between(bars: SVGAElement[], one: SVGAElement, other: SVGAElement): SVGAElement[] {
  const [from, to] = [bars.indexOf(one), bars.indexOf(other)].sort((a, b) => a - b);
  return bars.slice(from, to + 1);
}

function narrow(taken: SVGAElement[]): void {
  const [first, last] = [taken[0], taken[taken.length - 1]];
  const address = new URL(location.href);
  if (!first?.dataset.from || !last?.dataset.to) return;
  for (const name of ["last", "after"]) address.searchParams.delete(name);
  address.searchParams.set("from", first.dataset.from);
  address.searchParams.set("to", last.dataset.to);
  location.assign(address);
}

export function watchBars(): void {
  let anchor: SVGAElement | null = null;
  const barsOf = (bar: Element) => all<SVGAElement>("a", bar.closest("[data-bars]") ?? undefined);
  const taken = (bar: Element) => barsOf(bar).filter((one) => one.classList.contains("taken"));
  const take = (bars: SVGAElement[], chosen: SVGAElement[]) => {
    for (const bar of bars) bar.classList.toggle("taken", chosen.includes(bar));
  };
  const ready = () => {
    for (const group of all("[data-bars]")) all("a", group).forEach((bar, at) => bar.setAttribute("tabindex", at === 0 ? "0" : "-1"));
  };
  ready();
  document.addEventListener("page:changed", ready);

  on("keydown", "[data-bars] a", (element, event) => {
    const bar = element as unknown as SVGAElement;
    const bars = barsOf(bar);
    const at = bars.indexOf(bar);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: bars.length - 1 }[event.key];
    if (event.key === "Enter" && taken(bar).length > 1) {
      event.preventDefault();
      narrow(taken(bar));
    }
    const next = to === undefined ? undefined : bars[to];
    if (!next) return;
    event.preventDefault();
    for (const one of bars) one.setAttribute("tabindex", one === next ? "0" : "-1");
    next.focus();
    if (event.shiftKey && next.dataset.from) {
      anchor ??= bar;
      take(bars, between(bars, anchor, next));
    } else {
      anchor = null;
      take(bars, []);
    }
  });

  let dragged: SVGAElement | null = null;
  on("pointerdown", ".histo[data-bars] a", (element) => (dragged = element as unknown as SVGAElement));
  on("pointerover", ".histo[data-bars] a", (element, event) => {
    const bar = element as unknown as SVGAElement;
    if (dragged && event.buttons === 1 && barsOf(bar).includes(dragged)) take(barsOf(bar), between(barsOf(bar), dragged, bar));
  });
  on("dragstart", "[data-bars] a", (_, event) => event.preventDefault());
  document.addEventListener("pointerup", () => {
    const chosen = dragged ? taken(dragged) : [];
    dragged = null;
    if (chosen.length > 1) narrow(chosen);
  });
}
