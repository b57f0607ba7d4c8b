//! What a feed holds: entries that are looked for, and those that are not, with the reason.

use crate::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One indicator of a feed. Times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub value: Value,
    /// What must be in the same event as well.
    pub also: Vec<Value>,
    /// How sure the source is, in per cent; nothing where it does not say.
    pub confidence: Option<u8>,
    /// When the source saw it last.
    pub seen: Option<i64>,
    pub from: Option<i64>,
    pub until: Option<i64>,
    /// The report or name it stands under.
    pub label: Option<Arc<str>>,
    /// Where it begins in the source, in bytes.
    pub place: u32,
}

impl Entry {
    pub fn new(value: Value, place: usize) -> Self {
        Self {
            value,
            also: Vec::new(),
            confidence: None,
            seen: None,
            from: None,
            until: None,
            label: None,
            place: u32::try_from(place).unwrap_or(u32::MAX),
        }
    }
}

/// An entry that is not looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// Line, row or object.
    pub place: String,
    /// What it says, shortened.
    pub what: String,
    pub reason: String,
    /// It could not be read, rather than not be looked for.
    pub broken: bool,
}

/// What reading a feed found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Things in the source by the source's own types.
    pub by_type: BTreeMap<String, u64>,
    /// Entries that were handed over.
    pub taken: u64,
    /// How many are not looked for, by reason, without what cannot be read.
    pub reasons: BTreeMap<String, u64>,
    /// How many could not be read.
    pub broken: u64,
    /// The first of them, at most [`Reading::SHOWN`].
    pub unused: Vec<Unused>,
}

impl Reading {
    pub const SHOWN: usize = 200;

    pub(crate) fn count(&mut self, kind: &str) {
        match self.by_type.get_mut(kind) {
            Some(count) => *count += 1,
            None => {
                self.by_type.insert(kind.to_owned(), 1);
            }
        }
    }

    /// It is understood, and not looked for.
    pub(crate) fn leave(&mut self, place: impl FnOnce() -> String, what: &str, reason: impl Into<String>) {
        let reason = reason.into();
        *self.reasons.entry(reason.clone()).or_default() += 1;
        self.show(place, what, reason, false);
    }

    /// It cannot be read; the others go on.
    pub(crate) fn lose(&mut self, place: impl FnOnce() -> String, what: &str, reason: impl Into<String>) {
        self.broken += 1;
        self.show(place, what, reason.into(), true);
    }

    fn show(&mut self, place: impl FnOnce() -> String, what: &str, reason: String, broken: bool) {
        if self.unused.len() < Self::SHOWN {
            let what: String = what.chars().take(120).collect();
            self.unused.push(Unused { place: place(), what, reason, broken });
        }
    }
}
