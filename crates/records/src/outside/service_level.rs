//! A service level: what an agreement promises, and what was measured.

use crate::outside::Agreement;
use crate::setup::TargetCounts;
use jiff::civil::Date;
use watchkeep_model::clock::{Term, Unit};
use watchkeep_model::{ChoiceField, FieldType, Markdown, Measure, Moving, Record, RecordKind, Ref, Row, Rows, Target};

/// One promise of an agreement, with a reading for each period.
#[derive(RecordKind)]
#[record(
    prefix = "SLV", area = "outside", title = "title", sort = "title", list = ["title", "agreement", "met", "latest", "target", "unit", "read_on"],
    prepare = prepare, measures = MEASURES
)]
pub struct ServiceLevel {
    #[field(search, index, len = 300)]
    pub title: String,
    #[field(index, facet)]
    pub agreement: Ref<Agreement>,
    pub target: f64,
    /// What the target counts: minutes, per cent, calls.
    #[field(len = 60)]
    pub unit: String,
    /// For a time that work may take, such as a repair: whether nights and weekends count.
    #[field(default = "round_the_clock")]
    pub counts: TargetCounts,
    #[field(facet)]
    pub better: Better,
    pub readings: Rows<Reading>,
    /// The value of the newest reading.
    #[field(managed)]
    pub latest: Option<f64>,
    /// The last day of the newest reading.
    #[field(managed, index)]
    pub read_on: Option<Date>,
    #[field(managed, facet, index)]
    pub met: Reached,
    /// What was done about a breach: notice, penalty, talk (RU-53).
    pub action: Option<Markdown>,
}

/// The time that work under a service level may take; none where it counts something else than minutes, hours or days.
pub fn term_of(level: &Record) -> Option<Term> {
    if level.choice("better") != Some("lower") {
        return None;
    }
    let unit = match level.get("unit").as_text()?.trim().to_lowercase().as_str() {
        "min" | "minute" | "minutes" => Unit::Minutes,
        "h" | "hour" | "hours" => Unit::Hours,
        "d" | "day" | "days" => Unit::Days,
        _ => return None,
    };
    let target = level.read::<f64>("target").filter(|target| (1.0..=100_000.0).contains(target))?;
    let counts = level.read::<TargetCounts>("counts").unwrap_or(TargetCounts::RoundTheClock);
    Some(Term { of: "", target: target.round() as i64, unit, counts: counts.into() })
}

#[derive(Row, Clone)]
pub struct Reading {
    /// Last day it stands for.
    pub period_end: Date,
    pub value: f64,
    #[field(optional)]
    pub note: String,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Better {
    Higher,
    Lower,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reached {
    /// No reading yet.
    #[choice(grey)]
    Unknown,
    #[choice(good)]
    Met,
    #[choice(bad)]
    Missed,
}

/// The newest reading decides.
fn prepare(record: &mut Record, _: &Moving<'_>) {
    let readings = Rows::<Reading>::read(record.get("readings")).map_or(Vec::new(), |rows| rows.0);
    let newest = readings.into_iter().max_by_key(|reading| reading.period_end);
    let target = record.read::<f64>("target").unwrap_or(0.0);
    let met = match (&newest, record.choice("better")) {
        (None, _) => "unknown",
        (Some(reading), Some("lower")) if reading.value <= target => "met",
        (Some(reading), Some("higher")) if reading.value >= target => "met",
        _ => "missed",
    };
    record.write("latest", newest.as_ref().map(|reading| reading.value));
    record.write("read_on", newest.map(|reading| reading.period_end));
    record.set_choice("met", met);
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-104",
        question: "Of the service levels of contracts in force, how many are measured within 45 days, with an answer to each breach?",
        unit: "service levels overseen",
        of: "agreement.state:in_force",
        bad: "read_on:none or read_on<-45d or (met:missed action:none)",
        why: "not measured lately, or a breach without an answer",
        since: "read_on",
        site: "",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-196",
        question: "Of the service levels that we owe to clients, how many are met?",
        unit: "promises to clients kept",
        of: "agreement.class:client agreement.state:in_force",
        bad: "-met:met",
        why: "missed, or not measured",
        since: "read_on",
        site: "",
        target: Target::Share { green: 95, amber: 85 },
        ..Measure::PLAIN
    },
];
