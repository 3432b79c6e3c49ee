//! Recursive common tables: the step is run again and again over the rows that the
//! last one gave, until there are none.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::streaming::StreamingTable;
use datafusion::datasource::provider_as_source;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use futures::stream;

use super::inputs;
use crate::error::{Condition, Error, Required as _, Result};
use crate::execute;
use crate::function::coerce;
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::{ColumnEntry, Columns, same_name};
use crate::planner::planned::Planned;
use crate::planner::walk::{Env, References};
use crate::proto::read::ReadType;
use crate::proto::relation::RelType;
use crate::proto::set_operation::SetOpType;
use crate::proto::{Relation, SetOperation, SubqueryAlias};
use crate::sql;
use crate::types::arrow_sql_name;

/// Rows of all steps together.
const MAX_ROWS: usize = 1_000_000;

/// Whether a common table was declared under `RECURSIVE` and names itself.
pub(crate) fn is_recursive(table: &SubqueryAlias) -> bool {
    table.qualifier.first().is_some_and(|mark| mark == sql::RECURSIVE)
        && table.input.as_deref().is_some_and(|input| names(input, &table.alias))
}

/// Whether a relation, or one that it is made of, is the table of this name.
fn names(relation: &Relation, table: &str) -> bool {
    let mut open = vec![relation];
    while let Some(relation) = open.pop() {
        match &relation.rel_type {
            Some(RelType::Read(read)) => {
                if let Some(ReadType::NamedTable(named)) = &read.read_type
                    && let Ok(parts) = sql::parse_identifier(&named.unparsed_identifier)
                    && matches!(parts.as_slice(), [only] if same_name(only, table))
                {
                    return true;
                }
            }
            Some(RelType::WithRelations(with)) => open.extend(&with.references),
            Some(RelType::LateralJoin(join)) => open.extend(join.right.as_deref()),
            _ => {}
        }
        open.extend(inputs(relation).unwrap_or_default().iter());
    }
    false
}

/// The start and the step of a table, and the names of its columns.
struct Parts<'r> {
    start: &'r Relation,
    step: &'r Relation,
    columns: &'r [String],
}

fn parts(table: &SubqueryAlias) -> Result<Parts<'_>> {
    let mut body = table.input.as_deref().required("input")?;
    let mut columns: &[String] = &[];
    if let Some(RelType::ToDf(named)) = &body.rel_type {
        columns = &named.column_names;
        body = named.input.as_deref().required("input")?;
    }
    let Some(RelType::SetOp(union)) = &body.rel_type else {
        return Err(Error::analysis(Condition::INVALID_RECURSIVE_CTE, []));
    };
    if union.set_op_type() != SetOpType::Union {
        return Err(Error::analysis(Condition::INVALID_RECURSIVE_CTE, []));
    }
    if !union.is_all.unwrap_or(false) {
        return Err(Error::analysis(Condition::UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE, []));
    }
    let SetOperation { left_input, right_input, .. } = union.as_ref();
    Ok(Parts {
        start: left_input.as_deref().required("left_input")?,
        step: right_input.as_deref().required("right_input")?,
        columns,
    })
}

/// Plans and runs a recursive common table.
pub(crate) async fn plan<'r>(
    planner: &'r SparkConnectPlanner,
    table: &'r SubqueryAlias,
    env: &Env<'r>,
) -> Result<Planned> {
    let Parts { start, step, columns } = parts(table)?;
    let limit = match table.qualifier.get(1).and_then(|text| text.parse().ok()) {
        Some(limit) => limit,
        None => planner
            .session()
            .conf()
            .get_option("spark.sql.cteRecursionLevelLimit")
            .and_then(|text| text.parse().ok())
            .unwrap_or(100),
    };
    let start = planner.walk(start, env.clone()).await?;
    let names = match columns {
        [] => start.columns().names().map(str::to_owned).collect(),
        columns if columns.len() == start.columns().len() => columns.to_vec(),
        columns => {
            return Err(Error::analysis(
                Condition::ASSIGNMENT_ARITY_MISMATCH,
                [
                    ("numExpr", columns.len().to_string()),
                    ("numTarget", start.columns().len().to_string()),
                ],
            ));
        }
    };
    let recursion = Recursion { planner, env, alias: &table.alias, step, names };
    recursion.run(&start, limit).await
}

struct Recursion<'a, 'r> {
    planner: &'r SparkConnectPlanner,
    env: &'a Env<'r>,
    alias: &'a str,
    step: &'r Relation,
    names: Vec<String>,
}

