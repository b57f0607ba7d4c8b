// A part that is asked for again while something runs; the answer without an address to ask is the last.
import { one } from "./dom";
import { swapInto } from "./swap";

const PAUSE = 700;

export function watchPolls(): void {
  const again = async () => {
    const part = one("[data-poll]");
    const address = part?.dataset.poll;
    if (part && address && !document.hidden) await swapInto(part, address, "outerMorph").catch(() => false);
    window.setTimeout(() => void again(), PAUSE);
  };
  void again();
}
