//! Observed metrics: aggregates over the rows that pass by, told beside the result.
//!
//! The rows go on to whoever reads them, and to a plan of their own that aggregates
//! them: any expression that can be planned can be observed.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::tree_node::{Transformed, TreeNode as _, TreeNodeRecursion};
use datafusion::common::{Column, ScalarValue, project_schema};
use datafusion::datasource::provider_as_source;
use datafusion::error::{DataFusionError, Result as DataFusionResult};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Projection, TableType};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties as _, PlanProperties,
    collect,
};
use futures::channel::mpsc;
use futures::{SinkExt as _, StreamExt as _};

use super::physical;
use crate::error::{Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::types::literal;

/// What is observed of a relation.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    pub(crate) name: String,
    pub(crate) plan_id: i64,
    /// One row of values, computed from a leaf that stands for the relation's rows.
    pub(crate) values: Planned,
}

/// The values that were observed, or why there are none.
#[derive(Debug)]
#[cfg_attr(not(feature = "server"), allow(dead_code, reason = "the service tells clients"))]
pub(crate) struct Observed {
    pub(crate) name: String,
    pub(crate) plan_id: i64,
    pub(crate) keys: Vec<String>,
    pub(crate) values: Result<Vec<crate::proto::expression::Literal>>,
}

/// The plan of `input` whose rows are observed.
///
/// # Errors
/// If DataFusion refuses it.
pub(crate) fn observed(input: &Planned, metrics: Metrics) -> Result<LogicalPlan> {
    let plan = Arc::clone(input.plan());
    let names: Vec<_> = plan.schema().fields().iter().map(|field| field.name().clone()).collect();
    let table = ObservedTable { plan: Arc::clone(&plan), metrics: Arc::new(metrics) };
    let scan = LogicalPlanBuilder::scan("observed", provider_as_source(Arc::new(table)), None)?;
    let exprs = plan.schema().iter().zip(names).map(|((relation, field), name)| {
        let column = Expr::Column(Column::new(Some("observed"), name));
        column.alias_qualified(relation.cloned(), field.name())
    });
    let projection = Projection::try_new(exprs.collect(), Arc::new(scan.build()?))?;
    Ok(LogicalPlan::Projection(projection))
}

/// The metrics that are observed somewhere in a plan.
pub(crate) fn metrics_in(plan: &LogicalPlan) -> Vec<Arc<Metrics>> {
    let mut found = Vec::new();
    let mut open = vec![plan];
    let mut nested: Vec<Arc<LogicalPlan>> = Vec::new();
    let mut look = |plan: &LogicalPlan, nested: &mut Vec<Arc<LogicalPlan>>| {
        let LogicalPlan::TableScan(scan) = plan else { return };
        let Ok(table) = datafusion::datasource::source_as_provider(&scan.source) else { return };
        let table = table.as_ref() as &dyn std::any::Any;
        if let Some(table) = table.downcast_ref::<ObservedTable>() {
            found.push(Arc::clone(&table.metrics));
            nested.push(Arc::clone(&table.plan));
        }
    };
    while let Some(plan) = open.pop() {
        look(plan, &mut nested);
        open.extend(plan.inputs());
    }
    while let Some(plan) = nested.pop() {
        let mut open = vec![plan.as_ref()];
        let mut deeper = Vec::new();
        while let Some(plan) = open.pop() {
            look(plan, &mut deeper);
            open.extend(plan.inputs());
        }
        nested.append(&mut deeper);
    }
    found
}

/// Rows that are observed, as a table: nothing is moved across it.
pub(super) struct ObservedTable {
    pub(super) plan: Arc<LogicalPlan>,
    pub(super) metrics: Arc<Metrics>,
}

impl fmt::Debug for ObservedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObservedTable({})", self.metrics.name)
    }
}

