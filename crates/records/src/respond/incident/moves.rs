//! What people do in an incident: each move asks its questions and leaves its line in the timeline.

use super::{Concerned, Decision, Evidence, Theory, TheoryState, clocks, log};
use crate::clocks::{GO_ON, WAIT, end_pause};
use crate::people::Person;
use crate::respond::roles::{RoleHolder, find_role};
use jiff::Timestamp;
use watchkeep_model::{Field, FieldType, Move, Moving, Record, Ref, Refusal, Rows, Shape};

const fn text(name: &'static str, label: &'static str) -> Field {
    Field { name, label, help: "", shape: Shape::Markdown, ..Field::EMPTY }
}
const fn person(name: &'static str, label: &'static str) -> Field {
    Field { name, label, help: "", shape: Shape::Ref("person"), ..Field::EMPTY }
}
const NOTE: &[Field] = &[text("note", "Note")];
const ROLE: &[Field] = &[
    Field { name: "role", label: "Role", help: "A standard role by any of its names, or a new one.", ..Field::EMPTY },
    person("to", "To"),
];
const DECISION: &[Field] = &[text("decision", "Decision"), text("options", "Options and their impact")];
const THEORY: &[Field] = &[
    text("theory", "Theory"),
    Field {
        name: "verdict",
        label: "Verdict",
        help: "open, confirmed or rejected",
        shape: Shape::Choice(<TheoryState as watchkeep_model::typed::ChoiceType>::CHOICES),
        ..Field::EMPTY
    },
];
const EVIDENCE: &[Field] = &[
    Field { name: "what", label: "What it is", ..Field::EMPTY },
    Field { name: "file", label: "SHA-256", help: "Of the file or raw event.", shape: Shape::File, ..Field::EMPTY },
    Field { name: "place", label: "Where it is kept", ..Field::EMPTY },
];
const MESSAGE: &[Field] = &[
    text("message", "Message"),
    Field { name: "next_in", label: "Next update in", help: "Such as 30m.", shape: Shape::Duration, ..Field::EMPTY },
];
const LIVE: &[&str] = &["open", "resolved"];

pub(super) const MOVES: &[Move] = &[
    Move {
        name: "note",
        label: "Note",
        from: LIVE,
        asks: &["note"],
        inputs: NOTE,
        key: Some('n'),
        apply: note,
        ..Move::PLAIN
    },
    Move {
        name: "give_role",
        label: "Give role",
        from: LIVE,
        asks: &["role", "to"],
        inputs: ROLE,
        apply: give_role,
        guard: known_person,
        ..Move::PLAIN
    },
    Move {
        name: "take_back_role",
        label: "Hand role back",
        from: LIVE,
        asks: &["role"],
        takes: &["to"],
        inputs: ROLE,
        apply: take_back_role,
        ..Move::PLAIN
    },
    Move {
        name: "decide",
        label: "Record decision",
        from: LIVE,
        asks: &["decision"],
        takes: &["options"],
        inputs: DECISION,
        key: Some('d'),
        apply: decide,
        ..Move::PLAIN
    },
    Move {
        name: "theorise",
        label: "Theory",
        from: LIVE,
        asks: &["theory"],
        takes: &["verdict"],
        inputs: THEORY,
        key: Some('t'),
        apply: theorise,
        ..Move::PLAIN
    },
    Move {
        name: "add_evidence",
        label: "Add evidence",
        from: LIVE,
        asks: &["what"],
        takes: &["file", "place"],
        inputs: EVIDENCE,
        apply: add_evidence,
        ..Move::PLAIN
    },
    Move {
        name: "send_update",
        label: "Send update",
        from: LIVE,
        asks: &["message"],
        takes: &["next_in"],
        inputs: MESSAGE,
        key: Some('u'),
        apply: send_update,
        ..Move::PLAIN
    },
    Move {
        name: "set_phase",
        label: "Set phase",
        from: LIVE,
        asks: &["phase"],
        guard: contained,
        apply: enter_phase,
        ..Move::PLAIN
    },
    Move {
        name: "hand_over",
        label: "Hand over command",
        from: &["open", "resolved"],
        asks: &["manager"],
        ..Move::PLAIN
    },
    Move { from: &["open"], apply: clocks::waits, ..WAIT },
    Move { from: &["open"], apply: clocks::goes_on, ..GO_ON },
    Move {
        name: "resolve",
        label: "Resolve",
        from: &["open"],
        to: Some("resolved"),
        asks: &["reason"],
        apply: resolve,
        ..Move::PLAIN
    },
    Move {
        name: "close",
        label: "Close",
        from: &["resolved"],
        to: Some("closed"),
        asks: &[],
        takes: &["cause", "lessons"],
        guard: may_close,
        apply: close,
        ..Move::PLAIN
    },
    Move {
        name: "reopen",
        label: "Reopen",
        from: &["resolved", "closed"],
        to: Some("open"),
        asks: &["reason"],
        apply: reopen,
        ..Move::PLAIN
    },
];

