//! An alert: something that detection or a person noticed, for somebody to judge.

mod measures;

use crate::assets::Asset;
use crate::people::Person;
use crate::places::Site;
use crate::respond::Incident;
use crate::watch::DetectionRule;
use jiff::Timestamp;
use watchkeep_model::{
    ChoiceField, Field, FieldType, Markdown, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows,
};

/// Detections and reports grouped for a person to judge.
#[derive(RecordKind)]
#[record(
    prefix = "ALR", area = "watch", title = "title", state = "state", sort = "-last_seen", calendar = "first_seen",
    list = ["severity", "last_seen", "count", "title", "entity", "technique", "site", "owner", "tier", "state"],
    moves = MOVES, measures = measures::MEASURES, prepare = prepare, check = check
)]
pub struct Alert {
    /// What was noticed, in a few words.
    #[field(search, len = 300)]
    pub title: String,
    #[field(managed)]
    pub state: State,
    #[field(facet, index, default = "medium")]
    pub severity: Severity,
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
    #[field(managed)]
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
    /// Same rule, entity and window: one alert.
    #[field(managed, index, len = 400)]
    pub group_key: Option<String>,
    /// Who reported it, when a person did.
    #[field(managed)]
    pub reporter: Option<Ref<Person>>,
    /// How a report came in; empty for what detection noticed.
    #[field(managed, facet, index)]
    pub via: Option<Via>,
    /// Number of what a report was made into, such as `TSK-4`; its own where it stays an alert.
    #[field(managed, index, len = 40)]
    pub became: Option<String>,
    /// Since when its owner works on it.
    #[field(managed)]
    pub claimed: Option<Timestamp>,
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

impl Severity {
    /// Minutes until somebody must have touched an alert. Source: the default triage targets, D-010.
    pub fn triage_minutes(self) -> i64 {
        match self {
            Self::Critical => 15,
            Self::High => 60,
            Self::Medium => 240,
            Self::Low => 1440,
            Self::Informational => 4320,
        }
    }
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

const NOTE: &[Field] = &[
    Field { name: "event", label: "Event", help: "Id of the raw event.", ..Field::EMPTY },
    Field {
        name: "event_time",
        label: "Event time",
        help: "When it happened.",
        shape: watchkeep_model::Shape::Instant,
        ..Field::EMPTY
    },
];

const TO: &[Field] = &[Field { name: "to", label: "To", shape: watchkeep_model::Shape::Ref("person"), ..Field::EMPTY }];

const MOVES: &[Move] = &[
    Move {
        name: "claim",
        label: "Take",
        from: &["new", "open"],
        to: Some("open"),
        key: Some('a'),
        guard: may_claim,
        apply: claim,
        ..Move::PLAIN
    },
    // Whoever commands the SOC gives any open item to anybody (RU-27).
    Move {
        name: "reassign",
        label: "Give to",
        from: &["new", "open"],
        to: Some("open"),
        action: "operate",
        asks: &["to"],
        inputs: TO,
        apply: reassign,
        ..Move::PLAIN
    },
    Move { name: "release", label: "Give back", from: &["open"], to: Some("new"), apply: release, ..Move::PLAIN },
    Move {
        name: "close",
        label: "Close",
        from: &["new", "open"],
        to: Some("closed"),
        asks: &["verdict", "reason"],
        key: Some('f'),
        guard: judged,
        apply: judge,
        ..Move::PLAIN
    },
    Move {
        name: "pin",
        label: "Pin event",
        from: &["new", "open"],
        to: None,
        asks: &["event", "event_time"],
        inputs: NOTE,
        apply: pin,
        ..Move::PLAIN
    },
    Move {
        name: "escalate",
        label: "Escalate",
        from: &["new", "open"],
        to: Some("new"),
        asks: &["reason"],
        key: Some('e'),
        guard: may_escalate,
        apply: escalate,
        ..Move::PLAIN
    },
    Move {
        name: "join",
        label: "Add to incident",
        from: &["new", "open"],
        to: Some("closed"),
        asks: &["incident"],
        apply: join,
        ..Move::PLAIN
    },
    Move {
        name: "reopen",
        label: "Reopen",
        from: &["closed"],
        to: Some("new"),
        asks: &["reason"],
        apply: reopen,
        ..Move::PLAIN
    },
];

/// Times and the triage target follow from the severity.
fn prepare(record: &mut Record, moving: &Moving<'_>) {
    if record.get("first_seen").is_empty() {
        record.write("first_seen", moving.now);
    }
    if record.get("last_seen").is_empty() {
        record.write("last_seen", moving.now);
    }
    if record.get("triage_due").is_empty() {
        let minutes = record.read::<Severity>("severity").map_or(240, Severity::triage_minutes);
        record.write("triage_due", moving.now + jiff::SignedDuration::from_mins(minutes));
    }
    let (touched, due) = (record.get("touched").as_int(), record.get("triage_due").as_int());
    record.write("late", touched.zip(due).is_some_and(|(touched, due)| touched > due));
    if moving.before.is_none() && record.get("reporter").is_empty() && record.get("rule").is_empty() {
        record.write("reporter", moving.actor.person.map(Ref::<Person>::new));
    }
}

/// A closed alert has a verdict: nothing is closed without one (D-010).
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    if record.state() == Some("closed") && record.get("verdict").is_empty() {
        return Err(Refusal::rule("D-010", "an alert is closed only with a verdict").at("verdict"));
    }
    Ok(())
}

/// Two people must not do the same item unknowingly (RU-13).
fn may_claim(moving: &Moving<'_>) -> Result<(), Refusal> {
    let Some(before) = moving.before else { return Ok(()) };
    let owner = before.get("owner").as_int();
    if moving.actor.person.is_none() {
        return Err(Refusal::invalid("only a person can take an alert"));
    }
    match owner {
        Some(owner) if Some(owner) != moving.actor.person => {
            let name = moving.look.record("person", owner).map_or("somebody".to_owned(), |p| p.title().to_owned());
            let since = before
                .read::<Timestamp>("touched")
                .map_or(String::new(), |at| format!(" since {}", at.strftime("%Y-%m-%d %H:%M UTC")));
            Err(Refusal::rule(
                "RU-13",
                format!("{name} works on {}{since}; ask them to give it back first", before.number()),
            ))
        }
        _ => Ok(()),
    }
}

fn touch(record: &mut Record, moving: &Moving<'_>) {
    if record.get("touched").is_empty() {
        record.write("touched", moving.now);
    }
}

fn claim(record: &mut Record, moving: &Moving<'_>) {
    touch(record, moving);
    record.write("owner", moving.actor.person.map(Ref::<Person>::new));
}

fn reassign(record: &mut Record, moving: &Moving<'_>) {
    touch(record, moving);
    record.write("owner", moving.input::<Ref<Person>>("to"));
}

fn release(record: &mut Record, _: &Moving<'_>) {
    record.write("owner", None::<Ref<Person>>);
}

fn judge(record: &mut Record, moving: &Moving<'_>) {
    touch(record, moving);
    record.write("closed", moving.now);
    record.write("verdict_reason", moving.reason.map(str::to_owned));
    if record.get("owner").is_empty() {
        record.write("owner", moving.actor.person.map(Ref::<Person>::new));
    }
}

/// Judging an alert that a colleague works on would be doing the same item twice (RU-13).
fn judged(moving: &Moving<'_>) -> Result<(), Refusal> {
    may_claim(moving)
}

/// Escalation carries evidence: at least one pinned event, unless no event is behind the alert.
fn may_escalate(moving: &Moving<'_>) -> Result<(), Refusal> {
    let events = Rows::<EventLink>::read(moving.record.get("events")).map_or(Vec::new(), |rows| rows.0);
    if !events.is_empty() && !events.iter().any(|event| event.pinned) {
        return Err(Refusal::rule("RU-25", "evidence is missing: open a raw event and pin it before you escalate"));
    }
    let before = moving.before.and_then(|before| before.read::<Tier>("tier"));
    if before == Some(Tier::Three) {
        return Err(Refusal::rule("RU-25", "tier 3 is the last; declare an incident instead"));
    }
    may_claim(moving)
}

fn escalate(record: &mut Record, moving: &Moving<'_>) {
    touch(record, moving);
    let next = match record.read::<Tier>("tier") {
        Some(Tier::One) | None => Tier::Two,
        _ => Tier::Three,
    };
    record.write("tier", next);
    record.write("owner", None::<Ref<Person>>);
}

fn pin(record: &mut Record, moving: &Moving<'_>) {
    touch(record, moving);
    let Some(event) = moving.input::<String>("event") else { return };
    let mut events = Rows::<EventLink>::read(record.get("events")).map_or(Vec::new(), |rows| rows.0);
    match events.iter_mut().find(|link| link.event == event) {
        Some(link) => link.pinned = true,
        None => {
            let time = moving.input::<Timestamp>("event_time").unwrap_or(moving.now);
            events.push(EventLink { event, time, pinned: true });
        }
    }
    record.write("events", Rows(events));
}

fn join(record: &mut Record, moving: &Moving<'_>) {
    touch(record, moving);
    record.write("closed", moving.now);
    record.write("verdict", Verdict::TruePositive);
    record.write("verdict_reason", Some("Part of an incident".to_owned()));
}

fn reopen(record: &mut Record, _: &Moving<'_>) {
    record.write("verdict", None::<Verdict>);
    record.write("closed", None::<Timestamp>);
    record.write("owner", None::<Ref<Person>>);
}
