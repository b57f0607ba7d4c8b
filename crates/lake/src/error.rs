//! What can go wrong in the event lake.

use std::path::PathBuf;
use watchkeep_model::filter::SyntaxError;

#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// Nothing of the call was acknowledged; the events may be sent again.
    #[error("cannot write the journal {}: {source}; nothing was taken in, free some space or make the folder writable", path.display())]
    Journal { path: PathBuf, source: std::io::Error },
    #[error(
        "{waiting} bytes of events wait to be written to {location} and that fails; nothing more is taken in until it succeeds"
    )]
    Full { waiting: usize, location: String },
    #[error("cannot use the lake's folder {}: {source}", path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("another Watchkeep uses the lake in {}; only one process writes it", path.display())]
    InUse { path: PathBuf },
    #[error("`{location}` is neither a folder nor an object store address: {reason}")]
    Location { location: String, reason: String },
    #[error("cannot use the object store {location}: {reason}")]
    Reach { location: String, reason: String },
    #[error("cannot read or write {what}: {source}")]
    Store { what: String, source: object_store::Error },
    #[error("a source name has 1 to 80 bytes, this one has {length}: `{name}`")]
    SourceName { name: String, length: usize },
    #[error("{0}")]
    Query(#[from] SyntaxError),
    #[error("the query needs more than its {limit} bytes of memory; ask for a shorter time or fewer groups")]
    Memory { limit: usize },
    #[error("the query took longer than {seconds} seconds; ask for a shorter time, or narrow it by source or host")]
    Slow { seconds: u64 },
    #[error("the query failed: {0}")]
    Engine(String),
    #[error("an event is too large for the journal: {bytes} bytes, at most {limit}")]
    TooLarge { bytes: usize, limit: usize },
}

impl LakeError {
    /// Why an object store cannot be used at all, in words for whoever set it up.
    pub(crate) fn reach(location: &str, error: &object_store::Error) -> Self {
        let mut root: &dyn std::error::Error = error;
        while let Some(source) = root.source() {
            root = source;
        }
        // What lists objects tells of the status in words only.
        let words = root.to_string();
        let status = |codes: &[&str]| codes.iter().any(|code| words.contains(&format!("status code: {code}")));
        let reason = if status(&["401", "403"]) {
            "it refuses the keys; look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what they may do".to_owned()
        } else if status(&["404"]) {
            "it has no such bucket; make it first, or look at the name and AWS_REGION".to_owned()
        } else {
            format!("it does not answer as one ({words}); look at AWS_ENDPOINT and the network")
        };
        Self::Reach { location: location.to_owned(), reason }
    }

    /// Takes over an error of the query engine.
    pub(crate) fn engine(error: datafusion::error::DataFusionError, limit: usize) -> Self {
        match error.find_root() {
            datafusion::error::DataFusionError::ResourcesExhausted(words) => {
                tracing::info!("a query ran out of memory: {words}");
                Self::Memory { limit }
            }
            root => Self::Engine(root.to_string()),
        }
    }
}
