//! A run of a held duty: done for a period, by whom, with what proof.

use crate::govern::HeldDuty;
use crate::guards::{by_the_accountable, frozen_by, holds};
use crate::people::{Function, Person};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use watchkeep_model::{
    ChoiceField, Field, FieldType, Markdown, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows,
};

/// One time that a duty was done; the proof stays with it. Whoever is R does it, A approves it: two acts (RU-04).
#[derive(RecordKind)]
#[record(
    prefix = "RUN", label = "Run", kind = "duty_run", plural = "Runs", area = "govern", title = "title",
    state = "state", sort = "-period_end", calendar = "period_end",
    list = ["title", "state", "period_end", "grade", "by", "done", "exception"],
    moves = MOVES, prepare = prepare, check = check
)]
pub struct DutyRun {
    #[field(search, managed, len = 500, optional)]
    pub title: String,
    #[field(index)]
    pub held: Ref<HeldDuty>,
    #[field(managed, facet)]
    pub state: State,
    /// First day it answers for.
    pub period_start: Date,
    /// Last day it answers for.
    #[field(index)]
    pub period_end: Date,
    #[field(facet)]
    pub grade: RunGrade,
    /// What shows that it was done: a record's number, a file, a place, what was seen.
    #[field(search)]
    pub proof: Markdown,
    /// What was not as it should be.
    #[field(search)]
    pub exception: Option<Markdown>,
    /// What those whom the duty names as C said before it was approved (RU-05).
    #[field(managed)]
    pub advice: Rows<Advice>,
    #[field(managed, index, facet, optional)]
    pub by: Option<Ref<Person>>,
    #[field(managed, optional)]
    pub done: Timestamp,
    #[field(managed, index)]
    pub approved_by: Option<Ref<Person>>,
    #[field(managed)]
    pub approved_at: Option<Timestamp>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// It counts; A has yet to look at it.
    #[choice(warn)]
    Done,
    #[choice(good)]
    Approved,
    /// A does not accept it: it counts no more.
    #[choice(bad)]
    Returned,
}

/// What a consulted function said.
#[derive(Row, Clone)]
pub struct Advice {
    pub function: Option<Ref<Function>>,
    pub by: Option<Ref<Person>>,
    pub at: Timestamp,
    #[field(len = 5000)]
    pub text: String,
}

const ADVICE: &[Field] = &[Field {
    name: "said",
    label: "What you advise",
    help: "Asked of whoever is C for the duty, before A approves.",
    max_len: Some(5000),
    ..Field::EMPTY
}];

const MOVES: &[Move] = &[
    Move {
        name: "advise",
        label: "Advise",
        from: &["done", "returned"],
        action: "read",
        asks: &["said"],
        inputs: ADVICE,
        guard: is_asked,
        apply: advise,
        ..Move::PLAIN
    },
    Move {
        name: "approve",
        label: "Approve",
        from: &["done", "returned"],
        to: Some("approved"),
        action: "approve",
        guard: may_approve,
        apply: approve,
        ..Move::PLAIN
    },
    Move {
        name: "return",
        label: "Return",
        from: &["done", "approved"],
        to: Some("returned"),
        action: "approve",
        asks: &["reason"],
        guard: by_the_accountable,
        apply: returned,
        ..Move::PLAIN
    },
];

fn held_of(moving: &Moving<'_>) -> Option<Record> {
    moving.record.get("held").as_int().and_then(|id| moving.look.record("held_duty", id))
}

/// Functions that a duty names in a field.
fn named(moving: &Moving<'_>, held: &Record, field: &str) -> Vec<Record> {
    let value = held.get(field);
    let ids = value.as_int().into_iter().chain(value.ids().iter().copied());
    ids.filter_map(|id| moving.look.record("function", id)).collect()
}

/// The first of the functions in a field that the actor holds.
fn mine(moving: &Moving<'_>, held: &Record, field: &str) -> Option<Record> {
    let person = moving.actor.person?;
    named(moving, held, field).into_iter().find(|function| holds(function, person))
}

/// C are asked, from whatever team; I are told and enter nothing (RU-05, RU-06).
fn is_asked(moving: &Moving<'_>) -> Result<(), Refusal> {
    let Some(held) = held_of(moving) else { return Ok(()) };
    if mine(moving, &held, "consulted").is_some() {
        return Ok(());
    }
    only_told(moving, &held)?;
    let asked = named(moving, &held, "consulted");
    let names: Vec<&str> = asked.iter().map(Record::title).collect();
    let names = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
    Err(Refusal::rule("RU-05", format!("whoever is C for this duty is asked: {names}")))
}

