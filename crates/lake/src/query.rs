//! Runs questions against a snapshot of the lake.

use crate::cells::{hits, rows_of};
use crate::columns::{self, column, instant};
use crate::error::LakeError;
use crate::files::FileEntry;
use crate::grouping;
use crate::names::Known;
use crate::plain::{self, Stretch};
use crate::plan::{self, Refused};
use crate::reading::with_fields;
use crate::request::{Found, SearchRequest, SearchResult, Table};
use crate::shelf::Shelf;
use crate::sought;
use crate::steps::{Around, Piped, Rows};
use crate::table::{Events, Provider};
use datafusion::arrow::array::{Int64Array, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::dataframe::DataFrame;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, ident, lit};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::scalar::ScalarValue;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use watchkeep_model::event::EventId;
use watchkeep_model::filter::{Check, EventField, EventFilter, Expr as Filter, Pipe, Query, compile};

const MOST_ROWS: usize = 10_000;
pub const FIRST_WINDOW: u64 = 250_000;

/// The lake at one moment.
pub struct Snapshot {
    pub files: Vec<Arc<FileEntry>>,
    pub memory: Vec<RecordBatch>,
    pub engine: Arc<RuntimeEnv>,
    pub store: Arc<Shelf>,
    /// Names that files may hold, as far as they were read.
    pub names: Arc<Known>,
    pub memory_limit: usize,
    pub threads: usize,
    /// Rows that the engine handles at a time.
    pub rows: usize,
    /// How long one query may take.
    pub patience: std::time::Duration,
}

/// A request that owns what it needs, with its filter resolved.
pub struct Question {
    pub query: Query,
    pub filter: EventFilter,
    condition: Expr,
    schema: SchemaRef,
    now: Timestamp,
    zone: TimeZone,
    pub from: Timestamp,
    pub to: Timestamp,
    pub limit: usize,
    sources: Option<Vec<String>>,
    /// Look no further than the newest hours that hold so many events; what is in memory comes on top.
    newest: u64,
}

impl Question {
    pub fn new(request: &SearchRequest) -> Result<Self, LakeError> {
        let filter = compile(&request.query.filter, request.now, request.zone)?;
        let condition = plan::condition(&filter)?;
        Ok(Self {
            query: request.query.clone(),
            filter,
            condition,
            schema: with_fields(&fields_of(request.query), &sought::texts(request.query)),
            now: request.now,
            zone: request.zone.clone(),
            from: request.from,
            to: request.to,
            limit: request.limit.clamp(1, MOST_ROWS),
            sources: request.sources.map(<[String]>::to_vec),
            newest: u64::MAX,
        })
    }

    /// The same of the newest events only: a guess at once in place of an answer later.
    pub fn guessed(self) -> Self {
        Self { newest: FIRST_WINDOW, ..self }
    }

    /// Only what comes after this event where the newest come first.
    pub fn after(mut self, (time, id): (Timestamp, EventId)) -> Self {
        let (at, id) = (plan::time(time), lit(ScalarValue::FixedSizeBinary(16, Some(id.0.to_vec()))));
        let later = ident("time").lt(at.clone()).or(ident("time").eq(at).and(ident("id").lt(id)));
        self.condition = self.condition.and(later);
        self.to = self.to.min(time + SignedDuration::from_nanos(1));
        self
    }

    /// The stretch of time and the sources, where nothing else chooses.
    pub fn plain(&self) -> Option<(Stretch, Option<&[String]>)> {
        (self.filter == EventFilter::All).then(|| (Stretch::new(self.from, self.to), self.sources.as_deref()))
    }

    /// Events of these files and of memory, in the stretch of time that is asked.
    pub fn events(&self, snapshot: &Snapshot, files: Vec<Arc<FileEntry>>) -> Events {
        Events {
            files,
            memory: snapshot.memory.clone(),
            stretch: Stretch::new(self.from, self.to),
            sources: self.sources.clone(),
            store: snapshot.store.clone(),
            schema: self.schema.clone(),
        }
    }

