//! A site: a place with people, doors and things to protect.

use crate::assure::Document;
use crate::guards::today;
use crate::people::Person;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Target};

/// A place with people, doors and things to protect. It is open once its security plan is approved (RU-51).
#[derive(RecordKind)]
#[record(
    prefix = "SIT", area = "places", title = "name", state = "state", sort = "name",
    list = ["name", "state", "zone", "manager", "plan", "address"], subject = Site, moves = MOVES, measures = MEASURES
)]
pub struct Site {
    #[field(search, unique, index, len = 200)]
    pub name: String,
    #[field(managed, facet, index)]
    pub state: State,
    /// Time zone by its IANA name; shifts and days follow it.
    #[field(default = "Europe/Berlin", len = 60, label = "Time zone")]
    pub zone: String,
    #[field(index, inline)]
    pub manager: Option<Ref<Person>>,
    #[field(search, len = 300)]
    pub address: Option<String>,
    pub description: Option<Markdown>,
    /// The approved security plan under which it was opened.
    #[field(managed, index)]
    pub plan: Option<Ref<Document>>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Not open, or without an approved plan yet.
    #[choice(warn)]
    Planned,
    #[choice(good)]
    Open,
    #[choice(grey)]
    Closed,
}

const MOVES: &[Move] = &[
    Move {
        name: "open",
        label: "Open",
        from: &["planned", "closed"],
        to: Some("open"),
        guard: has_plan,
        apply: under_plan,
        ..Move::PLAIN
    },
    Move {
        name: "close",
        label: "Close",
        from: &["planned", "open"],
        to: Some("closed"),
        asks: &["reason"],
        ..Move::PLAIN
    },
];

/// More plans than a site has.
const EVERY: usize = 10_000;

/// The plan of this site that is approved and still counts.
fn plan(moving: &Moving<'_>) -> Option<Record> {
    let counts = |document: &Record| {
        document.choice("class") == Some("site_plan")
            && document.state() == Some("approved")
            && document.read::<Date>("effective_until").is_none_or(|until| until >= today(moving))
    };
    moving.look.with("document", "site", &moving.record.id.into(), EVERY).into_iter().find(counts)
}

/// No place opens without an approved security plan (RU-51).
fn has_plan(moving: &Moving<'_>) -> Result<(), Refusal> {
    if plan(moving).is_some() {
        return Ok(());
    }
    let message = format!(
        "{} has no approved security plan: write a document of class site plan for it and have it approved",
        moving.record.title()
    );
    Err(Refusal::rule("RU-51", message))
}

fn under_plan(record: &mut Record, moving: &Moving<'_>) {
    record.write("plan", plan(moving).map(|plan| Ref::<Document>::new(plan.id)));
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[Measure {
    duty: "D-153",
    question: "Of the sites that are open, how many have a security plan that is approved and within its review date?",
    unit: "open sites with a plan in date",
    of: "state:open",
    bad: "plan:none or plan.state:draft,review,retired or plan.review_due<today",
    why: "no approved plan, or past its review",
    site: "id",
    version: 2,
    target: Target::None,
    ..Measure::PLAIN
}];
