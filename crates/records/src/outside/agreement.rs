//! An agreement: a contract with a party, its term, its price, and what happens when it ends.

use crate::assure::Engagement;
use crate::guards::{Size, in_order, level};
use crate::outside::{MoneyLine, Party};
use crate::people::Person;
use crate::places::Site;
use jiff::civil::Date;
use watchkeep_model::{
    ChoiceField, Described, Effect, Links, Markdown, Measure, Money, Move, Moving, RecordKind, Ref, Refusal, Target,
    Value,
};

/// A contract with a party. Before its notice day somebody decides whether it goes on (RU-53).
#[derive(RecordKind)]
#[record(
    prefix = "AGR", area = "outside", title = "title", state = "state", sort = "notice_by", calendar = "notice_by",
    list = ["title", "class", "state", "party", "owner", "price", "ends", "notice_by", "at_term"],
    moves = MOVES, measures = MEASURES, check = check, effects = promised
)]
pub struct Agreement {
    #[field(search, len = 300)]
    pub title: String,
    #[field(facet, index)]
    pub class: Class,
    #[field(managed)]
    pub state: State,
    #[field(index, facet)]
    pub party: Ref<Party>,
    /// Oversees it, and decides what becomes of it.
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    pub sites: Links<Site>,
    /// What is delivered, and what security asks for in it.
    #[field(search)]
    pub terms: Option<Markdown>,
    /// For one year.
    #[field(label = "Price a year")]
    pub price: Option<Money>,
    #[field(index)]
    pub starts: Option<Date>,
    /// Last day of the term.
    #[field(index)]
    pub ends: Option<Date>,
    /// Last day to give notice.
    #[field(index, inline)]
    pub notice_by: Option<Date>,
    /// What its renewal would cost, by the newest estimate.
    #[field(managed)]
    pub estimate: Option<Money>,
    /// What happens at the end of the term.
    #[field(facet, inline)]
    pub at_term: AtTerm,
    /// Where its terms were examined.
    #[field(index)]
    pub security_review: Option<Ref<Engagement>>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Guarding,
    Maintenance,
    Cloud,
    Software,
    Service,
    Supply,
    Insurance,
    Confidentiality,
    Client,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum AtTerm {
    #[choice(warn)]
    Undecided,
    Renew,
    Retender,
    End,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(grey)]
    Draft,
    #[choice(good)]
    InForce,
    #[choice(grey)]
    Ended,
}

const MOVES: &[Move] = &[
    Move {
        name: "sign",
        label: "Signed",
        from: &["draft"],
        to: Some("in_force"),
        action: "approve",
        asks: &["starts", "ends", "owner"],
        guard: may_sign,
        ..Move::PLAIN
    },
    Move {
        name: "renew",
        label: "Renew",
        from: &["in_force"],
        action: "approve",
        asks: &["ends", "reason"],
        takes: &["notice_by", "price"],
        guard: may_renew,
        apply: undecided,
        ..Move::PLAIN
    },
    Move {
        name: "end",
        label: "End",
        from: &["draft", "in_force"],
        to: Some("ended"),
        action: "approve",
        asks: &["reason"],
        ..Move::PLAIN
    },
];

fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let in_force = |record: &watchkeep_model::Record| record.state() == Some("in_force");
    if moving.before.is_some_and(in_force) && in_force(moving.record) && moving.act != Some("renew") {
        let fields = ["party", "price", "starts", "ends"];
        crate::guards::frozen(moving, &fields, "this contract is in force; renew it, or end it and draft another")?;
    }
    in_order(moving, "starts", "ends")?;
    in_order(moving, "notice_by", "ends")
}

