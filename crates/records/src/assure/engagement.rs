//! An engagement: a bounded piece of assessing or working, with a lead, a scope and an end.

mod asking;
pub mod sealing;

pub use asking::invitations;

use crate::assure::{Framework, Requirement};
use crate::guards::in_order;
use crate::outside::Party;
use crate::people::Person;
use crate::places::Site;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use watchkeep_model::{
    ChoiceField, Effect, Links, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows, Target,
    Value,
};

/// More items than an engagement has.
const EVERY: usize = 1_000_000;

/// An audit, assessment, questionnaire, review, exercise, campaign or project; what it looks at are its items.
#[derive(RecordKind)]
#[record(
    prefix = "ENG", area = "assure", title = "title", state = "state", sort = "-starts", calendar = "due",
    list = ["title", "class", "state", "lead", "framework", "site", "party", "due"],
    moves = MOVES, measures = MEASURES, check = check, effects = effects
)]
pub struct Engagement {
    #[field(search, len = 300)]
    pub title: String,
    #[field(facet, index)]
    pub class: Class,
    #[field(managed)]
    pub state: State,
    #[field(index, facet, inline)]
    pub lead: Option<Ref<Person>>,
    /// What is looked at, and what is left out.
    #[field(search)]
    pub scope: Option<Markdown>,
    /// What it is held against.
    #[field(index, facet)]
    pub framework: Option<Ref<Framework>>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    /// The vendor or other party that is looked at.
    #[field(index, facet)]
    pub party: Option<Ref<Party>>,
    pub people: Links<Person>,
    #[field(index)]
    pub starts: Option<Date>,
    #[field(index, inline)]
    pub due: Option<Date>,
    /// What it asks. Each becomes an item once it is put to somebody or answered.
    #[field(managed)]
    pub requirements: Links<Requirement>,
    /// Who answers from outside, by a signed link.
    #[field(managed)]
    pub invitations: Rows<Invitation>,
    /// What each closing saw, sealed.
    #[field(managed)]
    pub seals: Rows<Seal>,
    /// What it came to.
    #[field(managed, search)]
    pub conclusion: Option<Markdown>,
    #[field(managed)]
    pub closed: Option<Timestamp>,
}

/// Somebody who answers their items by a link, without signing in, until a time.
#[derive(Row, Clone)]
pub struct Invitation {
    /// Which link; the link itself is signed and kept nowhere.
    #[field(len = 32)]
    pub key: String,
    pub person: Option<Ref<Person>>,
    pub made: Timestamp,
    pub by: Option<Ref<Person>>,
    pub until: Timestamp,
    pub revoked: Option<Timestamp>,
}

/// One closing: when, by whom, and the digests of what it saw.
#[derive(Row, Clone)]
pub struct Seal {
    pub at: Timestamp,
    pub by: Option<Ref<Person>>,
    /// SHA-256 of the manifest, in hex; the manifest names the digest of everything else.
    #[field(len = 64)]
    pub root: String,
    pub items: i64,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Audit,
    SelfAssessment,
    VendorQuestionnaire,
    AccessReview,
    PenetrationTest,
    /// Held against what a system or site needs before it is used (RU-48).
    TechnologyReview,
    SiteAssessment,
    ThreatModel,
    Exercise,
    Campaign,
    Project,
    /// An occasion that is protected: a visit, a fair.
    Event,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(grey)]
    Planned,
    #[choice(warn)]
    Running,
    #[choice(good)]
    Closed,
    #[choice(grey)]
    Cancelled,
}

