//! A log source: something expected to be heard, how often, and when it was last.

use crate::assets::Asset;
use crate::people::Person;
use crate::places::Site;
use jiff::{SignedDuration, Timestamp};
use watchkeep_model::event::Mapping;
use watchkeep_model::{ChoiceField, Markdown, Move, Moving, Record, RecordKind, Ref, Refusal, Value};

/// Something that sends events, and how often it is expected to.
#[derive(RecordKind)]
#[record(
    prefix = "SRC", label = "Log source", kind = "log_source", plural = "Log sources", area = "watch",
    title = "name", sort = "name", list = ["name", "heard", "volume", "clock", "last_event", "interval", "learnt", "product", "site", "owner", "events", "bad_lines"],
    moves = MOVES, prepare = prepare, check = check
)]
pub struct LogSource {
    /// As inputs name it: the `source` of every event it sends.
    #[field(search, unique, index, len = 200)]
    pub name: String,
    /// Silent when no event came for longer than its interval.
    #[field(managed, facet, index)]
    pub heard: Heard,
    /// Longest time between two events before the source counts as silent. One that a person sets stands; until then, it
    /// is taken until enough is learnt.
    #[field(default = "15m", min = 1, inline)]
    pub interval: SignedDuration,
    /// What it counts as silent by: what is usual for the hour of its last event, once learnt, or the interval as set.
    #[field(facet, default = "learnt")]
    pub silent_by: SilentBy,
    /// The longest silence that is usual at any hour of its week; empty until two weeks were heard.
    #[field(managed)]
    pub learnt: Option<SignedDuration>,
    /// Silent after this long, as learnt for the hour of its last event; empty while its interval stands.
    #[field(managed)]
    pub silent_after: Option<SignedDuration>,
    #[field(facet, default = "other")]
    pub product: Product,
    #[field(index, facet)]
    pub site: Option<Ref<Site>>,
    pub asset: Option<Ref<Asset>>,
    /// Who is asked when it falls silent.
    #[field(index, inline)]
    pub owner: Option<Ref<Person>>,
    /// Days that its events are kept.
    #[field(default = "90", min = 1, max = 3650)]
    pub keep_days: i64,
    #[field(managed, index)]
    pub last_event: Option<Timestamp>,
    #[field(managed, default = "0")]
    pub events: i64,
    /// Lines that could not be read; they are kept and searchable.
    #[field(managed, default = "0")]
    pub bad_lines: i64,
    /// Why the newest bad line could not be read, or which host has no heartbeat of its own.
    #[field(managed)]
    pub last_problem: Option<String>,
    /// The last full hour beside the same hour of past weeks; empty until four of them were heard.
    #[field(managed, facet)]
    pub volume: Option<Volume>,
    /// The numbers that this was learnt from.
    #[field(managed)]
    pub volume_why: Option<String>,
    /// The times that it claims, beside the time they came.
    #[field(managed, facet)]
    pub clock: Option<Clock>,
    /// How far off, and how that was found.
    #[field(managed)]
    pub clock_why: Option<String>,
    /// Share of lines that could not be read in the last seven days, in per cent.
    #[field(managed)]
    pub bad_share: Option<f64>,
    /// Events a day, on average over the last seven.
    #[field(managed)]
    pub events_a_day: Option<i64>,
    /// Bytes a day as they came, on average over the last seven.
    #[field(managed)]
    pub bytes_a_day: Option<i64>,
    /// A source that is expected counts in D-001; others are only recorded.
    #[field(default = "yes", inline)]
    pub expected: bool,
    /// Which of its fields are time, host and user, what they are called here, and which kind of log it is: lines such
    /// as `time = when`, or made by the page *Map its fields*. It holds for the next events that come.
    #[field(code)]
    pub mapping: Option<Markdown>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    /// No event yet.
    #[choice(grey)]
    Never,
    #[choice(good)]
    Heard,
    #[choice(bad)]
    Silent,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum SilentBy {
    /// What is usual for it, once enough is known.
    Learnt,
    /// The interval as a person set it.
    Interval,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Volume {
    #[choice(good)]
    Usual,
    /// Far fewer events than at this hour.
    #[choice(bad)]
    Drop,
    /// Far more events than at this hour.
    #[choice(warn)]
    Flood,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clock {
    #[choice(good)]
    Right,
    /// Events claim times long gone: its clock is behind, or it sends late.
    #[choice(warn)]
    Late,
    /// Events claim times to come: its clock is ahead.
    #[choice(warn)]
    Ahead,
    /// Events claim times that cannot be.
    #[choice(bad)]
    Wrong,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Product {
    Windows,
    Linux,
    Network,
    Cloud,
    Web,
    Doors,
    Other,
}

const MOVES: &[Move] = &[Move {
    name: "take_learnt",
    label: "Take the learnt interval",
    from: &[""],
    guard: is_learnt,
    apply: take_learnt,
    ..Move::PLAIN
}];

fn is_learnt(moving: &Moving<'_>) -> Result<(), Refusal> {
    let before = moving.before.unwrap_or(moving.record);
    if before.get("learnt").is_empty() {
        return Err(Refusal::invalid("nothing is learnt yet; it takes two weeks of events"));
    }
    match before.get("learnt") == before.get("interval") && before.choice("silent_by") == Some("interval") {
        true => Err(Refusal::invalid("it is the interval already")),
        false => Ok(()),
    }
}

/// The learnt interval is from now on the one that stands.
fn take_learnt(record: &mut Record, _: &Moving<'_>) {
    let learnt = record.get("learnt").clone();
    record.set("interval", learnt);
    record.write("silent_by", SilentBy::Interval);
}

/// An interval that a person writes is the one that they mean, unless they say otherwise.
fn prepare(record: &mut Record, moving: &Moving<'_>) {
    plain(record);
    // One that is emptied is refused as such, whatever stands beside it.
    let emptied = record.get("silent_by").is_empty();
    if moving.actor.person.is_none() || moving.act == Some("take_learnt") || emptied {
        return;
    }
    let usual = SignedDuration::from_mins(15);
    let before = moving.before.and_then(|before| before.read::<SignedDuration>("interval")).unwrap_or(usual);
    let said = moving.before.is_some_and(|before| before.get("silent_by") != record.get("silent_by"));
    if record.read::<SignedDuration>("interval") != Some(before) && !said {
        record.write("silent_by", SilentBy::Interval);
    }
}

/// Browsers end lines their own way, and a mapping that says nothing is none.
fn plain(record: &mut Record) {
    let Some(text) = record.get("mapping").as_text() else { return };
    let plain = text.replace("\r\n", "\n");
    let nothing = plain.parse::<Mapping>().is_ok_and(|mapping| mapping.is_empty());
    record.set("mapping", if nothing { Value::Null } else { Value::text(plain) });
}

/// What cannot be read as a mapping is not kept as one.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    match moving.record.get("mapping").as_text().map(str::parse::<Mapping>) {
        Some(Err(why)) => Err(Refusal::invalid(why.to_string()).at("mapping")),
        Some(Ok(_)) | None => Ok(()),
    }
}
