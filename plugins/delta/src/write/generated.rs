//! Values of generated columns.

use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner};

use super::checks::generated;
use super::layout::Layout;

/// The plan, whose first columns are the table's, with generated values in those that
/// are generated and that the user did not give.
pub(crate) fn with_generated(
    plan: LogicalPlan,
    layout: &Layout,
    explicit: &[usize],
    planner: &SparkConnectPlanner,
) -> Result<LogicalPlan> {
    let texts: Vec<_> = layout
        .columns
        .fields()
        .enumerate()
        .map(|(at, field)| generated(field).filter(|_| !explicit.contains(&at)))
        .collect();
    if texts.iter().all(Option::is_none) {
        return Ok(plan);
    }
    let planned = Planned::from(plan.clone());
    let columns = plan.schema().columns();
    let mut exprs = Vec::with_capacity(columns.len());
    for (at, column) in columns.into_iter().enumerate() {
        let text = texts.get(at).and_then(Option::as_ref);
        exprs.push(match (text, layout.spark.fields().get(at)) {
            (Some(text), Some(field)) => {
                let value = planner.plan_sql_expression(text, &planned)?.unalias_nested().data;
                planner.store_value(value, &planned, field.name(), field)?.alias(field.name())
            }
            _ => Expr::Column(column),
        });
    }
    Ok(LogicalPlanBuilder::from(plan).project(exprs)?.build()?)
}