const MOVES: &[Move] = &[
    Move {
        name: "start",
        label: "Start",
        from: &["planned"],
        to: Some("running"),
        asks: &["lead", "scope"],
        ..Move::PLAIN
    },
    Move {
        name: "ask",
        label: "Ask what the framework asks",
        from: &["planned", "running"],
        asks: &["framework"],
        apply: asking::ask,
        guard: asking::asks_something,
        ..Move::PLAIN
    },
    Move {
        name: "invite",
        label: "Let somebody answer by a link",
        from: &["planned", "running"],
        asks: &["person", "until"],
        inputs: asking::INVITE,
        apply: asking::invite,
        guard: asking::may_answer,
        ..Move::PLAIN
    },
    Move {
        name: "withdraw",
        label: "Withdraw a link",
        from: &["planned", "running", "closed", "cancelled"],
        asks: &["link"],
        inputs: asking::WITHDRAW,
        apply: asking::withdraw,
        guard: asking::withdrawn,
        ..Move::PLAIN
    },
    Move {
        name: "close",
        label: "Close",
        from: &["running"],
        to: Some("closed"),
        asks: &["conclusion"],
        guard: complete,
        apply: close,
        ..Move::PLAIN
    },
    Move {
        name: "cancel",
        label: "Cancel",
        from: &["planned", "running"],
        to: Some("cancelled"),
        asks: &["reason"],
        ..Move::PLAIN
    },
    Move {
        name: "reopen",
        label: "Reopen",
        from: &["closed", "cancelled"],
        to: Some("running"),
        action: "approve",
        asks: &["reason"],
        apply: reopen,
        ..Move::PLAIN
    },
];

fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    in_order(moving, "starts", "due")
}

/// Whoever answers for duties (A) and takes part in an exercise has confirmed those that they do (RU-45).
fn confirmed(moving: &Moving<'_>) -> Result<(), Refusal> {
    let look = moving.look;
    let people = moving.record.get("people").ids();
    if people.is_empty() {
        return Err(Refusal::rule("RU-45", "say who took part: an exercise tests people and their duties").at("people"));
    }
    for person in people {
        let functions = look.with("function", "holder", &Value::Int(*person), 1000);
        let answers = |one: &Record| !look.with("held_duty", "accountable", &one.id.into(), 1).is_empty();
        if !functions.iter().any(answers) {
            continue;
        }
        let held = functions.iter().flat_map(|one| look.with("held_duty", "responsible", &one.id.into(), 1000));
        let open: Vec<Record> = held.filter(|duty| duty.get("received_by").as_int() != Some(*person)).collect();
        if let Some(first) = open.first() {
            let name = look.record("person", *person).map_or("somebody".to_owned(), |one| one.title().to_owned());
            let message = format!("{name} has not confirmed {} of their duties, {} first", open.len(), first.number());
            return Err(Refusal::rule("RU-45", message).at("people"));
        }
    }
    Ok(())
}

/// It closes once everything it asks is answered, and each failure has become a finding (RU-42).
fn complete(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.choice("class") == Some("exercise") {
        confirmed(moving)?;
    }
    let items = moving.look.with("engagement_item", "engagement", &Value::Int(moving.record.id), EVERY);
    let mut open = items.iter().filter(|item| item.state() == Some("open")).count();
    let known: std::collections::HashSet<i64> =
        items.iter().filter_map(|one| one.get("requirement").as_int()).collect();
    let bare = moving.record.get("requirements").ids().iter().filter(|id| !known.contains(id)).count();
    open += bare;
    if open > 0 {
        return Err(Refusal::invalid(format!("{open} of {} items are not answered yet", items.len() + bare)));
    }
    let controlled = items.iter().any(|item| !item.get("control").is_empty());
    if moving.record.choice("class") == Some("technology_review") && !controlled {
        let message = "what is new gets its controls before it is used; name one in an item of this review";
        return Err(Refusal::rule("RU-48", message));
    }
    let failed = |item: &&Record| item.choice("result") == Some("not_met") && item.get("finding").is_empty();
    match items.iter().find(failed) {
        Some(item) => {
            let message = format!("{} is not met and has no finding; make one and name it there", item.number());
            Err(Refusal::rule("RU-42", message))
        }
        None => Ok(()),
    }
}

fn close(record: &mut Record, moving: &Moving<'_>) {
    record.write("closed", moving.now);
    sealing::seal(record, moving);
}

/// Days until a party is assessed again, where nobody set an earlier day.
const AGAIN: i64 = 365;

