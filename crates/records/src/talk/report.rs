//! A report: what a day, week, month or quarter was like; signed, then frozen (RU-50).

use crate::guards::{frozen_by, in_order, made_by};
use crate::people::{Group, Person};
use crate::places::Site;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{
    ChoiceField, Links, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows,
};

/// A report for a period. Once signed it never changes (RU-50); a board report tells of failures too (RU-46).
#[derive(RecordKind)]
#[record(
    prefix = "RPT", area = "talk", title = "title", state = "state", sort = "-period_end", calendar = "period_end",
    list = ["title", "class", "state", "site", "period_end", "author", "signed_by", "sent"],
    moves = MOVES, measures = MEASURES, prepare = prepare, check = check, keep = kept
)]
pub struct Report {
    #[field(search, len = 300)]
    pub title: String,
    #[field(facet, index)]
    pub class: Class,
    #[field(managed)]
    pub state: State,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    /// First day it tells of.
    pub period_start: Date,
    /// Last day it tells of.
    #[field(index)]
    pub period_end: Date,
    /// What happened, with the numbers of the records.
    #[field(search)]
    pub text: Option<Markdown>,
    #[field(search)]
    pub successes: Option<Markdown>,
    #[field(search)]
    pub failures: Option<Markdown>,
    /// What is asked of whoever reads it.
    pub asks: Option<Markdown>,
    pub audience: Links<Group>,
    /// What each duty said when it was drafted; nobody writes them by hand.
    #[field(managed)]
    pub figures: Rows<Figure>,
    /// When the figures were taken.
    #[field(managed)]
    pub as_of: Option<Timestamp>,
    #[field(managed, index, facet)]
    pub author: Option<Ref<Person>>,
    #[field(managed, index)]
    pub signed_by: Option<Ref<Person>>,
    #[field(managed)]
    pub signed: Option<Timestamp>,
    #[field(managed)]
    pub sent: Option<Timestamp>,
}

/// One duty at the time of the report.
#[derive(Row, Clone, Debug)]
pub struct Figure {
    /// Where its rows are.
    #[field(len = 300)]
    pub link: String,
    /// Its code, such as D-001, and what it is about.
    #[field(len = 20)]
    pub code: String,
    #[field(len = 200)]
    pub what: String,
    #[field(optional, len = 200)]
    pub site: String,
    /// `red`, `amber`, `green`, `grey` or `waived`: now, and when the period began.
    #[field(len = 10)]
    pub state: String,
    #[field(optional, len = 10)]
    pub was: String,
    /// `measured`, `recorded`, `attested`, or empty without data.
    #[field(optional, len = 10)]
    pub grade: String,
    /// Numerator and denominator, such as `11 of 12 sources heard`.
    #[field(optional, len = 200)]
    pub figure: String,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Daily,
    Weekly,
    Monthly,
    Board,
    /// Risk levels and posture, for senior management.
    RiskBrief,
    Incident,
    Trend,
    Operations,
    Value,
    AuditPackage,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(warn)]
    Draft,
    Signed,
    #[choice(good)]
    Sent,
}

const MOVES: &[Move] = &[
    Move {
        name: "sign",
        label: "Sign",
        from: &["draft"],
        to: Some("signed"),
        action: "approve",
        asks: &["text"],
        guard: whole,
        apply: sign,
        ..Move::PLAIN
    },
    Move { name: "send", label: "Sent", from: &["signed"], to: Some("sent"), guard: whole, apply: send, ..Move::PLAIN },
];

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    made_by::<Person>(record, moving, "author");
}

/// What was signed stays as it was signed.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    in_order(moving, "period_start", "period_end")?;
    if moving.before.is_some_and(|before| before.state() != Some("draft")) {
        let fields = [
            "title",
            "class",
            "site",
            "period_start",
            "period_end",
            "text",
            "successes",
            "failures",
            "asks",
            "figures",
            "as_of",
        ];
        frozen_by("RU-50", moving, &fields, "this report is signed and frozen; write another that corrects it")?;
    }
    Ok(())
}

fn kept(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.state() != Some("draft") {
        return Err(Refusal::rule("RU-50", format!("{} is signed and stays", moving.record.number())));
    }
    Ok(())
}

/// The board hears of successes and of failures (RU-46).
fn whole(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.choice("class") != Some("board") {
        return Ok(());
    }
    match ["successes", "failures"].into_iter().find(|part| moving.record.get(part).is_empty()) {
        Some(part) => {
            Err(Refusal::rule("RU-46", format!("a board report has successes and failures; write its {part}")).at(part))
        }
        None => Ok(()),
    }
}

fn sign(record: &mut Record, moving: &Moving<'_>) {
    record.write("signed_by", moving.actor.person.map(Ref::<Person>::new));
    record.write("signed", moving.now);
}

fn send(record: &mut Record, moving: &Moving<'_>) {
    record.write("sent", moving.now);
}

/// Of reports whose period is over, those that were signed or sent.
const IN_TIME: Measure = Measure { since: "period_end", ..Measure::PLAIN };

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-049",
        question: "Of the trend reports of the last year, how many were sent within two weeks of their period?",
        unit: "trend reports sent",
        of: "class:trend period_end>=-365d",
        bad: "-state:sent period_end<-14d",
        why: "not sent after two weeks",
        ..IN_TIME
    },
    Measure {
        duty: "D-163",
        question: "Of the operations logs of the last 30 days, how many were signed by the next day?",
        unit: "operations logs signed",
        of: "class:operations period_end>=-30d",
        bad: "state:draft period_end<-1d",
        why: "not signed",
        ..IN_TIME
    },
    Measure {
        duty: "D-182",
        question: "Of the risk briefs for senior management in the last 90 days, how many were sent within a week?",
        unit: "risk briefs sent",
        of: "class:risk_brief period_end>=-90d",
        bad: "-state:sent period_end<-7d",
        why: "not sent after a week",
        ..IN_TIME
    },
    Measure {
        duty: "D-184",
        question: "Of the board reports of the last year, how many were sent within a month of their period, failures included?",
        unit: "board packs delivered",
        of: "class:board period_end>=-365d",
        bad: "(-state:sent period_end<-30d) or (state:sent failures:none)",
        why: "not sent after a month, or without failures",
        ..IN_TIME
    },
    Measure {
        duty: "D-185",
        question: "Of the daily, weekly and monthly reports of the last 30 days, how many were signed by the next day?",
        unit: "reports signed",
        of: "class:daily,weekly,monthly period_end>=-30d",
        bad: "state:draft period_end<-1d",
        why: "not signed",
        ..IN_TIME
    },
    Measure {
        duty: "D-188",
        question: "Of the reports on the value of security in the last year, how many were sent within a month?",
        unit: "value reports sent",
        of: "class:value period_end>=-365d",
        bad: "-state:sent period_end<-30d",
        why: "not sent after a month",
        ..IN_TIME
    },
];
