//! Partitions one after the other, where DataFusion takes rows from whichever partition
//! has some: what a limit or an aggregate sees must not change from run to run.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{
    Transformed, TransformedResult as _, TreeNode as _, TreeNodeRecursion,
};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::joins::{CrossJoinExec, HashJoinExec, NestedLoopJoinExec};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, replace_children_if_necessary,
};
use futures::StreamExt as _;
use futures::stream::BoxStream;

use super::slices::Slices;
use super::{groups, place};
use crate::execute::in_order;

/// Puts [`InOrderExec`] in the place of DataFusion's node, but for the side of a join
/// that is held: that is best read at once.
#[derive(Debug)]
pub(super) struct InOrder;

impl PhysicalOptimizerRule for InOrder {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let plan = plan.transform_up(children_in_order).data()?;
        Ok(in_place_of(&plan).unwrap_or(plan))
    }

    fn name(&self) -> &str {
        "partitions_in_order"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn children_in_order(node: Arc<dyn ExecutionPlan>) -> Result<Transformed<Arc<dyn ExecutionPlan>>> {
    let holds =
        node.is::<HashJoinExec>() || node.is::<NestedLoopJoinExec>() || node.is::<CrossJoinExec>();
    let children = node.children();
    let new = children.iter().enumerate().map(|(at, child)| match holds && at == 0 {
        true => None,
        false => in_place_of(child),
    });
    let new: Vec<_> = new.collect();
    if new.iter().all(Option::is_none) {
        return Ok(Transformed::no(node));
    }
    let children = children.into_iter().zip(new);
    let children = children.map(|(old, new)| new.unwrap_or_else(|| Arc::clone(old))).collect();
    replace_children_if_necessary(node, children).map(Transformed::yes)
}

fn in_place_of(node: &Arc<dyn ExecutionPlan>) -> Option<Arc<dyn ExecutionPlan>> {
    let coalesce = node.downcast_ref::<CoalescePartitionsExec>()?;
    Some(Arc::new(InOrderExec {
        input: Arc::clone(coalesce.input()),
        gives: Gives::Rows { fetch: coalesce.fetch() },
        properties: Arc::clone(coalesce.properties()),
    }))
}

/// The rows of all partitions, partition by partition. They run at the same time, each a
/// few batches ahead.
#[derive(Debug)]
pub(super) struct InOrderExec {
    input: Arc<dyn ExecutionPlan>,
    gives: Gives,
    properties: Arc<PlanProperties>,
}

/// What becomes of the rows.
#[derive(Debug, Clone)]
enum Gives {
    /// They are passed on, no more than are wanted.
    Rows { fetch: Option<usize> },
    /// They are the groups of an aggregate, whose keys are so many first columns, and are
    /// put in order if they are few.
    Groups { keys: usize, slices: Option<Slices> },
}

impl InOrderExec {
    /// Rows that say that they are in an order, which other nodes keep then.
    pub(super) fn kept(input: Arc<dyn ExecutionPlan>) -> Self {
        let order = [[place::order()]];
        let facts = EquivalenceProperties::new_with_orderings(input.schema(), order);
        Self::new(input, Gives::Rows { fetch: None }, facts)
    }

    /// The groups of an aggregate in Spark's order.
    pub(super) fn of_groups(
        input: Arc<dyn ExecutionPlan>,
        keys: usize,
        slices: Option<Slices>,
    ) -> Self {
        let facts = EquivalenceProperties::new(input.schema());
        Self::new(input, Gives::Groups { keys, slices }, facts)
    }

    fn new(input: Arc<dyn ExecutionPlan>, gives: Gives, facts: EquivalenceProperties) -> Self {
        let properties = PlanProperties::new(
            facts,
            Partitioning::UnknownPartitioning(1),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Self { input, gives, properties: Arc::new(properties) }
    }
}

impl DisplayAs for InOrderExec {
    fn fmt_as(&self, _kind: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.gives {
            Gives::Rows { fetch: Some(fetch) } => write!(f, "InOrderExec: fetch={fetch}"),
            Gives::Rows { fetch: None } => f.write_str("InOrderExec"),
            Gives::Groups { keys, .. } => write!(f, "GroupsExec: keys={keys}"),
        }
    }
}

impl ExecutionPlan for InOrderExec {
    fn name(&self) -> &str {
        match self.gives {
            Gives::Rows { .. } => "InOrderExec",
            Gives::Groups { .. } => "GroupsExec",
        }
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn fetch(&self) -> Option<usize> {
        match self.gives {
            Gives::Rows { fetch } => fetch,
            Gives::Groups { .. } => None,
        }
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(input) = children.pop() else {
            return datafusion::common::internal_err!("InOrderExec has an input");
        };
        let (gives, properties) = (self.gives.clone(), Arc::clone(&self.properties));
        Ok(Arc::new(Self { input, gives, properties }))
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        if partition != 0 {
            return datafusion::common::internal_err!("InOrderExec has one partition");
        }
        let rows = in_order(Arc::clone(&self.input), Arc::clone(&context))?;
        let schema = self.input.schema();
        let rows = match &self.gives {
            Gives::Rows { fetch: None } => rows,
            Gives::Rows { fetch: Some(fetch) } => first(rows, *fetch),
            Gives::Groups { keys, slices } => {
                let slices = slices.clone().map(|slices| (slices, context));
                groups::ordered(rows, Arc::clone(&schema), *keys, slices)
            }
        };
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
    }
}

type Rows = BoxStream<'static, Result<RecordBatch>>;

/// The first so many rows.
fn first(rows: Rows, mut left: usize) -> Rows {
    let rows = rows.map(move |batch| {
        let batch = batch?;
        let batch = batch.slice(0, left.min(batch.num_rows()));
        left -= batch.num_rows();
        Ok((batch, left))
    });
    // Ends with the batch that fills the limit, not with the one after it.
    let mut full = false;
    let rows = rows.take_while(move |next| {
        let go_on = !full;
        full = next.as_ref().is_ok_and(|(_, left)| *left == 0);
        std::future::ready(go_on)
    });
    rows.map(|next| next.map(|(batch, _)| batch)).boxed()
}