/// Within one's level (RU-36), and with somebody here who oversees the supplier's security (RU-39).
fn may_sign(moving: &Moving<'_>) -> Result<(), Refusal> {
    let party = moving.record.get("party").as_int().and_then(|id| moving.look.record("party", id));
    let alone = |party: &watchkeep_model::Record| {
        matches!(party.choice("class"), Some("vendor" | "cloud_provider")) && party.get("overseer").is_empty()
    };
    if let Some(party) = party.filter(alone) {
        let message = format!("nobody oversees the security side of {}; name its overseer first", party.title());
        return Err(Refusal::rule("RU-39", message).at("party"));
    }
    level(moving, "award", Size::Amount(moving.record.read::<Money>("price")))
}

/// A term that is longer, and no breach of it left without an action (RU-53).
fn may_renew(moving: &Moving<'_>) -> Result<(), Refusal> {
    let ends = |record: &watchkeep_model::Record| record.read::<Date>("ends");
    if moving.before.and_then(ends) >= ends(moving.record) {
        return Err(Refusal::rule("RU-53", "a contract is renewed for longer: give a later last day").at("ends"));
    }
    let levels = moving.look.with("service_level", "agreement", &moving.record.id.into(), 1000);
    let silent =
        |level: &&watchkeep_model::Record| level.choice("met") == Some("missed") && level.get("action").is_empty();
    if let Some(level) = levels.iter().find(silent) {
        let message = format!("{} is missed: write down what was done about it before renewing", level.number());
        return Err(Refusal::rule("RU-53", message));
    }
    may_sign(moving)
}

/// The new term has not been decided about.
fn undecided(record: &mut watchkeep_model::Record, _: &Moving<'_>) {
    record.set_choice("at_term", "undecided");
}

/// What a renewed term costs is promised from the day it is renewed; the line waits for whoever approves spending.
fn promised(moving: &Moving<'_>) -> Vec<Effect> {
    let (record, before) = (moving.record, moving.before);
    let ended = before.and_then(|before| before.read::<Date>("ends"));
    let Some(first) = ended.and_then(|day| day.tomorrow().ok()).filter(|_| moving.act == Some("renew")) else {
        return Vec::new();
    };
    if record.get("price").is_empty() {
        return Vec::new();
    }
    let line = MoneyLine::kind();
    let title: String = format!("Renewed: {}", record.title()).chars().take(300).collect();
    let values = vec![
        ("title", title.into()),
        ("class", line.choice_value("class", "commitment")),
        ("fiscal_year", Value::Int(i64::from(first.year()))),
        ("account", record.choice("class").unwrap_or("contracts").into()),
        ("amount", record.get("price").clone()),
        ("on", crate::guards::today(moving).to_string().into()),
        ("owner", record.get("owner").clone()),
        ("party", record.get("party").clone()),
        ("agreement", record.id.into()),
        ("grounds", moving.reason.map_or(Value::Null, Value::from)),
    ];
    vec![Effect::Make { kind: "money_line", key: format!("{}/term/{first}", record.number()), values, link: None }]
}

/// The contracts among what ends within a year (D-114); a decision to end one needs no estimate.
pub const ENDING: Measure = Measure {
    duty: "D-114",
    version: 2,
    of: "state:in_force ends:any ends<=365d -at_term:end",
    bad: "estimate:none",
    why: "its term ends, and nobody has estimated what comes next",
    since: "ends",
    site: "sites",
    target: Target::None,
    ..Measure::PLAIN
};

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-105",
        version: 2,
        question: "Of the contracts in force, how many are before their notice day or decided, and not past their term?",
        unit: "contracts decided in time",
        of: "state:in_force (notice_by:any or ends:any)",
        bad: "(notice_by<today at_term:undecided) or ends<today",
        why: "notice day passed without a decision, or term over and neither renewed nor ended",
        since: "notice_by",
        site: "",
        target: Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-102",
        question: "Of the contracts in force, how many had their terms examined by security?",
        unit: "contracts with a security review",
        of: "state:in_force",
        bad: "security_review:none",
        why: "terms not examined",
        since: "starts",
        site: "",
        target: Target::Share { green: 90, amber: 60 },
        ..Measure::PLAIN
    },
];
