//! The lake as a table of the query engine: chosen files, and the events not yet in files.

use crate::columns;
use crate::files::FileEntry;
use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::datasource::TableType;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::union::UnionExec;
use std::sync::Arc;

/// The address under which the lake's store is known to the engine.
pub const STORE: &str = "lake://events";

#[derive(Debug)]
pub struct Events {
    pub files: Vec<Arc<FileEntry>>,
    pub memory: Vec<RecordBatch>,
}

#[async_trait]
impl TableProvider for Events {
    fn schema(&self) -> SchemaRef {
        columns::schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut parts: Vec<Arc<dyn ExecutionPlan>> = Vec::new();
        if !self.memory.is_empty() || self.files.is_empty() {
            let memory = MemorySourceConfig::try_new_exec(
                std::slice::from_ref(&self.memory),
                self.schema(),
                projection.cloned(),
            )?;
            parts.push(memory);
        }
        if !self.files.is_empty() {
            let format = ParquetFormat::default().with_options(session.default_table_options().parquet);
            let source = Arc::new(ParquetSource::new(self.schema()));
            let files: Vec<_> = self.files.iter().map(|file| PartitionedFile::new(file.path(), file.bytes)).collect();
            let config = FileScanConfigBuilder::new(ObjectStoreUrl::parse(STORE)?, source)
                .with_file_groups(vec![FileGroup::new(files)])
                .with_projection_indices(projection.cloned())?
                .with_limit(limit)
                .build();
            parts.push(format.create_physical_plan(session, config).await?);
        }
        match <[_; 1]>::try_from(parts) {
            Ok([only]) => Ok(only),
            Err(parts) => UnionExec::try_new(parts),
        }
    }
}
