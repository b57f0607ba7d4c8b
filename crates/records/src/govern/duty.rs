//! Duties, and duties held on a scope: holders, measure, state.

use crate::guards::holds;
use crate::people::{Function, Person};
use crate::places::Site;
use jiff::Timestamp;
use watchkeep_model::{
    ChoiceField, Field, Links, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Shape, Target,
};

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
    title = "title", state = "state", sort = "title",
    list = ["state", "title", "responsible", "accountable", "site", "figure", "grade"],
    moves = MOVES, prepare = prepare, check = one_each, measures = MEASURES
)]
pub struct HeldDuty {
    #[field(search, len = 500, index)]
    pub title: String,
    #[field(index)]
    pub duty: Ref<Duty>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    /// The project it is held for, beside what stands for the organisation (RU-09).
    #[field(index, facet, len = 200)]
    pub project: Option<String>,
    /// Does the work: exactly one (RU-02).
    #[field(index, inline)]
    pub responsible: Option<Ref<Function>>,
    /// Approves the work: exactly one (RU-03).
    #[field(index, inline)]
    pub accountable: Option<Ref<Function>>,
    /// Asked before approval (RU-05).
    pub consulted: Links<Function>,
    /// Stands in where neither holder nor deputy of the function is there.
    #[field(index, inline)]
    pub deputy: Option<Ref<Function>>,
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
    /// What whoever held it before says the next one must know.
    #[field(managed)]
    pub handover: Option<Markdown>,
    #[field(managed, index)]
    pub handed_by: Option<Ref<Person>>,
    #[field(managed)]
    pub handed_at: Option<Timestamp>,
    /// Who confirmed that they hold it (RU-38); nobody after each change of R.
    #[field(managed, index)]
    pub received_by: Option<Ref<Person>>,
    #[field(managed, index)]
    pub received_at: Option<Timestamp>,
}

/// More places than a duty is held at.
const EVERY: usize = 100_000;

const ANY: &[&str] = &["grey", "red", "amber", "green", "waived"];
const WORDS: &[Field] =
    &[Field { name: "note", label: "What the next one must know", shape: Shape::Markdown, ..Field::EMPTY }];

/// The only ways in which one holder takes the place of another (RU-02, RU-03).
const MOVES: &[Move] = &[
    Move {
        name: "hand_over",
        label: "Hand over",
        from: ANY,
        action: "update",
        asks: &["responsible", "note"],
        inputs: WORDS,
        guard: somebody_else,
        apply: hand_over,
        ..Move::PLAIN
    },
    Move {
        name: "give_letters",
        label: "Give letters",
        from: ANY,
        action: "update",
        takes: &["responsible", "accountable", "consulted", "informed"],
        ..Move::PLAIN
    },
    Move {
        name: "receive",
        label: "Confirm that I hold it",
        from: ANY,
        action: "read",
        guard: is_mine,
        apply: receive,
        ..Move::PLAIN
    },
];

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-121",
        version: 2,
        question: "Of the duties that are held, how many belong to a function that somebody fills who works here?",
        unit: "duties with a holder",
        of: "",
        bad: "responsible:none or (responsible.holder:none responsible.deputy:none) or responsible.holder.leaves<today or responsible.holder.state:locked",
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

/// A new R has yet to confirm; what the old one said stays with the duty.
fn prepare(record: &mut Record, moving: &Moving<'_>) {
    let changed = moving.before.is_some_and(|before| before.get("responsible") != record.get("responsible"));
    if changed {
        record.write("received_by", None::<Ref<Person>>);
        record.write("received_at", None::<Timestamp>);
    }
}

/// A function is asked or told, not both (RU-05, RU-06), and has the one R and the one A (RU-02, RU-03).
fn one_each(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    let consulted = record.get("consulted").ids();
    if let Some(both) = record.get("informed").ids().iter().find(|id| consulted.contains(id)) {
        return Err(Refusal::rule("RU-06", format!("FUN-{both} cannot be both consulted and informed; choose one"))
            .at("informed"));
    }
    held_once(moving)?;
    if !matches!(moving.act, Some("update" | "import")) {
        return Ok(());
    }
    for (field, rule, letter) in [("responsible", "RU-02", "R"), ("accountable", "RU-03", "A")] {
        let before = moving.before.and_then(|before| before.get(field).as_int());
        let after = record.get(field).as_int();
        if let (Some(held), Some(new)) = (before, after)
            && held != new
        {
            let name = moving.look.record("function", held).map_or(format!("FUN-{held}"), |f| f.title().to_owned());
            let message = format!(
                "{name} is {letter} already, and a duty has one {letter}: hand it over, give the letters anew in the \
                 matrix, or clear it first"
            );
            return Err(Refusal::rule(rule, message).at(field));
        }
    }
    Ok(())
}

/// The same duty for the same site and project is held once: a second record would have a second R (RU-02).
fn held_once(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    let place = ["duty", "site", "project"];
    if moving.before.is_some_and(|before| place.iter().all(|field| before.get(field) == record.get(field))) {
        return Ok(());
    }
    let same =
        |other: &Record| other.id != record.id && place.iter().all(|field| other.get(field) == record.get(field));
    match moving.look.with("held_duty", "duty", record.get("duty"), EVERY).into_iter().find(same) {
        Some(other) => {
            let holder = other.get("responsible").as_int().and_then(|id| moving.look.record("function", id));
            let holder = holder.map_or("nobody".to_owned(), |function| function.title().to_owned());
            let message = format!(
                "{} is this duty here already and {holder} is its R: change that one, or name another site or project",
                other.number()
            );
            Err(Refusal::rule("RU-02", message).at("duty"))
        }
        None => Ok(()),
    }
}

fn somebody_else(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.before.is_some_and(|before| before.get("responsible") == moving.record.get("responsible")) {
        return Err(Refusal::invalid("this function is R already; name the one that takes it over").at("responsible"));
    }
    Ok(())
}

fn hand_over(record: &mut Record, moving: &Moving<'_>) {
    record.write("handover", moving.input::<String>("note").map(Markdown));
    record.write("handed_by", moving.actor.person.map(Ref::<Person>::new));
    record.write("handed_at", moving.now);
}

/// Each holder confirms, and nobody for another (RU-38).
fn is_mine(moving: &Moving<'_>) -> Result<(), Refusal> {
    let function = moving.record.get("responsible").as_int().and_then(|id| moving.look.record("function", id));
    let Some(function) = function else {
        return Err(Refusal::rule("RU-38", "nobody is responsible for this duty; give it an R first"));
    };
    if moving.actor.person.is_some_and(|person| holds(&function, person)) {
        return Ok(());
    }
    let message = format!("whoever holds it confirms it: {} is its R, and you do not hold that", function.title());
    Err(Refusal::rule("RU-38", message))
}

fn receive(record: &mut Record, moving: &Moving<'_>) {
    record.write("received_by", moving.actor.person.map(Ref::<Person>::new));
    record.write("received_at", moving.now);
}
