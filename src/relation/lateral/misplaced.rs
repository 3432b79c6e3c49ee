//! Where Spark lets a query name columns of the row outside of it: in filters,
//! projections and conditions of joins, and nowhere else.

use datafusion::common::JoinType;
use datafusion::common::tree_node::TreeNode as _;
use datafusion::logical_expr::{Expr, LogicalPlan};

use crate::error::{Condition, Error, Result};
use crate::planner::walk::RelationContext;

/// Refuses columns of the row outside.
///
/// # Errors
/// `UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE`.
pub(in crate::relation) fn refuse_outer<'e>(
    context: &RelationContext<'_, '_>,
    exprs: impl IntoIterator<Item = &'e Expr>,
) -> Result<()> {
    if context.env.outer.is_none() {
        return Ok(());
    }
    let named: Vec<_> = exprs.into_iter().filter(|expr| expr.contains_outer()).collect();
    if named.is_empty() {
        return Ok(());
    }
    let texts: Vec<_> = named.iter().map(|expr| format!("\"{}\"", expr.human_display())).collect();
    Err(Error::analysis(Condition::CORRELATED_REFERENCE, [("sqlExprs", texts.join(","))]))
}

/// The same for what groups are made of and what is computed of them.
///
/// # Errors
/// `..AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES` for an aggregate of both kinds of
/// columns, else as [`refuse_outer`].
pub(in crate::relation) fn refuse_outer_in_groups<'e>(
    context: &RelationContext<'_, '_>,
    exprs: impl IntoIterator<Item = &'e Expr>,
) -> Result<()> {
    if context.env.outer.is_none() {
        return Ok(());
    }
    let exprs: Vec<_> = exprs.into_iter().collect();
    for expr in &exprs {
        let mut mixed = None;
        expr.apply(|node| {
            let is_mixed = matches!(node, Expr::AggregateFunction(_))
                && node.contains_outer()
                && node.any_column_refs();
            if is_mixed {
                mixed = Some(node.human_display().to_string());
            }
            Ok(datafusion::common::tree_node::TreeNodeRecursion::Continue)
        })?;
        if let Some(function) = mixed {
            return Err(Error::analysis(Condition::AGGREGATE_MIXED, [("function", function)]));
        }
    }
    refuse_outer(context, exprs)
}

/// Refuses an outer join that may have no row of a side which names the row outside.
///
/// # Errors
/// `..ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED`.
pub(in crate::relation) fn refuse_outer_beneath(
    kind: JoinType,
    left: &LogicalPlan,
    right: &LogicalPlan,
) -> Result<()> {
    let (of_left, of_right) = match kind {
        JoinType::Left => (false, true),
        JoinType::Right => (true, false),
        JoinType::Full => (true, true),
        _ => return Ok(()),
    };
    for (side, looked_at) in [(left, of_left), (right, of_right)] {
        // The right side of a lateral join names the left, which is another thing.
        let is_lateral = matches!(side, LogicalPlan::Subquery(_));
        if looked_at && !is_lateral && !side.all_out_ref_exprs().is_empty() {
            let node = side.display().to_string();
            return Err(Error::analysis(Condition::ACCESSING_OUTER, [("treeNode", node)]));
        }
    }
    Ok(())
}

/// Refuses scalar subqueries that name the row, where an operator takes none.
///
/// # Errors
/// `..UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY`.
pub(in crate::relation) fn refuse_scalars<'e>(
    operator: &str,
    exprs: impl IntoIterator<Item = &'e Expr>,
) -> Result<()> {
    for expr in exprs {
        let correlated = expr.exists(|node| {
            Ok(matches!(node, Expr::ScalarSubquery(sub) if !sub.outer_ref_columns.is_empty()))
        })?;
        if correlated {
            let node = operator.to_owned();
            return Err(Error::analysis(Condition::CORRELATED_SCALAR, [("treeNode", node)]));
        }
    }
    Ok(())
}
