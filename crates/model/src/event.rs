//! An event: one immutable log line, alarm or reading, as it came and as we read it.

mod fields;

pub use fields::{Fields, Names};

use bytes::Bytes;
use jiff::Timestamp;
use std::sync::Arc;

/// One event. Inputs make it, detection reads it, the lake keeps it; nobody changes it.
#[derive(Debug, Clone)]
pub struct Event {
    /// Deterministic, time-ordered: the same line of the same source read twice has the same id.
    pub id: EventId,
    /// When the source says it happened; `received` where the source gives no usable time.
    pub time: Timestamp,
    /// When this Watchkeep took it in.
    pub received: Timestamp,
    /// Name of the log source record it belongs to, such as `fw-lyon`.
    pub source: Arc<str>,
    /// Which kind of log this is, in Sigma's three words.
    pub log: LogSource,
    pub host: Option<Arc<str>>,
    pub user: Option<Arc<str>>,
    pub src_ip: Option<Arc<str>>,
    pub dst_ip: Option<Arc<str>>,
    /// Executable or service that acted.
    pub process: Option<Arc<str>>,
    /// The source's own event code, such as `4688` or `ConsoleLogin`.
    pub code: Option<Arc<str>>,
    /// One line for people.
    pub message: Arc<str>,
    /// Every field, flattened with dots, in source order, under the names detection rules use.
    pub fields: Fields,
    /// The bytes exactly as received (for binary logs: the record rendered as JSON).
    pub raw: Bytes,
}

/// Sigma's log source: which product, category and service wrote the event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct LogSource {
    pub product: Option<Arc<str>>,
    pub category: Option<Arc<str>>,
    pub service: Option<Arc<str>>,
}

/// Sixteen bytes that sort by time: 48 bits of milliseconds, then 80 bits of content hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(pub [u8; 16]);

impl EventId {
    /// The id of `raw` from `source` at `time`; `salt` tells equal lines of one file apart (its record number or offset).
    pub fn of(time: Timestamp, source: &str, salt: u64, raw: &[u8]) -> Self {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        hash.update((source.len() as u64).to_be_bytes());
        hash.update(source.as_bytes());
        hash.update(salt.to_be_bytes());
        hash.update(raw);
        let digest: [u8; 32] = hash.finalize().into();
        let millis = (time.as_millisecond().max(0) as u64).to_be_bytes();
        let mut id = [0u8; 16];
        id[..6].copy_from_slice(&millis[2..]);
        id[6..].copy_from_slice(&digest[..10]);
        Self(id)
    }

    /// Reads the 32 hex digits that `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut id = [0u8; 16];
        if text.len() != 32 || !text.is_ascii() {
            return None;
        }
        for (slot, pair) in id.iter_mut().zip(text.as_bytes().chunks(2)) {
            *slot = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(id))
    }
}

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl Event {
    /// The value of a field by its exact name; the first where a name repeats.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.named(name)
    }
}
