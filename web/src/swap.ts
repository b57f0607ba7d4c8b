// Replacing a part of the page by what the server says it is now; focus, scroll and selection stay.
import htmx from "htmx.org";
import { getFragment } from "./fetch";

export type Swap = "innerMorph" | "outerMorph";

export async function swapInto(target: Element, address: string, swap: Swap): Promise<boolean> {
  const text = await getFragment(address);
  if (text === null || !target.isConnected) return false;
  await htmx.swap({ text, target, swap, sourceElement: target });
  document.dispatchEvent(new CustomEvent("page:changed"));
  return true;
}
