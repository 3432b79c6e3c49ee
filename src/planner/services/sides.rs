//! Two relations side by side, for expressions that name columns of both: the
//! condition of a merge, the message of a graph's edge.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::common::{Column, DFSchema};
use datafusion::logical_expr::{EmptyRelation, Expr, LogicalPlan, Projection};

use crate::error::Result;
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::{ColumnEntry, Columns, FieldNames};
use crate::planner::planned::{Input, Planned, Shape};
use crate::proto;

/// Two relations, told apart: no field name is in both plans.
///
/// Expressions over [`together`](Self::together) may name columns bare where that is
/// not ambiguous, behind the name of their side, or as `df["x"]` of either side. They
/// hold for a join of the plans of [`left`](Self::left) and [`right`](Self::right).
#[derive(Debug, Clone)]
pub struct Sides {
    left: Planned,
    right: Planned,
    together: Planned,
}

impl SparkConnectPlanner {
    /// Puts two relations side by side. Columns are qualified with the name of their
    /// side; an empty one leaves them the qualifiers that they have.
    ///
    /// # Errors
    /// If DataFusion refuses a plan.
    pub fn sides(&self, left: (&str, &Planned), right: (&str, &Planned)) -> Result<Sides> {
        let mut names = FieldNames::default();
        let left = side(left, &HashSet::new(), &mut names)?;
        let right = side(right, &left.planned().columns().ids(), &mut names)?;
        let schema = left.planned().df_schema().join(right.planned().df_schema())?;
        let entries = |side: &Input| side.planned().columns().entries().to_vec();
        let columns = [entries(&left), entries(&right)].concat();
        let together = Planned::node(
            placeholder(schema),
            Columns::from_shared(columns),
            vec![left.clone(), right.clone()],
            Shape::Sides,
        );
        Ok(Sides { left: left.planned().clone(), right: right.planned().clone(), together })
    }
}

impl Sides {
    /// The left relation, its fields under names of their own.
    pub fn left(&self) -> &Planned {
        &self.left
    }

    /// The right relation, its fields under names of their own.
    pub fn right(&self) -> &Planned {
        &self.right
    }

    /// Both, to plan expressions over. It has columns only: it is not to be run.
    pub fn together(&self) -> &Planned {
        &self.together
    }

    /// Plans an expression over both.
    ///
    /// # Errors
    /// As [`SparkConnectPlanner::plan_expression`].
    pub fn expression(
        &self,
        expression: &proto::Expression,
        planner: &SparkConnectPlanner,
    ) -> Result<Expr> {
        planner.plan_expression(expression, &self.together)
    }
}

/// One side: unqualified fields under names that the other does not have.
fn side(
    (alias, planned): (&str, &Planned),
    taken: &HashSet<crate::planner::columns::ColumnId>,
    names: &mut FieldNames,
) -> Result<Input> {
    let renewed = planned.renewed(taken);
    let mut exprs = Vec::new();
    let mut entries: Vec<ColumnEntry> = Vec::new();
    for entry in renewed.planned().columns().entries() {
        let name = names.take(&entry.column().name);
        exprs.push(Expr::Column(entry.column().clone()).alias(&name));
        let entry = entry.with_column(Column::from_name(name));
        entries.push(match alias {
            "" => entry,
            alias => entry.with_qualifier(Arc::from([alias.to_owned()])),
        });
    }
    let projection = Projection::try_new(exprs, Arc::clone(renewed.planned().plan()))?;
    let plan = Arc::new(LogicalPlan::Projection(projection));
    let inputs = vec![renewed];
    Ok(Input::plain(&Planned::node(plan, Columns::new(entries), inputs, Shape::Opaque)))
}

/// A plan that only has a schema, to type expressions against.
fn placeholder(schema: DFSchema) -> Arc<LogicalPlan> {
    let schema = Arc::new(schema);
    Arc::new(LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, schema }))
}