/// Whoever is I and nothing else enters nothing in the task (RU-06).
fn only_told(moving: &Moving<'_>, held: &Record) -> Result<(), Refusal> {
    let works = ["responsible", "accountable", "consulted", "deputy"];
    match mine(moving, held, "informed") {
        Some(told) if works.iter().all(|field| mine(moving, held, field).is_none()) => {
            let message =
                format!("{} is I for this duty: told of progress and outcome, and enters nothing", told.title());
            Err(Refusal::rule("RU-06", message))
        }
        _ => Ok(()),
    }
}

fn advise(record: &mut Record, moving: &Moving<'_>) {
    let function = held_of(moving).and_then(|held| mine(moving, &held, "consulted"));
    let mut rows = Rows::<Advice>::read(record.get("advice")).map_or(Vec::new(), |rows| rows.0);
    rows.push(Advice {
        function: function.map(|function| Ref::new(function.id)),
        by: moving.actor.person.map(Ref::new),
        at: moving.now,
        text: moving.input::<String>("said").unwrap_or_default(),
    });
    record.write("advice", Rows(rows));
}

/// How long A waits for what C say: who is silent for longer has been asked.
const WAITS: SignedDuration = SignedDuration::from_hours(5 * 24);

/// By its A, after each C was heard or had five days to speak (RU-05).
fn may_approve(moving: &Moving<'_>) -> Result<(), Refusal> {
    by_the_accountable(moving)?;
    let asked_since = moving.record.read::<Timestamp>("done").unwrap_or(moving.now);
    let Some(held) = held_of(moving).filter(|_| moving.now < asked_since + WAITS) else { return Ok(()) };
    let heard = Rows::<Advice>::read(moving.record.get("advice")).map_or(Vec::new(), |rows| rows.0);
    let silent = |function: &Record| {
        let filled = !function.get("holder").is_empty() || !function.get("deputy").is_empty();
        let own = moving.actor.person.is_some_and(|person| holds(function, person));
        filled && !own && !heard.iter().any(|one| one.function.is_some_and(|known| known.id == function.id))
    };
    match named(moving, &held, "consulted").iter().find(|function| silent(function)) {
        Some(function) if !crate::guards::waived(moving, "RU-05") => {
            let message =
                format!("{} is C and has not been heard: their advice comes before approval", function.title());
            Err(Refusal::rule("RU-05", message))
        }
        _ => Ok(()),
    }
}

fn approve(record: &mut Record, moving: &Moving<'_>) {
    record.write("approved_by", moving.actor.person.map(Ref::<Person>::new));
    record.write("approved_at", moving.now);
}

fn returned(record: &mut Record, _: &Moving<'_>) {
    record.write("approved_by", None::<Ref<Person>>);
    record.write("approved_at", None::<Timestamp>);
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunGrade {
    /// Done here, with proof.
    Recorded,
    /// Somebody says so.
    Attested,
}

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    if moving.before.is_none() {
        record.write("done", moving.now);
        record.write("by", moving.actor.person.map(Ref::<Person>::new));
    }
    let held = record.get("held").as_int().and_then(|id| moving.look.record("held_duty", id));
    let name = held.map_or_else(|| "Run".to_owned(), |held| held.title().chars().take(400).collect());
    record.set("title", name);
}

/// A run answers for days in order; which period is owed is worked out where it is recorded.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    if matches!(moving.act, Some("create" | "update" | "import"))
        && let Some(held) = held_of(moving)
    {
        only_told(moving, &held)?;
    }
    let day = |field: &str| moving.record.read::<Date>(field);
    if let (Some(from), Some(to)) = (day("period_start"), day("period_end"))
        && from > to
    {
        return Err(Refusal::invalid(format!("a period begins before it ends: {from} is after {to}")).at("period_end"));
    }
    if moving.before.is_some_and(|before| before.state() == Some("approved")) {
        let fields = ["held", "period_start", "period_end", "grade", "proof", "exception"];
        frozen_by("RU-04", moving, &fields, "its A approved it as it stands; have it returned first")?;
    }
    Ok(())
}
