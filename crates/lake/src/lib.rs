//! The event lake: takes events in durably, keeps them as Parquet, answers filters over them.
//!
//! ```text
//! append ─► journal (fsync) ─► memory ─► source=…/hour=…/….parquet (zstd)
//!                                 └────────────┴─► search, count, histogram
//! ```
//!
//! The only crate that knows the query engine; nothing of it shows in the public interface. Every method blocks: call
//! from ordinary threads (or the blocking pool of an asynchronous runtime).
//!
//! Invariants: an event acknowledged by `append` is in the journal or in a file, and after a crash in exactly one of
//! them as seen by queries; a file once visible never changes; the filter means the same here as
//! `watchkeep_model::filter::matches` in memory.

mod ask;
mod buffer;
mod calculated;
mod cells;
mod columns;
mod config;
mod entry;
mod error;
mod files;
mod flat;
mod flow;
mod forms;
mod functions;
mod grouping;
mod joining;
mod journal;
mod laid;
mod lake;
mod names;
mod newest;
mod opening;
mod picked;
mod pieces;
mod plain;
mod plan;
mod query;
mod reading;
mod recent;
mod request;
mod scan;
mod scanning;
mod shelf;
mod sought;
mod sources;
mod steps;
mod table;
mod upkeep;
mod write;

pub use config::LakeConfig;
pub use error::LakeError;
pub use flow::{Flow, Piece};
pub use lake::Lake;
pub use request::{Cell, Found, SearchRequest, SearchResult, SourceSeen, Table};
pub use scan::Gone;
