//! A bid: what a party offers for a tender, weighed by cost and quality (RU-53).

use crate::guards::{Size, another, asked_by, level, waived};
use crate::outside::Party;
use crate::people::Person;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Markdown, Measure, Money, Move, Moving, Record, RecordKind, Ref, Refusal, Target};

/// An offer for a tender. It is awarded only against another one, by cost and quality.
#[derive(RecordKind)]
#[record(
    prefix = "BID", area = "outside", title = "title", state = "state", sort = "-score", calendar = "valid_until",
    list = ["title", "tender", "state", "party", "price", "cost", "quality", "score", "valid_until"],
    moves = MOVES, measures = MEASURES,
    material = ABOUT, prepare = prepare, check = check
)]
pub struct Bid {
    #[field(search, len = 300)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    /// What is put out to tender; bids of one tender write it alike.
    #[field(search, index, facet, len = 200)]
    pub tender: String,
    #[field(index)]
    pub party: Ref<Party>,
    /// For one year.
    #[field(label = "Price a year")]
    pub price: Option<Money>,
    /// Points for cost, 100 is best.
    #[field(min = 0, max = 100, label = "Points for cost")]
    pub cost: Option<i64>,
    /// Points for quality, 100 is best.
    #[field(min = 0, max = 100, label = "Points for quality")]
    pub quality: Option<i64>,
    /// How much cost counts, in per cent; quality is the rest.
    #[field(min = 0, max = 100, default = "50", label = "Weight of cost")]
    pub weight: i64,
    /// Weighted points, 0 to 100.
    #[field(managed, index)]
    pub score: Option<i64>,
    #[field(search)]
    pub notes: Option<Markdown>,
    #[field(index)]
    pub valid_until: Option<Date>,
    #[field(managed)]
    pub requester: Option<Ref<Person>>,
    #[field(managed)]
    pub awarded_by: Option<Ref<Person>>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(warn)]
    Received,
    #[choice(good)]
    Awarded,
    #[choice(grey)]
    Declined,
}

const MOVES: &[Move] = &[
    Move {
        name: "award",
        label: "Award",
        from: &["received"],
        to: Some("awarded"),
        action: "approve",
        asks: &["reason"],
        guard: compared,
        apply: award,
        ..Move::PLAIN
    },
    Move {
        name: "decline",
        label: "Decline",
        from: &["received", "awarded"],
        to: Some("declined"),
        action: "approve",
        asks: &["reason"],
        ..Move::PLAIN
    },
    Move {
        name: "return",
        label: "Weigh again",
        from: &["declined"],
        to: Some("received"),
        asks: &["reason"],
        ..Move::PLAIN
    },
];

/// What is decided about.
const ABOUT: &[&str] = &["tender", "party", "price", "cost", "quality", "weight"];

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    asked_by::<Person>(record, moving, "requester", ABOUT);
    let number = |field: &str| record.get(field).as_int();
    let score = match (number("cost"), number("quality"), number("weight")) {
        (Some(cost), Some(quality), Some(weight)) => Some((cost * weight + quality * (100 - weight)) / 100),
        _ => None,
    };
    record.write("score", score);
}

/// What was awarded stays as it was weighed.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let awarded = |record: &Record| record.state() == Some("awarded");
    if moving.before.is_some_and(awarded) && awarded(moving.record) {
        crate::guards::frozen(moving, ABOUT, "this bid has won; decline it before it is weighed again")?;
    }
    Ok(())
}

/// Against at least one other scored bid (RU-53), not by whoever entered it (RU-38), within one's level (RU-36).
fn compared(moving: &Moving<'_>) -> Result<(), Refusal> {
    if let Some(field) = ["price", "cost", "quality"].into_iter().find(|field| moving.record.get(field).is_empty()) {
        return Err(
            Refusal::rule("RU-53", "a contract is awarded by cost and quality: give price and points").at(field)
        );
    }
    let bids = moving.look.with("bid", "tender", moving.record.get("tender"), 1000);
    let others = || bids.iter().filter(|bid| bid.id != moving.record.id);
    if !others().any(|bid| !bid.get("score").is_empty()) && !waived(moving, "RU-53") {
        let message = "a contract is awarded by cost and quality: score at least one other bid of this tender";
        return Err(Refusal::rule("RU-53", message).at("tender"));
    }
    if let Some(bid) = others().find(|bid| bid.state() == Some("awarded")) {
        return Err(Refusal::invalid(format!("{} has this tender; decline it first", bid.number())).at("tender"));
    }
    another(moving, "requester")?;
    level(moving, "award", Size::Amount(moving.record.read::<Money>("price")))
}

fn award(record: &mut Record, moving: &Moving<'_>) {
    record.write("awarded_by", moving.actor.person.map(Ref::<Person>::new));
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[Measure {
    duty: "D-103",
    question: "Of the bids that won a tender, how many were scored by cost and quality?",
    unit: "awards by cost and quality",
    of: "state:awarded",
    bad: "score:none or price:none",
    why: "no price or no scores",
    site: "",
    target: Target::None,
    ..Measure::PLAIN
}];