fn push<T: watchkeep_model::RowType + Clone>(record: &mut Record, field: &str, row: T) {
    let mut rows = Rows::<T>::read(record.get(field)).map_or(Vec::new(), |rows| rows.0);
    rows.push(row);
    record.write(field, Rows(rows));
}

fn note(record: &mut Record, moving: &Moving<'_>) {
    let text = moving.input::<String>("note").unwrap_or_default();
    log(record, moving, "note", text);
}

fn known_person(moving: &Moving<'_>) -> Result<(), Refusal> {
    let to = moving.input::<Ref<Person>>("to");
    let known = to.is_some_and(|person| moving.look.record("person", person.id).is_some());
    if known { Ok(()) } else { Err(Refusal::invalid("there is no such person").at("to")) }
}

/// The standard name where the given one is another name of it (RU-23).
fn role_name(moving: &Moving<'_>) -> String {
    let given = moving.input::<String>("role").unwrap_or_default();
    find_role(&given).map_or_else(|| given.trim().to_owned(), |role| role.name.to_owned())
}

fn give_role(record: &mut Record, moving: &Moving<'_>) {
    let Some(to) = moving.input::<Ref<Person>>("to") else { return };
    let role = role_name(moving);
    let name = moving.look.record("person", to.id).map_or_else(String::new, |person| person.title().to_owned());
    if role == "Incident manager" {
        record.write("manager", to);
        return;
    }
    let mut rows = Rows::<RoleHolder>::read(record.get("roles")).map_or(Vec::new(), |rows| rows.0);
    rows.retain(|held| held.role != role || held.person.is_some_and(|person| person != to));
    rows.push(RoleHolder { role: role.clone(), person: Some(to), since: moving.now });
    record.write("roles", Rows(rows));
    log(record, moving, "role", format!("{role} given to {name}"));
}

/// Handing back returns the role to the manager (RU-15).
fn take_back_role(record: &mut Record, moving: &Moving<'_>) {
    let role = role_name(moving);
    let from = moving.input::<Ref<Person>>("to");
    let mut rows = Rows::<RoleHolder>::read(record.get("roles")).map_or(Vec::new(), |rows| rows.0);
    rows.retain(|held| held.role != role || from.is_some_and(|person| held.person != Some(person)));
    if find_role(&role).is_none() && rows.iter().all(|held| held.role != role) {
        rows.push(RoleHolder { role: role.clone(), person: None, since: moving.now });
    }
    record.write("roles", Rows(rows));
    log(record, moving, "role", format!("{role} handed back to the incident manager"));
}

fn decide(record: &mut Record, moving: &Moving<'_>) {
    let text = moving.input::<String>("decision").unwrap_or_default();
    let options = moving.input::<String>("options").unwrap_or_default();
    let by = moving.actor.person.map(Ref::new);
    push(record, "decisions", Decision { at: moving.now, text: text.clone(), options, by });
    log(record, moving, "decision", text);
}

/// The same theory again changes its verdict; a new text is a new theory.
fn theorise(record: &mut Record, moving: &Moving<'_>) {
    let text = moving.input::<String>("theory").unwrap_or_default();
    let state = moving.input::<TheoryState>("verdict").unwrap_or(TheoryState::Open);
    let mut rows = Rows::<Theory>::read(record.get("theories")).map_or(Vec::new(), |rows| rows.0);
    match rows.iter_mut().find(|theory| theory.text == text) {
        Some(theory) => theory.state = state,
        None => rows.push(Theory { text: text.clone(), state }),
    }
    record.write("theories", Rows(rows));
    let word = match state {
        TheoryState::Open => "open",
        TheoryState::Confirmed => "confirmed",
        TheoryState::Rejected => "rejected",
    };
    log(record, moving, "theory", format!("{text} ({word})"));
}

