//! A message: what was said to whom, or asked and answered.

use crate::clocks::wind;
use crate::guards::{another, asked_by, frozen, frozen_by, today};
use crate::outside::Party;
use crate::people::{Group, Person};
use crate::respond::Incident;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use watchkeep_model::{
    ChoiceField, Clock, Links, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Target, Term,
};

/// A notice, briefing, post or question. What goes outside is approved by somebody else first; what was sent stays.
/// Whoever a briefing is sent to confirms that they have read it (RU-58).
#[derive(RecordKind)]
#[record(
    prefix = "MSG", area = "talk", title = "title", state = "state", sort = "-created", calendar = "sent",
    list = ["title", "class", "state", "author", "incident", "channel", "sent", "answered"],
    moves = MOVES, measures = MEASURES, clocks = CLOCKS, prepare = prepare, check = check
)]
pub struct Message {
    #[field(search, len = 300)]
    pub title: String,
    #[field(facet, index)]
    pub class: Class,
    #[field(managed)]
    pub state: State,
    #[field(search)]
    pub text: Markdown,
    #[field(index)]
    pub incident: Option<Ref<Incident>>,
    /// The change that it tells of (RU-49).
    #[field(managed, index)]
    pub decision: Option<Ref<crate::assure::Decision>>,
    pub audience: Links<Group>,
    pub parties: Links<Party>,
    /// Mail, status page, network, phone: where it is said.
    #[field(facet, index, len = 60)]
    pub channel: Option<String>,
    #[field(managed, index, facet)]
    pub author: Option<Ref<Person>>,
    #[field(managed, index)]
    pub approver: Option<Ref<Person>>,
    /// For a briefing: how often there is one (RU-58).
    #[field(facet)]
    pub rhythm: Option<Rhythm>,
    #[field(managed, index)]
    pub sent: Option<Timestamp>,
    /// The day by which the next briefing is sent.
    #[field(managed, index)]
    pub next_due: Option<Date>,
    /// When it must be out, or answered.
    #[field(managed, index)]
    pub due: Option<Timestamp>,
    /// When whoever writes or answers is warned.
    #[field(managed)]
    pub warn: Option<Timestamp>,
    #[field(managed, search)]
    pub answer: Option<Markdown>,
    #[field(managed, index)]
    pub answered: Option<Timestamp>,
}

/// Classes that everybody in the audience confirms to have read.
pub const CONFIRMED: &[&str] = &["briefing", "notice", "team_notice", "violation_notice"];

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Notice,
    /// To a team: what can be shared, is.
    TeamNotice,
    /// From the team or a customer: it waits for an answer.
    Question,
    Complaint,
    IncidentUpdate,
    StatusPage,
    SocialPost,
    ExecutiveBrief,
    StakeholderNotice,
    /// A change that affects posture, told to leaders (RU-49).
    PostureNotice,
    /// A rule was broken, told to the head of the department.
    ViolationNotice,
    /// To a regulator or court.
    Filing,
    /// To guards and supervisors, daily or weekly; each confirms it (RU-58).
    Briefing,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rhythm {
    Daily,
    Weekly,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(grey)]
    Draft,
    #[choice(warn)]
    Approved,
    #[choice(good)]
    Sent,
    #[choice(good)]
    Answered,
    #[choice(grey)]
    Dropped,
}

const MOVES: &[Move] = &[
    Move {
        name: "approve",
        label: "Approve",
        from: &["draft"],
        to: Some("approved"),
        action: "approve",
        guard: by_another,
        apply: approve,
        ..Move::PLAIN
    },
    Move {
        name: "send",
        label: "Sent",
        from: &["draft", "approved"],
        to: Some("sent"),
        takes: &["channel"],
        guard: approved,
        apply: sent,
        ..Move::PLAIN
    },
    Move {
        name: "answer",
        label: "Answer",
        from: &["draft", "sent"],
        to: Some("answered"),
        asks: &["answer"],
        apply: answered,
        ..Move::PLAIN
    },
    Move {
        name: "defer",
        label: "Cannot be discussed now",
        from: &["draft", "sent"],
        to: Some("answered"),
        apply: deferred,
        ..Move::PLAIN
    },
    Move {
        name: "drop",
        label: "Drop",
        from: &["draft", "approved"],
        to: Some("dropped"),
        asks: &["reason"],
        guard: need_not_be_told,
        ..Move::PLAIN
    },
];

/// How long each class may take until it is out, or answered.
const CLOCKS: &[Clock] = &[
    Clock {
        name: "notice",
        label: "Send",
        stop: &["sent"],
        due: "due",
        warn: "warn",
        by: "class",
        terms: &[
            Term::days("notice", 2),
            Term::days("violation_notice", 5),
            Term::days("executive_brief", 1),
            Term::hours("filing", 72),
            Term::days("posture_notice", 2),
            Term::days("stakeholder_notice", 7),
        ],
        ..Clock::PLAIN
    },
    Clock {
        name: "answer",
        label: "Answer",
        stop: &["answered"],
        due: "due",
        warn: "warn",
        by: "class",
        terms: &[Term::days("question", 7), Term::days("complaint", 7)],
        ..Clock::PLAIN
    },
];

/// What is decided about.
const ABOUT: &[&str] = &["title", "class", "text"];

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    asked_by::<Person>(record, moving, "author", ABOUT);
    wind(record, moving);
}

