//! Reads the lake for the query engine: tests first, by the columns they name, then what is wanted of the rows that pass.

use crate::columns;
use crate::error::LakeError;
use crate::files::FileEntry;
use crate::opening::{Asked, Cost, Opened, Rows, Test, as_arrow};
use crate::plain;
use crate::reading;
use crate::sought::TEXT;
use crate::table::Events;
use datafusion::arrow::array::{ArrayRef, BooleanArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::utils::{collect_columns, reassign_expr_columns};
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::filter_pushdown::{
    ChildPushdownResult, FilterPushdownPhase, FilterPushdownPropagation, PushedDown,
};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use futures_util::{StreamExt, stream};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// What one thread reads at a time.
enum Piece {
    Memory(RecordBatch),
    File(Arc<FileEntry>),
    Group(Opened, usize),
}

/// What is still to be read, by whichever thread is free.
type Queue = Arc<Mutex<VecDeque<Piece>>>;

/// The scan of one question.
#[derive(Clone)]
pub struct Scan {
    events: Arc<Events>,
    wanted: SchemaRef,
    tests: Vec<Arc<dyn PhysicalExpr>>,
    properties: Arc<PlanProperties>,
    queue: Queue,
}

impl Scan {
    pub fn new(events: Arc<Events>, wanted: SchemaRef, tests: Vec<Arc<dyn PhysicalExpr>>, threads: usize) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(wanted.clone()),
            Partitioning::UnknownPartitioning(threads.max(1)),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        let memory = events.memory.iter().cloned().map(Piece::Memory);
        let queue = memory.chain(events.files.iter().cloned().map(Piece::File)).collect();
        let queue = Arc::new(Mutex::new(queue));
        Self { events, wanted, tests, properties: Arc::new(properties), queue }
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, VecDeque<Piece>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows of the next piece; nothing where none is left.
    async fn next(&self, most: usize) -> Result<Option<Rows>, LakeError> {
        let Some(piece) = self.queue().pop_front() else { return Ok(None) };
        let (opened, groups) = match piece {
            Piece::Memory(batch) => {
                let rows = self.of_memory(&batch);
                return Ok(Some(stream::iter([rows]).boxed()));
            }
            Piece::Group(opened, group) => (opened, vec![group]),
            Piece::File(file) => {
                let opened = Opened::new(&self.events.store, &file).await?;
                let mut groups = opened.groups(self.events.stretch).into_iter();
                let first = groups.next();
                groups.rev().for_each(|group| self.queue().push_front(Piece::Group(opened.clone(), group)));
                (opened, first.into_iter().collect())
            }
        };
        let Events { store, stretch, .. } = &*self.events;
        let asked = Asked { store, wanted: &self.wanted, stretch: *stretch, tests: &|| self.tests(), most };
        Ok(Some(opened.rows(&asked, groups).await?))
    }

    fn of_memory(&self, batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
        let mut rows = plain::of_memory(batch, self.events.stretch, self.events.sources.as_deref())?;
        for Test { columns, mut holds, .. } in self.tests()? {
            let passed = holds(&reading::of_memory(columns, &rows)?).map_err(columns::internal)?;
            rows = filter_record_batch(&rows, &passed).map_err(columns::internal)?;
        }
        reading::of_memory(self.wanted.clone(), &rows)
    }

    /// Tests of few and small columns first.
    fn tests(&self) -> Result<Vec<Test>, LakeError> {
        let mut tests = Vec::new();
        for test in &self.tests {
            let names = collect_columns(test);
            let cost = names.iter().map(|column| cost(column.name())).max().unwrap_or(Cost::Column);
            let whole = &self.events.schema;
            let places = names.iter().map(|column| whole.index_of(column.name()).map_err(columns::internal));
            let places = places.collect::<Result<Vec<_>, _>>()?;
            let columns = Arc::new(whole.project(&places).map_err(columns::internal)?);
            let test = reassign_expr_columns(test.clone(), &columns).map_err(columns::internal)?;
            let holds = move |rows: &RecordBatch| flags(&test.evaluate(rows)?.into_array(rows.num_rows())?);
            tests.push(Test { cost, columns, holds: Box::new(holds) });
        }
        tests.sort_by_key(|test| test.cost);
        Ok(tests)
    }
}

fn flags(array: &ArrayRef) -> std::result::Result<BooleanArray, ArrowError> {
    let flags = array.as_any().downcast_ref::<BooleanArray>().cloned();
    flags.ok_or_else(|| as_arrow(columns::internal("a condition is neither true nor false")))
}

/// What reading a column takes.
fn cost(column: &str) -> Cost {
    match column {
        "fields" | "raw" => Cost::Event,
        column if column.starts_with(TEXT) => Cost::Event,
        "message" => Cost::Values,
        _ => Cost::Column,
    }
}

impl ExecutionPlan for Scan {
    fn name(&self) -> &'static str {
        "LakeScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn apply_expressions(
        &self,
        each: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        for test in &self.tests {
            if each(test)? == TreeNodeRecursion::Stop {
                return Ok(TreeNodeRecursion::Stop);
            }
        }
        Ok(TreeNodeRecursion::Continue)
    }

    fn execute(&self, _partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let most = context.session_config().batch_size();
        let start = (self.clone(), stream::empty().boxed());
        let rows = stream::try_unfold(start, move |(scan, mut rows): (Self, Rows)| async move {
            loop {
                if let Some(batch) = rows.next().await {
                    return batch.map(|batch| Some((batch, (scan, rows))));
                }
                let Some(next) = scan.next(most).await? else { return Ok(None) };
                rows = next;
            }
        });
        let rows = rows.map(|batch| batch.map_err(|error| DataFusionError::External(Box::new(error))));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.wanted.clone(), rows)))
    }

    /// Takes what steps above learn while they run, such as the least that is still among the first.
    fn handle_child_pushdown_result(
        &self,
        _phase: FilterPushdownPhase,
        result: ChildPushdownResult,
        _config: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn ExecutionPlan>>> {
        let mut scan = self.clone();
        scan.tests.extend(result.parent_filters.iter().map(|filter| filter.filter.clone()));
        let taken =
            FilterPushdownPropagation::with_parent_pushdown_result(vec![PushedDown::Yes; result.parent_filters.len()]);
        Ok(taken.with_updated_node(Arc::new(scan)))
    }
}

impl DisplayAs for Scan {
    fn fmt_as(&self, _: DisplayFormatType, out: &mut fmt::Formatter) -> fmt::Result {
        let tests = self.tests.iter().map(|test| test.to_string()).collect::<Vec<_>>().join(" and ");
        write!(out, "LakeScan: {} files, {tests}", self.events.files.len())
    }
}

impl fmt::Debug for Scan {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        self.fmt_as(DisplayFormatType::Default, out)
    }
}