/// What a closing saw is kept; a party whose questionnaire or audit is closed was assessed on that day, and is due again.
fn effects(moving: &Moving<'_>) -> Vec<Effect> {
    let record = moving.record;
    let closes = matches!(moving.state_change(), Some((before, "closed")) if before != Some("closed"));
    let looks = matches!(record.choice("class"), Some("vendor_questionnaire" | "audit"));
    let mut effects = sealing::kept(moving);
    let Some(party) = record.get("party").as_int().filter(|_| closes && looks) else { return effects };
    let day = crate::guards::today(moving);
    let again = day.checked_add(Span::new().days(AGAIN)).map_or(Value::Null, |again| Value::text(again.to_string()));
    let values = vec![("assessed", Value::text(day.to_string())), ("assessment_due", again)];
    effects.push(Effect::Set { kind: "party", id: party, values });
    effects
}

fn reopen(record: &mut Record, _: &Moving<'_>) {
    record.write("closed", None::<Timestamp>);
}

/// Of those due in the last year or still open, those that are not late.
const ON_TIME: Measure = Measure {
    bad: "state:planned,running (due:none or due<today or lead:none)",
    why: "overdue, without a date, or without a lead",
    since: "due",
    target: Target::Share { green: 90, amber: 70 },
    ..Measure::PLAIN
};

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-052",
        question: "Of the self-assessments and threat models that are open or were due in the last year, how many are led and in time?",
        unit: "assessments in time",
        of: "class:self_assessment,threat_model -state:cancelled (state:planned,running or due>=-365d)",
        ..ON_TIME
    },
    Measure {
        duty: "D-053",
        question: "Of the penetration tests that are open or were due in the last year, how many are led and in time?",
        unit: "penetration tests in time",
        of: "class:penetration_test -state:cancelled (state:planned,running or due>=-365d)",
        ..ON_TIME
    },
    Measure {
        duty: "D-066",
        question: "Of the technology reviews that are open or were due in the last year, how many are led and in time?",
        unit: "technology reviews in time",
        of: "class:technology_review -state:cancelled (state:planned,running or due>=-365d)",
        ..ON_TIME
    },
    Measure {
        duty: "D-073",
        question: "Of the security projects under way, how many are led and within their date?",
        unit: "projects in time",
        of: "class:project state:planned,running",
        ..ON_TIME
    },
    Measure {
        duty: "D-092",
        question: "Of the assessments against a framework that are open or were due in the last year, how many are led and in time?",
        unit: "compliance assessments in time",
        of: "framework:any -state:cancelled (state:planned,running or due>=-365d)",
        ..ON_TIME
    },
    Measure {
        duty: "D-099",
        question: "Of the audits of sites and third parties that are open or were due in the last year, how many are led and in time?",
        unit: "audits of places in time",
        of: "class:audit (site:any or party:any) -state:cancelled (state:planned,running or due>=-365d)",
        ..ON_TIME
    },
    Measure {
        duty: "D-152",
        question: "Of the site assessments that are open or were due in the last year, how many are led and in time?",
        unit: "site assessments in time",
        of: "class:site_assessment -state:cancelled (state:planned,running or due>=-365d)",
        ..ON_TIME
    },
    Measure {
        duty: "D-162",
        question: "Of the protected events that are planned or under way, how many have a lead and a scope?",
        unit: "events planned",
        of: "class:event state:planned,running",
        bad: "lead:none or scope:none",
        why: "lead or scope missing",
        since: "starts",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-169",
        question: "Of the exercises that are open or were due in the last year, how many are led and in time?",
        unit: "exercises in time",
        of: "class:exercise -state:cancelled (state:planned,running or due>=-365d)",
        ..ON_TIME
    },
    Measure {
        duty: "D-176",
        question: "Of the access reviews that are open or were due in the last year, how many are led and in time?",
        unit: "access reviews in time",
        of: "class:access_review -state:cancelled (state:planned,running or due>=-365d)",
        ..ON_TIME
    },
];
