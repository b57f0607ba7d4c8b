// Rows of a list: the current one, moving, opening, the preview beside it, and selecting many (shift for a range).
import { all, on, one } from "./dom";
import { swapInto } from "./swap";

const rows = () => all<HTMLTableRowElement>("tr[data-row]").filter((row) => row.getClientRects().length > 0);

export function currentRow(): HTMLTableRowElement | null {
  return one<HTMLTableRowElement>("tr[data-row].on");
}

let current = "";

/** After a part of the page was replaced: the same row is current, the same rows are selected. */
function keep(): void {
  if (current && !currentRow()) document.getElementById(current)?.classList.add("on");
  else if (current) for (const row of all("tr[data-row].on")) row.classList.toggle("on", row.id === current);
  countSelected();
  const pane = one("[data-preview-pane][data-of]");
  const row = currentRow();
  // What is asked just now in a dialog of the pane stays.
  if (!pane || one("dialog[open]", pane)) return;
  if (row) showPreview(row);
  else pane.replaceChildren();
}

export function makeCurrent(row: HTMLTableRowElement, focus = true): void {
  current = row.id;
  for (const other of all("tr[data-row].on")) if (other !== row) other.classList.remove("on");
  row.classList.add("on");
  if (focus) {
    one("a, button", row)?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  one("[data-preview-pane][data-of]")?.setAttribute("data-picked", "");
  showPreview(row);
}

function showPreview(row: HTMLTableRowElement): void {
  const address = row.dataset.preview;
  const pane = one("[data-preview-pane]");
  if (!address || !pane || pane.getClientRects().length === 0 || pane.dataset.of === address) return;
  pane.dataset.of = address;
  window.setTimeout(() => {
    if (pane.dataset.of === address) void swapInto(pane, address, "innerMorph");
  }, 60);
}

export function moveRow(step: 1 | -1): void {
  const list = rows();
  const at = list.findIndex((row) => row.classList.contains("on"));
  const next = at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + step, 0), list.length - 1);
  const row = list[next];
  if (row) makeCurrent(row);
}

export function openRow(): boolean {
  const row = currentRow();
  const address = row?.dataset.href ?? (row && one<HTMLAnchorElement>("td a[href]", row)?.href);
  if (address) location.assign(address);
  return Boolean(address);
}

export function toggleRow(): void {
  const box = one<HTMLInputElement>(".pick input", currentRow() ?? document.createElement("i"));
  if (!box) return;
  box.checked = !box.checked;
  last = box;
  countSelected();
}

export function clearSelection(): boolean {
  const boxes = all<HTMLInputElement>(".pick input:checked");
  for (const box of boxes) box.checked = false;
  countSelected();
  return boxes.length > 0;
}

let last: HTMLInputElement | null = null;

function countSelected(): void {
  const picked = all<HTMLInputElement>("tbody .pick input:checked").length;
  const whole = all<HTMLInputElement>("tbody .pick input").length;
  for (const bar of all("[data-bulk]")) {
    bar.hidden = picked === 0;
    const number = one("[data-bulk-count]", bar);
    if (number) number.textContent = String(picked);
  }
  for (const box of all<HTMLInputElement>("thead .pick input")) {
    box.checked = picked > 0 && picked === whole;
    box.indeterminate = picked > 0 && picked < whole;
  }
}

export function watchRows(): void {
  on("click", "tbody .pick input", (element, event) => {
    const box = element as HTMLInputElement;
    if (event.shiftKey && last) {
      const boxes = all<HTMLInputElement>("tbody .pick input");
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, (to ?? 0) + 1)) between.checked = box.checked;
    }
    last = box;
    countSelected();
  });
  on("change", "thead .pick input", (element) => {
    for (const box of all<HTMLInputElement>("tbody .pick input")) box.checked = (element as HTMLInputElement).checked;
    countSelected();
  });
  on("click", "tr[data-row]", (element, event) => {
    if ((event.target as Element).closest("a, button, input, label, select")) return;
    const row = element as HTMLTableRowElement;
    if (row.classList.contains("on") || !one("[data-preview-pane]")) {
      if (window.getSelection()?.toString()) return;
      makeCurrent(row);
      if (!one("[data-preview-pane]")) openRow();
    } else makeCurrent(row);
  });
  on("dblclick", "tr[data-row]", (element) => {
    makeCurrent(element as HTMLTableRowElement, false);
    openRow();
  });
  on("focusin", "tr[data-row]", (element) => {
    if (!element.classList.contains("on")) makeCurrent(element as HTMLTableRowElement, false);
  });
  document.addEventListener("htmx:after:swap", keep);
  document.addEventListener("page:changed", keep);
}
