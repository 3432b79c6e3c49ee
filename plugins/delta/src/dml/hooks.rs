//! DELETE, UPDATE and MERGE as DataFusion asks a table for them: `spark.sql` with a table
//! of the catalog comes this way.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::UInt64Array;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::common::{Column, DFSchemaRef};
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::dml::MergeIntoClause;
use datafusion::logical_expr::utils::conjunction;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion_spark_connect::plugin::SessionHandle;
use datafusion_spark_connect::{Error, Result, SparkConnectPlanner};
use futures::StreamExt as _;

use super::assign::Assigned;
use super::delete::delete_where;
use super::merge::{Merged, merge_clauses};
use super::spill::spilled;
use super::target::Target;
use super::update::update_where;
use crate::source::TABLE;
use crate::table::Location;

type Plan = std::result::Result<Arc<dyn ExecutionPlan>, DataFusionError>;

/// A table, and the session in which it is changed.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) location: Location,
    pub(crate) session: SessionHandle,
}

impl Change {
    /// The plan that takes rows out.
    pub(crate) fn delete(self, filters: Vec<Expr>) -> Plan {
        once(async move {
            let planner = SparkConnectPlanner::new(self.session.session()?);
            let target = Target::open(self.location, &planner).await?;
            delete_where(&target, condition(filters)?, &planner).await
        })
    }

    /// The plan that gives rows other values.
    pub(crate) fn update(self, assignments: Vec<(String, Expr)>, filters: Vec<Expr>) -> Plan {
        once(async move {
            let planner = SparkConnectPlanner::new(self.session.session()?);
            let target = Target::open(self.location, &planner).await?;
            let values = assignments.into_iter().map(|(name, value)| Ok((name, qualified(value)?)));
            let assigned = Assigned::named(values.collect::<Result<_>>()?, &target.layout)?;
            update_where(&target, condition(filters)?, &assigned, &planner).await
        })
    }

    /// The plan that merges rows into the table.
    pub(crate) fn merge(
        self,
        source: Arc<dyn ExecutionPlan>,
        schema: DFSchemaRef,
        on: Expr,
        clauses: Vec<MergeIntoClause>,
    ) -> Plan {
        once(async move {
            let planner = SparkConnectPlanner::new(self.session.session()?);
            let target = Target::open(self.location, &planner).await?;
            let columns = source.schema();
            let rows = execute_stream(source, planner.state().task_ctx())?;
            let rows = rows.map(|batch| batch.map_err(Error::from)).boxed();
            let source = spilled((columns, rows), &planner).await?;
            let Merged { updated, deleted, inserted } =
                merge_clauses(&target, source, &schema, on, clauses, &planner).await?;
            Ok(updated + deleted + inserted)
        })
    }
}

/// All filters as one condition, with its text.
fn condition(filters: Vec<Expr>) -> Result<Option<(Expr, String)>> {
    let Some(all) = conjunction(filters) else { return Ok(None) };
    let text = all.human_display().to_string();
    Ok(Some((qualified(all)?, text)))
}

/// An expression over the table's columns, as they are called in its scan.
fn qualified(expr: Expr) -> Result<Expr> {
    let named = expr.transform(|expr| {
        Ok(match expr {
            Expr::Column(column) => {
                Transformed::yes(Expr::Column(Column::new(Some(TABLE), column.name)))
            }
            other => Transformed::no(other),
        })
    });
    Ok(named?.data)
}

type Work = Pin<Box<dyn Future<Output = Result<i64>> + Send>>;

/// A change that is made when its plan runs.
struct Once {
    schema: SchemaRef,
    work: Mutex<Option<Work>>,
}

fn once(work: impl Future<Output = Result<i64>> + Send + 'static) -> Plan {
    let schema = Arc::new(Schema::new(vec![Field::new("count", DataType::UInt64, false)]));
    let work = Mutex::new(Some(Box::pin(work) as Work));
    let once = Arc::new(Once { schema: Arc::clone(&schema), work });
    Ok(Arc::new(StreamingTableExec::try_new(schema, vec![once], None, [], false, None)?))
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Once")
    }
}

impl PartitionStream for Once {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner).take();
        let schema = Arc::clone(&self.schema);
        let row = async move {
            let work = work.ok_or_else(|| Error::internal("a change is asked for twice"))?;
            let count = u64::try_from(work.await?).unwrap_or_default();
            let counts = Arc::new(UInt64Array::from(vec![count]));
            Ok::<_, DataFusionError>(RecordBatch::try_new(schema, vec![counts])?)
        };
        let schema = Arc::clone(&self.schema);
        Box::pin(RecordBatchStreamAdapter::new(schema, futures::stream::once(row)))
    }
}
