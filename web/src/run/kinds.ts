// What a run is on the device: as the server sent it, and what was answered here since.

export type Verdict = "open" | "passed" | "failed" | "skipped";

export interface Step {
  what: string;
  answer: "check" | "choice" | "number" | "text" | "photo" | "signature" | "scan";
  options?: string[];
  /** SHA-256 of the codes that are right; none takes any. */
  codes?: string[];
  fails?: string[];
  atLeast?: number | null;
  atMost?: number | null;
  proof?: boolean;
  /** Number of the step that decides whether this one is asked, and on which answers. */
  after?: number | null;
  on?: string[];
  weight?: number;
}

export interface Answer {
  state: Verdict;
  answer: string;
  note: string;
  file: string | null;
  at: string | null;
  by: string | null;
  place: string;
}

export interface Finding {
  number: string;
  title: string;
  owner: string | null;
  due: string | null;
  href: string;
}

export interface Run {
  id: number;
  number: string;
  title: string;
  version: number;
  state: "planned" | "running" | "finished" | "missed";
  due: string | null;
  site: string | null;
  asset: string | null;
  about: string | null;
  mayAnswer: boolean;
  person: number | null;
  csrf: string;
  steps: Step[];
  answers: Answer[];
  findings: Finding[];
}

/** Something done on the device that the server may not have yet. */
export interface Waiting {
  /** Given by the database: the order in which things were done. */
  id?: number;
  /** Sent along, so that the server does it once however often it is sent. */
  key: string;
  run: number;
  person: number | null;
  act: "answer" | "finish";
  /** Counted from 1; 0 for the whole run. */
  step: number;
  /** What is shown meanwhile. */
  shown: Answer;
  /** Sent as it stands, letter for letter, each time. */
  body: Record<string, unknown>;
  file?: Blob;
  fileName?: string;
  /** Why the server did not take it; empty while it only waits. */
  problem?: string;
  /** The answer of somebody else that stands in the way. */
  conflict?: boolean;
}

export const nothing: Answer = { state: "open", answer: "", note: "", file: null, at: null, by: null, place: "" };

/** Answers as the person of this device knows them: the server's, and on top what waits here. */
export function known(run: Run, waiting: Waiting[]): Answer[] {
  const answers = run.answers.map((answer) => ({ ...answer }));
  for (const one of waiting) if (one.act === "answer" && answers[one.step - 1]) answers[one.step - 1] = one.shown;
  return answers;
}

/** Whether a step is asked: always, or since the step it hangs on was answered as it says. */
export function asked(steps: Step[], answers: Answer[], at: number): boolean {
  const step = steps[at];
  const after = (step?.after ?? 0) - 1;
  if (!step || after < 0 || after >= at) return true;
  const before = answers[after];
  if (!before || !asked(steps, answers, after)) return false;
  return (step.on ?? []).some((word) =>
    word === "passed" || word === "failed" ? before.state === word : before.state !== "open" && before.answer === word,
  );
}

/** Passed of all that passed or failed, by weight, in whole percent rounded down. */
export function score(steps: Step[], answers: Answer[]): number | null {
  let passed = 0;
  let all = 0;
  answers.forEach((answer, at) => {
    if (!asked(steps, answers, at) || (answer.state !== "passed" && answer.state !== "failed")) return;
    const weight = steps[at]?.weight ?? 1;
    all += weight;
    if (answer.state === "passed") passed += weight;
  });
  return all > 0 ? Math.floor((passed * 100) / all) : null;
}

/** A number as people type it, with a point or a comma; nothing if it is none. */
export function number(text: string): number | null {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && Number.isFinite(value) ? value : null;
}

/** What an answer comes to by itself; nothing where a person has to say. */
export function verdict(step: Step, answer: string): Verdict | null {
  if (step.answer === "number") {
    const value = number(answer);
    if (value === null) return null;
    const low = step.atLeast != null && value < step.atLeast;
    const high = step.atMost != null && value > step.atMost;
    return low || high ? "failed" : "passed";
  }
  if (step.answer === "choice") return (step.fails ?? []).includes(answer) ? "failed" : "passed";
  return answer.trim() === "" ? null : "passed";
}
