//! `zip`: the columns of two relations side by side, which select from one and the
//! same relation.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::common::Column;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::logical_expr::{Expr, LogicalPlan, Projection};

use crate::error::{Condition, Error, Result};
use crate::execute::semantics::same_plan;
use crate::planner::columns::{ColumnEntry, Columns};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;

pub(super) fn plan(message: &proto::Zip, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let proto::Zip { left: _, right: _ } = message;
    let [left, right] = context.inputs.as_slice() else {
        return Err(Error::internal("a zip has two inputs"));
    };
    let (left_side, right_side) = (Side::new(left), Side::new(right));
    if !same_plan(left_side.base, right_side.base)? {
        return Err(Error::analysis(Condition::ZIP_PLANS_NOT_MERGEABLE, []));
    }
    let base = left_side.base;
    let mut names = context.field_names();
    let (mut exprs, mut entries) = (Vec::new(), Vec::new());
    for (side, planned) in [(left_side, left), (right_side, right)] {
        let values = side.over(base)?;
        for entry in planned.columns().entries() {
            let value = values.get(entry.column()).cloned();
            let value = value.ok_or_else(|| Error::internal("a column of a zip is gone"))?;
            let field = names.take(entry.name());
            entries.push(ColumnEntry::new(entry.name(), Column::from_name(&field)));
            exprs.push(value.alias(field));
        }
    }
    let projection = Projection::try_new(exprs, Arc::clone(base))?;
    Ok(Planned::leaf(LogicalPlan::Projection(projection), Columns::new(entries)))
}

/// What is selected, from the bottom up, and what from.
struct Side<'p> {
    selected: Vec<&'p Projection>,
    base: &'p Arc<LogicalPlan>,
}

impl<'p> Side<'p> {
    fn new(planned: &'p Planned) -> Self {
        let mut base = planned.plan();
        let mut selected = Vec::new();
        while let LogicalPlan::Projection(projection) = base.as_ref() {
            selected.push(projection);
            base = &projection.input;
        }
        selected.reverse();
        Self { selected, base }
    }

    /// The values of this side's columns over `base`, which is what it selects from.
    fn over(&self, base: &LogicalPlan) -> Result<HashMap<Column, Expr>> {
        let theirs = base.schema().columns().into_iter().map(Expr::Column);
        let mut values: HashMap<Column, Expr> =
            self.base.schema().columns().into_iter().zip(theirs).collect();
        for (level, projection) in self.selected.iter().enumerate() {
            let columns = projection.schema.columns();
            let next = columns.into_iter().zip(&projection.expr).map(|(column, expr)| {
                if level + 1 < self.selected.len() && expr.is_volatile() {
                    // It would be computed once for each use.
                    return Err(Error::unsupported("relation.zip.volatile"));
                }
                Ok((column, replaced(expr, &values)?))
            });
            values = next.collect::<Result<_>>()?;
        }
        Ok(values)
    }
}

fn replaced(expr: &Expr, values: &HashMap<Column, Expr>) -> Result<Expr> {
    let replaced = expr.clone().unalias().transform(|node| {
        Ok(match &node {
            Expr::Column(column) => match values.get(column) {
                Some(value) => Transformed::yes(value.clone()),
                None => Transformed::no(node),
            },
            _ => Transformed::no(node),
        })
    })?;
    Ok(replaced.data)
}
