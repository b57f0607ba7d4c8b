//! An incident: anything being responded to, cyber or physical, from declaration to review.

use crate::assets::Asset;
use crate::people::Person;
use crate::places::Site;
use crate::respond::roles::{RoleHolder, find_role};
use crate::watch::Severity;
use jiff::Timestamp;
use watchkeep_model::{
    ChoiceField, Field, FieldType, Links, Markdown, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows, Shape,
};

/// Anything being responded to. One manager holds every role not given away.
#[derive(RecordKind)]
#[record(
    prefix = "INC", area = "respond", title = "title", state = "state", sort = "-declared", calendar = "declared",
    list = ["severity", "title", "state", "phase", "manager", "site", "declared", "resolved"],
    moves = MOVES, prepare = prepare, check = check
)]
pub struct Incident {
    #[field(search, len = 300)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    #[field(facet, index, default = "high", inline)]
    pub severity: Severity,
    #[field(managed, facet)]
    pub phase: Phase,
    /// Overall authority; always exactly one person (RU-14).
    #[field(index, facet)]
    pub manager: Ref<Person>,
    /// What happened, as known now.
    #[field(search)]
    pub summary: Option<Markdown>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    pub assets: Links<Asset>,
    /// Roles given away; all others are the manager's (RU-15).
    #[field(managed)]
    pub roles: Rows<RoleHolder>,
    /// Append only: entries are never edited (RU-21).
    #[field(managed)]
    pub timeline: Rows<TimelineEntry>,
    #[field(managed)]
    pub theories: Rows<Theory>,
    #[field(managed)]
    pub decisions: Rows<Decision>,
    #[field(managed)]
    pub evidence: Rows<Evidence>,
    #[field(managed, index, optional)]
    pub declared: Timestamp,
    #[field(managed)]
    pub resolved: Option<Timestamp>,
    #[field(managed)]
    pub closed: Option<Timestamp>,
    /// When the next message was promised.
    #[field(managed)]
    pub next_update: Option<Timestamp>,
    /// What caused it; needed before closing (RU-22).
    pub cause: Option<Markdown>,
    /// What will change because of it.
    pub lessons: Option<Markdown>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(bad)]
    Open,
    /// The danger is over; cause, lessons and remediation are still owed.
    #[choice(warn)]
    Resolved,
    #[choice(good)]
    Closed,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    Assess,
    Contain,
    Eradicate,
    Recover,
    Review,
}

#[derive(Row, Clone)]
pub struct TimelineEntry {
    pub at: Timestamp,
    /// note, role, decision, theory, evidence, message, state, alert, task.
    #[field(len = 40)]
    pub what: String,
    pub text: String,
    pub by: Option<Ref<Person>>,
}