    fn around(&self) -> Around<'_> {
        let (from, to) = (columns::nanos(self.from), columns::nanos(self.to));
        Around { now: self.now, zone: &self.zone, from, to }
    }

    /// Another filter over what this question may see, and its events.
    async fn other(&self, snapshot: &Snapshot, with: &Filter) -> Result<(Expr, Events), LakeError> {
        let filter = compile(with, self.now, &self.zone)?;
        let files = self.files_for(snapshot, &filter).await;
        Ok((plan::condition(&filter)?, self.events(snapshot, files)))
    }

    pub async fn files(&self, snapshot: &Snapshot) -> Vec<Arc<FileEntry>> {
        self.files_for(snapshot, &self.filter).await
    }

    /// The files that may hold matching events, latest hours first.
    async fn files_for(&self, snapshot: &Snapshot, filter: &EventFilter) -> Vec<Arc<FileEntry>> {
        let (from, to) = (self.from.as_millisecond() - 1, self.to.as_millisecond() + 1);
        let in_time = |file: &FileEntry| file.last >= from && file.first <= to;
        let allowed = |file: &FileEntry| {
            self.sources.as_ref().is_none_or(|names| names.iter().any(|name| **name == *file.source))
        };
        let chosen = |file: &&Arc<FileEntry>| in_time(file) && allowed(file) && may_hold(filter, &file.source);
        let mut files: Vec<_> = snapshot.files.iter().filter(chosen).cloned().collect();
        files.sort_by_key(|file| std::cmp::Reverse(file.hour));
        files.truncate(next_window(&files, self.newest).len());
        snapshot.names.fitting(&snapshot.store, filter, files).await
    }
}

