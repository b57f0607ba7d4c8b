//! Where the lake lives and how much it may use.

use crate::error::LakeError;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use watchkeep_connect::{Authorities, bucket, shown};

/// Settings of a lake; [`LakeConfig::in_folder`] fits most.
#[derive(Debug, Clone)]
pub struct LakeConfig {
    /// Where the Parquet files go: a folder, or an object store address such as `s3://bucket/prefix`, whose keys,
    /// region and endpoint come from the usual environment variables (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_REGION`, `AWS_ENDPOINT`).
    pub location: String,
    /// Settings of the object store besides those of the environment, under the same names.
    pub options: Vec<(String, String)>,
    /// Authorities of the object store besides those of the machine.
    pub authorities: Authorities,
    /// A folder on this machine's disk for the journal, the list of sources and what queries spill.
    pub local: PathBuf,
    /// Bytes all queries together may use before they spill to disk.
    pub memory_limit: usize,
    /// Threads queries use.
    pub threads: usize,
    /// How long one query may take.
    pub patience: Duration,
    /// Buffered bytes at which events are written to files.
    pub flush_bytes: usize,
    /// Seconds that events wait at most, once `flush_if_due` has seen them.
    pub flush_seconds: i64,
}

impl LakeConfig {
    /// Everything below one folder; 512 MB for queries, files every minute or 64 MB.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            location: folder.join("events").to_string_lossy().into_owned(),
            options: Vec::new(),
            authorities: Authorities::default(),
            local: folder.to_path_buf(),
            memory_limit: 512 << 20,
            threads: std::thread::available_parallelism().map_or(2, usize::from),
            patience: Duration::from_secs(60),
            flush_bytes: 64 << 20,
            flush_seconds: 60,
        }
    }

    /// The store of the files, and its folder if it is one on this machine.
    pub(crate) fn store(&self) -> Result<(Arc<dyn ObjectStore>, Option<PathBuf>), LakeError> {
        let refused = |reason: String| LakeError::Location { location: shown(&self.location), reason };
        if self.location.contains("://") && !self.location.starts_with("file://") {
            let address: Url = self.location.parse().map_err(|error| refused(format!("{error}")))?;
            let environment = std::env::vars().filter(|(name, _)| name.starts_with("AWS_"));
            let options = environment.chain(self.options.iter().cloned());
            if matches!(address.scheme(), "s3" | "s3a") {
                return Ok((Arc::new(bucket(&address, options, &self.authorities).map_err(refused)?), None));
            }
            let parsed = object_store::parse_url_opts(&address, options);
            let (store, prefix) = parsed.map_err(|error| refused(error.to_string()))?;
            return Ok((Arc::new(PrefixStore::new(store, prefix)), None));
        }
        let folder = PathBuf::from(self.location.strip_prefix("file://").unwrap_or(&self.location));
        let created = std::fs::create_dir_all(&folder).and_then(|()| folder.canonicalize());
        let folder = created.map_err(|source| LakeError::Folder { path: folder, source })?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(|error| refused(error.to_string()))?;
        Ok((Arc::new(store), Some(folder)))
    }
}
