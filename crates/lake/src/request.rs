//! What one asks the lake, and what it answers.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use watchkeep_model::event::Event;
use watchkeep_model::filter::Query;

/// A question over events.
#[derive(Debug, Clone, Copy)]
pub struct SearchRequest<'a> {
    pub query: &'a Query,
    /// First instant included.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// Most events to return; tables have their own limit of 10,000 rows.
    pub limit: usize,
    /// Sources the asker may see, by exact name; `None` is all of them.
    pub sources: Option<&'a [String]>,
    /// Gives `today` and `-7d` their meaning, together with `zone`.
    pub now: Timestamp,
    pub zone: &'a TimeZone,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct SearchResult {
    pub found: Found,
    /// Columns that steps added to the events found, a row each.
    pub added: Table,
    /// There is more than was asked for.
    pub truncated: bool,
    /// Events in the files and the memory that had to be looked at, files pruned by time and source left out.
    pub scanned_events: u64,
    pub scanned_files: usize,
    pub scanned_bytes: u64,
}

#[derive(Debug, Clone)]
pub enum Found {
    /// Newest first, unless the query sorts.
    Events(Vec<Event>),
    /// The outcome of steps that count.
    Table(Table),
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(i64),
    /// Not whole, or beyond what is exact; always finite.
    Real(f64),
    Flag(bool),
    Time(Timestamp),
}

impl SearchResult {
    pub(crate) fn set_hits(&mut self, hits: Vec<(Event, Vec<Cell>)>, columns: &[crate::steps::Column]) {
        let (events, rows) = hits.into_iter().unzip();
        self.added = Table { columns: columns.iter().map(|column| column.name.clone()).collect(), rows };
        self.found = Found::Events(events);
    }
}

impl Cell {
    /// A whole number where it is exact.
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and within 2^53")]
    pub fn real(number: f64) -> Self {
        match number {
            _ if !number.is_finite() => Self::Empty,
            _ if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 => Self::Number(number as i64),
            _ => Self::Real(number),
        }
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Cell::Empty => Ok(()),
            Cell::Text(text) => f.write_str(text),
            Cell::Number(number) => number.fmt(f),
            Cell::Real(number) => number.fmt(f),
            Cell::Flag(flag) => flag.fmt(f),
            Cell::Time(time) => time.fmt(f),
        }
    }
}

/// What is known of one source without looking at its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSeen {
    pub source: String,
    /// Time of the earliest and the latest event ever kept, also of those deleted since.
    pub first: Timestamp,
    pub last: Timestamp,
    /// Events and bytes kept now; bytes of those in files.
    pub events: u64,
    pub bytes: u64,
}
