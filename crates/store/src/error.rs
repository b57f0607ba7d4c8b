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
    pub(crate) fn missing(what: impl Into<String>) -> Self {
        Self::Missing { what: what.into() }
    }

    pub(crate) fn file(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::File { path: path.display().to_string(), source }
    }
}
