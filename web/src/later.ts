// Parts that come after the page, so that what is slow to count never delays what is read.
import { all } from "./dom";
import { swapInto } from "./swap";

export function fetchLater(): void {
  for (const part of all("[data-later]")) {
    const address = part.dataset.later;
    if (!address) continue;
    delete part.dataset.later;
    void swapInto(part, address, "outerMorph");
  }
}
