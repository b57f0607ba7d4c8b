//! Duties, and duties held on a scope: holders, measure, state.

use crate::people::Function;
use crate::places::Site;
use jiff::Timestamp;
use watchkeep_model::{ChoiceField, Links, Markdown, Measure, Moving, RecordKind, Ref, Refusal, Target};

/// One responsibility of a security manager's job.
#[derive(RecordKind)]
#[record(
    prefix = "DTY", label = "Duty", plural = "Duty catalogue", area = "govern", title = "title", sort = "code",
    list = ["code", "title", "group", "rhythm"]
)]
pub struct Duty {
    /// D-001 and so on.
    #[field(search, unique, index, len = 20)]
    pub code: String,
    #[field(search, len = 500)]
    pub title: String,
    #[field(facet, len = 100, index)]
    pub group: String,
    /// Tasks of a work role, standards or skills that it carries out, such as `T0147`.
    #[field(len = 100)]
    pub carries_out: Option<String>,
    /// Continuous, per event, daily, weekly, monthly, quarterly, half-yearly, yearly.
    #[field(facet, len = 40)]
    pub rhythm: Option<String>,
    /// What would show that it is done.
    pub measure: Option<Markdown>,
    /// What to connect or enter so that it can be measured.
    pub connect: Option<Markdown>,
}

/// A duty applied to a scope, with one R, one A, few C and I.
#[derive(RecordKind)]
#[record(
    prefix = "HLD", label = "Held duty", kind = "held_duty", plural = "Held duties", area = "govern",
    title = "title", sort = "title", list = ["state", "title", "responsible", "accountable", "site", "figure", "grade"],
    check = one_each, measures = MEASURES
)]
pub struct HeldDuty {
    #[field(search, len = 500, index)]
    pub title: String,
    #[field(index)]
    pub duty: Ref<Duty>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    /// Does the work: exactly one (RU-02).
    #[field(index, inline)]
    pub responsible: Option<Ref<Function>>,
    /// Approves the work: exactly one (RU-03).
    #[field(index, inline)]
    pub accountable: Option<Ref<Function>>,
    /// Asked before approval (RU-05).
    pub consulted: Links<Function>,
    /// Told of progress and outcome (RU-06); more than five is a warning (RU-07).
    pub informed: Links<Function>,
    #[field(managed, facet, index)]
    pub state: State,
    #[field(managed)]
    pub grade: Option<Grade>,
    /// Numerator and denominator as last computed.
    #[field(managed, len = 200)]
    pub figure: Option<String>,
    #[field(managed)]
    pub measured_at: Option<Timestamp>,
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-121",
        question: "Of the duties that are held, how many belong to a function that somebody fills?",
        unit: "duties with a holder",
        of: "",
        bad: "responsible:none or (responsible.holder:none responsible.deputy:none)",
        why: "nobody holds it",
        target: Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-122",
        question: "Of the duties that are held, how many have exactly one R and one A?",
        unit: "duties with one R and one A",
        of: "",
        bad: "responsible:none or accountable:none",
        why: "R or A missing",
        target: Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-123",
        question: "Of the duties that are recorded by runs, how many were done for their last period?",
        unit: "duties performed",
        of: "grade:recorded,attested",
        bad: "state:red",
        why: "nobody did it in its period",
        since: "measured_at",
        ..Measure::PLAIN
    },
];

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// No data: never green.
    #[choice(grey)]
    Grey,
    #[choice(bad)]
    Red,
    #[choice(warn)]
    Amber,
    #[choice(good)]
    Green,
    #[choice(waived)]
    Waived,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grade {
    /// Computed from data.
    Measured,
    /// A run done here, with proof.
    Recorded,
    /// Somebody says so.
    Attested,
}

/// A function is asked or told, not both, and whoever does the work is neither (RU-05, RU-06).
fn one_each(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    let consulted = record.get("consulted").ids();
    if let Some(both) = record.get("informed").ids().iter().find(|id| consulted.contains(id)) {
        return Err(Refusal::rule("RU-06", format!("FUN-{both} cannot be both consulted and informed; choose one"))
            .at("informed"));
    }
    // A second R or A (RU-02, RU-03) cannot be entered: replacing a holder needs the present one taken off first.
    for (field, rule, letter) in [("responsible", "RU-02", "R"), ("accountable", "RU-03", "A")] {
        let before = moving.before.and_then(|before| before.get(field).as_int());
        let after = record.get(field).as_int();
        if let (Some(held), Some(new)) = (before, after)
            && held != new
            && moving.act == Some("update")
            && moving.actor.via == watchkeep_model::Via::Import
        {
            let name = moving.look.record("function", held).map_or(format!("FUN-{held}"), |f| f.title().to_owned());
            return Err(Refusal::rule(
                rule,
                format!("{name} is {letter} already; a duty has one {letter}: clear it first"),
            )
            .at(field));
        }
    }
    Ok(())
}
