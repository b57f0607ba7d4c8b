//! A log source: something expected to be heard, how often, and when it was last.

use crate::assets::Asset;
use crate::people::Person;
use crate::places::Site;
use jiff::{SignedDuration, Timestamp};
use watchkeep_model::event::Mapping;
use watchkeep_model::{ChoiceField, Markdown, Moving, Record, RecordKind, Ref, Refusal, Value};

/// Something that sends events, and how often it is expected to.
#[derive(RecordKind)]
#[record(
    prefix = "SRC", label = "Log source", kind = "log_source", plural = "Log sources", area = "watch",
    title = "name", sort = "name", list = ["name", "heard", "last_event", "interval", "product", "site", "owner", "events", "bad_lines"],
    prepare = prepare, check = check
)]
pub struct LogSource {
    /// As inputs name it: the `source` of every event it sends.
    #[field(search, unique, index, len = 200)]
    pub name: String,
    /// Silent when no event came for longer than its interval.
    #[field(managed, facet, index)]
    pub heard: Heard,
    /// Longest time between two events before the source counts as silent.
    #[field(default = "15m", min = 1, inline)]
    pub interval: SignedDuration,
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
pub enum Product {
    Windows,
    Linux,
    Network,
    Cloud,
    Web,
    Doors,
    Other,
}

/// Browsers end lines their own way, and a mapping that says nothing is none.
fn prepare(record: &mut Record, _: &Moving<'_>) {
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
