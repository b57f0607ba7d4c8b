//! An alert: something that detection or a person noticed, for somebody to judge.

mod clocks;
mod measures;
mod moves;
mod reports;
mod response;
pub mod risk;

pub use measures::INSIDERS;

use crate::assets::Asset;
use crate::clocks::wind;
use crate::people::Person;
use crate::places::Site;
use crate::respond::Incident;
use crate::watch::DetectionRule;
use jiff::{SignedDuration, Timestamp};
use watchkeep_model::{ChoiceField, Markdown, Moving, Record, RecordKind, Ref, Refusal, Row, Rows};

/// Detections and reports grouped for a person to judge.
#[derive(RecordKind)]
#[record(
    prefix = "ALR", area = "watch", title = "title", state = "state", sort = "-last_seen", calendar = "first_seen",
    list = ["severity", "risk", "last_seen", "count", "title", "entity", "technique", "site", "owner", "tier", "state"],
    moves = moves::MOVES, measures = measures::MEASURES, clocks = clocks::CLOCKS, prepare = prepare, check = check, effects = effects
)]
pub struct Alert {
    /// What was noticed, in a few words.
    #[field(search, len = 300)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    #[field(facet, index, default = "medium")]
    pub severity: Severity,
    /// Severity, weighed by the criticality of its asset and by who can reach it: up to 100 (D-018).
    #[field(managed, index)]
    pub risk: Option<i64>,
    /// Which tier of the SOC has it now; alerts enter at tier 1 (RU-25).
    #[field(managed, facet, index, default = "1")]
    pub tier: Tier,
    /// Who works on it.
    #[field(managed, index, facet)]
    pub owner: Option<Ref<Person>>,
    /// Host, user, door or address it is about.
    #[field(search, index, len = 300)]
    pub entity: Option<String>,
    /// What was seen, and why it matters.
    #[field(search)]
    pub description: Option<Markdown>,
    /// ATT&CK technique, such as T1059.001.
    #[field(index, len = 40, label = "ATT&CK")]
    pub technique: Option<String>,
    #[field(managed, facet)]
    pub rule: Option<Ref<DetectionRule>>,
    /// Name of the log source of the first event.
    #[field(managed, index, facet, len = 200)]
    pub source: Option<String>,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    #[field(index)]
    pub asset: Option<Ref<Asset>>,
    /// How many events it groups.
    #[field(managed, default = "1")]
    pub count: i64,
    #[field(managed, optional)]
    pub first_seen: Timestamp,
    #[field(managed, index, optional)]
    pub last_seen: Timestamp,
    /// When somebody must have touched it.
    #[field(managed, index)]
    pub triage_due: Option<Timestamp>,
    /// When whoever triages is warned.
    #[field(managed)]
    pub triage_warn: Option<Timestamp>,
    /// When somebody first touched it.
    #[field(managed, index)]
    pub touched: Option<Timestamp>,
    /// The first touch came after the triage target.
    #[field(managed, index, label = "Touched late")]
    pub late: bool,
    #[field(managed, facet)]
    pub verdict: Option<Verdict>,
    /// Why it was judged like that.
    #[field(managed, search)]
    pub verdict_reason: Option<String>,
    #[field(managed, index)]
    pub closed: Option<Timestamp>,
    /// The incident it became part of.
    #[field(managed, index)]
    pub incident: Option<Ref<Incident>>,
    /// What matched: fields and values.
    #[field(managed)]
    pub why: Rows<Why>,
    /// Links to raw events; the first fifty and any pinned ones.
    #[field(managed, len = 500)]
    pub events: Rows<EventLink>,
    /// How many of them are pinned as evidence.
    #[field(managed, default = "0")]
    pub evidence: i64,
    /// When a person first said something about it.
    #[field(managed, index)]
    pub noted: Option<Timestamp>,
    /// Same rule, entity and window: one alert.
    #[field(managed, index, len = 400)]
    pub group_key: Option<String>,
    /// Who reported it, when a person did.
    #[field(managed)]
    pub reporter: Option<Ref<Person>>,
    /// Found in events that were kept before it was looked for.
    #[field(managed, facet)]
    pub looked_back: bool,
    /// How a report came in; empty for what detection noticed.
    #[field(managed, facet, index)]
    pub via: Option<Via>,
    /// Number of what a report was made into, such as `TSK-4`; its own where it stays an alert.
    #[field(managed, index, len = 40)]
    pub became: Option<String>,
    /// When a report must be decided.
    #[field(managed, index, label = "Decision due")]
    pub decide_due: Option<Timestamp>,
    /// When whoever decides is warned.
    #[field(managed, label = "Decision warning")]
    pub decide_warn: Option<Timestamp>,
    /// When it was closed, or a report was decided otherwise.
    #[field(managed)]
    pub decided: Option<Timestamp>,
    /// Since when its owner works on it.
    #[field(managed)]
    pub claimed: Option<Timestamp>,
    /// When somebody was sent to it.
    #[field(managed)]
    pub dispatched: Option<Timestamp>,
    /// When they were there.
    #[field(managed, index)]
    pub arrived: Option<Timestamp>,
    /// From the alarm until somebody was there.
    #[field(managed, index)]
    pub response: Option<SignedDuration>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(warn)]
    New,
    /// Somebody has claimed it.
    Open,
    #[choice(good)]
    Closed,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    #[choice(severity = 1)]
    Informational,
    #[choice(severity = 1)]
    Low,
    #[choice(severity = 2)]
    Medium,
    #[choice(severity = 3)]
    High,
    #[choice(severity = 4)]
    Critical,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tier {
    #[choice(label = "1", code = 1)]
    One,
    #[choice(label = "2", code = 2)]
    Two,
    #[choice(label = "3", code = 3)]
    Three,
}

