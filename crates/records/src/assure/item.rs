//! An item of an engagement: one question put, one answer with its evidence.

use crate::assets::Finding;
use crate::assure::{Control, Engagement, Invitation, Requirement, invitations};
use crate::guards::{another, waived};
use crate::people::Person;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Via};

/// One thing that an engagement looks at: a question, control or account, its answer, and what shows it.
#[derive(RecordKind)]
#[record(
    prefix = "ITM", label = "Item", kind = "engagement_item", plural = "Engagement items", area = "assure", title = "title",
    state = "state", sort = "due", calendar = "due", list = ["title", "state", "result", "engagement", "respondent", "due", "finding"],
    moves = MOVES, measures = MEASURES, check = check
)]
pub struct EngagementItem {
    #[field(search, len = 500)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    #[field(index, facet)]
    pub engagement: Ref<Engagement>,
    #[field(index)]
    pub requirement: Option<Ref<Requirement>>,
    #[field(index)]
    pub control: Option<Ref<Control>>,
    /// Who answers.
    #[field(index, facet, inline)]
    pub respondent: Option<Ref<Person>>,
    #[field(index, inline)]
    pub due: Option<Date>,
    #[field(managed, facet)]
    pub result: Option<Outcome>,
    #[field(managed, search)]
    pub answer: Option<Markdown>,
    /// What was looked at: numbers of records, files, places.
    #[field(managed)]
    pub evidence: Option<Markdown>,
    /// What became of it where it was not met.
    #[field(index)]
    pub finding: Option<Ref<Finding>>,
    #[field(managed)]
    pub answered_by: Option<Ref<Person>>,
    #[field(managed)]
    pub answered_at: Option<Timestamp>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(warn)]
    Open,
    Answered,
    #[choice(good)]
    Accepted,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    #[choice(good)]
    Met,
    #[choice(warn)]
    Partly,
    #[choice(bad)]
    NotMet,
    #[choice(grey)]
    NotApplicable,
}

const MOVES: &[Move] = &[
    Move {
        name: "answer",
        label: "Answer",
        from: &["open", "answered"],
        to: Some("answered"),
        asks: &["result", "answer"],
        takes: &["evidence"],
        guard: own_by_link,
        apply: answered,
        ..Move::PLAIN
    },
    Move {
        name: "accept",
        label: "Accept the answer",
        from: &["answered"],
        to: Some("accepted"),
        action: "approve",
        guard: by_another,
        ..Move::PLAIN
    },
    Move {
        name: "return",
        label: "Ask again",
        from: &["answered", "accepted"],
        to: Some("open"),
        asks: &["reason"],
        ..Move::PLAIN
    },
];

fn answered(record: &mut Record, moving: &Moving<'_>) {
    record.write("answered_by", moving.actor.person.map(Ref::<Person>::new));
    record.write("answered_at", moving.now);
}

/// A link answers what was put to its own person, and nothing else.
fn own_by_link(moving: &Moving<'_>) -> Result<(), Refusal> {
    let own = moving.record.get("respondent").as_int() == moving.actor.person;
    if moving.actor.via == Via::Link && !own {
        return Err(Refusal::access("this was not put to you"));
    }
    Ok(())
}

fn by_another(moving: &Moving<'_>) -> Result<(), Refusal> {
    another(moving, "answered_by")?;
    // Whoever gave a link could have used it.
    let engagement = moving.record.get("engagement").as_int().and_then(|id| moving.look.record("engagement", id));
    let given = engagement.as_ref().map(invitations).unwrap_or_default();
    let answered = moving.record.get("answered_by").as_int();
    let own = moving.actor.person.is_some();
    let gave = |one: &Invitation| {
        one.by.map(|by| by.id) == moving.actor.person && one.person.map(|person| person.id) == answered
    };
    if own && given.iter().any(gave) && !waived(moving, "RU-38") {
        let message = "you gave whoever answered their link: somebody else accepts the answer, or a decision in force sets RU-38 aside";
        return Err(Refusal::rule("RU-38", message));
    }
    Ok(())
}

/// What a closed engagement saw stays as it was.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let engagement = moving.record.get("engagement").as_int().and_then(|id| moving.look.record("engagement", id));
    let over = engagement.is_some_and(|engagement| matches!(engagement.state(), Some("closed" | "cancelled")));
    if over && moving.actor.person.is_some() {
        return Err(Refusal::invalid("this engagement is over; reopen it before its items change").at("engagement"));
    }
    Ok(())
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[Measure {
    duty: "D-096",
    question: "Of the questions of audits that are not answered or were due in the last 90 days, how many are in time?",
    unit: "auditor requests in time",
    of: "engagement.class:audit (state:open or due>=-90d)",
    bad: "state:open (respondent:none or due:none or due<today)",
    why: "overdue, or nobody to answer",
    since: "due",
    site: "engagement.site",
    ..Measure::PLAIN
}];
