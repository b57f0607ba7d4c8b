//! What can go wrong while keeping records.

use watchkeep_model::Refusal;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Missing, or not to be seen: the two are the same to whoever asks (RU-73).
    #[error("there is no {what}")]
    Missing { what: String },
    #[error("somebody else changed {number} meanwhile (version {is}, you had {had}); reload and try again")]
    Version { number: String, is: i64, had: i64 },
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Somebody else kept something under this key meanwhile; nothing was written.
    #[error("this was done already")]
    Kept,
    #[error("this filter is not understood: {0}")]
    Filter(String),
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("PostgreSQL: {}", postgres_text(.0))]
    Postgres(#[from] postgres::Error),
    #[error("{path}: {source}")]
    File { path: String, source: std::io::Error },
    /// The database does not fit this version of Watchkeep; nothing is served.
    #[error("the database does not fit this version: {0}")]
    Schema(String),
    #[error("{0}")]
    Broken(String),
}

fn postgres_text(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), |db| db.message().to_owned())
}

impl StoreError {
    /// Whether the same may succeed later: disk, network or database trouble, not a mistake in what was asked.
    pub fn passes(&self) -> bool {
        match self {
            Self::Sqlite(error) => error.sqlite_error_code().is_some_and(|code| {
                use rusqlite::ErrorCode::{
                    CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, OutOfMemory, SystemIoFailure,
                };
                let passing = [CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, OutOfMemory, SystemIoFailure];
                passing.contains(&code)
            }),
            // No answer at all, no resources (class 53), an operator's doing (57), trouble of its system (58).
            Self::Postgres(error) => error
                .code()
                .is_none_or(|code| ["08", "53", "57", "58"].iter().any(|class| code.code().starts_with(class))),
            Self::File { .. } => true,
            _ => false,
        }
    }

    pub fn missing(what: impl Into<String>) -> Self {
        Self::Missing { what: what.into() }
    }

    pub(crate) fn file(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::File { path: path.display().to_string(), source }
    }
}
