//! A place of objects: a bucket with a prefix, or a folder of this machine.

use crate::Refused;
use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use object_store::{ObjectMeta, ObjectStore};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use watchkeep_connect::{Authorities, bucket, shown};

/// Times between two looks.
const BUCKET: Duration = Duration::from_secs(15);
const FOLDER: Duration = Duration::from_secs(2);

/// Where objects lie.
#[derive(Debug, Clone)]
pub struct Place {
    pub(super) store: Arc<dyn ObjectStore>,
    folder: Option<(PathBuf, Arc<LocalFileSystem>)>,
    shown: String,
}

impl Place {
    /// `s3://bucket/prefix`, whose keys, region and endpoint `settings` name as the environment does
    /// (`AWS_ACCESS_KEY_ID` and so on); or a folder, also as `file:///folder`.
    ///
    /// # Errors
    /// When it is neither, or the settings do not fit.
    pub fn new(
        place: &str,
        settings: impl Iterator<Item = (String, String)>,
        authorities: &Authorities,
    ) -> Result<Self, Refused> {
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
        let store = bucket(&address, settings, authorities).map_err(refused)?;
        Ok(Self { store: Arc::new(store), folder: None, shown: shown(place) })
    }

    /// The address as it may be shown.
    pub fn shown(&self) -> &str {
        &self.shown
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
        let new = |place: &str| {
            Place::new(place, std::iter::empty(), &Authorities::default()).map_err(|error| error.to_string())
        };
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
