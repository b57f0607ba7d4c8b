// Asks one step: the control of its kind, a note and a picture, and big buttons that say what came of it.
import { icon, make } from "../dom";
import { type Answer, type Step, verdict } from "./kinds";
import type { Given } from "./page";
import { photo } from "./photo";
import { notePlace, notesPlace } from "./place";
import { scanner } from "./scan";
import { signature } from "./sign";

type Give = (given: Given) => Promise<void>;

function labelled(id: string, label: string, input: HTMLElement): HTMLElement {
  input.id = id;
  return make("div", { class: "field" }, make("label", { for: id }, label), input);
}

function big(label: string, tone: string, act: () => void, name?: string): HTMLButtonElement {
  const button = make("button", { type: "button", class: `btn big ${tone}` }, ...(name ? [icon(name)] : []), label);
  button.addEventListener("click", act);
  return button;
}

function limits(step: Step): string {
  if (step.atLeast != null && step.atMost != null) return `${step.atLeast} to ${step.atMost} passes`;
  if (step.atMost != null) return `at most ${step.atMost} passes`;
  return step.atLeast != null ? `at least ${step.atLeast} passes` : "a number";
}

/** The body of an open step. */
export function ask(at: number, step: Step, before: Answer, give: Give): HTMLElement {
  const id = (name: string) => `step-${at}-${name}`;
  const body = make("div", { class: "ask" });
  const wrong = make("p", { class: "err", role: "alert", hidden: "" });
  const note = make("textarea", { rows: "2" });
  note.value = before.state === "open" ? "" : before.note;
  const picture = photo(id("photo"), step.answer === "photo" ? "Take the picture" : "Add a picture");
  const refuse = (words: string) => {
    wrong.textContent = words;
    wrong.hidden = false;
  };
  const send = (state: Given["state"], answer: string, file?: { blob: Blob; name: string }) => {
    const shot = file ?? picture.taken();
    const shown = note.value.trim() !== "" || Boolean(shot) || Boolean(before.file);
    const bare = ["check", "photo", "signature"].includes(step.answer);
    if (state === "skipped" && note.value.trim() === "") return refuse("Say in the note why it could not be done.");
    if (state === "failed" && bare && !shown) return refuse("Say what is wrong: a note or a picture.");
    if (state === "passed" && step.proof && !shown && step.answer !== "scan") return refuse("It passes only with proof: add a note or a picture.");
    body.inert = true;
    void give({ state, answer, note: note.value.trim(), file: shot?.blob, fileName: shot?.name }).catch(() => {
      body.inert = false;
      refuse("The device could not keep this answer; free some space and try again.");
    });
  };
  const fail = (answer: string) => big("Fails", "danger", () => send("failed", answer), "x");
  const rest = make("div", { class: "ask-rest" });
  const actions = make("div", { class: "ask-acts" });
  body.append(...control(), rest, wrong, actions);

  function control(): HTMLElement[] {
    switch (step.answer) {
      case "choice": {
        const options = (step.options ?? []).map((option) => big(option, verdict(step, option) === "failed" ? "danger" : "usual", () => send(verdict(step, option), option)));
        if (options[0]) options[0].dataset.first = "";
        return [make("div", { class: "options-big", role: "group", "aria-label": step.what }, ...options)];
      }
      case "number":
      case "text": {
        const numeric = step.answer === "number";
        const input = numeric ? make("input", { type: "text", inputmode: "decimal", autocomplete: "off", class: "num-big", "data-first": "" }) : make("textarea", { rows: "3", "data-first": "" });
        input.value = before.answer;
        const save = () => {
          const answer = input.value.trim();
          const state = verdict(step, answer);
          if (!state) return refuse(numeric ? "Write a number, such as 12 or 0.5." : "Write an answer first.");
          send(state, answer);
        };
        input.addEventListener("keydown", (event) => {
          if ((event as KeyboardEvent).key === "Enter" && numeric) save();
        });
        queueMicrotask(() => actions.prepend(big("Save", "go", save, "check")));
        return [labelled(id("answer"), numeric ? `Number (${limits(step)})` : "Answer", input)];
      }
      case "scan": {
        const code = scanner(id("answer"), step.codes ?? [], refuse, (answer) => send("passed", answer));
        queueMicrotask(() => actions.prepend(big("Save", "go", () => void code.save(), "check"), fail("")));
        return [code.element];
      }
      case "signature": {
        const pad = signature(step.what);
        const save = async () => {
          const blob = await pad.drawn();
          if (!blob) return refuse("Sign on the field first.");
          send("passed", "", { blob, name: `signature-${at + 1}.png` });
        };
        queueMicrotask(() => actions.prepend(big("Save", "go", () => void save(), "check"), fail("")));
        return [pad.element];
      }
      case "photo": {
        const save = () => (picture.taken() || before.file ? send("passed", "") : refuse("Take the picture first."));
        queueMicrotask(() => actions.prepend(big("Passes", "go", save, "check"), fail("")));
        return [picture.element];
      }
      default: {
        queueMicrotask(() => {
          const pass = big("Passes", "go", () => send("passed", ""), "check");
          pass.dataset.first = "";
          actions.prepend(pass, fail(""));
        });
        return [];
      }
    }
  }

  rest.append(labelled(id("note"), step.proof ? "Note (proof is asked)" : "Note", note));
  if (step.answer !== "photo") rest.append(picture.element);
  actions.append(big("Cannot be done", "plain", () => send("skipped", "")));
  rest.append(placeSwitch(id("place")));
  return body;
}

function placeSwitch(id: string): HTMLElement {
  const box = make("input", { type: "checkbox", id });
  box.checked = notesPlace();
  box.addEventListener("change", () => notePlace(box.checked));
  return make("label", { class: "check", for: id }, box, icon("map-pin"), "Note where I am");
}
