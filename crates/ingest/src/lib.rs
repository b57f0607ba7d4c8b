//! Inputs: foreign bytes in, events out; one file an input, and nothing here decides what an event means.
//!
//! Every parser keeps what it cannot read: a bad line becomes an event that carries its raw
//! bytes, next to the reason it is bad. Live inputs hand batches to a [`Sink`] and wait while it is full.

mod access_log;
mod auditd;
mod batch;
pub mod blocks;
pub mod bulk;
mod cef;
mod csv;
mod envelope;
pub mod evtx;
mod flat;
pub mod folder;
mod format;
pub mod hec;
mod journald;
pub mod json_lines;
mod layout;
mod logfmt;
pub mod loki;
pub mod mail;
pub mod mapping;
mod normal;
pub mod object;
mod ossec;
pub mod otlp;
mod parcel;
pub mod payload;
pub mod stream;
pub mod syslog;
mod sysmon_xml;
pub mod tail;
mod text;
pub mod upload;
mod zeek;

pub use batch::{BadLine, BadReason, Batch, Fetching, Sink, SinkError, Source, deliver};
pub use flat::{FlatError, Names, flatten};
pub use format::{Format, UnknownFormat};
pub use normal::Normaliser;
pub use parcel::Parcel;

/// Why an input stopped or refused a whole file or request.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error("{path}: {source}")]
    File { path: String, source: std::io::Error },
    #[error("{path}: not an event log: {reason}; expected a Windows EVTX file")]
    Evtx { path: String, reason: String },
    #[error("{path}: unpacks to more than {limit} bytes; split the file or raise the limit")]
    TooBig { path: String, limit: u64 },
    #[error("cannot listen on {addr}: {source}")]
    Listen { addr: String, source: std::io::Error },
    #[error("the sink for source `{name}` failed: {reason}")]
    Sink { name: String, reason: String },
}
