//! A place of objects: a bucket with a prefix, or a folder of this machine.

use crate::Refused;
use jiff::Timestamp;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::prefix::PrefixStore;
use object_store::{ObjectMeta, ObjectStore, RetryConfig};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

const RETRIES: usize = 3;
const PATIENCE: Duration = Duration::from_secs(20);
/// Times between two looks.
const BUCKET: Duration = Duration::from_secs(15);
const FOLDER: Duration = Duration::from_secs(2);

/// Where objects lie.
#[derive(Debug)]
pub struct Place {
    pub(super) store: Arc<dyn ObjectStore>,
    folder: Option<(PathBuf, Arc<LocalFileSystem>)>,
    /// The address as it may be shown.
    pub(crate) shown: String,
}

impl Place {
    /// `s3://bucket/prefix`, whose keys, region and endpoint `settings` name as the environment does
    /// (`AWS_ACCESS_KEY_ID` and so on); or a folder, also as `file:///folder`.
    ///
    /// # Errors
    /// When it is neither, or the settings do not fit.
    pub fn new(place: &str, settings: impl Iterator<Item = (String, String)>) -> Result<Self, Refused> {
        let refused = |reason: String| Refused::new(place, reason);
        if !place.contains("://") || place.starts_with("file://") {
            let folder = PathBuf::from(place.strip_prefix("file://").unwrap_or(place));
            let folder = folder.canonicalize().map_err(|error| refused(error.to_string()))?;
            let store = LocalFileSystem::new_with_prefix(&folder).map_err(|error| refused(error.to_string()))?;
            let store = Arc::new(store);
            let shown = folder.display().to_string();
            return Ok(Self { store: store.clone(), shown, folder: Some((folder, store)) });
        }
        let address: Url = place.parse().map_err(|error| refused(format!("{error}")))?;
        if address.scheme() != "s3" || address.host_str().is_none_or(str::is_empty) {
            return Err(refused("expected s3://bucket/prefix or a folder".to_owned()));
        }
        if !address.username().is_empty() || address.password().is_some() {
            return Err(refused("keys belong in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned()));
        }
        let mut builder = AmazonS3Builder::new().with_url(place);
        for (name, value) in settings {
            let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() else { continue };
            // An endpoint of plain HTTP is believed: somebody wrote it down.
            let plain = matches!(key, AmazonS3ConfigKey::Endpoint) && value.starts_with("http://");
            builder = builder.with_config(key, value);
            if plain {
                builder = builder.with_allow_http(true);
            }
        }
        let retry = RetryConfig { max_retries: RETRIES, retry_timeout: PATIENCE, ..RetryConfig::default() };
        let store = builder.with_retry(retry).build().map_err(|error| refused(error.to_string()))?;
        let prefix = ObjectPath::from_url_path(address.path()).map_err(|error| refused(error.to_string()))?;
        Ok(Self { store: Arc::new(PrefixStore::new(store, prefix)), folder: None, shown: place.to_owned() })
    }

    /// How long to wait before the next look.
    pub(super) fn pause(&self) -> Duration {
        if self.folder.is_some() { FOLDER } else { BUCKET }
    }

    /// Whether nobody writes it any more: an object of a bucket is whole once it is there.
    pub(super) fn is_settled(&self, meta: &ObjectMeta, now: Timestamp, after: Duration) -> bool {
        let changed = meta.last_modified.timestamp_millis();
        let still = now.as_millisecond().saturating_sub(changed);
        self.folder.is_none() || still < 0 || still.unsigned_abs() >= after.as_millis() as u64
    }

    /// A link out of the folder is not followed.
    pub(super) fn lies_within(&self, meta: &ObjectMeta) -> Result<(), String> {
        let Some((folder, files)) = &self.folder else { return Ok(()) };
        let path = files.path_to_filesystem(&meta.location).map_err(|error| error.to_string())?;
        match path.canonicalize() {
            Ok(real) if real.starts_with(folder) => Ok(()),
            Ok(_) => Err(format!("{} is a link out of the folder, and is not followed", meta.location)),
            Err(error) => Err(format!("{}: {error}", meta.location)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_buckets_and_folders_without_secrets() {
        let new = |place: &str| Place::new(place, std::iter::empty()).map_err(|error| error.to_string());
        let here = tempfile::tempdir().expect("a folder");
        assert!(new(&here.path().display().to_string()).is_ok());
        assert!(new(&format!("file://{}", here.path().display())).is_ok());
        for (wrong, words) in [
            ("s3://key:secret@bucket/x", "AWS_SECRET_ACCESS_KEY"),
            ("gs://bucket/x", "expected s3://bucket/prefix or a folder"),
            ("/no/such/folder", "No such file"),
        ] {
            assert!(new(wrong).is_err_and(|why| why.contains(words)), "{wrong}");
        }
    }
}
