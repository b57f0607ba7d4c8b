//! A run of a held duty: done for a period, by whom, with what proof.

use crate::govern::HeldDuty;
use crate::guards::{by_the_accountable, frozen};
use crate::people::{Function, Person};
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Markdown, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows};

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

const MOVES: &[Move] = &[
    Move {
        name: "approve",
        label: "Approve",
        from: &["done", "returned"],
        to: Some("approved"),
        action: "approve",
        guard: by_the_accountable,
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
    let day = |field: &str| moving.record.read::<Date>(field);
    if let (Some(from), Some(to)) = (day("period_start"), day("period_end"))
        && from > to
    {
        return Err(Refusal::invalid(format!("a period begins before it ends: {from} is after {to}")).at("period_end"));
    }
    if moving.before.is_some_and(|before| before.state() == Some("approved")) {
        let rule = |refusal| Refusal { code: "rule", rule: Some("RU-04"), ..refusal };
        let fields = ["held", "period_start", "period_end", "grade", "proof", "exception"];
        frozen(moving, &fields, "its A approved it as it stands; have it returned first").map_err(rule)?;
    }
    Ok(())
}
