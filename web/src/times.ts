// Times that tick: "3 min ago" from data-ago, and clocks that count down to data-until.
import { all } from "./dom";

export function ago(seconds: number): string {
  const late = seconds < 0 ? "in " : "";
  const past = seconds < 0 ? "" : " ago";
  const size = Math.abs(seconds);
  const [amount, unit] =
    size < 60 ? [size, "s"] : size < 3600 ? [size / 60, "min"] : size < 172_800 ? [size / 3600, "h"] : [size / 86_400, "d"];
  return size < 5 ? "now" : `${late}${Math.floor(amount)} ${unit}${past}`;
}

/** Seconds as `2:41:20`, `11:04` or `3 d 04:00`; negative ones carry a plus, for time over. */
export function countdown(seconds: number): string {
  const size = Math.abs(Math.trunc(seconds));
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const days = Math.floor(size / 86_400);
  const rest = size % 86_400;
  const sign = seconds < 0 ? "+" : "";
  if (days > 0) return `${sign}${days} d ${two(rest / 3600)}:${two((rest % 3600) / 60)}`;
  if (rest >= 3600) return `${sign}${Math.floor(rest / 3600)}:${two((rest % 3600) / 60)}:${two(rest % 60)}`;
  return `${sign}${Math.floor(rest / 60)}:${two(rest % 60)}`;
}

function tick(): void {
  const now = Date.now();
  for (const element of all<HTMLTimeElement>("time[data-ago]")) {
    const words = ago((now - Date.parse(element.dateTime)) / 1000);
    if (element.textContent !== words) element.textContent = words;
    if (!element.title) element.title = element.dateTime;
  }
  for (const element of all<HTMLTimeElement>("time[data-until]")) {
    const left = (Date.parse(element.dateTime) - now) / 1000;
    element.textContent = countdown(left);
    const soon = Number(element.dataset.soon ?? 900);
    const frame = element.closest(".clock");
    frame?.classList.toggle("late", left < 0);
    frame?.classList.toggle("soon", left >= 0 && left < soon);
  }
}

export function watchTimes(): void {
  tick();
  window.setInterval(tick, 1000);
  document.addEventListener("page:changed", tick);
}
