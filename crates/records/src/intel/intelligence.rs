//! An intelligence item: something learned about threats, how far it is trusted, and what came of it.

use crate::people::Person;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Markdown, Measure, Move, Moving, Record, RecordKind, Ref};

/// News, a warning or an own product about threats; somebody decides what follows from it.
#[derive(RecordKind)]
#[record(
    prefix = "INT", label = "Intelligence item", kind = "intelligence", plural = "Intelligence", area = "intel", title = "title",
    state = "state", sort = "-created", calendar = "valid_until", list = ["title", "state", "level", "source", "reliability", "credibility", "owner", "valid_until"],
    moves = MOVES, measures = MEASURES
)]
pub struct Intelligence {
    #[field(search, len = 300)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    #[field(facet, index)]
    pub level: Level,
    /// Feed, agency, colleague or paper it came from.
    #[field(search, facet, index, len = 200)]
    pub source: Option<String>,
    #[field(facet)]
    pub reliability: Reliability,
    #[field(facet)]
    pub credibility: Credibility,
    #[field(search)]
    pub text: Option<Markdown>,
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    /// Made here, for others to decide by.
    #[field(facet)]
    pub own_product: bool,
    #[field(index)]
    pub valid_until: Option<Date>,
    /// The measure, rule, finding or decision it led to; or why nothing is done.
    #[field(managed, search)]
    pub outcome: Option<Markdown>,
    #[field(managed)]
    pub decided: Option<Timestamp>,
    #[field(managed)]
    pub decided_by: Option<Ref<Person>>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// For leaders: who, why, where it goes.
    Strategic,
    /// For those who plan: campaigns, ways of working.
    Tactical,
    /// For those who act: indicators, weaknesses in use.
    Operational,
}

/// How far the source is trusted (NATO A to F).
#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reliability {
    #[choice(label = "F, cannot be judged")]
    Unknown,
    #[choice(label = "A, reliable")]
    Reliable,
    #[choice(label = "B, usually reliable")]
    Usually,
    #[choice(label = "C, fairly reliable")]
    Fairly,
    #[choice(label = "D, not usually reliable")]
    Seldom,
    #[choice(label = "E, unreliable")]
    Unreliable,
}

/// How far this one item is believed (NATO 1 to 6).
#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Credibility {
    #[choice(label = "6, cannot be judged")]
    Unknown,
    #[choice(label = "1, confirmed")]
    Confirmed,
    #[choice(label = "2, probably true")]
    Probable,
    #[choice(label = "3, possibly true")]
    Possible,
    #[choice(label = "4, doubtful")]
    Doubtful,
    #[choice(label = "5, improbable")]
    Improbable,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(warn)]
    New,
    #[choice(good)]
    Used,
    /// Judged, and nothing follows from it.
    #[choice(grey)]
    NoAction,
}

const MOVES: &[Move] = &[
    Move {
        name: "use",
        label: "Led to a measure",
        from: &["new"],
        to: Some("used"),
        asks: &["outcome"],
        apply: decide,
        ..Move::PLAIN
    },
    Move {
        name: "dismiss",
        label: "No action",
        from: &["new"],
        to: Some("no_action"),
        asks: &["outcome"],
        apply: decide,
        ..Move::PLAIN
    },
    Move {
        name: "reopen",
        label: "Look again",
        from: &["used", "no_action"],
        to: Some("new"),
        asks: &["reason"],
        ..Move::PLAIN
    },
];

fn decide(record: &mut Record, moving: &Moving<'_>) {
    record.write("decided", moving.now);
    record.write("decided_by", moving.actor.person.map(Ref::<Person>::new));
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-045",
        question: "Of the intelligence of the last 90 days, how much was decided within a week, or still has time?",
        unit: "items decided",
        of: "own_product:no created>=-90d",
        bad: "state:new created<-7d",
        why: "not decided for over a week",
        site: "",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-047",
        question: "Of the intelligence products made here in the last 90 days, how many led to a decision, or still have time?",
        unit: "products with a decision",
        of: "own_product:yes created>=-90d",
        bad: "state:new created<-14d",
        why: "no decision after two weeks",
        site: "",
        ..Measure::PLAIN
    },
];
