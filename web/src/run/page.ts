// The page of one run: it holds what is known, asks for the next answer, and tells what still waits on the device.
import { icon, make, one as find } from "../dom";
import { ask } from "./ask";
import { drop, put, remember, remembered, waiting } from "./keep";
import { type Answer, type Run, type Verdict, type Waiting, asked, known, nothing, score } from "./kinds";
import { alone, fetchRun, flush } from "./send";
import { whereNow } from "./place";

/** Milliseconds between two attempts while something waits. */
const again = 5000;

export interface Given {
  state: Verdict | null;
  answer: string;
  note: string;
  file?: Blob;
  fileName?: string;
}

type Link = "online" | "offline" | "signed-out";

export class RunPage extends HTMLElement {
  private run!: Run;
  private outbox: Waiting[] = [];
  private link: Link = "online";
  private open = -1;
  private lost = false;
  private asking: { seen: string; element: HTMLElement } | null = null;

  connectedCallback(): void {
    this.run = JSON.parse(this.dataset.run ?? "{}") as Run;
    window.addEventListener("online", () => void this.sync());
    window.addEventListener("offline", () => this.say("offline"));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void this.sync();
    });
    window.setInterval(() => {
      if (this.outbox.some((one) => !one.problem) || this.link !== "online") void this.sync();
    }, again);
    void this.begin();
  }

  /** What the device knows may be newer than a page that came from its cache. */
  private async begin(): Promise<void> {
    try {
      const kept = await remembered(this.run.id);
      if (kept && kept.version > this.run.version && kept.person === this.run.person) this.run = { ...kept, csrf: this.run.csrf };
    } catch {
      this.lost = true;
    }
    await this.load();
    this.open = this.next();
    this.draw();
    await this.sync();
  }

  private async load(): Promise<void> {
    if (this.lost) return;
    this.outbox = (await waiting()).filter((one) => one.run === this.run.id && one.person === this.run.person);
  }

  private get answers(): Answer[] {
    return known(this.run, this.outbox);
  }

  private next(after = -1): number {
    const answers = this.answers;
    const open = (at: number) => answers[at]?.state === "open" && asked(this.run.steps, answers, at);
    const all = answers.map((_, at) => at);
    return all.find((at) => at > after && open(at)) ?? all.find(open) ?? -1;
  }

  private say(link: Link): void {
    if (this.link === link) return;
    this.link = link;
    this.drawHead();
  }

  /** Sends what waits, then shows the run as the server has it. */
  private async sync(): Promise<void> {
    const before = JSON.stringify([this.run, this.outbox]);
    await alone(async () => {
      const fresh = await fetchRun(this.run.id);
      if (typeof fresh === "string") return this.say(fresh === "gone" ? "signed-out" : fresh);
      if (fresh.person !== this.run.person) return this.say("signed-out");
      this.run = fresh;
      const outcome = await flush(this.run);
      const after = outcome === "sent" ? await fetchRun(this.run.id) : outcome;
      if (typeof after !== "string") this.run = after;
      this.say(outcome === "sent" ? "online" : outcome);
      if (!this.lost) await remember(this.run);
    });
    await this.load();
    if (before !== JSON.stringify([this.run, this.outbox])) this.draw();
    else this.drawHead();
  }

  /** Kept on the device first; sent right after if there is a connection. */
  async give(at: number, given: Given): Promise<void> {
    const step = at + 1;
    const now = new Date().toISOString();
    const place = await whereNow();
    const seen = this.run.answers[at] ?? nothing;
    const body: Record<string, unknown> = { step, answer: given.answer, note: given.note, at: now, place };
    if (given.state) body.verdict = given.state;
    if (seen.at) body.instead_of = seen.at;
    if (!given.file && seen.file) body.file = seen.file;
    const shown: Answer = { state: given.state ?? "passed", answer: given.answer, note: given.note, file: given.file ? "waiting" : seen.file, at: now, by: null, place };
    const one: Waiting = { key: `${this.run.number}/${step}/${crypto.randomUUID()}`, run: this.run.id, person: this.run.person, act: "answer", step, shown, body, file: given.file, fileName: given.fileName };
    await this.hold(one);
    this.asking = null;
    this.open = this.next(at);
    this.draw();
    this.show();
    void this.sync();
  }

  async finish(summary: string): Promise<void> {
    const body: Record<string, unknown> = summary.trim() ? { summary: summary.trim() } : {};
    await this.hold({ key: `${this.run.number}/finish/${crypto.randomUUID()}`, run: this.run.id, person: this.run.person, act: "finish", step: 0, shown: nothing, body });
    this.draw();
    void this.sync();
  }

  /** An answer given again before the first was sent takes its place. */
  private async hold(one: Waiting): Promise<void> {
    await alone(async () => {
      for (const old of await waiting()) {
        const same = old.run === one.run && old.person === one.person && old.act === one.act && old.step === one.step;
        if (same && old.id !== undefined) await drop(old.id);
      }
      await put(one);
    });
    await this.load();
  }

  private async settle(one: Waiting, keep: "mine" | "theirs"): Promise<void> {
    if (one.id === undefined) return;
    if (keep === "theirs") await drop(one.id);
    else {
      const body = { ...one.body, instead_of: this.run.answers[one.step - 1]?.at };
      await put({ ...one, key: `${one.key}/again`, body, problem: undefined, conflict: false });
    }
    await this.load();
    this.draw();
    void this.sync();
  }

  private show(): void {
    const card = find(".step[data-current]", this) ?? find(".runend", this);
    card?.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    find<HTMLElement>("[data-first]", card ?? this)?.focus({ preventScroll: true });
  }

  private draw(): void {
    const answers = this.answers;
    const held = document.activeElement;
    const list = make("ol", { class: "steps" });
    this.run.steps.forEach((_, at) => {
      if (asked(this.run.steps, answers, at)) list.append(this.card(at, answers));
    });
    this.replaceChildren(this.head(), list, this.end(answers));
    // What is moved loses the focus.
    if (held instanceof HTMLElement && this.asking?.element.contains(held)) held.focus({ preventScroll: true });
  }

  /** What is asked in the open step. It is shown again as it stands, signature and all: news from the server takes nothing out of somebody's hands. */
  private question(at: number, answer: Answer): HTMLElement {
    const seen = JSON.stringify([at, answer]);
    if (this.asking?.seen !== seen) this.asking = { seen, element: ask(at, this.run.steps[at]!, answer, (given) => this.give(at, given)) };
    return this.asking.element;
  }

  private drawHead(): void {
    find(".runhead", this)?.replaceWith(this.head());
  }

  private head(): HTMLElement {
    const answers = this.answers;
    const steps = answers.filter((_, at) => asked(this.run.steps, answers, at));
    const done = steps.filter((answer) => answer.state !== "open").length;
    const points = score(this.run.steps, answers);
    const sub = [this.run.site, this.run.asset, this.run.about, this.run.due && `due ${this.run.due}`].filter(Boolean).join(" · ");
    const share = steps.length > 0 ? Math.round((done * 100) / steps.length) : 0;
    const bar = make("progress", { max: "100", value: String(share), "aria-label": "Steps answered" });
    const back = make("a", { class: "back", href: "/run/mine", "aria-label": "My rounds" }, icon("chevron-left"));
    return make(
      "header",
      { class: "runhead" },
      make("div", { class: "runbar" }, back, make("h1", {}, this.run.title), this.badge()),
      make("p", { class: "sub" }, sub),
      bar,
      make("p", { class: "runcount" }, make("span", {}, `${done} of ${steps.length} answered`), make("b", { "data-score": "" }, points === null ? "" : `${points} %`)),
    );
  }

  private badge(): HTMLElement {
    const unsent = this.outbox.filter((one) => !one.problem).length;
    const refused = this.outbox.filter((one) => one.problem).length;
    const words = this.lost ? "keeps nothing here" : this.link === "signed-out" ? "sign in to send" : this.link === "offline" ? "offline" : refused ? "look again" : unsent ? "sending" : "saved";
    const count = unsent + refused > 0 ? ` · ${unsent + refused} waiting` : "";
    const tone = this.link === "online" && !refused && !this.lost ? "ok" : "warn";
    const chip = this.link === "signed-out" ? make("a", { href: "/sign-in" }) : make("span", {});
    chip.className = `net ${tone}`;
    chip.dataset.link = this.link;
    chip.setAttribute("role", "status");
    chip.append(icon(tone === "ok" ? "cloud-check" : "cloud-off"), words + count);
    return chip;
  }

  private card(at: number, answers: Answer[]): HTMLElement {
    const step = this.run.steps[at]!;
    const answer = answers[at] ?? nothing;
    const held = this.outbox.find((one) => one.act === "answer" && one.step === at + 1);
    const open = at === this.open && this.run.state !== "finished" && this.run.mayAnswer;
    const words: Record<Verdict, string> = { open: "open", passed: "passed", failed: "failed", skipped: "skipped" };
    const facts = [words[answer.state], answer.answer, answer.by && `by ${answer.by}`].filter(Boolean).join(" · ");
    const row = make(
      "button",
      { type: "button", class: "steprow", "aria-expanded": String(open) },
      make("span", { class: `mark ${answer.state}`, "aria-hidden": "true" }, String(at + 1)),
      make("span", { class: "grow" }, make("b", {}, step.what), make("span", { class: "sub" }, facts)),
      ...(held ? [make("span", { class: "tagged" }, held.problem ? "refused" : "waiting")] : []),
    );
    row.addEventListener("click", () => {
      this.open = open ? -1 : at;
      this.draw();
      if (!open) this.show();
    });
    const card = make("li", { class: "step", "data-at": String(at), "data-state": answer.state }, row);
    if (held?.problem) card.append(this.trouble(held));
    if (open) {
      card.dataset.current = "";
      card.append(this.question(at, answer));
    }
    return card;
  }

  private trouble(held: Waiting): HTMLElement {
    const button = (label: string, keep: "mine" | "theirs") => {
      const made = make("button", { type: "button", class: "btn usual" }, label);
      made.addEventListener("click", () => void this.settle(held, keep));
      return made;
    };
    const actions = held.conflict ? [button("Keep theirs", "theirs"), button("Use mine", "mine")] : [button("Discard mine", "theirs")];
    return make("div", { class: "trouble", role: "alert" }, make("p", {}, held.problem ?? ""), make("div", { class: "row" }, ...actions));
  }

  private end(answers: Answer[]): HTMLElement {
    const part = make("section", { class: "runend", "aria-label": "End of the run" });
    if (this.run.findings.length > 0) {
      const entry = (finding: Run["findings"][number]) =>
        make("li", {}, make("a", { class: "link", href: finding.href }, finding.number), ` ${finding.title} `, make("span", { class: "sub" }, [finding.owner, finding.due && `due ${finding.due}`].filter(Boolean).join(" · ")));
      part.append(make("h2", {}, `Findings (${this.run.findings.length})`), make("ul", { class: "plain" }, ...this.run.findings.map(entry)));
    }
    const finishing = this.outbox.find((one) => one.act === "finish");
    if (finishing?.problem) part.append(this.trouble(finishing));
    if (this.run.state === "finished") part.append(make("p", { class: "note ok" }, icon("check"), make("span", {}, "Finished. Thank you.")));
    else if (finishing) part.append(make("p", { class: "note" }, "Finished here; it is sent as soon as there is a connection."));
    else if (this.run.mayAnswer) part.append(this.finishForm(answers));
    return part;
  }

  private finishForm(answers: Answer[]): HTMLElement {
    const left = answers.filter((answer, at) => answer.state === "open" && asked(this.run.steps, answers, at)).length;
    const summary = make("textarea", { id: "run-summary", rows: "2" });
    const button = make("button", { type: "submit", class: "btn go big" }, left > 0 ? `${left} steps left` : "Finish");
    if (left > 0) button.disabled = true;
    else button.dataset.first = "";
    const form = make("form", { class: "stack" }, make("div", { class: "field" }, make("label", { for: "run-summary" }, "What whoever comes next should know"), summary), button);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.finish(summary.value);
    });
    return form;
  }
}
