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
use crate::error::{Error, Result};
use crate::expression::NamedExpr;
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::walk::RelationContext;

/// The relation with the list's generators run, one after the other, and the list in
/// its terms.
pub(super) fn with_generator(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    mut list: Vec<NamedExpr>,
) -> Result<(Planned, Vec<NamedExpr>)> {
    let generators = generators(&list)?;
    let mut planned = input.clone();
    let mut names = context.field_names();
    names.take_fields(input.df_schema());
    for generator in generators {
        let name = names.take("generated");
        planned = generated(&planned, &generator, &name)?;
        let places = HashMap::from([(generator, Column::from_name(name))]);
        for named in &mut list {
            named.expr = substitute(named.expr.clone(), &places)?;
        }
    }
    Ok((planned, list))
}

/// The rows of a generator beside the columns of what it reads.
fn generated(input: &Planned, generator: &Expr, name: &str) -> Result<Planned> {
    let Expr::Unnest(Unnest { expr: array, outer }) = generator else {
        return Err(Error::internal("a generator is an unnest"));
    };
    let columns = input.df_schema().columns().into_iter().map(Expr::Column);
    let exprs = columns.chain([array.as_ref().clone().unalias().alias(name)]).collect();
    let arrays = LogicalPlan::Projection(Projection::try_new(exprs, Arc::clone(input.plan()))?);
    let inputs = vec![Input::plain(input)];
    let arrays = Planned::node(Arc::new(arrays), input.columns().clone(), inputs, Shape::Project);
    let nulls = if *outer { NullHandling::PreserveAndExpandEmpty } else { NullHandling::Drop };
    let options = UnnestOptions::new().with_null_handling(nulls);
    let plan = LogicalPlanBuilder::new_from_arc(Arc::clone(arrays.plan()))
        .unnest_column_with_options(Column::from_name(name), options)?
        .build()?;
    Ok(through(&arrays, plan))
}

/// The generators in a list, each once.
fn generators(list: &[NamedExpr]) -> Result<Vec<Expr>> {
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
    Ok(found)
}
