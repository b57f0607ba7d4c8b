//! What a scan found: one row a match, counts, and what went wrong.

use std::collections::HashMap;
use std::sync::Arc;
use watchkeep_detect::Match;
use watchkeep_model::event::Event;

/// One rule matched one event.
#[derive(Debug)]
pub struct Row {
    pub found: Match,
    pub file: Arc<str>,
    /// Record number of an event log, line or element number of anything else.
    pub record: u64,
    pub event: Event,
    /// Position of the block it came from, for a stable order.
    pub order: (usize, usize),
}

/// Everything a scan found.
#[derive(Debug, Default)]
pub struct Findings {
    pub rows: Vec<Row>,
    pub events: u64,
    pub bytes: u64,
    /// Lines and records that could not be read, by reason.
    pub bad: HashMap<&'static str, u64>,
    /// Sentences for the user about files that could not be read.
    pub problems: Vec<String>,
    /// A path the user named could not be read.
    pub unreadable: bool,
}

impl Findings {
    /// Takes over what another thread found.
    pub fn join(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.events += other.events;
        self.bytes += other.bytes;
        for (reason, count) in other.bad {
            *self.bad.entry(reason).or_default() += count;
        }
        self.problems.extend(other.problems);
        self.unreadable |= other.unreadable;
    }
}
