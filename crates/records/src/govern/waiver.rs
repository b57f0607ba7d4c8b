//! A waiver: a held duty that need not be done for a while, by decision of whoever is accountable for it.

use crate::govern::HeldDuty;
use crate::guards::{by_the_accountable, frozen_by, made_by, today};
use crate::people::Person;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Markdown, Move, Moving, Record, RecordKind, Ref, Refusal};

/// Leave not to do a held duty until a day, with its reason. The duty is shown waived, never green.
#[derive(RecordKind)]
#[record(
    prefix = "WVR", label = "Waiver", plural = "Waivers", area = "govern", title = "title", state = "state",
    sort = "until", calendar = "until", list = ["title", "state", "until", "requester", "approver", "reason"],
    moves = MOVES, prepare = prepare, check = check
)]
pub struct Waiver {
    #[field(search, managed, len = 500, optional)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    #[field(index)]
    pub held: Ref<HeldDuty>,
    /// Why it need not be done, and what covers the risk meanwhile.
    #[field(search)]
    pub reason: Markdown,
    /// The last day it holds.
    #[field(index)]
    pub until: Date,
    #[field(managed, index)]
    pub requester: Option<Ref<Person>>,
    #[field(managed, index)]
    pub approver: Option<Ref<Person>>,
    #[field(managed)]
    pub decided: Option<Timestamp>,
    /// Why nobody else could approve, where one person did both (RU-61).
    #[field(managed)]
    pub alone: Option<Markdown>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(warn)]
    Asked,
    #[choice(waived)]
    Granted,
    #[choice(bad)]
    Refused,
    #[choice(grey)]
    Ended,
}

const MOVES: &[Move] = &[
    Move {
        name: "grant",
        label: "Grant",
        from: &["asked"],
        to: Some("granted"),
        action: "approve",
        guard: by_another,
        apply: decide,
        ..Move::PLAIN
    },
    Move {
        name: "grant_alone",
        label: "Grant alone",
        from: &["asked"],
        to: Some("granted"),
        action: "approve",
        asks: &["alone"],
        guard: by_the_accountable,
        apply: decide,
        ..Move::PLAIN
    },
    Move {
        name: "refuse",
        label: "Refuse",
        from: &["asked"],
        to: Some("refused"),
        action: "approve",
        asks: &["reason"],
        guard: by_the_accountable,
        apply: decide,
        ..Move::PLAIN
    },
    Move { name: "end", label: "End", from: &["granted"], to: Some("ended"), ..Move::PLAIN },
];

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    made_by::<Person>(record, moving, "requester");
    let held = record.get("held").as_int().and_then(|id| moving.look.record("held_duty", id));
    record.set("title", held.map_or_else(|| "Waiver".to_owned(), |held| held.title().chars().take(400).collect()));
}

fn decide(record: &mut Record, moving: &Moving<'_>) {
    record.write("approver", moving.actor.person.map(Ref::<Person>::new));
    record.write("decided", moving.now);
}

/// Requester and approver differ (RU-38).
fn by_another(moving: &Moving<'_>) -> Result<(), Refusal> {
    by_the_accountable(moving)?;
    let requester = moving.record.get("requester").as_int();
    if requester.is_some() && requester == moving.actor.person {
        return Err(Refusal::rule(
            "RU-38",
            "you asked for this waiver; somebody else grants it, or grant it alone and say why nobody else can",
        ));
    }
    Ok(())
}

/// A waiver ends, and what was decided on stays as it was decided.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let (day, today) = (moving.record.read::<Date>("until"), today(moving));
    if moving.record.state() == Some("asked") && day.is_some_and(|day| day < today) {
        return Err(Refusal::invalid(format!("this day is past; choose one from {today} on")).at("until"));
    }
    if moving.before.is_some_and(|before| before.state() != Some("asked")) {
        let why = "this was decided on as it stands; end it and ask anew";
        frozen_by("RU-38", moving, &["held", "until", "reason"], why)?;
    }
    Ok(())
}
