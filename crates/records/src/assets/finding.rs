//! A finding: one weakness on one thing, from any source, until its mitigation is shown.

use crate::assets::Asset;
use crate::people::Person;
use crate::places::Site;
use crate::watch::Severity;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::kind::Gone;
use watchkeep_model::{
    ChoiceField, FieldType, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows,
};

/// One weakness on one thing. Red until it has an owner, a plan and milestones (RU-42).
#[derive(RecordKind)]
#[record(
    prefix = "FND", area = "assets", title = "title", state = "state", sort = "due", calendar = "due",
    list = ["severity", "title", "state", "planned", "asset", "owner", "due", "source"], moves = MOVES, measures = MEASURES, prepare = prepare,
    gone = Gone { gone: "vanish", back: "reopen" }
)]
pub struct Finding {
    #[field(search, len = 300)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    #[field(facet, index, default = "medium", inline)]
    pub severity: Severity,
    /// Has both a plan and milestones (RU-42).
    #[field(managed, facet)]
    pub planned: bool,
    #[field(index)]
    pub asset: Option<Ref<Asset>>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    #[field(index, inline)]
    pub due: Option<Date>,
    #[field(search)]
    pub description: Option<Markdown>,
    /// How it will be mitigated.
    pub plan: Option<Markdown>,
    pub milestones: Rows<Milestone>,
    /// Scanner, audit, inspection or person it came from.
    #[field(index, facet, len = 100)]
    pub source: Option<String>,
    /// What shows that it is mitigated (RU-44).
    #[field(managed)]
    pub proof: Option<Markdown>,
    #[field(managed)]
    pub closed: Option<Timestamp>,
}

#[derive(Row, Clone)]
pub struct Milestone {
    #[field(len = 300)]
    pub what: String,
    pub due: Date,
    pub done: bool,
}

/// An improvement passes evaluated, validated, implemented (RU-43).
/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-054",
        question: "Of the findings that are not closed, how many have an owner, a due date and a plan?",
        unit: "findings with owner, due date and plan",
        of: "-state:closed",
        bad: "owner:none or due:none or planned:no",
        why: "owner, due date or plan missing",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-055",
        question: "Of the findings that are open or were closed in the last 90 days, how many are within their due date?",
        unit: "findings within their due date",
        of: "(-state:closed or closed>=-90d)",
        bad: "-state:closed due<today",
        why: "overdue",
        since: "due",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-057",
        question: "Of the findings that are not closed, how many were evaluated within two weeks?",
        unit: "findings evaluated",
        of: "-state:closed",
        bad: "state:open created<-14d",
        why: "not evaluated for over two weeks",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-095",
        question: "Of the audit findings that are not closed, how many have an owner and a due date that is not past?",
        unit: "audit findings on track",
        of: "source:audit -state:closed",
        bad: "owner:none or due:none or due<today",
        why: "owner or due date missing, or overdue",
        ..Measure::PLAIN
    },
];

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(bad)]
    Open,
    #[choice(warn)]
    Evaluated,
    #[choice(warn)]
    Validated,
    #[choice(warn)]
    Implemented,
    #[choice(good)]
    Closed,
}

const MOVES: &[Move] = &[
    Move {
        name: "evaluate",
        label: "Evaluated",
        from: &["open"],
        to: Some("evaluated"),
        asks: &["plan"],
        key: Some('e'),
        guard: has_plan,
        ..Move::PLAIN
    },
    Move {
        name: "validate",
        label: "Validated",
        from: &["evaluated"],
        to: Some("validated"),
        key: Some('v'),
        ..Move::PLAIN
    },
    Move {
        name: "implement",
        label: "Implemented",
        from: &["validated"],
        to: Some("implemented"),
        key: Some('m'),
        ..Move::PLAIN
    },
    Move {
        name: "close",
        label: "Close",
        from: &["implemented"],
        to: Some("closed"),
        asks: &["proof"],
        key: Some('f'),
        guard: mitigated,
        apply: close,
        ..Move::PLAIN
    },
    // A later scan of the same things is what shows that it is mitigated.
    Move {
        name: "vanish",
        label: "Not found again",
        from: &["open", "evaluated", "validated", "implemented"],
        to: Some("closed"),
        asks: &["proof"],
        apply: close,
        ..Move::PLAIN
    },
    Move {
        name: "reopen",
        label: "Reopen",
        from: &["evaluated", "validated", "implemented", "closed"],
        to: Some("open"),
        asks: &["reason"],
        apply: reopen,
        ..Move::PLAIN
    },
];

fn prepare(record: &mut Record, _: &Moving<'_>) {
    let planned = !record.get("plan").is_empty() && !record.get("milestones").is_empty();
    record.write("planned", planned);
}

/// No weakness stands without plan and milestones (RU-42).
fn has_plan(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.get("milestones").is_empty() {
        return Err(Refusal::rule("RU-42", "a finding needs a plan and at least one milestone").at("milestones"));
    }
    Ok(())
}

/// Closed only when mitigation is shown, and every milestone is done (RU-44).
fn mitigated(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.get("proof").is_empty() {
        return Err(
            Refusal::rule("RU-44", "a finding is closed only when mitigation is shown: give the proof").at("proof")
        );
    }
    let rows = Rows::<Milestone>::read(moving.record.get("milestones")).map_or(Vec::new(), |rows| rows.0);
    match rows.iter().find(|milestone| !milestone.done) {
        Some(open) => Err(Refusal::rule("RU-44", format!("milestone \"{}\" is not done", open.what)).at("milestones")),
        None => Ok(()),
    }
}

fn close(record: &mut Record, moving: &Moving<'_>) {
    record.write("closed", moving.now);
}

fn reopen(record: &mut Record, _: &Moving<'_>) {
    record.write("closed", None::<Timestamp>);
    record.write("proof", None::<Markdown>);
}
