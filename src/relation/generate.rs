//! Generators in select lists: the array gets a column, the column is unnested, and
//! what the list takes out of the rows becomes parts of that column.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, NullHandling, UnnestOptions};
use datafusion::logical_expr::expr::Unnest;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Projection};

use super::filter::through;
use super::select::substitute;
use crate::error::{Condition, Error, Result};
use crate::expression::NamedExpr;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;

/// The relation with the list's generator run, and the list in its terms.
///
/// # Errors
/// If there is more than one generator.
pub(super) fn with_generator(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    mut list: Vec<NamedExpr>,
) -> Result<(Planned, Vec<NamedExpr>)> {
    let Some(generator) = the_generator(&list)? else { return Ok((input.clone(), list)) };
    let Expr::Unnest(Unnest { expr: array, outer }) = &generator else {
        return Err(Error::internal("a generator is an unnest"));
    };
    let mut names = context.field_names();
    names.take_fields(input.df_schema());
    let name = names.take("generated");
    let columns = input.df_schema().columns().into_iter().map(Expr::Column);
    let exprs = columns.chain([array.as_ref().clone().alias(&name)]).collect();
    let arrays = LogicalPlan::Projection(Projection::try_new(exprs, Arc::clone(input.plan()))?);
    let column = Column::from_name(name);
    let nulls = if *outer { NullHandling::PreserveAndExpandEmpty } else { NullHandling::Drop };
    let options = UnnestOptions::new().with_null_handling(nulls);
    let plan = LogicalPlanBuilder::from(arrays)
        .unnest_column_with_options(column.clone(), options)?
        .build()?;
    let places = HashMap::from([(generator, column)]);
    for named in &mut list {
        named.expr = substitute(named.expr.clone(), &places)?;
    }
    Ok((through(input, plan), list))
}

/// The one generator in a list.
fn the_generator(list: &[NamedExpr]) -> Result<Option<Expr>> {
    let mut found: Vec<Expr> = Vec::new();
    for named in list {
        named.expr.apply(|expr| {
            if matches!(expr, Expr::Unnest(_)) {
                if !found.contains(expr) {
                    found.push(expr.clone());
                }
                return Ok(TreeNodeRecursion::Jump);
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
    }
    if found.len() > 1 {
        return Err(Error::analysis(
            Condition::UNSUPPORTED_GENERATOR_MULTI_GENERATOR,
            [("num", found.len().to_string())],
        ));
    }
    Ok(found.pop())
}
