//! Events read as they lie, where nothing but time and source chooses them: what goes through everything needs no plan
//! of the query engine, which then stays out of memory.

use crate::columns::{self, column};
use crate::error::LakeError;
use crate::files::FileEntry;
use crate::opening::{Asked, Cost, Opened, Rows, Test};
use crate::shelf::Shelf;
use datafusion::arrow::array::{BooleanArray, RecordBatch, StringViewArray, TimestampNanosecondArray};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::arrow::error::ArrowError;
use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use std::sync::Arc;

/// Nanoseconds of a millisecond, in which files tell their ends.
const MILLI: i64 = 1_000_000;

/// Nanoseconds since 1970 from the first that counts to the first that no longer does.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    from: i64,
    to: i64,
}

impl Stretch {
    pub const ALWAYS: Self = Self { from: i64::MIN, to: i64::MAX };

    pub fn new(from: Timestamp, to: Timestamp) -> Self {
        Self { from: columns::nanos(from), to: columns::nanos(to) }
    }

    /// From one millisecond to the end of another.
    pub fn millis(first: i64, last: i64) -> Self {
        Self { from: first.saturating_mul(MILLI), to: last.saturating_add(1).saturating_mul(MILLI) }
    }

    /// What of it is not before this instant.
    pub fn since(self, from: i64) -> Self {
        Self { from: self.from.max(from), ..self }
    }

    /// Whether every event of the file is inside.
    pub fn covers(self, file: &FileEntry) -> bool {
        let whole = Self::millis(file.first, file.last);
        self.from <= whole.from && whole.to <= self.to
    }

    /// Whether some instant of these, ends included, is inside.
    pub fn meets(self, first: i64, last: i64) -> bool {
        self.from <= last && (first < self.to || self.to == i64::MAX)
    }

    /// Whether some event of the file may be inside.
    pub fn may_meet(self, file: &FileEntry) -> bool {
        let whole = Self::millis(file.first, file.last);
        self.meets(whole.from, whole.to)
    }

    /// As a test of rows.
    pub fn test(self) -> Test {
        let columns = Arc::new(Schema::new(vec![Field::new("time", columns::time_type(), false)]));
        let holds =
            move |rows: &RecordBatch| self.holds(rows).map_err(|error| ArrowError::ComputeError(error.to_string()));
        Test { cost: Cost::Column, columns, holds: Box::new(holds) }
    }

    fn holds(self, batch: &RecordBatch) -> Result<BooleanArray, LakeError> {
        let times = column::<TimestampNanosecondArray>(batch, "time")?;
        Ok(BooleanArray::from_iter(times.values().iter().map(|time| Some(self.meets(*time, *time)))))
    }
}

/// What of a batch in memory lies in the stretch and comes from these sources.
pub fn of_memory(batch: &RecordBatch, stretch: Stretch, sources: Option<&[String]>) -> Result<RecordBatch, LakeError> {
    let mut chosen = stretch.holds(batch)?;
    if let Some(sources) = sources {
        let names = column::<StringViewArray>(batch, "source")?;
        let allowed = |name: Option<&str>| name.is_some_and(|name| sources.iter().any(|source| source == name));
        let both = chosen.values().iter().zip(names.iter()).map(|(in_time, name)| Some(in_time && allowed(name)));
        chosen = BooleanArray::from_iter(both);
    }
    filter_record_batch(batch, &chosen).map_err(columns::internal)
}

/// A batch of at most `rows` events at a time of what a file holds in the stretch: some columns, or all if none is named.
pub async fn of_file(
    store: &Arc<Shelf>,
    file: &Arc<FileEntry>,
    stretch: Stretch,
    names: &[&str],
    rows: usize,
) -> Result<Rows, LakeError> {
    let wanted = if names.is_empty() { columns::schema() } else { columns::only(names)? };
    let opened = Opened::new(store, file).await?;
    let asked = Asked { store, wanted: &wanted, stretch, tests: &|| Ok(Vec::new()), most: rows };
    opened.rows(&asked, opened.groups(stretch)).await
}

/// What files hold in the stretch, all at once.
pub async fn of_files(
    store: &Arc<Shelf>,
    files: &[Arc<FileEntry>],
    stretch: Stretch,
    only: &[&str],
) -> Result<Vec<RecordBatch>, LakeError> {
    let mut batches = Vec::new();
    for file in files {
        let mut rows: Vec<_> = of_file(store, file, stretch, only, 8192).await?.try_collect().await?;
        batches.append(&mut rows);
    }
    Ok(batches)
}

/// How many events a file holds in the stretch; one that lies inside is not opened.
pub async fn count(store: &Arc<Shelf>, file: &Arc<FileEntry>, stretch: Stretch) -> Result<u64, LakeError> {
    if stretch.covers(file) {
        return Ok(file.rows);
    }
    let mut stream = of_file(store, file, stretch, &["time"], 8192).await?;
    let mut rows = 0;
    while let Some(batch) = stream.next().await {
        rows += batch?.num_rows() as u64;
    }
    Ok(rows)
}