#[derive(Row, Clone)]
pub struct Theory {
    pub text: String,
    pub state: TheoryState,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum TheoryState {
    #[choice(warn)]
    Open,
    #[choice(good)]
    Confirmed,
    #[choice(grey)]
    Rejected,
}

#[derive(Row, Clone)]
pub struct Decision {
    pub at: Timestamp,
    pub text: String,
    /// What else was possible, and what each would cost the business.
    #[field(optional)]
    pub options: String,
    pub by: Option<Ref<Person>>,
}

#[derive(Row, Clone)]
pub struct Evidence {
    pub what: String,
    /// SHA-256 of the file or the raw event, in hex.
    #[field(optional)]
    pub sha256: String,
    pub at: Timestamp,
    /// Who took it and answers for it.
    pub by: Option<Ref<Person>>,
    /// Where it is kept.
    #[field(optional)]
    pub place: String,
}

const fn text(name: &'static str, label: &'static str) -> Field {
    Field { name, label, help: "", shape: Shape::Markdown, ..Field::EMPTY }
}
const fn person(name: &'static str, label: &'static str) -> Field {
    Field { name, label, help: "", shape: Shape::Ref("person"), ..Field::EMPTY }
}
const NOTE: &[Field] = &[text("note", "Note")];
const ROLE: &[Field] = &[Field { name: "role", label: "Role", help: "A standard role by any of its names, or a new one.", ..Field::EMPTY }, person("to", "To")];
const DECISION: &[Field] = &[text("decision", "Decision"), text("options", "Options and their impact")];
const THEORY: &[Field] = &[
    text("theory", "Theory"),
    Field { name: "verdict", label: "Verdict", help: "open, confirmed or rejected", shape: Shape::Choice(<TheoryState as watchkeep_model::typed::ChoiceType>::CHOICES), ..Field::EMPTY },
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

const MOVES: &[Move] = &[
    Move { name: "note", label: "Note", from: LIVE, asks: &["note"], inputs: NOTE, key: Some('n'), apply: note, ..Move::PLAIN },
    Move { name: "give_role", label: "Give role", from: LIVE, asks: &["role", "to"], inputs: ROLE, apply: give_role, guard: known_person, ..Move::PLAIN },
    Move { name: "take_back_role", label: "Hand role back", from: LIVE, asks: &["role"], takes: &["to"], inputs: ROLE, apply: take_back_role, ..Move::PLAIN },
    Move { name: "decide", label: "Record decision", from: LIVE, asks: &["decision"], takes: &["options"], inputs: DECISION, key: Some('d'), apply: decide, ..Move::PLAIN },
    Move { name: "theorise", label: "Theory", from: LIVE, asks: &["theory"], takes: &["verdict"], inputs: THEORY, key: Some('t'), apply: theorise, ..Move::PLAIN },
    Move { name: "add_evidence", label: "Add evidence", from: LIVE, asks: &["what"], takes: &["file", "place"], inputs: EVIDENCE, apply: add_evidence, ..Move::PLAIN },
    Move { name: "send_update", label: "Send update", from: LIVE, asks: &["message"], takes: &["next_in"], inputs: MESSAGE, key: Some('u'), apply: send_update, ..Move::PLAIN },
    Move { name: "set_phase", label: "Set phase", from: LIVE, asks: &["phase"], apply: enter_phase, ..Move::PLAIN },
    Move { name: "hand_over", label: "Hand over command", from: &["open", "resolved"], asks: &["manager"], ..Move::PLAIN },
    Move { name: "resolve", label: "Resolve", from: &["open"], to: Some("resolved"), asks: &["reason"], apply: resolve, ..Move::PLAIN },
    Move { name: "close", label: "Close", from: &["resolved"], to: Some("closed"), asks: &[], takes: &["cause", "lessons"], guard: may_close, apply: close, ..Move::PLAIN },
    Move { name: "reopen", label: "Reopen", from: &["resolved", "closed"], to: Some("open"), asks: &["reason"], apply: reopen, ..Move::PLAIN },
];

/// The declaration is the first entry; changes of manager and severity enter the timeline by themselves.
fn prepare(record: &mut Record, moving: &Moving<'_>) {
    let Some(before) = moving.before else {
        record.write("declared", moving.now);
        let name = manager_name(record, moving);
        log(record, moving, "state", format!("Declared; incident manager {name}"));
        return;
    };
    if before.get("severity") != record.get("severity") {
        let severity = record.choice("severity").unwrap_or_default();
        log(record, moving, "state", format!("Severity is now {severity}"));
    }
    if before.get("manager") != record.get("manager") {
        let name = manager_name(record, moving);
        log(record, moving, "role", format!("Incident manager is now {name}"));
    }
}

/// Exactly one manager while open (RU-14), and nobody edits the timeline (RU-21).
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    if record.state() != Some("closed") && record.get("manager").is_empty() {
        return Err(Refusal::rule("RU-14", "an open incident has exactly one incident manager; name one").at("manager"));
    }
    let Some(before) = moving.before else { return Ok(()) };
    if !record.get("timeline").rows().starts_with(before.get("timeline").rows()) {
        return Err(Refusal::rule("RU-21", "timeline entries are never edited; add a new one").at("timeline"));
    }
    Ok(())
}

fn log(record: &mut Record, moving: &Moving<'_>, what: &str, text: String) {
    let mut rows = record.get("timeline").rows().to_vec();
    let by = moving.actor.person.map(Ref::new);
    rows.push(watchkeep_model::RowType::into_values(TimelineEntry { at: moving.now, what: what.to_owned(), text, by }));
    record.set("timeline", watchkeep_model::Value::Rows(rows));
}

fn push<T: watchkeep_model::RowType + Clone>(record: &mut Record, field: &str, row: T) {
    let mut rows = Rows::<T>::read(record.get(field)).map_or(Vec::new(), |rows| rows.0);
    rows.push(row);
    record.write(field, Rows(rows));
}

fn manager_name(record: &Record, moving: &Moving<'_>) -> String {
    let person = record.get("manager").as_int().and_then(|id| moving.look.record("person", id));
    person.map_or("nobody".to_owned(), |person| person.title().to_owned())
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
    let held = RoleHolder { role: role.clone(), person: to, since: moving.now };
    push(record, "roles", held);
    log(record, moving, "role", format!("{role} given to {name}"));
}

/// Handing back returns the role to the manager (RU-15).
fn take_back_role(record: &mut Record, moving: &Moving<'_>) {
    let role = role_name(moving);
    let from = moving.input::<Ref<Person>>("to");
    let mut rows = Rows::<RoleHolder>::read(record.get("roles")).map_or(Vec::new(), |rows| rows.0);
    rows.retain(|held| held.role != role || from.is_some_and(|person| held.person != person));
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
    log(record, moving, "message", text);
}

fn enter_phase(record: &mut Record, moving: &Moving<'_>) {
    let phase = record.choice("phase").unwrap_or_default();
    log(record, moving, "state", format!("Phase: {phase}"));
}

fn resolve(record: &mut Record, moving: &Moving<'_>) {
    record.write("resolved", moving.now);
    record.write("next_update", None::<Timestamp>);
    record.set_choice("phase", "review");
    log(record, moving, "state", format!("Resolved: {}", moving.reason.unwrap_or_default()));
}

/// Resolved is not closed: cause and lessons are written, and no task is left open (RU-22).
fn may_close(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    for (field, what) in [("cause", "its cause"), ("lessons", "what will change")] {
        if record.get(field).is_empty() {
            return Err(Refusal::rule("RU-22", format!("resolved is not closed: write down {what} first")).at(field));
        }
    }
    let tasks = moving.look.with("task", "incident", &record.id.into(), 500);
    let open = tasks.iter().filter(|task| task.state() != Some("done") && task.state() != Some("dropped")).count();
    if open > 0 {
        return Err(Refusal::rule("RU-22", format!("{open} task(s) of this incident are open; finish or drop them first")));
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
