//! Runs questions against a snapshot of the lake.

use crate::columns::{self, column, instant, internal};
use crate::error::LakeError;
use crate::files::FileEntry;
use crate::plan::{self, Piped, Refused};
use crate::request::{Cell, Found, SearchRequest, SearchResult, Table};
use crate::table::Events;
use datafusion::arrow::array::{
    Array, FixedSizeBinaryArray, Int64Array, RecordBatch, StringArray, StringViewArray, TimestampNanosecondArray,
};
use datafusion::dataframe::DataFrame;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, ident, lit};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::scalar::ScalarValue;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use watchkeep_model::event::{Event, EventId};
use watchkeep_model::filter::{Check, EventField, EventFilter, Query, compile};

const MOST_ROWS: usize = 10_000;
const FIRST_WINDOW: u64 = 250_000;

/// The lake at one moment.
pub struct Snapshot {
    pub files: Vec<Arc<FileEntry>>,
    pub memory: Vec<RecordBatch>,
    pub engine: Arc<RuntimeEnv>,
    pub memory_limit: usize,
    pub threads: usize,
}

/// A request that owns what it needs, with its filter resolved.
pub struct Question {
    pub query: Query,
    pub filter: EventFilter,
    condition: Expr,
    pub from: Timestamp,
    pub to: Timestamp,
    pub limit: usize,
    sources: Option<Vec<String>>,
}

impl Question {
    pub fn new(request: &SearchRequest) -> Result<Self, LakeError> {
        let filter = compile(&request.query.filter, request.now, request.zone)?;
        let mut condition = plan::between(request.from, request.to).and(plan::condition(&filter)?);
        if let Some(sources) = request.sources {
            let allowed = sources.iter().map(|name| lit(ScalarValue::Utf8View(Some(name.clone())))).collect();
            condition =
                if sources.is_empty() { lit(false) } else { ident("source").in_list(allowed, false).and(condition) };
        }
        Ok(Self {
            query: request.query.clone(),
            filter,
            condition,
            from: request.from,
            to: request.to,
            limit: request.limit.clamp(1, MOST_ROWS),
            sources: request.sources.map(<[String]>::to_vec),
        })
    }

    /// The files that may hold matching events, latest hours first.
    fn files(&self, snapshot: &Snapshot) -> Vec<Arc<FileEntry>> {
        let (from, to) = (self.from.as_millisecond() - 1, self.to.as_millisecond() + 1);
        let in_time = |file: &FileEntry| file.last >= from && file.first <= to;
        let allowed = |file: &FileEntry| {
            self.sources.as_ref().is_none_or(|names| names.iter().any(|name| **name == *file.source))
        };
        let chosen = |file: &&Arc<FileEntry>| in_time(file) && allowed(file) && may_hold(&self.filter, &file.source);
        let mut files: Vec<_> = snapshot.files.iter().filter(chosen).cloned().collect();
        files.sort_by_key(|file| std::cmp::Reverse(file.hour));
        files
    }
}

/// Whether events of this source can fulfil the filter, as far as its conditions on `source` tell.
fn may_hold(filter: &EventFilter, source: &str) -> bool {
    match filter {
        EventFilter::And(parts) => parts.iter().all(|part| may_hold(part, source)),
        EventFilter::Or(parts) => parts.iter().any(|part| may_hold(part, source)),
        EventFilter::Field { field: EventField::Source, any } => {
            any.iter().any(|check: &Check| check.holds(Some(source.as_bytes())))
        }
        _ => true,
    }
}

impl Snapshot {
    /// Events newest first, or what the pipes make of them.
    pub async fn search(&self, question: &Question) -> Result<SearchResult, LakeError> {
        let files = question.files(self);
        if question.query.pipes.is_empty() {
            return self.newest(question, files).await;
        }
        let mut result = self.nothing_found(&files);
        let frame = self.frame(files, question.condition.clone())?;
        let mut piped = Piped { frame, events: true, ordered: false };
        for pipe in &question.query.pipes {
            piped = piped.step(pipe).map_err(|refused| self.refused(refused))?;
        }
        let most = if piped.events { question.limit } else { MOST_ROWS };
        let Piped { frame, events, .. } = piped;
        let columns: Vec<String> = frame.schema().fields().iter().map(|column| column.name().clone()).collect();
        let batches = self.run(frame.limit(0, Some(most + 1))).await?;
        result.truncated = batches.iter().map(RecordBatch::num_rows).sum::<usize>() > most;
        result.found = if events {
            Found::Events(whole(&batches)?.into_iter().take(most).collect())
        } else {
            let rows = batches.iter().map(rows).collect::<Result<Vec<_>, _>>()?;
            Found::Table(Table { columns, rows: rows.into_iter().flatten().take(most).collect() })
        };
        Ok(result)
    }

