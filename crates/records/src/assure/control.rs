//! A control: what we do about risks and requirements, and how well it works.

use crate::people::{Function, Person};
use crate::places::Site;
use jiff::Timestamp;
use watchkeep_model::{ChoiceField, Links, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal};

/// Something we do against risks or for requirements. Its health is what the last assessment saw, never that evidence exists.
#[derive(RecordKind)]
#[record(
    prefix = "CTL", area = "assure", title = "title", sort = "code", state = "state", moves = MOVES, measures = MEASURES,
    list = ["code", "title", "state", "health", "class", "owner", "holder", "assessed_at"]
)]
pub struct Control {
    #[field(search, unique, index, len = 60)]
    pub code: String,
    #[field(search, len = 300)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    #[field(managed, facet, index)]
    pub health: Health,
    #[field(facet)]
    pub class: Class,
    /// What is done, how often, with what.
    #[field(search)]
    pub description: Option<Markdown>,
    /// Answers for it.
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    /// Does it.
    #[field(index, inline)]
    pub holder: Option<Ref<Function>>,
    /// Who provides it: us, a provider, or both.
    #[field(facet)]
    pub share: Share,
    /// Where it works; none: everywhere.
    pub sites: Links<Site>,
    /// Days after which an assessment no longer shows that it works; a year if empty.
    #[field(min = 1, max = 3660)]
    pub every: Option<i64>,
    /// What the last assessment looked at and saw.
    #[field(managed)]
    pub evidence: Option<Markdown>,
    #[field(managed, index)]
    pub assessed_at: Option<Timestamp>,
    #[field(managed)]
    pub assessed_by: Option<Ref<Person>>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Preventive,
    Detective,
    Corrective,
    Deterrent,
    Organisational,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Share {
    Ours,
    Provider,
    Shared,
    /// Nobody has said yet.
    #[choice(warn)]
    Unknown,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(grey)]
    Planned,
    #[choice(warn)]
    Implementing,
    #[choice(good)]
    Implemented,
    #[choice(grey)]
    Retired,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Health {
    /// Never assessed.
    #[choice(grey)]
    Unknown,
    #[choice(good)]
    Effective,
    #[choice(warn)]
    Partly,
    #[choice(bad)]
    Failing,
}

const MOVES: &[Move] = &[
    Move { name: "begin", label: "Begin", from: &["planned"], to: Some("implementing"), ..Move::PLAIN },
    Move {
        name: "implement",
        label: "Implemented",
        from: &["planned", "implementing"],
        to: Some("implemented"),
        ..Move::PLAIN
    },
    Move {
        name: "assess",
        label: "Assess",
        from: &["implementing", "implemented"],
        asks: &["health", "evidence"],
        guard: judged,
        apply: assessed,
        ..Move::PLAIN
    },
    Move {
        name: "retire",
        label: "Retire",
        from: &["planned", "implementing", "implemented"],
        to: Some("retired"),
        asks: &["reason"],
        ..Move::PLAIN
    },
    Move {
        name: "restore",
        label: "Restore",
        from: &["retired"],
        to: Some("planned"),
        asks: &["reason"],
        ..Move::PLAIN
    },
];

/// An assessment ends in a judgement.
fn judged(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.choice("health") == Some("unknown") {
        return Err(Refusal::invalid("say what you saw: effective, partly or failing").at("health"));
    }
    Ok(())
}

fn assessed(record: &mut Record, moving: &Moving<'_>) {
    record.write("assessed_at", moving.now);
    record.write("assessed_by", moving.actor.person.map(Ref::<Person>::new));
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-094",
        question: "Of the controls that are implemented, how many were assessed within a year?",
        unit: "controls assessed in a year",
        of: "state:implemented",
        bad: "assessed_at:none or assessed_at<-365d",
        why: "not assessed for a year",
        since: "assessed_at",
        site: "",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-098",
        question: "Of the controls that are not retired, how many say whether we or a provider do them?",
        unit: "controls with a stated share",
        of: "-state:retired",
        bad: "share:unknown or health:failing",
        why: "share unknown, or failing",
        site: "",
        ..Measure::PLAIN
    },
];
