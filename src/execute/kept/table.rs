//! A plan whose rows are kept once they were asked for, as a table.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::project_schema;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, LogicalPlan, TableType};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::coop::make_cooperative;
use datafusion::physical_plan::execution_plan::{
    Boundedness, EmissionType, SchedulingType, reset_plan_states,
};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties as _, Partitioning,
    PlanProperties,
};
use futures::lock::Mutex;
use futures::{StreamExt as _, TryStreamExt as _};

use super::store::Store;
use crate::execute::physical;
use crate::proto::StorageLevel;

/// See the module.
#[derive(Clone)]
pub(crate) struct KeptTable {
    plan: Arc<LogicalPlan>,
    level: Arc<StorageLevel>,
    rows: Arc<Mutex<Option<Arc<Store>>>>,
}

impl KeptTable {
    /// A table of the rows of `plan`, which is not run yet.
    pub(super) fn new(plan: LogicalPlan, level: StorageLevel) -> Self {
        Self { plan: Arc::new(plan), level: Arc::new(level), rows: Arc::default() }
    }

    /// How the rows are to be kept.
    pub(crate) fn level(&self) -> &StorageLevel {
        &self.level
    }

    pub(in crate::execute) fn plan(&self) -> &Arc<LogicalPlan> {
        &self.plan
    }

    /// Forgets the rows: they are computed again when they are asked for.
    pub(super) async fn forget(&self) {
        *self.rows.lock().await = None;
    }

    /// The rows, computed at the first call; others wait for it.
    async fn stored(
        &self,
        plan: Option<&Arc<dyn ExecutionPlan>>,
        context: &Arc<TaskContext>,
    ) -> Result<Arc<Store>> {
        let mut rows = self.rows.lock().await;
        if let Some(stored) = rows.as_ref() {
            return Ok(Arc::clone(stored));
        }
        let Some(plan) = plan else {
            return datafusion::common::internal_err!("kept rows went before they were read");
        };
        let plan = reset_plan_states(Arc::clone(plan))?;
        let stored = Arc::new(Store::fill(plan, &self.level, context).await?);
        *rows = Some(Arc::clone(&stored));
        Ok(stored)
    }
}

impl fmt::Debug for KeptTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeptTable")
    }
}

#[async_trait]
impl TableProvider for KeptTable {
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
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = project_schema(&self.schema(), projection)?;
        let rows = self.rows.lock().await.clone();
        let (partitions, source) = match rows {
            Some(stored) => (stored.partitions(), Source::Stored(stored)),
            None => {
                let plan = physical::nested(state, &self.plan).await?;
                (plan.output_partitioning().partition_count(), Source::Plan(plan))
            }
        };
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(partitions.max(1)),
            EmissionType::Incremental,
            Boundedness::Bounded,
        )
        .with_scheduling_type(SchedulingType::Cooperative);
        let projection = projection.cloned();
        Ok(Arc::new(KeptExec {
            table: self.clone(),
            source,
            projection,
            properties: Arc::new(properties),
        }))
    }
}

/// Where the rows come from.
#[derive(Clone)]
enum Source {
    Stored(Arc<Store>),
    /// They are to be computed, unless another execution is first.
    Plan(Arc<dyn ExecutionPlan>),
}

/// Reads kept rows. What computes them is no child: it is planned as a whole of its
/// own, and runs once.
struct KeptExec {
    table: KeptTable,
    source: Source,
    projection: Option<Vec<usize>>,
    properties: Arc<PlanProperties>,
}

/// What such a plan keeps the rows of, unless they are there already.
pub(in crate::execute) fn hidden_input(
    plan: &dyn ExecutionPlan,
) -> Option<&Arc<dyn ExecutionPlan>> {
    match &plan.downcast_ref::<KeptExec>()?.source {
        Source::Plan(plan) => Some(plan),
        Source::Stored(_) => None,
    }
}

impl fmt::Debug for KeptExec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeptExec")
    }
}

impl DisplayAs for KeptExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schema = self.properties.eq_properties.schema();
        let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        write!(f, "InMemoryTableScan: [{}]", names.join(", "))
    }
}

impl ExecutionPlan for KeptExec {
    fn name(&self) -> &str {
        "InMemoryTableScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        _children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let schema = Arc::clone(self.properties.eq_properties.schema());
        let last = self.properties.output_partitioning().partition_count() - 1;
        let (table, source) = (self.table.clone(), self.source.clone());
        let rows = async move {
            let stored = match source {
                Source::Stored(stored) => stored,
                Source::Plan(plan) => table.stored(Some(&plan), &context).await?,
            };
            // Who computed the rows may have planned for more partitions.
            let parts = match partition == last {
                true => partition..stored.partitions().max(partition + 1),
                false => partition..partition + 1,
            };
            let parts = parts.map(|part| stored.rows(part)).collect::<Result<Vec<_>>>()?;
            Ok::<_, DataFusionError>(futures::stream::iter(parts).flatten())
        };
        let rows = futures::stream::once(rows).try_flatten();
        let projection = self.projection.clone();
        let rows = rows.map(move |batch| match &projection {
            Some(columns) => Ok(batch?.project(columns)?),
            None => batch,
        });
        Ok(make_cooperative(Box::pin(RecordBatchStreamAdapter::new(schema, rows))))
    }
}
