//! A hunt: looking for a threat that no rule has told of.

use crate::assets::Finding;
use crate::guards::in_order;
use crate::people::Person;
use crate::watch::DetectionRule;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Links, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal};

/// A guess at what an intruder would have left behind, where it was looked for, and what was found.
#[derive(RecordKind)]
#[record(
    prefix = "HNT", area = "intel", title = "title", state = "state", sort = "-created", calendar = "due",
    list = ["title", "state", "technique", "hunter", "due", "found", "closed"], moves = MOVES, measures = MEASURES, check = check
)]
pub struct Hunt {
    #[field(search, len = 300)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    /// If this were so, we would see that.
    #[field(search)]
    pub hypothesis: Markdown,
    /// ATT&CK technique, such as `T1059.001`.
    #[field(facet, index, len = 20)]
    pub technique: Option<String>,
    /// The event search that would show it.
    #[field(search)]
    pub query: Option<Markdown>,
    #[field(index, facet, inline)]
    pub hunter: Option<Ref<Person>>,
    pub starts: Option<Date>,
    #[field(index, inline)]
    pub due: Option<Date>,
    #[field(managed, facet)]
    pub found: Option<Found>,
    /// What was looked at, and what was seen.
    #[field(managed, search)]
    pub result: Option<Markdown>,
    /// Rules that it gave.
    pub rules: Links<DetectionRule>,
    /// Weaknesses that it gave.
    pub findings: Links<Finding>,
    #[field(managed, index)]
    pub closed: Option<Timestamp>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    #[choice(good)]
    Nothing,
    #[choice(warn)]
    Weakness,
    #[choice(bad)]
    Intrusion,
    /// What would show it is not collected.
    #[choice(grey)]
    NoData,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(grey)]
    Planned,
    #[choice(warn)]
    Running,
    #[choice(good)]
    Closed,
}

const MOVES: &[Move] = &[
    Move {
        name: "start",
        label: "Start",
        from: &["planned"],
        to: Some("running"),
        asks: &["hunter"],
        key: Some('a'),
        ..Move::PLAIN
    },
    Move {
        name: "close",
        label: "Close",
        from: &["running"],
        to: Some("closed"),
        asks: &["found", "result"],
        key: Some('d'),
        apply: close,
        ..Move::PLAIN
    },
    Move { name: "reopen", label: "Reopen", from: &["closed"], to: Some("running"), asks: &["reason"], ..Move::PLAIN },
];

fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    in_order(moving, "starts", "due")
}

fn close(record: &mut Record, moving: &Moving<'_>) {
    record.write("closed", moving.now);
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[Measure {
    duty: "D-048",
    question: "Of the hunts that are open or were closed in the last 90 days, how many are led and in time?",
    unit: "hunts in time",
    of: "state:planned,running or closed>=-90d",
    bad: "-state:closed (hunter:none or due:none or due<today)",
    why: "nobody hunts, or overdue",
    since: "due",
    site: "",
    ..Measure::PLAIN
}];