/// Fields beside the lake's columns that a query names, in lower case, those of joined events too.
fn fields_of(query: &Query) -> BTreeSet<String> {
    let names = query.names().into_iter().map(|name| name.to_ascii_lowercase());
    let bare =
        |name: String| name.strip_prefix("joined.").map(str::to_owned).into_iter().chain([name]).collect::<Vec<_>>();
    let named = names.flat_map(bare).map(|name| EventField::named(&name));
    named.filter_map(|field| if let EventField::Named(name) = field { Some(name) } else { None }).collect()
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
    /// Events newest first, or what the steps make of them.
    pub async fn search(&self, question: &Question) -> Result<SearchResult, LakeError> {
        let files = question.files(self).await;
        if question.query.keeps_order() {
            return self.newest(question, files).await;
        }
        let (piped, mut result) = self.piped(question, files).await?;
        let most = if piped.rows == Rows::Events { question.limit } else { MOST_ROWS };
        let (rows, columns) = (piped.rows, piped.columns.clone());
        let batches = self.run(piped.finished(Some(most + 1))).await?;
        result.truncated = batches.iter().map(RecordBatch::num_rows).sum::<usize>() > most;
        if rows == Rows::Events {
            let mut hits = hits(&batches, &columns)?;
            hits.truncate(most);
            result.set_hits(hits, &columns);
        } else {
            let rows = batches.iter().map(rows_of).collect::<Result<Vec<_>, _>>()?;
            let columns = columns.into_iter().map(|column| column.name).collect();
            result.found = Found::Table(Table { columns, rows: rows.into_iter().flatten().take(most).collect() });
        }
        Ok(result)
    }

    /// The plan of all steps over these files, and what it looks at.
    pub async fn piped(
        &self,
        question: &Question,
        files: Vec<Arc<FileEntry>>,
    ) -> Result<(Piped, SearchResult), LakeError> {
        let mut result = self.nothing_found(&files);
        let around = question.around();
        let mut piped = Piped::events(self.frame(question, files)?);
        for pipe in &question.query.pipes {
            piped = match pipe {
                Pipe::Timechart { by: Some(field), limit, .. } if piped.rows == Rows::Events => {
                    let series = piped.largest(field, *limit).map_err(|refused| self.refused(refused))?;
                    let largest = grouping::series(&self.run(Ok(series)).await?, *limit)?;
                    piped.counting(pipe, largest.as_deref(), &around)
                }
                Pipe::Join { by, seconds, with } => {
                    let (condition, events) = question.other(self, with).await?;
                    result.scanned_events += events.files.iter().map(|file| file.rows).sum::<u64>();
                    result.scanned_files += events.files.len();
                    piped.joined(by, *seconds, self.read(events, condition)?)
                }
                pipe => piped.keeping(pipe, &around).and_then(|piped| piped.counting(pipe, None, &around)),
            }
            .map_err(|refused| self.refused(refused))?;
        }
        Ok((piped, result))
    }

    /// The plan of steps that keep the order of events, over a part of what is asked.
    pub fn kept(&self, question: &Question, events: Events) -> Result<Piped, LakeError> {
        let mut piped = Piped::events(self.read(events, question.condition.clone())?);
        for pipe in &question.query.pipes {
            piped = piped.keeping(pipe, &question.around()).map_err(|refused| self.refused(refused))?;
        }
        Ok(piped)
    }

    /// How many events match.
    pub async fn count(&self, question: &Question) -> Result<u64, LakeError> {
        if let Some((stretch, sources)) = question.plain() {
            let mut counted = 0;
            for batch in &self.memory {
                counted += plain::of_memory(batch, stretch, sources)?.num_rows() as u64;
            }
            for file in question.files(self).await {
                counted += plain::count(&self.store, &file, stretch).await?;
            }
            return Ok(counted);
        }
        let frame = self.frame(question, question.files(self).await)?;
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
        let frame = self.frame(question, question.files(self).await)?;
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

    /// The events of some files, or those in memory where none are given, a batch at a time and in no order.
    pub async fn stream(
        &self,
        question: &Question,
        files: &[Arc<FileEntry>],
    ) -> Result<SendableRecordBatchStream, LakeError> {
        let memory = if files.is_empty() { self.memory.clone() } else { Vec::new() };
        let events = Events { memory, ..question.events(self, files.to_vec()) };
        let frame = self.read(events, question.condition.clone())?;
        frame.execute_stream().await.map_err(|error| LakeError::engine(error, self.memory_limit))
    }

    fn frame(&self, question: &Question, files: Vec<Arc<FileEntry>>) -> Result<DataFrame, LakeError> {
        self.read(question.events(self, files), question.condition.clone())
    }

    fn read(&self, events: Events, condition: Expr) -> Result<DataFrame, LakeError> {
        let mut config = SessionConfig::new().with_target_partitions(self.threads).with_batch_size(self.rows);
        // The engine skips rows between the least and the greatest value so far; where the first batch has no value at
        // all it forgets the least, and skips rows that are less still.
        config.options_mut().optimizer.enable_aggregate_dynamic_filter_pushdown = false;
        let context = SessionContext::new_with_config_rt(config, self.engine.clone());
        let frame = context.read_table(Arc::new(Provider(Arc::new(events)))).and_then(|frame| frame.filter(condition));
        frame.map_err(|error| LakeError::engine(error, self.memory_limit))
    }

    pub async fn run(&self, frame: datafusion::error::Result<DataFrame>) -> Result<Vec<RecordBatch>, LakeError> {
        let failed = |error| LakeError::engine(error, self.memory_limit);
        let work = frame.map_err(failed)?.collect();
        self.in_time(async { work.await.map_err(failed) }).await
    }

    /// What comes of some work, unless it takes too long.
    pub async fn in_time<T>(&self, work: impl Future<Output = Result<T, LakeError>>) -> Result<T, LakeError> {
        let done = tokio::time::timeout(self.patience, work).await;
        done.unwrap_or_else(|_| Err(LakeError::Slow { seconds: self.patience.as_secs() }))
    }

    fn refused(&self, refused: Refused) -> LakeError {
        match refused {
            Refused::Query(error) => LakeError::Query(error),
            Refused::Engine(error) => LakeError::engine(error, self.memory_limit),
        }
    }

    pub fn nothing_found(&self, files: &[Arc<FileEntry>]) -> SearchResult {
        let in_memory: usize = self.memory.iter().map(RecordBatch::num_rows).sum();
        SearchResult {
            found: Found::Events(Vec::new()),
            added: Table::default(),
            truncated: false,
            scanned_events: in_memory as u64 + files.iter().map(|file| file.rows).sum::<u64>(),
            scanned_files: files.len(),
            scanned_bytes: files.iter().map(|file| file.bytes).sum(),
        }
    }
}

/// Whole hours from the start of `files` until they hold `window` events.
pub fn next_window(files: &[Arc<FileEntry>], window: u64) -> &[Arc<FileEntry>] {
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
