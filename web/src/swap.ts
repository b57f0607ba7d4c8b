// Replacing a part of the page by what the server says it is now; focus, scroll and selection stay.
import htmx from "htmx.org";
import { getFragment } from "./fetch";

export type Swap = "innerMorph" | "outerMorph";

export async function swapInto(target: Element, address: string, swap: Swap): Promise<boolean> {
  const answer = await getFragment(address);
  if (answer === null || !target.isConnected) return false;
  const text = swap === "outerMorph" ? samePart(answer, target) : answer;
  await htmx.swap({ text, target, swap, sourceElement: target });
  document.dispatchEvent(new CustomEvent("page:changed"));
  return true;
}

/** A whole page may answer: then only the element with the target's id counts. */
function samePart(answer: string, target: Element): string {
  if (!target.id) return answer;
  const page = new DOMParser().parseFromString(answer, "text/html");
  return page.getElementById(target.id)?.outerHTML ?? answer;
}
