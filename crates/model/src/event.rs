//! An event: one immutable log line, alarm or reading, as it came and as we read it.

mod by_shape;
mod fields;
pub mod mapping;

pub use by_shape::ByShape;
pub use fields::{Fields, Names};
pub use mapping::Mapping;

use bytes::Bytes;
use highway::{HighwayHash, HighwayHasher, Key};
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

/// Sixteen bytes that sort by time: 48 bits of milliseconds, then 80 bits of a keyed hash of the content.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(pub [u8; 16]);

/// What ids are made with. A server has its own, kept secret: whoever writes lines must not be able to make two of them
/// that have one id, of which only the first would be kept.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct IdKey([u64; 4]);

impl IdKey {
    /// The key that a secret gives.
    pub fn of(secret: &str) -> Self {
        use sha2::{Digest, Sha256};
        let digest: [u8; 32] = Sha256::digest(secret).into();
        let mut key = [0; 4];
        for (word, bytes) in key.iter_mut().zip(digest.chunks_exact(8)) {
            *word = bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        }
        Self(key)
    }

    /// The id of `raw` from `source` at `time`; `salt` tells equal lines of one file apart (its record number or offset).
    pub fn id(&self, time: Timestamp, source: &str, salt: u64, raw: &[u8]) -> EventId {
        let mut hash = HighwayHasher::new(Key(self.0));
        hash.append(&(source.len() as u64).to_be_bytes());
        hash.append(source.as_bytes());
        hash.append(&salt.to_be_bytes());
        hash.append(raw);
        let [high, low] = hash.finalize128();
        let millis = (time.as_millisecond().max(0) as u64).to_be_bytes();
        let mut id = [0u8; 16];
        id[..6].copy_from_slice(&millis[2..]);
        id[6..14].copy_from_slice(&high.to_be_bytes());
        id[14..].copy_from_slice(&low.to_be_bytes()[..2]);
        EventId(id)
    }

    /// A salt for the events of one delivery: the same for the same bytes, and none that a sender can choose. Its low
    /// 24 bits are free for their numbers.
    pub fn salt(&self, body: &[u8]) -> u64 {
        HighwayHasher::new(Key(self.0)).hash64(body) << 24
    }
}

impl std::fmt::Debug for IdKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdKey")
    }
}

impl EventId {
    /// The id that the same line of the same source has under another time.
    pub fn at(mut self, time: Timestamp) -> Self {
        let millis = (time.as_millisecond().max(0) as u64).to_be_bytes();
        self.0[..6].copy_from_slice(&millis[2..]);
        self
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
