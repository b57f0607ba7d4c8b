//! A check: one definition of "is it working", and the results it gave.

use crate::assets::{Asset, Finding};
use crate::assure::Control;
use crate::guards::{in_order, made_by};
use crate::people::Person;
use crate::places::Site;
use jiff::Span;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{ChoiceField, Effect, FieldType, Markdown, Measure, Moving, Record, RecordKind, Ref, Refusal};

/// One definition of "is it working": a control's test, a key indicator, a service level, a posture check.
#[derive(RecordKind)]
#[record(
    prefix = "CHK", label = "Check", kind = "check", area = "assure", title = "title", sort = "title", calendar = "due", measures = MEASURES,
    list = ["title", "class", "owner", "control", "asset", "site", "every", "due"], check = sound
)]
pub struct Check {
    #[field(search, len = 300, index)]
    pub title: String,
    #[field(facet, index)]
    pub class: Class,
    /// What is looked at, and what passes.
    #[field(search)]
    pub method: Option<Markdown>,
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    #[field(index)]
    pub control: Option<Ref<Control>>,
    #[field(index)]
    pub asset: Option<Ref<Asset>>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    /// Days between two results.
    #[field(min = 1, max = 3660)]
    pub every: Option<i64>,
    /// When the next result is owed.
    #[field(index, inline)]
    pub due: Option<Date>,
    /// No longer asked for.
    pub retired: bool,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    ControlTest,
    /// Shows a risk coming.
    RiskIndicator,
    Posture,
    Inspection,
    FireCheck,
    SafetyCheck,
    Maintenance,
    /// A radio, a phone, a pager, a mail address reaches its place.
    ChannelTest,
    RestoreTest,
    /// A backup ran: its tool reports each one.
    Backup,
    StockCount,
    OwnerAttestation,
}

fn sound(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    let retired = record.read::<bool>("retired") == Some(true);
    if !retired && !record.get("every").is_empty() && record.get("due").is_empty() {
        return Err(Refusal::invalid("give the day on which the next result is owed").at("due"));
    }
    Ok(())
}

/// Of those in use, those that are not overdue.
const IN_TIME: Measure = Measure {
    bad: "due:none or due<today or owner:none",
    why: "overdue, without a date, or without an owner",
    since: "due",
    ..Measure::PLAIN
};

/// The same for what an authority asks for by its day: amber in the week before, unless it is done every month.
const DATED: Measure = Measure { soon: "due<=7d (every:none or every>31)", soon_why: "due within a week", ..IN_TIME };

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-043",
        question: "Of the tests of communication channels, how many are in time?",
        unit: "channels tested in time",
        of: "class:channel_test retired:no",
        ..IN_TIME
    },
    Measure {
        duty: "D-060",
        question: "Of the posture checks, how many are in time?",
        unit: "posture checks in time",
        of: "class:posture retired:no",
        ..IN_TIME
    },
    Measure {
        duty: "D-063",
        question: "Of the attestations that owners owe for their systems, how many are in time?",
        unit: "owner attestations in date",
        of: "class:owner_attestation retired:no",
        site: "asset.site",
        ..IN_TIME
    },
    Measure {
        duty: "D-151",
        question: "Of the inspections of posts, equipment and facilities, how many are in time?",
        unit: "inspections in time",
        of: "class:inspection retired:no",
        ..IN_TIME
    },
    Measure {
        duty: "D-156",
        question: "Of the fire checks, how many are in time?",
        unit: "fire checks in date",
        of: "class:fire_check retired:no",
        version: 2,
        ..DATED
    },
    Measure {
        duty: "D-157",
        question: "Of the safety checks, how many are in time?",
        unit: "safety checks in time",
        of: "class:safety_check retired:no",
        version: 2,
        ..DATED
    },
    Measure {
        duty: "D-160",
        question: "Of the counts of merchandise and supplies, how many are in time?",
        unit: "counts in time",
        of: "class:stock_count retired:no",
        ..IN_TIME
    },
];

/// The planned half of D-150; the other are repairs under a service level.
pub const MAINTENANCE: Measure = Measure {
    duty: "D-150",
    version: 2,
    question: "Of the maintenance checks and the repairs under way that have a service level, how many are in time?",
    unit: "maintenance and repairs in time",
    of: "class:maintenance retired:no",
    ..IN_TIME
};