/// What was approved or sent is what stands there.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.choice("class") == Some("briefing") && moving.record.get("rhythm").is_empty() {
        return Err(Refusal::rule("RU-58", "say whether there is a briefing daily or weekly").at("rhythm"));
    }
    let told = "leaders are told of a change that affects posture; it stays a notice of it";
    if !moving.record.get("decision").is_empty() {
        frozen_by("RU-49", moving, &["class"], told)?;
    }
    if moving.before.is_some_and(|before| matches!(before.state(), Some("approved" | "sent" | "answered"))) {
        frozen(moving, &["title", "class", "text"], "it was approved or sent as it stands; write another")?;
    }
    Ok(())
}

fn by_another(moving: &Moving<'_>) -> Result<(), Refusal> {
    another(moving, "author")
}

/// Nothing goes to the public or to an authority on one person's word (RU-38).
fn approved(moving: &Moving<'_>) -> Result<(), Refusal> {
    let outside = matches!(moving.record.choice("class"), Some("status_page" | "social_post" | "filing"));
    if outside && moving.record.get("approver").is_empty() && !crate::guards::waived(moving, "RU-38") {
        return Err(Refusal::rule("RU-38", "this goes outside: somebody else approves it first"));
    }
    if moving.record.choice("class") == Some("briefing") && moving.record.get("audience").is_empty() {
        return Err(Refusal::rule("RU-58", "say first which group is briefed").at("audience"));
    }
    if moving.record.choice("class") == Some("violation_notice") && moving.record.get("audience").is_empty() {
        return Err(Refusal::invalid("say first which head of a department is told").at("audience"));
    }
    if moving.record.choice("class") == Some("posture_notice") && moving.record.get("audience").is_empty() {
        return Err(Refusal::rule("RU-49", "say first which group of leaders or officials is told").at("audience"));
    }
    Ok(())
}

/// As long as a change stands that affects posture, leaders are told of it (RU-49).
fn need_not_be_told(moving: &Moving<'_>) -> Result<(), Refusal> {
    let decision = moving.record.get("decision").as_int().and_then(|id| moving.look.record("decision", id));
    match decision.filter(|decision| decision.state() == Some("approved")) {
        Some(decision) => {
            let message =
                format!("{} affects posture and stands: send this to leaders, or withdraw it first", decision.number());
            Err(Refusal::rule("RU-49", message))
        }
        None => Ok(()),
    }
}

fn approve(record: &mut Record, moving: &Moving<'_>) {
    record.write("approver", moving.actor.person.map(Ref::<Person>::new));
}

fn sent(record: &mut Record, moving: &Moving<'_>) {
    record.write("sent", moving.now);
    let days = match record.read::<Rhythm>("rhythm").filter(|_| record.choice("class") == Some("briefing")) {
        Some(Rhythm::Daily) => 1,
        Some(Rhythm::Weekly) => 7,
        None => return,
    };
    record.write("next_due", today(moving).checked_add(Span::new().days(days)).ok());
}

fn answered(record: &mut Record, moving: &Moving<'_>) {
    record.write("answered", moving.now);
}

/// It counts as answered (RU-60).
fn deferred(record: &mut Record, moving: &Moving<'_>) {
    record.write("answer", Markdown("Cannot be discussed now.".to_owned()));
    record.write("answered", moving.now);
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-033",
        version: 2,
        question: "Of the notices that were written in the last 90 days, how many went out in time, or still have time (as shipped: two days)?",
        unit: "notices sent",
        of: "class:notice created>=-90d -state:dropped",
        bad: "state:draft,approved due<now",
        why: "not sent in time",
        site: "",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-036",
        version: 2,
        question: "Of the violations of the last 90 days that are told to heads of departments, how many were told in time (as shipped: within five days), and have their outcome five days later?",
        unit: "violations with an outcome, or in time",
        of: "class:violation_notice created>=-90d -state:dropped",
        bad: "(state:draft,approved due<now) or (state:sent sent<-5d)",
        why: "head not told, or no outcome, after five days",
        site: "",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-040",
        version: 2,
        question: "Of the briefs for executives in the last 90 days, how many went out in time, or still have time (as shipped: a day)?",
        unit: "briefs sent in time",
        of: "class:executive_brief created>=-90d -state:dropped",
        bad: "state:draft,approved due<now",
        why: "not sent in time",
        site: "incident.site",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-042",
        question: "Of the posts on social channels of the last year, how many were approved before they went out?",
        unit: "posts approved",
        of: "class:social_post sent>=-365d",
        bad: "approver:none",
        why: "went out without an approval",
        since: "sent",
        site: "incident.site",
        target: Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-100",
        version: 2,
        question: "Of the filings to authorities of the last year, how many went out in time, or still have time (as shipped: three days)?",
        unit: "filings in time",
        of: "class:filing created>=-365d -state:dropped",
        bad: "state:draft,approved due<now",
        why: "not filed in time",
        site: "",
        target: Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-143",
        version: 2,
        question: "Of the questions and complaints of the last 90 days, how many were answered, or still have time (as shipped: a week)?",
        unit: "questions answered",
        of: "class:question,complaint created>=-90d -state:dropped",
        bad: "-state:answered due<now",
        why: "not answered in time",
        site: "",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-183",
        version: 2,
        question: "Of the notices of changes to our posture in the last 90 days, how many went to leaders in time, or still have time (as shipped: two days)?",
        unit: "posture changes told",
        of: "class:posture_notice created>=-90d -state:dropped",
        bad: "state:draft,approved due<now",
        why: "not sent in time",
        site: "",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-191",
        version: 2,
        question: "Of the notices to stakeholders in the last 90 days, how many went out in time, or still have time (as shipped: a week)?",
        unit: "stakeholders informed",
        of: "class:stakeholder_notice created>=-90d -state:dropped",
        bad: "state:draft,approved due<now",
        why: "not sent in time",
        site: "",
        ..Measure::PLAIN
    },
];