    /// Looks at the latest hours first and stops as soon as nothing older can be among the newest.
    async fn newest(&self, question: &Question, files: Vec<Arc<FileEntry>>) -> Result<SearchResult, LakeError> {
        let mut result = self.nothing_found(&[]);
        let mut found: Vec<Event> = Vec::new();
        let mut memory = self.memory.clone();
        let (mut at, mut window) = (0, FIRST_WINDOW);
        loop {
            let step = next_window(files.get(at..).unwrap_or_default(), window);
            at += step.len();
            result.scanned_files += step.len();
            result.scanned_events += step.iter().map(|file| file.rows).sum::<u64>();
            result.scanned_bytes += step.iter().map(|file| file.bytes).sum::<u64>();
            let provider = Events { files: step.to_vec(), memory: std::mem::take(&mut memory) };
            let order = vec![ident("time").sort(false, false), ident("id").sort(false, false)];
            let frame = self.read(provider, question.condition.clone())?.sort(order);
            found.extend(whole(&self.run(frame.and_then(|frame| frame.limit(0, Some(question.limit + 1)))).await?)?);
            found.sort_by_key(|event| std::cmp::Reverse((event.time, event.id)));
            found.dedup_by_key(|event| event.id);
            let older = files.get(at).and_then(|file| Timestamp::from_second((file.hour + 1) * 3600).ok());
            let settled = |older| found.iter().take_while(|event| event.time >= older).count() > question.limit;
            if older.is_none_or(settled) {
                break;
            }
            window = window.saturating_mul(4);
        }
        result.truncated = found.len() > question.limit;
        found.truncate(question.limit);
        result.found = Found::Events(found);
        Ok(result)
    }

    /// How many events match.
    pub async fn count(&self, question: &Question) -> Result<u64, LakeError> {
        let frame = self.frame(question.files(self), question.condition.clone())?;
        let counted = frame.aggregate(Vec::new(), vec![count(lit(1i64)).alias("count")]);
        let batches = self.run(counted).await?;
        let first = batches.iter().find(|batch| batch.num_rows() > 0);
        let number =
            first.map(|batch| column::<Int64Array>(batch, "count").map(|counts| counts.value(0))).transpose()?;
        Ok(u64::try_from(number.unwrap_or(0)).unwrap_or(0))
    }

    /// Matching events by equal stretches of the asked time, empty ones included.
    pub async fn histogram(&self, question: &Question, buckets: usize) -> Result<Vec<(Timestamp, u64)>, LakeError> {
        let (from, to) = (columns::nanos(question.from), columns::nanos(question.to));
        let width = (to.saturating_sub(from) / i64::try_from(buckets.clamp(1, MOST_ROWS)).unwrap_or(1)).max(1);
        let since =
            datafusion::logical_expr::cast(ident("time"), datafusion::arrow::datatypes::DataType::Int64) - lit(from);
        let frame = self.frame(question.files(self), question.condition.clone())?;
        let counted =
            frame.aggregate(vec![(since / lit(width)).alias("bucket")], vec![count(lit(1i64)).alias("count")]);
        let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
        for batch in self.run(counted).await? {
            let (buckets, numbers) = (column::<Int64Array>(&batch, "bucket")?, column::<Int64Array>(&batch, "count")?);
            for (bucket, number) in buckets.iter().flatten().zip(numbers.iter().flatten()) {
                *counts.entry(bucket).or_default() += u64::try_from(number).unwrap_or(0);
            }
        }
        let wanted = i64::try_from(buckets.clamp(1, MOST_ROWS)).unwrap_or(1);
        // Integer division leaves a sliver at the end, which belongs to the last bucket.
        let sliver: u64 = counts.range(wanted..).map(|(_, count)| count).sum();
        let bucket = |index: i64| {
            let extra = if index == wanted - 1 { sliver } else { 0 };
            (instant(from.saturating_add(width * index)), counts.get(&index).copied().unwrap_or(0) + extra)
        };
        Ok((0..wanted).map(bucket).collect())
    }

