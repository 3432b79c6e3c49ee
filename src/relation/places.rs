//! Values of the place of a row: the number of its partition, and ids by which rows can
//! be told apart.

use std::sync::Arc;

use datafusion::common::Column;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::logical_expr::{Expr, LogicalPlan};

use super::filter::through;
use super::partition::merged;
use super::select::Select;
use crate::error::Result;
use crate::execute::spread::{PARTITION, ROW, Scheme, spread};
use crate::function::marks::{Mark, mark_of};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;

/// Computes what expressions ask of the places of the rows of `input`, and puts columns
/// in their place.
pub(super) fn with_places<'e>(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    exprs: impl IntoIterator<Item = &'e mut Expr>,
) -> Result<Planned> {
    let mut exprs: Vec<_> = exprs.into_iter().collect();
    let mut marks = Vec::new();
    for expr in &exprs {
        expr.apply(|node| {
            marks.extend(mark_of(node));
            Ok(datafusion::common::tree_node::TreeNodeRecursion::Continue)
        })?;
    }
    // Chance needs no place where there is but one, nor where rows of several outer rows
    // meet.
    let only_chance = marks.iter().all(|mark| *mark == Mark::Draw);
    if marks.is_empty() || only_chance && (context.env.outer.is_some() || is_one_row(input)) {
        return Ok(input.clone());
    }
    let mut numbered = input.clone();
    if [PARTITION, ROW].iter().any(|n| input.df_schema().has_column_with_unqualified_name(n)) {
        let mut select = Select::new(input, context.field_names());
        input.columns().entries().iter().for_each(|entry| select.pass(entry));
        numbered = select.finish()?;
    }
    if marks.contains(&Mark::Number) {
        numbered = merged(&numbered, 1)?;
    }
    let plan = spread(Arc::clone(numbered.plan()), Scheme::Number)?;
    for expr in &mut exprs {
        let placed = std::mem::take(*expr).transform(|node| {
            Ok(match mark_of(&node) {
                None => Transformed::no(node),
                Some(Mark::Partition | Mark::Draw) => {
                    Transformed::yes(Expr::Column(Column::from_name(PARTITION)))
                }
                Some(Mark::Id | Mark::Number) => {
                    Transformed::yes(Expr::Column(Column::from_name(ROW)))
                }
            })
        })?;
        **expr = placed.data;
    }
    Ok(through(&numbered, plan))
}

fn is_one_row(input: &Planned) -> bool {
    matches!(input.plan().as_ref(), LogicalPlan::EmptyRelation(_))
}