impl<'r> Recursion<'_, 'r> {
    async fn run(&self, start: &Planned, limit: i64) -> Result<Planned> {
        let start_schema = start.schema()?;
        // Inside the step nothing is known of NULLs yet.
        let inner = self.schema(start_schema.fields().iter().map(|f| (f.data_type(), true)));
        let first = self.step_over(&inner, Vec::new()).await?;
        check(&start_schema, &first)?;
        let step_schema = first.schema()?;
        let both = start_schema.fields().iter().zip(step_schema.fields());
        let outer =
            self.schema(both.map(|(a, b)| (a.data_type(), a.is_nullable() || b.is_nullable())));
        if self.planner.is_for_schema() {
            return self.leaf(&outer, Vec::new(), None);
        }
        let mut all = Vec::new();
        let mut count = 0;
        let (_, batches) = execute::collect(self.planner, start).await?;
        let mut last = recast(batches, &inner)?;
        let mut level = 0;
        let mut fault = None;
        while last.iter().any(|batch| batch.num_rows() > 0) {
            count += last.iter().map(RecordBatch::num_rows).sum::<usize>();
            all.extend(last.iter().cloned());
            if limit >= 0 && level >= limit || count > MAX_ROWS {
                fault = Some(limit);
                break;
            }
            self.planner.check_cancelled()?;
            let step = self.step_over(&inner, last).await?;
            let (_, batches) = execute::collect(self.planner, &step).await?;
            last = recast(batches, &inner)?;
            level += 1;
        }
        self.leaf(&outer, recast(all, &outer)?, fault)
    }

    fn schema<'f>(&self, fields: impl Iterator<Item = (&'f DataType, bool)>) -> SchemaRef {
        let named = self.names.iter().zip(fields);
        let fields = named.map(|(name, (own, nullable))| Field::new(name, own.clone(), nullable));
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }

    /// The step's plan, in which the table has these rows.
    async fn step_over(&self, schema: &SchemaRef, rows: Vec<RecordBatch>) -> Result<Planned> {
        let table = self.leaf(schema, rows, None)?;
        let env = Env {
            outer: self.env.outer.clone(),
            references: Some(Arc::new(References {
                by_plan_id: Default::default(),
                by_name: vec![(self.alias.to_owned(), table)],
                parent: self.env.references.clone(),
            })),
        };
        self.planner.walk(self.step, env).await
    }

    /// Rows as a relation; if they are not all, reading past them fails.
    fn leaf(
        &self,
        schema: &SchemaRef,
        batches: Vec<RecordBatch>,
        limit: Option<i64>,
    ) -> Result<Planned> {
        // Field names must be unique, Spark's need not be.
        let fields = schema
            .fields()
            .iter()
            .enumerate()
            .map(|(at, field)| Field::clone(field).with_name(format!("{}#{at}", field.name())));
        let unique = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let rename = |batch: RecordBatch| {
            RecordBatch::try_new(Arc::clone(&unique), batch.columns().to_vec())
        };
        let batches = batches.into_iter().map(rename).collect::<std::result::Result<Vec<_>, _>>();
        let batches = batches.map_err(DataFusionError::from)?;
        let rows = Rows { schema: Arc::clone(&unique), batches, limit };
        let table = StreamingTable::try_new(unique, vec![Arc::new(rows)])?;
        let source = provider_as_source(Arc::new(table));
        let plan: LogicalPlan = LogicalPlanBuilder::scan(self.alias, source, None)?.build()?;
        let entries = plan.schema().columns().into_iter().zip(&self.names);
        let entries = entries.map(|(column, name)| ColumnEntry::new(name.as_str(), column));
        let columns = Columns::new(entries.collect());
        Ok(Planned::leaf(plan, columns))
    }
}

/// The step must give what the start gives.
fn check(start: &Schema, step: &Planned) -> Result<()> {
    if aggregates(step.plan()) {
        return Err(Error::analysis(Condition::INVALID_RECURSIVE_REFERENCE_PLACE, []));
    }
    let schema = step.schema()?;
    if start.fields().len() != schema.fields().len() {
        return Err(Error::analysis(
            Condition::NUM_COLUMNS_MISMATCH,
            [
                ("operator", "UNION".to_owned()),
                ("firstNumColumns", start.fields().len().to_string()),
                ("invalidOrdinalNum", "second".to_owned()),
                ("invalidNumColumns", schema.fields().len().to_string()),
            ],
        ));
    }
    for (own, theirs) in start.fields().iter().zip(schema.fields()) {
        if !coerce::same(own.data_type(), theirs.data_type()) {
            return Err(Error::analysis(
                Condition::CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE,
                [
                    ("left", format!("\"{}\"", arrow_sql_name(own.data_type()))),
                    ("right", format!("\"{}\"", arrow_sql_name(theirs.data_type()))),
                ],
            ));
        }
    }
    Ok(())
}

/// Whether rows are aggregated before they reach the top.
fn aggregates(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Aggregate(_) | LogicalPlan::Distinct(_) => true,
        LogicalPlan::Projection(_) | LogicalPlan::Filter(_) | LogicalPlan::Sort(_) => {
            plan.inputs().into_iter().any(aggregates)
        }
        _ => false,
    }
}

fn recast(batches: Vec<RecordBatch>, schema: &SchemaRef) -> Result<Vec<RecordBatch>> {
    let recast = |batch: RecordBatch| {
        let columns = batch.columns().iter().zip(schema.fields());
        let columns =
            columns.map(|(column, field)| match column.data_type() == field.data_type() {
                true => Ok(Arc::clone(column)),
                false => datafusion::arrow::compute::cast(column, field.data_type()),
            });
        let columns = columns.collect::<std::result::Result<Vec<_>, _>>();
        let batch = columns.and_then(|columns| RecordBatch::try_new(Arc::clone(schema), columns));
        Ok(batch.map_err(DataFusionError::from)?)
    };
    batches.into_iter().map(recast).collect()
}

#[derive(Debug)]
struct Rows {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    /// Set if there would be more.
    limit: Option<i64>,
}

impl PartitionStream for Rows {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let fault = self.limit.map(|limit| {
            let limit = [("levelLimit", limit.to_string())];
            let error = Error::analysis(Condition::RECURSION_LEVEL_LIMIT_EXCEEDED, limit);
            Err(DataFusionError::External(Box::new(error)))
        });
        let batches: Vec<_> = self.batches.iter().cloned().map(Ok).chain(fault).collect();
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), stream::iter(batches)))
    }
}