/// Where a report comes from.
#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Via {
    Employee,
    Guard,
    Mail,
    #[choice(label = "API")]
    Api,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// A real threat or breach.
    #[choice(bad)]
    TruePositive,
    /// The rule was wrong.
    #[choice(grey)]
    FalsePositive,
    /// Seen rightly, but allowed.
    #[choice(good)]
    Benign,
    #[choice(grey)]
    Duplicate,
}

/// One field that made a rule match.
#[derive(Row, Clone)]
pub struct Why {
    pub field: String,
    #[field(optional)]
    pub value: String,
}

/// A raw event behind the alert.
#[derive(Row, Clone)]
pub struct EventLink {
    /// The event's id in the event lake.
    pub event: String,
    pub time: Timestamp,
    /// Pinned as evidence.
    pub pinned: bool,
}

/// Times, the triage target and the risk follow from the severity.
fn prepare(record: &mut Record, moving: &Moving<'_>) {
    if record.get("first_seen").is_empty() {
        record.write("first_seen", moving.now);
    }
    if record.get("last_seen").is_empty() {
        record.write("last_seen", moving.now);
    }
    if moving.before.is_none() && record.get("rule").is_empty() {
        reports::reported(record, moving);
    }
    risk::weigh(record, moving);
    risk::count_evidence(record);
    clocks::decided(record, moving);
    wind(record, moving);
}

/// What a report is made into, the task of whoever is sent, and what a verdict says of a feed.
fn effects(moving: &Moving<'_>) -> Vec<watchkeep_model::Effect> {
    let mut all = reports::became(moving);
    all.extend(response::sent(moving));
    all.extend(crate::intel::feed::judged(moving));
    all
}

/// A closed alert has a verdict: nothing is closed without one (D-010).
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    let decided = matches!(moving.act, Some("task" | "finding")) || !record.get("became").is_empty();
    if record.state() == Some("closed") && record.get("verdict").is_empty() && !decided {
        return Err(Refusal::rule("D-010", "an alert is closed only with a verdict").at("verdict"));
    }
    Ok(())
}
