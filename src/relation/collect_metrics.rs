//! `collect_metrics`: the input itself; aggregates of its rows are told beside the
//! result.

use std::sync::Arc;

use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::logical_expr::utils::{find_aggregate_exprs, find_window_exprs};
use datafusion::logical_expr::{EmptyRelation, Expr, LogicalPlan};

use super::aggregate;
use crate::error::{AtField as _, Condition, Error, Result};
use crate::execute::observe::{Metrics, metrics_in, observed};
use crate::execute::semantics::Print;
use crate::expression::{NamedExpr, plan_list};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;

pub(super) fn plan(
    message: &proto::CollectMetrics,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::CollectMetrics { input: _, name, metrics } = message;
    let input = context.input()?;
    if name.is_empty() {
        return Err(Error::analysis(Condition::INVALID_OBSERVED_METRICS_MISSING_NAME, []));
    }
    let list = plan_list(metrics, &context.scope(input)).at("metrics")?;
    list.iter().try_for_each(check)?;
    let leaf = LogicalPlan::EmptyRelation(EmptyRelation {
        produce_one_row: false,
        schema: Arc::clone(input.df_schema()),
    });
    let leaf = Planned::leaf(leaf, input.columns().clone());
    let values = aggregate::global(context, &leaf, list)?;
    refuse_other(name, &values, input)?;
    let metrics =
        Metrics { name: name.clone(), plan_id: context.plan_id.unwrap_or_default(), values };
    Ok(Planned::passing(input, observed(input, metrics)?))
}

/// What is observed is an aggregate, and nothing beside.
fn check(metric: &NamedExpr) -> Result<()> {
    let refuse = |condition| {
        let shown = format!("\"{} AS {}\"", metric.expr.human_display(), metric.name);
        Err(Error::analysis(condition, [("expr", shown)]))
    };
    if !find_window_exprs([&metric.expr]).is_empty() {
        return refuse(Condition::INVALID_OBSERVED_METRICS_WINDOW);
    }
    let aggregates = find_aggregate_exprs([&metric.expr]);
    for aggregate in &aggregates {
        let Expr::AggregateFunction(function) = aggregate else { continue };
        if function.params.distinct {
            return refuse(Condition::INVALID_OBSERVED_METRICS_DISTINCT);
        }
        let inner = &function.params.args;
        if !find_aggregate_exprs(inner.iter()).is_empty() {
            return refuse(Condition::INVALID_OBSERVED_METRICS_NESTED);
        }
    }
    if names_column_outside(&metric.expr)? {
        return refuse(Condition::INVALID_OBSERVED_METRICS_ATTRIBUTE);
    }
    Ok(())
}

/// Whether a column stands outside of aggregates.
fn names_column_outside(expr: &Expr) -> Result<bool> {
    let mut outside = false;
    expr.apply(|node| {
        outside |= matches!(node, Expr::Column(_));
        Ok(match node {
            Expr::AggregateFunction(_) => TreeNodeRecursion::Jump,
            _ => TreeNodeRecursion::Continue,
        })
    })?;
    Ok(outside)
}

/// Two metrics of one name must be the same.
fn refuse_other(name: &str, values: &Planned, input: &Planned) -> Result<()> {
    let print = Print::of(values)?;
    for other in metrics_in(input.plan()) {
        if other.name == *name && Print::of(&other.values)? != print {
            return Err(Error::analysis(
                Condition::DUPLICATED_METRICS_NAME,
                [("metricName", name.to_owned())],
            ));
        }
    }
    Ok(())
}
