//! Rows in memory as a table, the same table for the same rows.

use std::hash::{DefaultHasher, Hasher as _};
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::ipc::writer::StreamWriter;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;

/// See the module.
#[derive(Debug)]
pub(crate) struct LocalTable {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    identity: OnceLock<Option<String>>,
}

impl LocalTable {
    /// Rows in the columns of `schema`.
    pub(crate) fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { schema, batches, identity: OnceLock::new() }
    }

    /// What the rows come to; none if they cannot be written down.
    pub(super) fn identity(&self) -> Option<String> {
        self.identity.get_or_init(|| self.written()).clone()
    }

    fn written(&self) -> Option<String> {
        let mut writer = StreamWriter::try_new(Hashes::default(), &self.schema).ok()?;
        self.batches.iter().try_for_each(|batch| writer.write(batch)).ok()?;
        let Hashes(a, b) = writer.into_inner().ok()?;
        Some(format!("local {:x}{:x}", a.finish(), b.finish()))
    }
}

/// Hashes what is written; the second begins with each piece's length.
#[derive(Default)]
struct Hashes(DefaultHasher, DefaultHasher);

impl std::io::Write for Hashes {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes);
        self.1.write_usize(bytes.len());
        self.1.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[async_trait]
impl TableProvider for LocalTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let rows = std::slice::from_ref(&self.batches);
        let schema = Arc::clone(&self.schema);
        Ok(MemorySourceConfig::try_new_exec(rows, schema, projection.cloned())?)
    }
}
