//! Events by their ids, which tell the time: without the query engine, which stays out of memory.

use crate::columns::{self, column};
use crate::error::LakeError;
use crate::files::FileEntry;
use crate::opening::{Asked, Cost, Opened, Test, as_arrow};
use crate::plain::Stretch;
use crate::query::Snapshot;
use crate::shelf::Shelf;
use datafusion::arrow::array::{BooleanArray, FixedSizeBinaryArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use watchkeep_model::event::{Event, EventId};

/// Ids that are looked for.
type Ids = Arc<BTreeSet<[u8; 16]>>;

impl Snapshot {
    /// Those of the events with these ids that are kept.
    pub async fn events(&self, ids: &[EventId]) -> Result<Vec<Event>, LakeError> {
        self.in_time(self.picked(ids)).await
    }

    async fn picked(&self, ids: &[EventId]) -> Result<Vec<Event>, LakeError> {
        let ids: Ids = Arc::new(ids.iter().map(|id| id.0).collect());
        let mut found: BTreeMap<EventId, Event> = BTreeMap::new();
        let mut keep = |batch: &RecordBatch| {
            columns::events(batch).map(|events| found.extend(events.into_iter().map(|event| (event.id, event))))
        };
        for batch in &self.memory {
            let chosen = chosen(&ids, batch)?;
            if chosen.true_count() > 0 {
                keep(&filter_record_batch(batch, &chosen).map_err(columns::internal)?)?;
            }
        }
        let near: Vec<_> = self.files.iter().filter_map(|file| Some((file.clone(), stretch(&ids, file)?))).collect();
        let (store, most) = (self.store.clone(), self.rows);
        let read = near.into_iter().map(move |(file, stretch)| {
            let work = tokio::spawn(of_file(store.clone(), file, stretch, ids.clone(), most));
            async move { work.await.map_err(columns::internal)? }
        });
        let mut read = stream::iter(read).buffer_unordered(self.threads);
        while let Some(batches) = read.next().await {
            batches?.iter().try_for_each(&mut keep)?;
        }
        Ok(found.into_values().collect())
    }
}

async fn of_file(
    store: Arc<Shelf>,
    file: Arc<FileEntry>,
    stretch: Stretch,
    ids: Ids,
    most: usize,
) -> Result<Vec<RecordBatch>, LakeError> {
    let opened = Opened::new(&store, &file).await?;
    let columns = columns::only(&["id"])?;
    let test = || {
        let ids = ids.clone();
        let holds = move |rows: &RecordBatch| chosen(&ids, rows).map_err(as_arrow);
        Ok(vec![Test { cost: Cost::Column, columns: columns.clone(), holds: Box::new(holds) }])
    };
    let asked = Asked { store: &store, wanted: &columns::schema(), stretch, tests: &test, most };
    opened.rows(&asked, opened.groups(stretch)).await?.try_collect().await
}

fn chosen(ids: &Ids, batch: &RecordBatch) -> Result<BooleanArray, LakeError> {
    let held = column::<FixedSizeBinaryArray>(batch, "id")?;
    let known = |id: &[u8]| id.try_into().is_ok_and(|id: [u8; 16]| ids.contains(&id));
    Ok(held.iter().map(|id| Some(id.is_some_and(known))).collect())
}

/// The part of a file that may hold some of the ids; none where their times lie elsewhere.
fn stretch(ids: &Ids, file: &FileEntry) -> Option<Stretch> {
    let end = |millis: i64, rest: u8| {
        let mut end = [rest; 16];
        // Times before 1970 all have the milliseconds zero.
        let [_, _, six @ ..] = millis.max(0).to_be_bytes();
        end.iter_mut().zip(six).for_each(|(byte, time)| *byte = time);
        end
    };
    let mut inside = ids.range(end(file.first, 0)..=end(file.last, u8::MAX));
    let first = millis(inside.next()?);
    let last = inside.next_back().map_or(first, millis);
    Some(if first == 0 { Stretch::ALWAYS } else { Stretch::millis(first, last) })
}

fn millis(id: &[u8; 16]) -> i64 {
    id.iter().take(6).fold(0, |millis, byte| (millis << 8) | i64::from(*byte))
}
