//! Keeps the lake small and quick: retention, and small files merged into large ones.

use crate::columns::{self, internal};
use crate::error::LakeError;
use crate::files::FileEntry;
use crate::lake::Lake;
use crate::plain::{self, Stretch};
use crate::write;
use datafusion::arrow::compute::concat_batches;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

/// Files of an hour are merged once there are this many of them.
const MANY: usize = 4;
/// Bytes of files that are merged at a time, and held in memory as events, which are twenty to forty times larger. Files of
/// more than a quarter of it are left alone.
const LARGE: u64 = 8 << 20;

impl Lake {
    /// Drops the files of a source whose hour ended, and whose events were taken in, at or before `older_than`; returns
    /// how many events went. An old log that came lately is kept as long as a new one.
    pub fn retain(&self, source: &str, older_than: Timestamp) -> Result<u64, LakeError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (second, milli) = (older_than.as_second(), older_than.as_millisecond());
        let old = |file: &Arc<FileEntry>| {
            *file.source == *source && (file.hour + 1) * 3600 <= second && file.received <= milli
        };
        let events = {
            let state = &mut *self.state();
            let (gone, kept) = std::mem::take(&mut state.files).into_iter().partition::<Vec<_>, _>(|file| old(file));
            state.files = kept;
            state.sources.save()?;
            let events = gone.iter().map(|file| file.rows).sum();
            state.dropped.extend(gone);
            events
        };
        self.sweep()?;
        Ok(events)
    }

    /// Merges the small files of each source and hour that has many; returns how many files went. A timer calls this.
    pub fn compact(&self) -> Result<usize, LakeError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut folders: BTreeMap<(Arc<str>, i64), Vec<Arc<FileEntry>>> = BTreeMap::new();
        for file in &self.state().files {
            folders.entry((file.source.clone(), file.hour)).or_default().push(file.clone());
        }
        let mut merged = 0;
        for files in folders.into_values() {
            for run in runs(files) {
                merged += run.len();
                self.merge(run)?;
            }
        }
        self.sweep()?;
        Ok(merged)
    }

    fn merge(&self, run: Vec<Arc<FileEntry>>) -> Result<(), LakeError> {
        let (shelf, parts) = (self.shelf.clone(), run.clone());
        let new = self.run(async move {
            let batches = plain::of_files(&shelf, &parts, Stretch::ALWAYS, &[]).await?;
            let all = concat_batches(&columns::schema(), &batches).map_err(internal)?;
            // Both have the same texts.
            drop(batches);
            let segments =
                parts.iter().fold((u64::MAX, 0), |(a, b), file| (a.min(file.segments.0), b.max(file.segments.1)));
            let Some(first) = parts.first() else { return Err(LakeError::Engine("nothing to merge".to_string())) };
            write::file(&shelf, &first.source, first.hour, segments, &all).await
        })?;
        let state = &mut *self.state();
        state.files.retain(|file| !run.contains(file));
        state.files.push(Arc::new(new));
        state.dropped.extend(run);
        Ok(())
    }
}

/// Neighbours in order of their segments that are not large together. Merging only neighbours keeps the
/// segments of any two files apart or one within the other, which is how a listing tells merged files.
fn runs(mut files: Vec<Arc<FileEntry>>) -> Vec<Vec<Arc<FileEntry>>> {
    files.sort_by_key(|file| file.segments);
    let mut runs: Vec<Vec<_>> = Vec::new();
    let (mut run, mut bytes) = (Vec::new(), 0);
    for file in files {
        if bytes + file.bytes > LARGE {
            runs.push(std::mem::take(&mut run));
            bytes = 0;
        }
        bytes += file.bytes;
        run.push(file);
    }
    runs.push(run);
    runs.retain(|run| run.len() >= MANY);
    runs
}
