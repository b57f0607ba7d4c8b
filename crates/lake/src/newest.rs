//! The newest events of a question.

use crate::cells::hits;
use crate::columns::column;
use crate::error::LakeError;
use crate::files::FileEntry;
use crate::query::{FIRST_WINDOW, Question, Snapshot, next_window};
use crate::request::{Cell, SearchResult};
use crate::steps::Column;
use crate::table::Events;
use datafusion::arrow::array::TimestampNanosecondArray;
use jiff::Timestamp;
use std::sync::Arc;
use watchkeep_model::event::Event;

impl Snapshot {
    /// Looks at the latest hours first and stops as soon as nothing older can be among the newest.
    pub async fn newest(&self, question: &Question, files: Vec<Arc<FileEntry>>) -> Result<SearchResult, LakeError> {
        let mut result = self.nothing_found(&[]);
        let mut found = Vec::new();
        let mut memory = self.memory.clone();
        let (mut at, mut window) = (0, FIRST_WINDOW);
        loop {
            let step = next_window(files.get(at..).unwrap_or_default(), window);
            at += step.len();
            result.scanned_files += step.len();
            result.scanned_events += step.iter().map(|file| file.rows).sum::<u64>();
            result.scanned_bytes += step.iter().map(|file| file.bytes).sum::<u64>();
            let events = Events { memory: std::mem::take(&mut memory), ..question.events(self, step.to_vec()) };
            let (hits, columns) = self.newest_of(question, events).await?;
            found.extend(hits);
            found.sort_by_key(|(event, _)| std::cmp::Reverse((event.time, event.id)));
            found.dedup_by_key(|(event, _)| event.id);
            let older = files.get(at).and_then(|file| Timestamp::from_second((file.hour + 1) * 3600).ok());
            let settled = |older| found.iter().take_while(|(event, _)| event.time >= older).count() > question.limit;
            if older.is_none_or(settled) {
                result.truncated = found.len() > question.limit;
                found.truncate(question.limit);
                result.set_hits(found, &columns);
                return Ok(result);
            }
            window = window.saturating_mul(4);
        }
    }

    /// The newest of these events: first their times alone, then whole those not older than the last of them.
    async fn newest_of(
        &self,
        question: &Question,
        events: Events,
    ) -> Result<(Vec<(Event, Vec<Cell>)>, Vec<Column>), LakeError> {
        let most = Some(question.limit + 1);
        let piped = self.kept(question, events.clone())?;
        let columns = piped.columns.clone();
        let times = self.run(piped.finished(most).and_then(|frame| frame.select_columns(&["time"]))).await?;
        let times = times.iter().map(|batch| column::<TimestampNanosecondArray>(batch, "time"));
        let times = times.collect::<Result<Vec<_>, _>>()?;
        let Some(oldest) = times.into_iter().flat_map(|times| times.values()).min() else {
            return Ok((Vec::new(), columns));
        };
        let stretch = events.stretch.since(*oldest);
        let files = events.files.iter().filter(|file| stretch.may_meet(file)).cloned().collect();
        let piped = self.kept(question, Events { stretch, files, ..events })?;
        Ok((hits(&self.run(piped.finished(most)).await?, &columns)?, columns))
    }
}
