//! A money line: budget, commitment, actual, forecast or estimate of a fiscal year.

mod books;

pub use books::legs;

use crate::assets::Asset;
use crate::assure::{Engagement, Risk};
use crate::guards::{Size, another, asked_by, frozen, level};
use crate::outside::{Agreement, Party};
use crate::people::Person;
use crate::places::Site;
use jiff::civil::Date;
use watchkeep_model::{
    ChoiceField, Effect, Markdown, Measure, Money, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows, Value,
};

/// An amount planned, promised, spent or expected in a fiscal year. What is closed never changes.
#[derive(RecordKind)]
#[record(
    prefix = "MNY", area = "outside", title = "title", state = "state", sort = "-on", calendar = "on",
    list = ["title", "class", "state", "fiscal_year", "account", "amount", "on", "owner", "party"],
    moves = MOVES, measures = MEASURES,
    material = ABOUT, prepare = prepare, check = check, effects = estimated, keep = kept
)]
pub struct MoneyLine {
    #[field(search, len = 300)]
    pub title: String,
    #[field(facet, index)]
    pub class: Class,
    #[field(managed)]
    pub state: State,
    /// The year in which it begins.
    #[field(facet, index, min = 2000, max = 2200)]
    pub fiscal_year: i64,
    /// What it is booked on, such as `guarding` or `tools`; a transfer names the accounts in its legs.
    #[field(search, facet, index, len = 100, optional)]
    pub account: String,
    /// Negative for what comes back; for a transfer, what moves in all.
    #[field(optional)]
    pub amount: Money,
    /// Day of booking; for a budget, its first day.
    #[field(index)]
    pub on: Date,
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    #[field(index)]
    pub party: Option<Ref<Party>>,
    #[field(index)]
    pub agreement: Option<Ref<Agreement>>,
    #[field(index)]
    pub engagement: Option<Ref<Engagement>>,
    #[field(index)]
    pub asset: Option<Ref<Asset>>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    /// For a transfer between budgets: what each account gains or loses. Together they come to zero.
    pub legs: Rows<Leg>,
    /// The risk that it lowers.
    #[field(index)]
    pub risk: Option<Ref<Risk>>,
    /// What it buys, which risk it lowers, what else was possible.
    #[field(search)]
    pub grounds: Option<Markdown>,
    #[field(managed)]
    pub requester: Option<Ref<Person>>,
    #[field(managed)]
    pub approved_by: Option<Ref<Person>>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Budget,
    /// Promised to somebody, not paid yet.
    Commitment,
    Actual,
    Forecast,
    /// What an upgrade or renewal would cost.
    Estimate,
    /// Moves money between budgets.
    Transfer,
}

/// What a transfer gives to an account, or takes from it.
#[derive(Row, Clone)]
pub struct Leg {
    #[field(len = 100)]
    pub account: String,
    /// Negative for what is taken.
    pub amount: Money,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(warn)]
    Open,
    #[choice(good)]
    Approved,
    #[choice(grey)]
    Closed,
}

const MOVES: &[Move] = &[
    Move {
        name: "approve",
        label: "Approve",
        from: &["open"],
        to: Some("approved"),
        action: "approve",
        guard: may_approve,
        apply: approve,
        ..Move::PLAIN
    },
    Move {
        name: "return",
        label: "Return",
        from: &["approved"],
        to: Some("open"),
        action: "approve",
        asks: &["reason"],
        ..Move::PLAIN
    },
    Move {
        name: "close",
        label: "Close",
        from: &["open", "approved"],
        to: Some("closed"),
        action: "approve",
        ..Move::PLAIN
    },
];

/// What is decided about.
const ABOUT: &[&str] = &["class", "fiscal_year", "account", "amount", "on", "legs"];

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    asked_by::<Person>(record, moving, "requester", ABOUT);
    if record.choice("class") == Some("transfer") {
        let legs = books::legs(record);
        let gains = legs.iter().map(|leg| leg.amount.minor.max(0)).fold(0_i64, i64::saturating_add);
        let currency = legs.first().map_or(*b"EUR", |leg| leg.amount.currency);
        record.write("amount", Money { minor: gains, currency });
        record.write("account", "transfer".to_owned());
    }
}

/// Approved and closed lines stay as they are, closed months too, and a transfer comes to zero.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let before = moving.before.and_then(Record::state);
    books::still_open(moving)?;
    if matches!(before, Some("approved" | "closed")) && before == moving.record.state() {
        frozen(moving, ABOUT, "this line is approved or closed; enter another line to correct it")?;
    }
    books::balanced(moving.record)?;
    books::under_contract(moving)
}

/// What is closed or lies in a closed month stays; so does the estimate that an asset rests on.
fn kept(moving: &Moving<'_>) -> Result<(), Refusal> {
    books::still_open(moving)?;
    let alone = ["asset", "agreement"].iter().all(|field| moving.record.get(field).is_empty());
    match (moving.record.state(), moving.record.choice("class"), alone) {
        (Some("closed"), ..) => Err(Refusal::invalid("this line is closed; enter another line to correct it")),
        (_, Some("estimate"), false) => {
            Err(Refusal::invalid("an asset or contract rests on this estimate; enter a newer one instead"))
        }
        _ => Ok(()),
    }
}

/// The asset or contract shows its newest estimate (D-114); one that it was taken from shows none.
fn estimated(moving: &Moving<'_>) -> Vec<Effect> {
    ["asset", "agreement"].iter().flat_map(|kind| estimate_of(moving, kind)).collect()
}

fn estimate_of(moving: &Moving<'_>, kind: &'static str) -> Vec<Effect> {
    let about = |record: &Record| record.get(kind).as_int().filter(|_| record.choice("class") == Some("estimate"));
    let (now, before) = (about(moving.record), moving.before.and_then(about));
    let set = |id: i64, amount: Value| Effect::Set { kind, id, values: vec![("estimate", amount)] };
    let amount = |record: &Record| record.get("amount").clone();
    let mut effects = Vec::new();
    if let Some(id) = before.filter(|id| Some(*id) != now) {
        effects.push(set(id, Value::Null));
    }
    if let Some(id) = now.filter(|_| before != now || moving.before.map(amount) != Some(amount(moving.record))) {
        effects.push(set(id, amount(moving.record)));
    }
    effects
}

/// Not by whoever entered it (RU-38), within one's level (RU-36).
fn may_approve(moving: &Moving<'_>) -> Result<(), Refusal> {
    another(moving, "requester")?;
    level(moving, "spending", Size::Amount(moving.record.read::<Money>("amount")))
}

fn approve(record: &mut Record, moving: &Moving<'_>) {
    record.write("approved_by", moving.actor.person.map(Ref::<Person>::new));
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-112",
        question: "Of the budget lines that are in use or to come, how many have an owner and an approval?",
        unit: "budget lines owned and approved",
        of: "class:budget -state:closed",
        bad: "owner:none or state:open",
        why: "no owner, or not approved",
        since: "on",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-113",
        question: "Of the actuals of the last year, how many were reconciled and closed within 45 days?",
        unit: "actuals reconciled",
        of: "class:actual on>=-365d",
        bad: "-state:closed on<-45d",
        why: "not closed after 45 days",
        since: "on",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-115",
        question: "Of the commitments and estimates that are not closed, how many state their grounds?",
        unit: "requests with grounds",
        of: "class:commitment,estimate -state:closed",
        bad: "grounds:none",
        why: "no grounds stated",
        since: "on",
        ..Measure::PLAIN
    },
];
