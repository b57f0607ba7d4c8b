//! One file of the lake: its footer once, then the rows that pass tests, group by group.

use crate::columns::{column, internal};
use crate::error::LakeError;
use crate::files::FileEntry;
use crate::flat;
use crate::forms::Form;
use crate::laid::{FORM, RARE};
use crate::plain::Stretch;
use crate::reading::Reader;
use crate::shelf::Shelf;
use datafusion::arrow::array::{BinaryViewArray, BooleanArray, RecordBatch, StringViewArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowPredicate, ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, RowFilter,
};
use datafusion::parquet::arrow::async_reader::AsyncFileReader;
use datafusion::parquet::arrow::{ParquetRecordBatchStreamBuilder, ProjectionMask};
use datafusion::parquet::errors::{ParquetError, Result as Read};
use datafusion::parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use datafusion::parquet::file::statistics::Statistics;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt, stream};
use object_store::path::Path;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// Rows that become batches, one after another.
pub type Rows = BoxStream<'static, Result<RecordBatch, LakeError>>;

/// What a test takes for each row, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cost {
    Column,
    /// Long values, or many.
    Values,
    /// The event must be put together.
    Event,
}

/// A test of rows by some columns; null is no.
pub struct Test {
    pub cost: Cost,
    pub columns: SchemaRef,
    pub holds: Box<dyn FnMut(&RecordBatch) -> Result<BooleanArray, ArrowError> + Send>,
}

/// What is asked of a file.
pub struct Asked<'a> {
    pub store: &'a Arc<Shelf>,
    pub wanted: &'a SchemaRef,
    pub stretch: Stretch,
    /// In the order in which rows are put to them.
    pub tests: &'a (dyn Fn() -> Result<Vec<Test>, LakeError> + Sync),
    /// Rows of a batch.
    pub most: usize,
}

/// A file whose footer was read.
#[derive(Debug, Clone)]
pub struct Opened {
    file: Arc<FileEntry>,
    footer: ArrowReaderMetadata,
    /// Names of fields without a column, if the file tells them.
    rare: Option<Arc<BTreeSet<String>>>,
}

impl Opened {
    pub async fn new(store: &Arc<Shelf>, file: &Arc<FileEntry>) -> Result<Self, LakeError> {
        // Of chosen rows only the pages that hold them are read.
        let options = ArrowReaderOptions::new().with_offset_index_policy(PageIndexPolicy::Optional);
        let footer = ArrowReaderMetadata::load_async(&mut Bytes::new(store.clone(), file), options).await;
        let footer = footer.map_err(|error| failed(file, &error))?;
        let entries = footer.metadata().file_metadata().key_value_metadata().into_iter().flatten();
        let told = entries.into_iter().find(|entry| entry.key == RARE).and_then(|entry| entry.value.as_deref());
        let rare = told.and_then(|told| serde_json::from_str::<Option<BTreeSet<String>>>(told).ok().flatten());
        Ok(Self { file: file.clone(), footer, rare: rare.map(Arc::new) })
    }

    /// The groups of rows that may hold some of the stretch.
    pub fn groups(&self, stretch: Stretch) -> Vec<usize> {
        let groups = self.footer.metadata().row_groups();
        let time = self.footer.schema().index_of("time").unwrap_or(0);
        let within = |number: &usize| {
            let told = groups.get(*number).and_then(|group| group.columns().get(time)?.statistics());
            match told {
                Some(Statistics::Int64(told)) => match (told.min_opt(), told.max_opt()) {
                    (Some(first), Some(last)) => stretch.meets(*first, *last),
                    _ => true,
                },
                _ => true,
            }
        };
        (0..groups.len()).filter(within).collect()
    }

    /// The wanted columns of those rows of some groups that lie in the stretch and pass every test.
    pub async fn rows(&self, asked: &Asked<'_>, groups: Vec<usize>) -> Result<Rows, LakeError> {
        let mut reader = self.reader(asked.wanted.clone());
        let tests = (asked.tests)()?;
        let mut used = None;
        if reader.is_whole() || tests.iter().any(|test| test.cost == Cost::Event) {
            used = self.used(asked, groups.clone()).await?;
            match &used {
                Some(used) => reader.keep(used),
                None => return Ok(stream::empty().boxed()),
            }
        }
        self.tested(asked, tests, groups, (reader, used))
    }

