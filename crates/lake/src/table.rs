//! The lake as a table of the query engine: chosen files, and the events not yet in files.

use crate::files::FileEntry;
use crate::plain::Stretch;
use crate::scanning::Scan;
use crate::shelf::Shelf;
use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchema, Result};
use datafusion::datasource::TableType;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;

/// Events of a stretch of time and of some sources.
#[derive(Debug, Clone)]
pub struct Events {
    /// Only of sources that may be seen.
    pub files: Vec<Arc<FileEntry>>,
    pub memory: Vec<RecordBatch>,
    pub stretch: Stretch,
    /// Whose events in memory may be seen; all where nothing is said.
    pub sources: Option<Vec<String>>,
    pub store: Arc<Shelf>,
    pub schema: SchemaRef,
}

#[derive(Debug)]
pub struct Provider(pub Arc<Events>);

#[async_trait]
impl TableProvider for Provider {
    fn schema(&self) -> SchemaRef {
        self.0.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Exact; filters.len()])
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let of = DFSchema::try_from(self.schema())?;
        let tests = filters.iter().map(|filter| session.create_physical_expr(filter.clone(), &of));
        let tests = tests.collect::<Result<Vec<_>>>()?;
        let wanted = match projection {
            Some(places) => Arc::new(self.schema().project(places)?),
            None => self.schema(),
        };
        let options = &session.config().options().execution;
        Ok(Arc::new(Scan::new(self.0.clone(), wanted, tests, options.target_partitions)))
    }
}