    /// The one event with this id; its time is in the id.
    pub async fn event(&self, id: EventId) -> Result<Option<Event>, LakeError> {
        let millis = id.0.iter().take(6).fold(0i64, |millis, byte| (millis << 8) | i64::from(*byte));
        // Times before 1970 all have the milliseconds zero.
        let near = |file: &&Arc<FileEntry>| file.first.max(0) <= millis && millis <= file.last.max(0);
        let files: Vec<_> = self.files.iter().filter(near).cloned().collect();
        let wanted = lit(ScalarValue::FixedSizeBinary(16, Some(id.0.to_vec())));
        let frame = self.frame(files, ident("id").eq(wanted))?;
        Ok(whole(&self.run(frame.limit(0, Some(1))).await?)?.into_iter().next())
    }

    fn frame(&self, files: Vec<Arc<FileEntry>>, condition: Expr) -> Result<DataFrame, LakeError> {
        self.read(Events { files, memory: self.memory.clone() }, condition)
    }

    fn read(&self, provider: Events, condition: Expr) -> Result<DataFrame, LakeError> {
        let mut config = SessionConfig::new().with_target_partitions(self.threads).with_information_schema(false);
        config.options_mut().execution.parquet.pushdown_filters = true;
        config.options_mut().execution.parquet.reorder_filters = true;
        let context = SessionContext::new_with_config_rt(config, self.engine.clone());
        let frame = context.read_table(Arc::new(provider)).and_then(|frame| frame.filter(condition));
        frame.map_err(|error| LakeError::engine(error, self.memory_limit))
    }

    async fn run(&self, frame: datafusion::error::Result<DataFrame>) -> Result<Vec<RecordBatch>, LakeError> {
        let failed = |error| LakeError::engine(error, self.memory_limit);
        frame.map_err(failed)?.collect().await.map_err(failed)
    }

    fn refused(&self, refused: Refused) -> LakeError {
        match refused {
            Refused::Query(error) => LakeError::Query(error),
            Refused::Engine(error) => LakeError::engine(error, self.memory_limit),
        }
    }

    fn nothing_found(&self, files: &[Arc<FileEntry>]) -> SearchResult {
        let in_memory: usize = self.memory.iter().map(RecordBatch::num_rows).sum();
        SearchResult {
            found: Found::Events(Vec::new()),
            truncated: false,
            scanned_events: in_memory as u64 + files.iter().map(|file| file.rows).sum::<u64>(),
            scanned_files: files.len(),
            scanned_bytes: files.iter().map(|file| file.bytes).sum(),
        }
    }
}

/// Whole hours from the start of `files` until they hold `window` events.
fn next_window(files: &[Arc<FileEntry>], window: u64) -> &[Arc<FileEntry>] {
    let (mut events, mut hour, mut length) = (0, None, 0);
    for file in files {
        if events >= window && hour != Some(file.hour) {
            break;
        }
        events += file.rows;
        hour = Some(file.hour);
        length += 1;
    }
    files.get(..length).unwrap_or(files)
}

fn whole(batches: &[RecordBatch]) -> Result<Vec<Event>, LakeError> {
    Ok(batches.iter().map(columns::events).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn rows(batch: &RecordBatch) -> Result<Vec<Vec<Cell>>, LakeError> {
    (0..batch.num_rows()).map(|row| batch.columns().iter().map(|column| cell(column.as_ref(), row)).collect()).collect()
}

fn cell(column: &dyn Array, row: usize) -> Result<Cell, LakeError> {
    if column.is_null(row) {
        return Ok(Cell::Empty);
    }
    let any = column.as_any();
    if let Some(texts) = any.downcast_ref::<StringViewArray>() {
        return Ok(Cell::Text(texts.value(row).to_string()));
    }
    if let Some(texts) = any.downcast_ref::<StringArray>() {
        return Ok(Cell::Text(texts.value(row).to_string()));
    }
    if let Some(numbers) = any.downcast_ref::<Int64Array>() {
        return Ok(Cell::Number(numbers.value(row)));
    }
    if let Some(times) = any.downcast_ref::<TimestampNanosecondArray>() {
        return Ok(Cell::Time(instant(times.value(row))));
    }
    if let Some(ids) = any.downcast_ref::<FixedSizeBinaryArray>() {
        let id = ids.value(row).try_into().map_err(internal)?;
        return Ok(Cell::Text(EventId(id).to_string()));
    }
    Err(LakeError::Engine(format!("a result column has the unexpected type {}", column.data_type())))
}
