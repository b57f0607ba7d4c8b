//! What is known of each source, kept in memory and in a small file so that deleting old events does not forget it.

use crate::columns::{column, instant};
use crate::error::LakeError;
use crate::files::FileEntry;
use crate::request::SourceSeen;
use datafusion::arrow::array::{RecordBatch, StringViewArray, TimestampNanosecondArray};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use watchkeep_model::event::Event;

/// Time of the first and the last event of each source.
pub struct Sources {
    path: PathBuf,
    seen: BTreeMap<Arc<str>, (Timestamp, Timestamp)>,
}

impl Sources {
    /// Reads the file if it is there and widens it by what the lake's files say.
    pub fn open(path: PathBuf, files: &[Arc<FileEntry>]) -> Self {
        let saved = std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let saved: BTreeMap<String, (Timestamp, Timestamp)> = saved.unwrap_or_default();
        let seen = saved.into_iter().map(|(source, times)| (source.into(), times)).collect();
        let mut sources = Self { path, seen };
        for file in files {
            let milli = |milli| Timestamp::from_millisecond(milli).unwrap_or(Timestamp::UNIX_EPOCH);
            sources.widen(&file.source, milli(file.first));
            sources.widen(&file.source, milli(file.last));
        }
        sources
    }

    pub fn saw(&mut self, events: &[Event]) {
        for event in events {
            self.widen(&event.source, event.time);
        }
    }

    fn widen(&mut self, source: &Arc<str>, time: Timestamp) {
        match self.seen.get_mut(source) {
            Some((first, last)) => {
                *first = time.min(*first);
                *last = time.max(*last);
            }
            None => {
                self.seen.insert(source.clone(), (time, time));
            }
        }
    }

    /// Writes the file, complete or not at all.
    pub fn save(&self) -> Result<(), LakeError> {
        let failed = |source| LakeError::Folder { path: self.path.clone(), source };
        let seen: BTreeMap<&str, &(Timestamp, Timestamp)> =
            self.seen.iter().map(|(source, times)| (&**source, times)).collect();
        let text = serde_json::to_vec_pretty(&seen).map_err(crate::columns::internal)?;
        let new = self.path.with_extension("new");
        write_synced(&new, &text).and_then(|()| std::fs::rename(&new, &self.path)).map_err(failed)
    }

    /// One line a source, with what `files` and `memory` hold of it.
    pub fn list(&self, files: &[Arc<FileEntry>], memory: &[RecordBatch]) -> Result<Vec<SourceSeen>, LakeError> {
        let line = |(source, (first, last)): (&Arc<str>, &(Timestamp, Timestamp))| {
            let (first, last) = (*first, *last);
            (source.clone(), SourceSeen { source: source.to_string(), first, last, events: 0, bytes: 0 })
        };
        let mut lines: BTreeMap<Arc<str>, SourceSeen> = self.seen.iter().map(line).collect();
        for file in files {
            if let Some(line) = lines.get_mut(&file.source) {
                line.events += file.rows;
                line.bytes += file.bytes;
            }
        }
        for batch in memory {
            for source in column::<StringViewArray>(batch, "source")?.iter().flatten() {
                if let Some(line) = lines.get_mut(source) {
                    line.events += 1;
                }
            }
        }
        Ok(lines.into_values().collect())
    }

    /// Takes in what recovered batches hold.
    pub fn saw_batches(&mut self, batches: &[RecordBatch]) -> Result<(), LakeError> {
        for batch in batches {
            let sources = column::<StringViewArray>(batch, "source")?;
            let times = column::<TimestampNanosecondArray>(batch, "time")?;
            for (source, time) in sources.iter().zip(times.iter()) {
                self.widen(&source.unwrap_or_default().into(), instant(time.unwrap_or(0)));
            }
        }
        Ok(())
    }
}

fn write_synced(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    std::io::Write::write_all(&mut file, text)?;
    file.sync_all()
}