impl ObservedTable {
    /// Places of the columns that the metrics need.
    fn needed(&self) -> DataFusionResult<BTreeSet<usize>> {
        let mut needed = BTreeSet::new();
        self.metrics.values.plan().apply(|node| {
            for expr in node.expressions() {
                for column in expr.column_refs() {
                    needed.extend(self.plan.schema().maybe_index_of_column(column));
                }
                if expr.exists(|node| Ok(is_subquery(node)))? {
                    // It may name any of them.
                    needed.extend(0..self.plan.schema().fields().len());
                }
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(needed)
    }

    /// The plan with these of its columns alone.
    fn narrow(&self, wanted: &[usize]) -> DataFusionResult<LogicalPlan> {
        let columns = wanted.iter().map(|at| {
            let (relation, field) = self.plan.schema().qualified_field(*at);
            Expr::Column(Column::new(relation.cloned(), field.name()))
        });
        let projection = Projection::try_new(columns.collect(), Arc::clone(&self.plan))?;
        Ok(LogicalPlan::Projection(projection))
    }
}

fn is_subquery(expr: &Expr) -> bool {
    matches!(expr, Expr::ScalarSubquery(_) | Expr::Exists(_) | Expr::InSubquery(_))
}

#[async_trait]
impl TableProvider for ObservedTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.plan.schema().inner())
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        let all = || (0..self.plan.schema().fields().len()).collect();
        let shown: Vec<usize> = projection.cloned().unwrap_or_else(all);
        let mut wanted = self.needed()?;
        wanted.extend(&shown);
        let wanted: Vec<usize> = wanted.into_iter().collect();
        let narrow = self.narrow(&wanted)?;
        let input = physical::nested(state, &narrow).await?;
        let columns = shown.iter().filter_map(|at| wanted.binary_search(at).ok()).collect();
        let watch = Watch::new(state, &self.metrics, &narrow).await?;
        Ok(Arc::new(ObserveExec::try_new(input, columns, Arc::new(watch))?))
    }
}

/// What observes the rows while a plan runs.
struct Watch {
    metrics: Arc<Metrics>,
    keys: Vec<String>,
    plan: Arc<dyn ExecutionPlan>,
    state: Mutex<State>,
}

struct State {
    sender: Option<mpsc::Sender<RecordBatch>>,
    work: Option<SpawnedTask<DataFusionResult<Vec<RecordBatch>>>>,
    context: Arc<TaskContext>,
}

impl Watch {
    /// Plans the metrics over rows of `input` that will come through a channel.
    async fn new(
        session: &dyn Session,
        metrics: &Arc<Metrics>,
        input: &LogicalPlan,
    ) -> DataFusionResult<Self> {
        let (sender, receiver) = mpsc::channel(2);
        let rows = Arc::new(Passing {
            schema: Arc::clone(input.schema().inner()),
            receiver: Mutex::new(Some(receiver)),
        });
        let rows = provider_as_source(Arc::new(PassingTable(rows)));
        let scan = Arc::new(LogicalPlanBuilder::scan("passing", rows, None)?.build()?);
        let plan = metrics.values.to_output_plan()?.transform_up(|node| {
            Ok(match node {
                // The only leaf: it has all the columns, of which some are there.
                LogicalPlan::EmptyRelation(leaf) if !leaf.produce_one_row => {
                    Transformed::yes(stand_in(&scan, &leaf.schema)?)
                }
                other => Transformed::no(other),
            })
        })?;
        let plan = physical::nested(session, &plan.data).await?;
        let keys = metrics.values.columns().names().map(str::to_owned).collect();
        let context = session.task_ctx();
        let state = Mutex::new(State { sender: Some(sender), work: None, context });
        Ok(Self { metrics: Arc::clone(metrics), keys, plan, state })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the rows of a partition go, to be aggregated from now on; nowhere after the
    /// end.
    fn sender(&self) -> Option<mpsc::Sender<RecordBatch>> {
        let mut state = self.lock();
        if state.sender.is_some() && state.work.is_none() {
            let work = collect(Arc::clone(&self.plan), Arc::clone(&state.context));
            state.work = Some(SpawnedTask::spawn(work));
        }
        state.sender.clone()
    }

    /// The values, after all rows have passed, if any could. They are told once.
    async fn finish(&self) -> Option<Observed> {
        let work = {
            let mut state = self.lock();
            state.sender = None;
            state.work.take()?
        };
        let ended = work.join().await;
        let ended = ended.map_err(|error| DataFusionError::ExecutionJoin(Box::new(error)));
        Some(Observed {
            name: self.metrics.name.clone(),
            plan_id: self.metrics.plan_id,
            keys: self.keys.clone(),
            values: ended.and_then(|rows| rows).map_err(Error::from).and_then(|r| values(&r)),
        })
    }
}

/// The one row, as literals.
fn values(batches: &[RecordBatch]) -> Result<Vec<crate::proto::expression::Literal>> {
    let row = batches.iter().find(|batch| batch.num_rows() > 0);
    let row = row.ok_or_else(|| Error::internal("metrics are one row"))?;
    let literals = row
        .columns()
        .iter()
        .map(|column| literal::written(&ScalarValue::try_from_array(column, 0)?));
    literals.collect()
}

/// A scan of the rows that pass, in the place of a leaf with these columns. Those that
/// nobody needs are not sent along.
fn stand_in(
    scan: &Arc<LogicalPlan>,
    schema: &datafusion::common::DFSchemaRef,
) -> DataFusionResult<LogicalPlan> {
    let there = scan.schema();
    let exprs = schema.iter().map(|(relation, field)| {
        let value = match there.has_column_with_unqualified_name(field.name()) {
            true => Expr::Column(Column::new(Some("passing"), field.name())),
            false => Expr::Literal(ScalarValue::try_new_null(field.data_type())?, None),
        };
        Ok(value.alias_qualified(relation.cloned(), field.name()))
    });
    let exprs = exprs.collect::<DataFusionResult<Vec<_>>>()?;
    Ok(LogicalPlan::Projection(Projection::try_new(exprs, Arc::clone(scan))?))
}

/// The rows on their way, as a table that can be read once.
#[derive(Debug)]
struct PassingTable(Arc<Passing>);

struct Passing {
    schema: SchemaRef,
    receiver: Mutex<Option<mpsc::Receiver<RecordBatch>>>,
}

impl fmt::Debug for Passing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passing")
    }
}

