//! Events read as they lie, where nothing but time and source chooses them: what goes through everything needs no plan
//! of the query engine, which then stays out of memory.

use crate::columns::{self, column};
use crate::error::LakeError;
use crate::files::FileEntry;
use datafusion::arrow::array::{BooleanArray, RecordBatch, StringViewArray, TimestampNanosecondArray};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::parquet::arrow::arrow_reader::{ArrowPredicateFn, ArrowReaderOptions, RowFilter};
use datafusion::parquet::arrow::async_reader::{AsyncFileReader, ParquetRecordBatchStream};
use datafusion::parquet::arrow::{ParquetRecordBatchStreamBuilder, ProjectionMask};
use datafusion::parquet::errors::{ParquetError, Result as Read};
use datafusion::parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, TryStreamExt};
use jiff::Timestamp;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use std::ops::Range;
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

    /// Whether every event of the file is inside.
    pub fn covers(self, file: &FileEntry) -> bool {
        let whole = Self::millis(file.first, file.last);
        self.from <= whole.from && whole.to <= self.to
    }

    fn holds(self, batch: &RecordBatch) -> Result<BooleanArray, LakeError> {
        let times = column::<TimestampNanosecondArray>(batch, "time")?;
        Ok(BooleanArray::from_iter(times.values().iter().map(|time| Some(self.from <= *time && *time < self.to))))
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

/// One file of the store.
pub struct Bytes {
    store: Arc<dyn ObjectStore>,
    path: Path,
    size: u64,
}

impl Bytes {
    pub fn new(store: Arc<dyn ObjectStore>, file: &FileEntry) -> Self {
        Self { store, path: file.path(), size: file.bytes }
    }
}

impl AsyncFileReader for Bytes {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Read<bytes::Bytes>> {
        async move { Ok(self.store.get_range(&self.path, range).await?) }.boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, Read<Vec<bytes::Bytes>>> {
        async move { Ok(self.store.get_ranges(&self.path, &ranges).await?) }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Read<Arc<ParquetMetaData>>> {
        let reader = ParquetMetaDataReader::new()
            .with_metadata_options(options.map(|options| options.metadata_options().clone()))
            .with_column_index_policy(options.map_or(PageIndexPolicy::Skip, ArrowReaderOptions::column_index_policy))
            .with_offset_index_policy(options.map_or(PageIndexPolicy::Skip, ArrowReaderOptions::offset_index_policy));
        let size = self.size;
        async move { Ok(Arc::new(reader.load_and_finish(self, size).await?)) }.boxed()
    }
}

/// A batch of at most `rows` events at a time of what a file holds in the stretch: some columns, or all if none is named.
pub async fn of_file(
    store: &Arc<dyn ObjectStore>,
    file: &FileEntry,
    stretch: Stretch,
    only: &[&str],
    rows: usize,
) -> Result<ParquetRecordBatchStream<Bytes>, LakeError> {
    let reader = Bytes::new(store.clone(), file);
    // Of the other columns only the pages of rows with a fitting time are read.
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
    let builder = ParquetRecordBatchStreamBuilder::new_with_options(reader, options).await;
    let mut builder = builder.map_err(|error| failed(file, &error))?.with_batch_size(rows.max(1));
    let schema = builder.parquet_schema();
    let time = ProjectionMask::columns(schema, ["time"]);
    let mask = if only.is_empty() { ProjectionMask::all() } else { ProjectionMask::columns(schema, only.to_vec()) };
    if !stretch.covers(file) {
        let holds = move |batch: RecordBatch| {
            stretch.holds(&batch).map_err(|error| datafusion::arrow::error::ArrowError::ComputeError(error.to_string()))
        };
        builder = builder.with_row_filter(RowFilter::new(vec![Box::new(ArrowPredicateFn::new(time, holds))]));
    }
    builder.with_projection(mask).build().map_err(|error| failed(file, &error))
}

/// What files hold in the stretch, all at once.
pub async fn of_files(
    store: &Arc<dyn ObjectStore>,
    files: &[Arc<FileEntry>],
    stretch: Stretch,
    only: &[&str],
) -> Result<Vec<RecordBatch>, LakeError> {
    let mut batches = Vec::new();
    for file in files {
        let stream = of_file(store, file, stretch, only, 8192).await?;
        batches.append(&mut stream.map_err(|error| failed(file, &error)).try_collect().await?);
    }
    Ok(batches)
}

/// How many events a file holds in the stretch; one that lies inside is not opened.
pub async fn count(store: &Arc<dyn ObjectStore>, file: &FileEntry, stretch: Stretch) -> Result<u64, LakeError> {
    if stretch.covers(file) {
        return Ok(file.rows);
    }
    let mut stream = of_file(store, file, stretch, &["time"], 8192).await?;
    let mut rows = 0;
    while let Some(batch) = stream.next().await {
        rows += batch.map_err(|error| failed(file, &error))?.num_rows() as u64;
    }
    Ok(rows)
}

pub fn failed(file: &FileEntry, error: &ParquetError) -> LakeError {
    LakeError::Engine(format!("{}: {error}", file.path()))
}
