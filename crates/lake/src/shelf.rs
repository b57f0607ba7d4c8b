//! Where files lie: in an object store, of which a folder of this machine is read and synced as what it is.

use crate::error::LakeError;
use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutPayload};
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// The files of a lake.
#[derive(Debug)]
pub struct Shelf {
    pub store: Arc<dyn ObjectStore>,
    /// The store's root on this machine, if it is a local folder.
    pub local: Option<PathBuf>,
}

impl Shelf {
    /// These bytes of a file, in the order of the ranges.
    pub async fn read(&self, path: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, Error> {
        let Some(root) = &self.local else { return self.store.get_ranges(path, ranges).await };
        // The store would hand each reading to another thread, which takes longer than the reading.
        let read = || {
            let mut file = std::fs::File::open(root.join(path.as_ref()))?;
            ranges.iter().map(|range| piece(&mut file, range)).collect::<std::io::Result<Vec<_>>>()
        };
        read().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Error::NotFound { path: path.to_string(), source: error.into() },
            _ => Error::Generic { store: "folder", source: error.into() },
        })
    }

    /// Writes a file; it is on disk when this returns.
    pub async fn put(&self, path: &Path, bytes: Vec<u8>) -> Result<(), LakeError> {
        let put = self.store.put(path, PutPayload::from(bytes)).await;
        put.map_err(|source| LakeError::Store { what: path.to_string(), source })?;
        let Some(root) = &self.local else { return Ok(()) };
        // So are the folders that name it.
        let whole = root.join(path.as_ref());
        let inside = whole.ancestors().take_while(|folder| folder.starts_with(root));
        inside.into_iter().try_for_each(|path| {
            let synced = std::fs::File::open(path).and_then(|file| file.sync_all());
            synced.map_err(|source| LakeError::Folder { path: path.to_path_buf(), source })
        })
    }
}

fn piece(file: &mut std::fs::File, range: &Range<u64>) -> std::io::Result<Bytes> {
    let long = range.end.saturating_sub(range.start);
    file.seek(SeekFrom::Start(range.start))?;
    let mut bytes = Vec::with_capacity(usize::try_from(long).unwrap_or(0));
    if file.take(long).read_to_end(&mut bytes)? as u64 == long {
        Ok(bytes.into())
    } else {
        Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "the file is shorter than its footer says"))
    }
}
