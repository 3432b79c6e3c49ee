//! A version of a table as rows that know their file.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::{TableType, provider_as_source};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{
    Expr, LogicalPlan, LogicalPlanBuilder, TableProviderFilterPushDown,
};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_spark_connect::Result;
use deltalake::DeltaTable;
use deltalake::delta_datafusion::DeltaScanNext;
use deltalake::kernel::Add;

use crate::source::{TABLE, scan_of};

/// The column that names the file of a row.
pub(crate) const FILE: &str = "#file";

/// See the module.
#[derive(Debug)]
struct Scan {
    table: DeltaTable,
    inner: DeltaScanNext,
    schema: SchemaRef,
}

/// The rows of a table's version, or of some of its files, with [`FILE`] last.
pub(crate) fn plan(
    table: &DeltaTable,
    columns: &SchemaRef,
    files: Option<Vec<Add>>,
) -> Result<LogicalPlan> {
    let mut inner = scan_of(table, columns, Some(FILE))?;
    if let Some(files) = files {
        inner = inner.with_adds(files);
    }
    let file = inner.schema().field_with_name(FILE).cloned();
    let file = file.map_err(|error| DataFusionError::ArrowError(Box::new(error), None))?;
    let fields = columns.fields().iter().cloned().chain([Arc::new(nullable(&file))]);
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let scan = Scan { table: table.clone(), inner, schema };
    let source = provider_as_source(Arc::new(scan));
    Ok(LogicalPlanBuilder::scan(TABLE, source, None)?.build()?)
}

fn nullable(field: &Field) -> Field {
    field.clone().with_nullable(true)
}

#[async_trait]
impl TableProvider for Scan {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> std::result::Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        self.table.update_datafusion_session(session)?;
        self.inner.scan(session, projection, filters, limit).await
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> std::result::Result<Vec<TableProviderFilterPushDown>, DataFusionError> {
        self.inner.supports_filters_pushdown(filters)
    }
}
