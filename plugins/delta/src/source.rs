//! A table as DataFusion reads it: in the types that carry Spark's.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef, TimeUnit};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Column, DFSchemaRef};
use datafusion::datasource::{TableType, provider_as_source};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::dml::{InsertOp, MergeIntoClause};
use datafusion::logical_expr::{
    Expr, LogicalPlan, LogicalPlanBuilder, TableProviderFilterPushDown,
};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_spark_connect::{ColumnEntry, Columns, Planned, Result};
use deltalake::DeltaTable;
use deltalake::delta_datafusion::{DeltaScanConfig, DeltaScanNext};

use crate::dml::Change;
use crate::error::OrDelta as _;
use crate::table::{At, Location, snapshot};
use crate::write::Writing;

/// What the rows of a table are qualified with in plans.
pub(crate) const TABLE: &str = "delta";
/// Key of Spark's own column metadata in Arrow fields.
pub(crate) const SPARK_METADATA: &str = "spark.metadata";

/// A table, or a version of it.
#[derive(Debug, Clone)]
pub(crate) struct DeltaSource {
    location: Location,
    /// Its state when it was planned; none if there is no table yet.
    table: Option<DeltaTable>,
    at: At,
    schema: SchemaRef,
    /// What rows are written with, if this is for writing.
    writing: Option<Arc<Writing>>,
}

impl DeltaSource {
    /// The table to read: its newest state at the time of reading, or a version.
    pub(crate) fn new(
        location: Location,
        table: DeltaTable,
        at: At,
        time_zone: &str,
    ) -> Result<Self> {
        let schema = spark_schema(&table, time_zone)?;
        Ok(Self { location, table: Some(table), at, schema, writing: None })
    }

    /// The same, to write to as well.
    pub(crate) fn writable(mut self, writing: Writing) -> Self {
        self.writing = Some(Arc::new(writing));
        self
    }

    /// A table to write to, which may not be there yet.
    pub(crate) fn for_writing(
        location: Location,
        table: Option<DeltaTable>,
        schema: SchemaRef,
        writing: Writing,
    ) -> Self {
        let writing = Some(Arc::new(writing));
        Self { location, table, at: At::Latest, schema, writing }
    }

    /// Where it is.
    pub(crate) fn location(&self) -> &Location {
        &self.location
    }

    /// What changes it.
    fn change(&self) -> Result<Change, DataFusionError> {
        match (&self.writing, &self.at) {
            (Some(writing), At::Latest) => {
                let (location, session) = (self.location.clone(), writing.session.clone());
                Ok(Change { location, session })
            }
            _ => Err(DataFusionError::NotImplemented("changes of an old version".to_owned())),
        }
    }

    /// The state to read now.
    async fn current(&self) -> Result<Option<DeltaTable>> {
        let Some(table) = &self.table else { return Ok(None) };
        let mut table = table.clone();
        if self.at == At::Latest {
            table.update_state().await.or_delta()?;
        }
        Ok(Some(table))
    }
}

#[async_trait]
impl TableProvider for DeltaSource {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn get_logical_plan(&self) -> Option<Cow<'_, LogicalPlan>> {
        None
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let Some(table) = self.current().await? else {
            return Err(crate::error::missing_table(&self.location.shown).into());
        };
        let scan = scan_of(&table, &self.schema, None)?;
        table.update_datafusion_session(session)?;
        scan.scan(session, projection, filters, limit).await
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>, DataFusionError> {
        match &self.table {
            Some(table) => scan_of(table, &self.schema, None)?.supports_filters_pushdown(filters),
            None => Ok(vec![TableProviderFilterPushDown::Unsupported; filters.len()]),
        }
    }

    async fn delete_from(
        &self,
        _session: &dyn Session,
        filters: Vec<Expr>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        self.change()?.delete(filters)
    }

    async fn update(
        &self,
        _session: &dyn Session,
        assignments: Vec<(String, Expr)>,
        filters: Vec<Expr>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        self.change()?.update(assignments, filters)
    }

    async fn truncate(
        &self,
        _session: &dyn Session,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        self.change()?.delete(Vec::new())
    }

    async fn merge_into(
        &self,
        _session: &dyn Session,
        source: Arc<dyn ExecutionPlan>,
        schema: DFSchemaRef,
        on: Expr,
        clauses: Vec<MergeIntoClause>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        self.change()?.merge(source, schema, on, clauses)
    }

    async fn insert_into(
        &self,
        _session: &dyn Session,
        input: Arc<dyn ExecutionPlan>,
        operation: InsertOp,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let writing = self.writing.clone().unwrap_or_default();
        crate::write::insert(&self.location, &writing, input, operation)
    }
}

/// The reader of `deltalake` over a loaded table, perhaps with a column that names the
/// file of each row.
pub(crate) fn scan_of(
    table: &DeltaTable,
    schema: &SchemaRef,
    file_column: Option<&str>,
) -> Result<DeltaScanNext, DataFusionError> {
    let mut config = DeltaScanConfig::new()
        .with_wrap_partition_values(false)
        .with_parquet_pushdown(false)
        .with_schema(Arc::clone(schema));
    config.schema_force_view_types = false;
    if let Some(name) = file_column {
        config = config.with_file_column_name(name);
    }
    DeltaScanNext::new(snapshot(table)?.clone(), config)
}

/// The rows of a provider, its columns named as its fields.
pub(crate) fn leaf(provider: Arc<dyn TableProvider>) -> Result<Planned> {
    let plan = LogicalPlanBuilder::scan(TABLE, provider_as_source(provider), None)?.build()?;
    let entries = plan.schema().iter().map(|(table, field)| {
        ColumnEntry::new(field.name().as_str(), Column::new(table.cloned(), field.name()))
    });
    let columns = Columns::new(entries.collect());
    Ok(Planned::leaf(plan, columns))
}

/// The table's columns in the Arrow types that carry Spark's.
pub(crate) fn spark_schema(table: &DeltaTable, time_zone: &str) -> Result<SchemaRef> {
    Ok(spark_types(&snapshot(table)?.arrow_schema(), time_zone))
}

/// The columns of files in the Arrow types that carry Spark's.
pub(crate) fn spark_types(schema: &Schema, time_zone: &str) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| spark_field(field, time_zone));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn spark_field(field: &FieldRef, time_zone: &str) -> FieldRef {
    let data_type = spark_type(field.data_type(), time_zone);
    let metadata = field.metadata().get("comment").map(|comment| {
        let json = serde_json::json!({ "comment": comment });
        HashMap::from([(SPARK_METADATA.to_owned(), json.to_string())])
    });
    let field = Field::new(field.name(), data_type, field.is_nullable());
    Arc::new(field.with_metadata(metadata.unwrap_or_default()))
}

fn spark_type(from: &DataType, time_zone: &str) -> DataType {
    match from {
        DataType::Timestamp(_, Some(_)) => {
            DataType::Timestamp(TimeUnit::Microsecond, Some(time_zone.into()))
        }
        DataType::List(element) => DataType::List(spark_field(element, time_zone)),
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(|field| spark_field(field, time_zone)).collect())
        }
        DataType::Map(entries, sorted) => DataType::Map(spark_field(entries, time_zone), *sorted),
        other => other.clone(),
    }
}