    /// The numbers of field columns that rows have a value in which pass the tests for which no event is put together;
    /// nothing where no row does.
    async fn used(&self, asked: &Asked<'_>, groups: Vec<usize>) -> Result<Option<BTreeSet<u32>>, LakeError> {
        let reader = self.reader(Arc::new(Schema::new(vec![Field::new(FORM, DataType::BinaryView, true)])));
        let tests = (asked.tests)()?.into_iter().filter(|test| test.cost < Cost::Event).collect();
        let mut rows = self.tested(asked, tests, groups, (reader, None))?;
        let (mut used, mut known, mut any) = (BTreeSet::new(), Vec::new(), false);
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            any |= batch.num_rows() > 0;
            for form in column::<BinaryViewArray>(&batch, FORM)?.iter().flatten() {
                if known != form {
                    used.extend(postcard::from_bytes::<Form>(form).map_err(internal)?.columns());
                    known = form.to_vec();
                }
            }
        }
        Ok(any.then_some(used))
    }

    fn tested(
        &self,
        asked: &Asked<'_>,
        tests: Vec<Test>,
        groups: Vec<usize>,
        (reader, used): (Reader, Option<BTreeSet<u32>>),
    ) -> Result<Rows, LakeError> {
        let bytes = Bytes::new(asked.store.clone(), &self.file);
        let builder = ParquetRecordBatchStreamBuilder::new_with_metadata(bytes, self.footer.clone());
        let mut filters: Vec<Box<dyn ArrowPredicate>> = Vec::new();
        let in_time = (!asked.stretch.covers(&self.file)).then(|| asked.stretch.test());
        for Test { cost, columns, mut holds } in in_time.into_iter().chain(tests) {
            let mut reader = self.reader(columns);
            if let Some(used) = used.as_ref().filter(|_| cost == Cost::Event) {
                reader.keep(used);
            }
            let mask = ProjectionMask::roots(builder.parquet_schema(), reader.needs.clone());
            let test = move |rows: RecordBatch| holds(&read(&reader, &rows).map_err(as_arrow)?);
            filters.push(Box::new(ArrowPredicateFn::new(mask, test)));
        }
        let mask = ProjectionMask::roots(builder.parquet_schema(), reader.needs.clone());
        let mut builder = builder.with_batch_size(asked.most.max(1)).with_row_groups(groups).with_projection(mask);
        if !filters.is_empty() {
            builder = builder.with_row_filter(RowFilter::new(filters));
        }
        let file = self.file.clone();
        let rows = builder.build().map_err(|error| failed(&self.file, &error))?;
        let read =
            move |rows: Result<RecordBatch, ParquetError>| read(&reader, &rows.map_err(|error| failed(&file, &error))?);
        Ok(rows.map(read).boxed())
    }

    fn reader(&self, wanted: SchemaRef) -> Reader {
        Reader::new(wanted, self.footer.schema(), self.rare.as_deref())
    }
}

/// The wanted columns; files of before hold `fields` as JSON.
fn read(reader: &Reader, rows: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let Some((place, _)) = rows.schema_ref().column_with_name("fields") else { return reader.read(rows) };
    let objects = column::<StringViewArray>(rows, "fields")?.iter();
    let fields = objects.map(|object| flat::of_json(object.unwrap_or("{}")).map_err(internal));
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    let mut columns = rows.columns().to_vec();
    if let Some(column) = columns.get_mut(place) {
        *column = Arc::new(StringViewArray::from_iter_values(fields));
    }
    reader.read(&RecordBatch::try_new(rows.schema(), columns).map_err(internal)?)
}

pub fn as_arrow(error: LakeError) -> ArrowError {
    ArrowError::ExternalError(Box::new(error))
}

fn failed(file: &FileEntry, error: &ParquetError) -> LakeError {
    internal(format!("{}: {error}", file.path()))
}

/// Bytes of one file of the store.
pub struct Bytes {
    store: Arc<Shelf>,
    path: Path,
    size: u64,
}

impl Bytes {
    pub fn new(store: Arc<Shelf>, file: &FileEntry) -> Self {
        Self { store, path: file.path(), size: file.bytes }
    }
}

impl AsyncFileReader for Bytes {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Read<bytes::Bytes>> {
        let whole = async move { self.store.read(&self.path, &[range]).await };
        async move { Ok(whole.await?.pop().unwrap_or_default()) }.boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, Read<Vec<bytes::Bytes>>> {
        async move { Ok(self.store.read(&self.path, &ranges).await?) }.boxed()
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
