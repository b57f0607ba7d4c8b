//! A risk: a scenario with its likelihood and impact, who owns it, and what is done about it.

use crate::assets::Asset;
use crate::assure::Control;
use crate::guards::{Size, level, today};
use crate::outside::Party;
use crate::people::Person;
use crate::places::Site;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Links, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal};

/// What could go wrong, how likely and how bad. Only its owner accepts what is left (RU-34).
#[derive(RecordKind)]
#[record(
    prefix = "RSK", area = "assure", title = "title", state = "state", sort = "-score", calendar = "review_due",
    list = ["score", "title", "state", "class", "treatment", "residual", "owner", "review_due"],
    moves = MOVES, measures = MEASURES,
    material = ["title", "class", "scenario", "likelihood", "impact", "treatment", "plan", "likelihood_left", "impact_left"], prepare = prepare, check = check
)]
pub struct Risk {
    #[field(search, len = 300)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    #[field(facet, index)]
    pub class: Class,
    /// What happens, to what, through whom.
    #[field(search)]
    pub scenario: Option<Markdown>,
    /// 1 less than once in ten years, 5 several times a year.
    #[field(min = 1, max = 5, default = "3")]
    pub likelihood: i64,
    /// 1 hardly felt, 5 the organisation may not survive it.
    #[field(min = 1, max = 5, default = "3")]
    pub impact: i64,
    /// Likelihood times impact, 1 to 25.
    #[field(managed, index, optional)]
    pub score: i64,
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    #[field(facet)]
    pub treatment: Option<Treatment>,
    /// What will be done, by whom, by when.
    pub plan: Option<Markdown>,
    /// Last day of the plan.
    #[field(index, inline)]
    pub due: Option<Date>,
    /// Likelihood once the plan is done, 1 to 5.
    #[field(min = 1, max = 5)]
    pub likelihood_left: Option<i64>,
    /// Impact once the plan is done, 1 to 5.
    #[field(min = 1, max = 5)]
    pub impact_left: Option<i64>,
    /// What is left once the plan is done, 1 to 25; without an estimate, the whole score.
    #[field(managed, index, optional)]
    pub residual: i64,
    pub controls: Links<Control>,
    pub assets: Links<Asset>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    #[field(index)]
    pub party: Option<Ref<Party>>,
    #[field(index, inline)]
    pub review_due: Option<Date>,
    /// Last day on which the acceptance counts.
    #[field(managed)]
    pub accepted_until: Option<Date>,
    #[field(managed)]
    pub accepted_by: Option<Ref<Person>>,
    #[field(managed)]
    pub accepted_at: Option<Timestamp>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Information,
    /// Theft, fire, violence: what threatens a place.
    Site,
    People,
    Vendor,
    Project,
    Compliance,
    Continuity,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Treatment {
    Mitigate,
    /// Stop doing what brings it.
    Avoid,
    /// Insurance, contract.
    Transfer,
    Accept,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(bad)]
    Open,
    #[choice(warn)]
    Treating,
    #[choice(waived)]
    Accepted,
    #[choice(good)]
    Closed,
}

const MOVES: &[Move] = &[
    Move {
        name: "treat",
        label: "Treat",
        from: &["open", "accepted"],
        to: Some("treating"),
        asks: &["treatment", "plan", "due"],
        apply: forget,
        ..Move::PLAIN
    },
    Move {
        name: "accept",
        label: "Accept",
        from: &["open", "treating"],
        to: Some("accepted"),
        asks: &["accepted_until", "reason"],
        guard: by_owner,
        apply: accept,
        ..Move::PLAIN
    },
    Move {
        name: "close",
        label: "Close",
        from: &["open", "treating", "accepted"],
        to: Some("closed"),
        asks: &["reason"],
        ..Move::PLAIN
    },
    Move {
        name: "reopen",
        label: "Reopen",
        from: &["treating", "accepted", "closed"],
        to: Some("open"),
        asks: &["reason"],
        apply: forget,
        ..Move::PLAIN
    },
];

fn prepare(record: &mut Record, _: &Moving<'_>) {
    let number = |field: &str| record.get(field).as_int();
    let (likelihood, impact) = (number("likelihood").unwrap_or(0), number("impact").unwrap_or(0));
    let left = number("likelihood_left").unwrap_or(likelihood) * number("impact_left").unwrap_or(impact);
    record.write("score", likelihood * impact);
    record.write("residual", left);
}

/// Treatment lowers a risk or leaves it.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.get("residual").as_int() > moving.record.get("score").as_int() {
        let message = "what is left is more than what there was; estimate likelihood and impact after the plan";
        return Err(Refusal::invalid(message).at("likelihood_left"));
    }
    Ok(())
}

/// Residual risk is accepted by the risk's owner (RU-34), within their level (RU-36), until a day to come.
fn by_owner(moving: &Moving<'_>) -> Result<(), Refusal> {
    let owner = moving.record.get("owner").as_int();
    if moving.actor.person.is_some() && owner != moving.actor.person {
        let name = owner.and_then(|id| moving.look.record("person", id));
        let name = name.map_or("it has none; name one first".to_owned(), |person| person.title().to_owned());
        return Err(Refusal::rule("RU-34", format!("only the risk's owner accepts what is left of it: {name}")));
    }
    if moving.record.read::<Date>("accepted_until").is_some_and(|until| until < today(moving)) {
        return Err(Refusal::invalid("an acceptance counts until a day to come").at("accepted_until"));
    }
    level(moving, "risk_acceptance", Size::Score(moving.record.get("residual").as_int()))
}

fn accept(record: &mut Record, moving: &Moving<'_>) {
    record.write("accepted_by", moving.actor.person.map(Ref::<Person>::new));
    record.write("accepted_at", moving.now);
}

fn forget(record: &mut Record, _: &Moving<'_>) {
    record.write("accepted_by", None::<Ref<Person>>);
    record.write("accepted_at", None::<Timestamp>);
    record.write("accepted_until", None::<Date>);
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-084",
        question: "Of the risks that are not closed, how many are within their review date?",
        unit: "risks within review",
        of: "-state:closed",
        bad: "review_due:none or review_due<today",
        why: "review overdue or not planned",
        since: "review_due",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-087",
        question: "Of the risks that are not closed, how many have an owner who works here, and no acceptance that ran out?",
        unit: "risks with an owner",
        of: "-state:closed",
        bad: "owner:none or owner.leaves<today or owner.state:locked or (state:accepted accepted_until<today)",
        why: "no owner who works here, or the acceptance ran out",
        target: watchkeep_model::Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-088",
        question: "Of the risks with a score of 12 or more that are neither closed nor accepted, how many are being treated in time?",
        unit: "high risks treated in time",
        of: "score>=12 -state:closed,accepted",
        bad: "state:open or due:none or due<today",
        why: "no treatment, or it is overdue",
        since: "due",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-159",
        question: "Of the threats to sites that are not closed, how many have a control against them?",
        unit: "site threats with a control",
        of: "class:site -state:closed",
        bad: "controls:none",
        why: "no control named",
        ..Measure::PLAIN
    },
];
