//! What physical operators are called: readers of Spark's plans look for its names.

use std::fmt;

use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::joins::{HashJoinExec, PartitionMode};
use datafusion::physical_plan::{ExecutionPlan, displayable};

/// DataFusion's operators, and Spark's that do the same.
const NAMES: &[(&str, &str)] = &[
    ("AggregateExec", "HashAggregate"),
    ("BoundedWindowAggExec", "Window"),
    ("CoalescePartitionsExec", "Exchange"),
    ("CrossJoinExec", "CartesianProduct"),
    ("FilterExec", "Filter"),
    ("GlobalLimitExec", "GlobalLimit"),
    ("LocalLimitExec", "LocalLimit"),
    ("NestedLoopJoinExec", "BroadcastNestedLoopJoin"),
    ("ProjectionExec", "Project"),
    ("RepartitionExec", "Exchange"),
    ("SortExec", "Sort"),
    ("SortMergeJoinExec", "SortMergeJoin"),
    ("SortPreservingMergeExec", "Exchange"),
    ("UnionExec", "Union"),
    ("WindowAggExec", "Window"),
];

/// An operator as it is shown: its name, and what DataFusion says of it.
pub(super) struct Operator {
    pub(super) name: String,
    pub(super) arguments: String,
}

impl Operator {
    /// The operators that a node stands for: one, or a projection over another that
    /// does it on the way.
    pub(super) fn of(plan: &dyn ExecutionPlan) -> Vec<Self> {
        let text = displayable(plan).one_line().to_string();
        let text = text.trim_end();
        let arguments = text.split_once(':').map_or("", |(_, rest)| rest.trim_start());
        let own = Self { name: name(plan), arguments: arguments.to_owned() };
        projection(plan).into_iter().chain([own]).collect()
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if !self.arguments.is_empty() {
            write!(f, " {}", self.arguments)?;
        }
        Ok(())
    }
}

/// The name that Spark has for an operator, or DataFusion's.
pub(super) fn name(plan: &dyn ExecutionPlan) -> String {
    if let Some(join) = plan.downcast_ref::<HashJoinExec>() {
        return match join.partition_mode() {
            PartitionMode::CollectLeft => "BroadcastHashJoin".to_owned(),
            PartitionMode::Partitioned | PartitionMode::Auto => "ShuffledHashJoin".to_owned(),
        };
    }
    if let Some(scan) = plan.downcast_ref::<DataSourceExec>() {
        return match scan.data_source().downcast_ref::<MemorySourceConfig>() {
            Some(_) => "LocalTableScan".to_owned(),
            None => "FileScan".to_owned(),
        };
    }
    let own = plan.name();
    let known = NAMES.iter().find(|(name, _)| *name == own);
    known.map_or_else(|| own.trim_end_matches("Exec"), |(_, name)| name).to_owned()
}

/// The projection that a join does of its rows.
fn projection(plan: &dyn ExecutionPlan) -> Option<Operator> {
    plan.downcast_ref::<HashJoinExec>()?.projection.as_ref()?;
    let schema = plan.schema();
    let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    Some(Operator { name: "Project".to_owned(), arguments: format!("[{}]", names.join(", ")) })
}
