//! What somebody or something asks to be written.

use super::Values;
use watchkeep_model::{Kind, Record, Value};

/// One change that somebody or something asks for.
#[derive(Debug, Clone)]
pub enum Change {
    Create {
        kind: &'static Kind,
        values: Values,
        tags: Option<Vec<i64>>,
        external_id: Option<String>,
    },
    /// `version`: the one the change was made from; `None` takes whatever is there.
    Update {
        kind: &'static Kind,
        id: i64,
        version: Option<i64>,
        values: Values,
    },
    /// A guarded move, with answers to what it asks.
    Move {
        kind: &'static Kind,
        id: i64,
        version: Option<i64>,
        act: String,
        values: Values,
        reason: Option<String>,
    },
    /// Replaces the scope tags (RU-72).
    Retag {
        kind: &'static Kind,
        id: i64,
        version: Option<i64>,
        tags: Vec<i64>,
    },
    /// The system's own bookkeeping of managed fields: counts, last seen, measured values.
    Note {
        kind: &'static Kind,
        id: i64,
        values: Values,
    },
    Delete {
        kind: &'static Kind,
        id: i64,
        version: Option<i64>,
        reason: Option<String>,
    },
    /// Takes back what made `version`, if it is still the newest.
    Undo {
        kind: &'static Kind,
        id: i64,
        version: i64,
    },
}

impl Change {
    /// Fields of a record that Watchkeep keeps.
    pub fn note(record: &Record, values: Vec<(&str, Value)>) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self::Note { kind: record.kind, id: record.id, values }
    }

    /// A move that asks for nothing, unless for a reason.
    pub fn act(record: &Record, act: &str, reason: Option<String>) -> Self {
        let act = act.to_owned();
        Self::Move { kind: record.kind, id: record.id, version: None, act, values: Vec::new(), reason }
    }
}