fn add_evidence(record: &mut Record, moving: &Moving<'_>) {
    let what = moving.input::<String>("what").unwrap_or_default();
    let sha256 = moving.input::<String>("file").unwrap_or_default();
    let place = moving.input::<String>("place").unwrap_or_default();
    let by = moving.actor.person.map(Ref::new);
    let mark = sha256.get(..12).map_or(String::new(), |start| format!(" · sha256 {start}…"));
    log(record, moving, "evidence", format!("{what}{mark}"));
    push(record, "evidence", Evidence { what, sha256, at: moving.now, by, place });
}

fn send_update(record: &mut Record, moving: &Moving<'_>) {
    let text = moving.input::<String>("message").unwrap_or_default();
    let next = moving.input::<jiff::SignedDuration>("next_in").map(|span| moving.now + span);
    record.write("next_update", next);
    record.write("promised", next.map(|_| moving.now));
    log(record, moving, "message", text);
}

/// Past containment, a severe incident shows which strategy was chosen (RU-26).
fn contained(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    let severe = matches!(record.choice("severity"), Some("high" | "critical"));
    let past = matches!(record.choice("phase"), Some("eradicate" | "recover" | "review"));
    if severe && past && record.get("decisions").is_empty() {
        let message = "how it is contained is decided first: record the decision with its options and their impact";
        return Err(Refusal::rule("RU-26", message).at("phase"));
    }
    Ok(())
}

fn enter_phase(record: &mut Record, moving: &Moving<'_>) {
    let phase = record.choice("phase").unwrap_or_default();
    log(record, moving, "state", format!("Phase: {phase}"));
}

fn resolve(record: &mut Record, moving: &Moving<'_>) {
    record.write("resolved", moving.now);
    record.write("next_update", None::<Timestamp>);
    end_pause(record, moving.now);
    record.set_choice("phase", "review");
    log(record, moving, "state", format!("Resolved: {}", moving.reason.unwrap_or_default()));
}

/// Resolved is not closed: the cause is written, of a high or critical one what will change too, and no task is left
/// open (RU-22). Whoever was involved or saw it was heard, or it says why not (RU-52).
fn may_close(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    let severe = matches!(record.choice("severity"), Some("high" | "critical"));
    let asked = [("cause", "its cause"), ("lessons", "what will change")];
    for (field, what) in asked.into_iter().take(if severe { 2 } else { 1 }) {
        if record.get(field).is_empty() {
            return Err(Refusal::rule("RU-22", format!("resolved is not closed: write down {what} first")).at(field));
        }
    }
    let people = Rows::<Concerned>::read(record.get("people")).map_or(Vec::new(), |rows| rows.0);
    let silent = |one: &&Concerned| one.statement.trim().is_empty() && one.no_statement.trim().is_empty();
    if let Some(one) = people.iter().find(silent) {
        let message = format!("{} was not heard: enter the statement, or why there is none", one.name);
        return Err(Refusal::rule("RU-52", message).at("people"));
    }
    let tasks = moving.look.with("task", "incident", &record.id.into(), 500);
    let open = tasks.iter().filter(|task| task.state() != Some("done") && task.state() != Some("dropped")).count();
    if open > 0 {
        return Err(Refusal::rule(
            "RU-22",
            format!("{open} task(s) of this incident are open; finish or drop them first"),
        ));
    }
    Ok(())
}

fn close(record: &mut Record, moving: &Moving<'_>) {
    record.write("closed", moving.now);
    log(record, moving, "state", "Closed".to_owned());
}

fn reopen(record: &mut Record, moving: &Moving<'_>) {
    record.write("resolved", None::<Timestamp>);
    record.write("closed", None::<Timestamp>);
    log(record, moving, "state", format!("Reopened: {}", moving.reason.unwrap_or_default()));
}