/// What a check gave for a period: by whom, with what conclusion. A failure names its finding, and a result stays.
#[derive(RecordKind)]
#[record(
    prefix = "RES", kind = "check_result", label = "Check result", plural = "Check results", area = "assure", title = "title",
    sort = "-period_end", calendar = "period_end", list = ["title", "period_end", "conclusion", "passed", "looked_at", "by", "finding"],
    prepare = prepare, check = stays, measures = RESULTS, effects = tells
)]
pub struct CheckResult {
    #[field(search, managed, len = 300, optional)]
    pub title: String,
    #[field(index, facet)]
    pub check: Ref<Check>,
    /// First day it answers for.
    pub period_start: Date,
    /// Last day it answers for.
    #[field(index)]
    pub period_end: Date,
    #[field(facet)]
    pub conclusion: Conclusion,
    /// How many things were looked at.
    #[field(min = 0)]
    pub looked_at: Option<i64>,
    /// How many of them were as they should be.
    #[field(min = 0)]
    pub passed: Option<i64>,
    /// What was seen, and where it is kept.
    #[field(search)]
    pub evidence: Markdown,
    #[field(index)]
    pub finding: Option<Ref<Finding>>,
    #[field(managed, index, facet)]
    pub by: Option<Ref<Person>>,
    #[field(managed, optional)]
    pub done: Timestamp,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Conclusion {
    #[choice(good)]
    Passed,
    #[choice(bad)]
    Failed,
    /// It could not be carried out.
    #[choice(grey)]
    NotDone,
}

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    made_by::<Person>(record, moving, "by");
    if moving.before.is_none() {
        record.write("done", moving.now);
    }
    let check = record.get("check").as_int().and_then(|id| moving.look.record("check", id));
    record.set("title", check.map_or_else(|| "Result".to_owned(), |check| check.title().to_owned()));
}

/// Days in order, counts that fit; what was concluded is not rewritten afterwards.
fn stays(moving: &Moving<'_>) -> Result<(), Refusal> {
    in_order(moving, "period_start", "period_end")?;
    if moving.record.get("passed").as_int() > moving.record.get("looked_at").as_int() {
        return Err(Refusal::invalid("no more can pass than were looked at").at("passed"));
    }
    let fields = ["check", "period_start", "period_end", "conclusion", "looked_at", "passed", "evidence"];
    crate::guards::frozen(moving, &fields, "a result stays as it was recorded; record another")
}

/// A result that passed sets the check's next day, and the asset's last good backup or restore.
fn tells(moving: &Moving<'_>) -> Vec<Effect> {
    let (record, look) = (moving.record, moving.look);
    let check = record.get("check").as_int().and_then(|id| look.record("check", id));
    let day = record.read::<Date>("period_end");
    let (Some(check), Some(day), None, Some("passed")) = (check, day, moving.before, record.choice("conclusion"))
    else {
        return Vec::new();
    };
    let mut effects = Vec::new();
    let next = check.get("every").as_int().and_then(|days| day.checked_add(Span::new().days(days)).ok());
    if next.is_some() && next > check.read::<Date>("due") {
        effects.push(Effect::Set { kind: "check", id: check.id, values: vec![("due", next.write())] });
    }
    let field = match check.choice("class") {
        Some("backup") => "backed_up",
        Some("restore_test") => "restored",
        _ => return effects,
    };
    let asset = check.get("asset").as_int().and_then(|id| look.record("asset", id));
    if let Some(asset) = asset.filter(|asset| asset.read::<Date>(field).is_none_or(|known| known < day)) {
        effects.push(Effect::Set { kind: "asset", id: asset.id, values: vec![(field, day.to_string().into())] });
    }
    effects
}

/// What duties ask of results.
const RESULTS: &[Measure] = &[Measure {
    duty: "D-009",
    question: "Of the checks that failed in the last 90 days, how many have become a finding?",
    unit: "failures with a finding",
    of: "conclusion:failed period_end>=-90d",
    bad: "finding:none",
    why: "failed, and no finding named",
    since: "period_end",
    site: "check.site",
    ..Measure::PLAIN
}];
