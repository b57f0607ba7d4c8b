//! What can be done with a run: started, answered step by step, finished, or noted as missed.

use super::answers::{asked, begin};
use super::{StepAnswer, StepState, answers_of, steps_of};
use crate::people::Person;
use jiff::Timestamp;
use watchkeep_model::typed::ChoiceType;
use watchkeep_model::{Field, FileRef, Move, Moving, Record, Ref, Refusal, Rows, Shape};

/// What is asked about one step.
const STEP: &[Field] = &[
    Field {
        name: "step",
        label: "Step",
        help: "Its number, from 1.",
        shape: Shape::Int,
        min: Some(1.0),
        ..Field::EMPTY
    },
    Field {
        name: "verdict",
        label: "Verdict",
        help: "Left open where the answer itself decides.",
        shape: Shape::Choice(StepState::CHOICES),
        ..Field::EMPTY
    },
    Field {
        name: "answer",
        label: "Answer",
        help: "Number, choice, code or text.",
        max_len: Some(300),
        ..Field::EMPTY
    },
    Field { name: "note", label: "Note", help: "What was seen.", max_len: Some(5000), ..Field::EMPTY },
    Field { name: "file", label: "File", help: "Picture or signature.", shape: Shape::File, ..Field::EMPTY },
    Field { name: "at", label: "At", help: "When it was answered.", shape: Shape::Instant, ..Field::EMPTY },
    Field { name: "place", label: "Place", help: "Latitude, longitude, doubt.", max_len: Some(60), ..Field::EMPTY },
    Field {
        name: "instead_of",
        label: "Instead of",
        help: "When the answer was given that this one replaces.",
        shape: Shape::Instant,
        ..Field::EMPTY
    },
];

pub const MOVES: &[Move] = &[
    Move {
        name: "start",
        label: "Start",
        from: &["planned"],
        to: Some("running"),
        key: Some('a'),
        apply: start,
        ..Move::PLAIN
    },
    Move {
        name: "answer",
        label: "Answer a step",
        from: &["planned", "running", "missed"],
        asks: &["step"],
        takes: &["verdict", "answer", "note", "file", "at", "place", "instead_of"],
        inputs: STEP,
        guard: unanswered,
        apply: answer,
        ..Move::PLAIN
    },
    Move {
        name: "finish",
        label: "Finish",
        from: &["running"],
        to: Some("finished"),
        takes: &["summary"],
        key: Some('d'),
        guard: complete,
        apply: finish,
        ..Move::PLAIN
    },
    Move {
        name: "miss",
        label: "Was not done",
        from: &["planned", "running"],
        to: Some("missed"),
        asks: &["reason"],
        ..Move::PLAIN
    },
    Move {
        name: "reopen",
        label: "Reopen",
        from: &["finished", "missed"],
        to: Some("running"),
        asks: &["reason"],
        ..Move::PLAIN
    },
];

/// The step that is answered, counted from 0.
fn at_step(moving: &Moving<'_>) -> Option<usize> {
    usize::try_from(moving.input::<i64>("step")?.checked_sub(1)?).ok()
}

/// There is such a step, and nobody answered it unseen in the meantime (RU-13).
fn unanswered(moving: &Moving<'_>) -> Result<(), Refusal> {
    let answers = answers_of(moving.record);
    let at = at_step(moving).filter(|at| *at < answers.len());
    let Some(at) = at else {
        return Err(Refusal::invalid(format!("there is no such step; use 1 to {}", answers.len())).at("step"));
    };
    let before = moving.before.map_or(Vec::new(), answers_of);
    let Some(known) = before.get(at).filter(|known| known.state != StepState::Open) else { return Ok(()) };
    let own = moving.actor.person.is_some() && known.by.map(|by| by.id) == moving.actor.person;
    if own || known.at == moving.input::<Timestamp>("instead_of") {
        return Ok(());
    }
    let name = known.by.and_then(|by| moving.look.record("person", by.id));
    let name = name.map_or_else(|| "somebody".to_owned(), |person| person.title().to_owned());
    let when = known.at.map_or(String::new(), |at| format!(" at {}", at.strftime("%Y-%m-%d %H:%M UTC")));
    let said = match known.state {
        StepState::Failed => "failed",
        StepState::Skipped => "skipped",
        _ => "passed",
    };
    let message = format!("{name} answered step {}{when}: {said}; keep that, or answer instead of it", at + 1);
    Err(Refusal { code: "answered", ..Refusal::rule("RU-13", message) })
}

fn start(record: &mut Record, moving: &Moving<'_>) {
    renew(record, moving);
    if record.get("started").is_empty() {
        record.write("started", moving.now);
    }
    if record.get("assignee").is_empty() {
        record.write("assignee", moving.actor.person.map(Ref::<Person>::new));
    }
}

/// A run that nobody has touched begins with the newest approved issue.
fn renew(record: &mut Record, moving: &Moving<'_>) {
    let procedure = record.get("procedure").as_int().and_then(|id| moving.look.record("procedure", id));
    let newer = procedure
        .filter(|procedure| procedure.state() == Some("approved") && procedure.get("issue") != record.get("issue"));
    if let Some(procedure) = newer
        && record.get("started").is_empty()
        && answers_of(record).iter().all(|answer| answer.state == StepState::Open)
    {
        record.set("answers", watchkeep_model::Value::Null);
        begin(record, &procedure);
    }
}

fn answer(record: &mut Record, moving: &Moving<'_>) {
    start(record, moving);
    record.set_choice("state", "running");
    let mut answers = answers_of(record);
    let Some(row) = at_step(moving).and_then(|at| answers.get_mut(at)) else { return };
    let text = |name: &str| moving.input::<String>(name).unwrap_or_default();
    *row = StepAnswer {
        what: std::mem::take(&mut row.what),
        state: moving.input::<StepState>("verdict").unwrap_or(StepState::Open),
        answer: text("answer").trim().to_owned(),
        note: text("note").trim().to_owned(),
        file: moving.input::<FileRef>("file"),
        at: moving.input::<Timestamp>("at"),
        by: None,
        place: text("place"),
    };
    record.write("answers", Rows(answers));
}

/// Each step that is asked is answered, and what was skipped says why.
fn complete(moving: &Moving<'_>) -> Result<(), Refusal> {
    let (steps, answers) = (steps_of(moving.record), answers_of(moving.record));
    for (at, row) in answers.iter().enumerate().filter(|(at, _)| asked(&steps, &answers, *at)) {
        let wrong = match row.state {
            StepState::Open => "is not answered",
            StepState::Skipped if row.note.trim().is_empty() => "was skipped; its note says why",
            _ => continue,
        };
        return Err(Refusal::invalid(format!("step {} \"{}\" {wrong}", at + 1, row.what)).at("answers"));
    }
    Ok(())
}

fn finish(record: &mut Record, moving: &Moving<'_>) {
    record.write("finished", moving.now);
}
