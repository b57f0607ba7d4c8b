//! A procedure: ordered steps, each with the kind of answer it takes.

use crate::assure::Document;
use crate::guards::{Size, another, asked_by, frozen, level};
use crate::people::Person;
use crate::places::Site;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows};

/// Ordered steps with answers: a checklist, patrol, inspection, playbook or drill. Each approval is a new issue, and a run keeps the one it began with.
#[derive(RecordKind)]
#[record(
    prefix = "PRC", area = "work", title = "title", state = "state", sort = "title", calendar = "review_due",
    list = ["title", "class", "state", "issue", "owner", "site", "minutes", "review_due"],
    moves = MOVES, measures = MEASURES, prepare = prepare, check = check
)]
pub struct Procedure {
    #[field(search, index, len = 300)]
    pub title: String,
    #[field(facet, index)]
    pub class: Class,
    #[field(managed)]
    pub state: State,
    /// Counts approvals; 0 before the first.
    #[field(managed, default = "0")]
    pub issue: i64,
    #[field(search)]
    pub purpose: Option<Markdown>,
    pub steps: Rows<Step>,
    /// How long it takes, in minutes.
    #[field(min = 1, max = 100_000)]
    pub minutes: Option<i64>,
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    /// The instruction that it carries out.
    #[field(index)]
    pub document: Option<Ref<Document>>,
    #[field(index, inline)]
    pub review_due: Option<Date>,
    #[field(managed, index)]
    pub author: Option<Ref<Person>>,
    #[field(managed)]
    pub approver: Option<Ref<Person>>,
}

#[derive(Row, Clone)]
pub struct Step {
    #[field(len = 300)]
    pub what: String,
    pub answer: Answer,
    /// For a choice: the answers, separated by commas.
    #[field(optional, len = 300)]
    pub options: String,
    /// For a number: the smallest that passes.
    pub at_least: Option<f64>,
    /// For a number: the largest that passes.
    pub at_most: Option<f64>,
    /// A note, picture or scan must show it.
    pub proof: bool,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    Check,
    Choice,
    Number,
    Text,
    Photo,
    Signature,
    Scan,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Checklist,
    Patrol,
    Inspection,
    Playbook,
    IncidentProtocol,
    Drill,
    LeaverChecklist,
    ReleaseGate,
    Maintenance,
    ExerciseInjects,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(grey)]
    Draft,
    #[choice(good)]
    Approved,
    #[choice(grey)]
    Retired,
}

const MOVES: &[Move] = &[
    Move {
        name: "approve",
        label: "Approve",
        from: &["draft"],
        to: Some("approved"),
        action: "approve",
        asks: &["review_due"],
        guard: may_approve,
        apply: approve,
        ..Move::PLAIN
    },
    Move { name: "revise", label: "Revise", from: &["approved"], to: Some("draft"), asks: &["reason"], ..Move::PLAIN },
    Move {
        name: "retire",
        label: "Retire",
        from: &["draft", "approved"],
        to: Some("retired"),
        action: "approve",
        asks: &["reason"],
        ..Move::PLAIN
    },
];

/// What is decided about.
const ABOUT: &[&str] = &["title", "class", "steps"];

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    asked_by::<Person>(record, moving, "author", ABOUT);
}

/// Steps of an approved procedure are what was approved.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let approved = |record: &Record| record.state() == Some("approved");
    if moving.before.is_some_and(approved) && approved(moving.record) {
        frozen(moving, &["title", "class", "steps"], "this procedure is approved; revise it first")?;
    }
    Ok(())
}

/// It has steps; approved by somebody else (RU-38), within their level (RU-36).
fn may_approve(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.get("steps").is_empty() {
        return Err(Refusal::invalid("a procedure has at least one step").at("steps"));
    }
    another(moving, "author")?;
    level(moving, "document", Size::Any)
}

fn approve(record: &mut Record, moving: &Moving<'_>) {
    record.write("issue", record.get("issue").as_int().unwrap_or(0) + 1);
    record.write("approver", moving.actor.person.map(Ref::<Person>::new));
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[Measure {
    duty: "D-059",
    question: "Of the release gates in use, how many are approved and within their review date?",
    unit: "release gates in date",
    of: "class:release_gate -state:retired",
    bad: "-state:approved or review_due:none or review_due<today",
    why: "not approved, or its review is overdue",
    since: "review_due",
    ..Measure::PLAIN
}];
