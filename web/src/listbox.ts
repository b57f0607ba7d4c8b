// One list of options under an input, as ARIA's combobox asks: arrows move, Enter takes, Escape closes.
import { all, icon, make } from "./dom";
import { getJson } from "./fetch";

export interface Option {
  /** What is written or sent when taken. */
  value: string;
  label: string;
  /** A short note at the right, such as a kind or a key. */
  hint?: string;
  /** A record's number, shown in monospace before the label. */
  number?: string;
  icon?: string;
  href?: string;
}

export class Listbox {
  private options: Option[] = [];
  private at = -1;
  private waiting = 0;
  private running = new AbortController();

  constructor(
    private readonly input: HTMLInputElement,
    private readonly list: HTMLElement,
    private readonly take: (option: Option) => void,
    private readonly firstIsChosen = false,
  ) {
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = (event.target as Element).closest<HTMLElement>("[role=option]");
      const option = this.options[Number(item?.dataset.at ?? -1)];
      if (option) this.take(option);
    });
  }

  get open(): boolean {
    return this.input.getAttribute("aria-expanded") === "true";
  }

  show(options: Option[], nothing?: string): void {
    this.options = options;
    this.at = this.firstIsChosen && options.length > 0 ? 0 : -1;
    this.list.replaceChildren(
      ...options.map((option, at) => {
        const item = make("li", { role: "option", id: `${this.list.id}-${at}`, "data-at": String(at), "aria-selected": "false" });
        if (option.icon) item.append(icon(option.icon));
        if (option.number) item.append(make("b", {}, option.number));
        item.append(make("span", {}, option.label));
        if (option.hint) item.append(make("span", { class: "hint" }, option.hint));
        return item;
      }),
    );
    if (options.length === 0 && nothing) this.list.append(make("li", { class: "nothing", role: "option", "aria-disabled": "true", "aria-selected": "false" }, nothing));
    const some = this.list.childElementCount > 0;
    this.list.hidden = !some;
    this.input.setAttribute("aria-expanded", String(some));
    this.paint();
  }

  /** Asks for options once typing pauses. An answer that comes after the next question, or after the list was closed, is dropped. */
  ask(address: () => string, wait: number, show: (found: Option[]) => void): void {
    this.forget();
    this.waiting = window.setTimeout(() => {
      const { signal } = this.running;
      getJson<Option[]>(address(), signal)
        .then((found) => {
          if (!signal.aborted) show(found ?? []);
        })
        .catch(() => undefined);
    }, wait);
  }

  private forget(): void {
    clearTimeout(this.waiting);
    this.running.abort();
    this.running = new AbortController();
  }

  close(): void {
    this.forget();
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** Handles a key and says whether it was meant for the list. */
  key(event: KeyboardEvent): boolean {
    if (!this.open) return false;
    const count = this.options.length;
    if (event.key === "ArrowDown" && count > 0) this.at = (this.at + 1) % count;
    else if (event.key === "ArrowUp" && count > 0) this.at = (this.at - 1 + count) % count;
    else if (event.key === "Escape") {
      this.close();
      event.stopPropagation();
      event.preventDefault();
      return true;
    } else if (event.key === "Enter" || (event.key === "Tab" && this.at >= 0 && !event.shiftKey)) {
      const option = this.options[this.at];
      if (!option) return false;
      event.preventDefault();
      this.take(option);
      return true;
    } else return false;
    event.preventDefault();
    this.paint();
    return true;
  }

  private paint(): void {
    for (const item of all("[role=option]", this.list)) {
      const chosen = Number(item.dataset.at ?? -2) === this.at;
      item.setAttribute("aria-selected", String(chosen));
      if (chosen) item.scrollIntoView({ block: "nearest" });
    }
    if (this.at >= 0) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }
}