impl PartitionStream for Passing {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let taken = self.receiver.lock().unwrap_or_else(PoisonError::into_inner).take();
        let rows = futures::stream::iter(taken).flatten().map(Ok);
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), rows))
    }
}

#[async_trait]
impl TableProvider for PassingTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.0.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        let rows: Vec<Arc<dyn PartitionStream>> = vec![Arc::<Passing>::clone(&self.0)];
        let schema = self.schema();
        Ok(Arc::new(StreamingTableExec::try_new(schema, rows, projection, [], false, None)?))
    }
}

/// Passes rows on, and shows them to what observes them.
struct ObserveExec {
    input: Arc<dyn ExecutionPlan>,
    columns: Vec<usize>,
    watch: Arc<Watch>,
    properties: Arc<PlanProperties>,
}

impl ObserveExec {
    fn try_new(
        input: Arc<dyn ExecutionPlan>,
        columns: Vec<usize>,
        watch: Arc<Watch>,
    ) -> DataFusionResult<Self> {
        let schema = project_schema(&input.schema(), Some(&columns))?;
        let count = input.output_partitioning().partition_count();
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(schema),
            datafusion::physical_plan::Partitioning::UnknownPartitioning(count),
            input.pipeline_behavior(),
            input.boundedness(),
        ));
        Ok(Self { input, columns, watch, properties })
    }
}

impl fmt::Debug for ObserveExec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObserveExec({})", self.watch.metrics.name)
    }
}

impl DisplayAs for ObserveExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metrics = &self.watch;
        write!(f, "CollectMetrics: {}, [{}]", metrics.metrics.name, metrics.keys.join(", "))
    }
}

impl ExecutionPlan for ObserveExec {
    fn name(&self) -> &str {
        "CollectMetrics"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn apply_expressions(
        &self,
        _visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> DataFusionResult<TreeNodeRecursion>,
    ) -> DataFusionResult<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        match <[_; 1]>::try_from(children) {
            Ok([input]) => {
                let (columns, watch) = (self.columns.clone(), Arc::clone(&self.watch));
                Ok(Arc::new(Self::try_new(input, columns, watch)?))
            }
            Err(_) => datafusion::common::internal_err!("CollectMetrics has one input"),
        }
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> DataFusionResult<SendableRecordBatchStream> {
        let rows = self.input.execute(partition, context)?;
        let (sender, columns) = (self.watch.sender(), self.columns.clone());
        let start = (rows, sender, columns);
        let rows = futures::stream::unfold(start, async |(mut rows, mut sender, columns)| {
            let batch = rows.next().await?;
            if let (Ok(batch), Some(sender)) = (&batch, &mut sender) {
                // If nobody looks any more the rows go on all the same.
                let _ = sender.send(batch.clone()).await;
            }
            let shown = batch.and_then(|batch| Ok(batch.project(&columns)?));
            Some((shown, (rows, sender, columns)))
        });
        let schema = Arc::clone(self.properties.eq_properties.schema());
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
    }
}

/// A stream without rows that, at its end, notes what the plan has observed.
pub(super) fn noted<T: Send + 'static>(
    planner: SparkConnectPlanner,
    plan: Arc<dyn ExecutionPlan>,
) -> impl futures::Stream<Item = T> + Send + 'static {
    let work = async move {
        let mut watches = Vec::new();
        let mut open = vec![plan.as_ref()];
        while let Some(plan) = open.pop() {
            if let Some(observe) = plan.downcast_ref::<ObserveExec>() {
                watches.push(Arc::clone(&observe.watch));
            }
            let inputs = plan.children().into_iter().chain(super::hidden_input(plan));
            open.extend(inputs.map(AsRef::as_ref));
        }
        for watch in watches {
            if let Some(observed) = watch.finish().await {
                planner.note_observed(observed);
            }
        }
        None::<T>
    };
    futures::stream::once(work).filter_map(futures::future::ready)
}
