//! What joins by nearness share: each row of the left with the best of its matches.

use std::sync::{Arc, LazyLock};

use datafusion::common::{Column, JoinType};
use datafusion::logical_expr::expr::Sort;
use datafusion::logical_expr::{
    Expr, Filter, LogicalPlan, LogicalPlanBuilder, ScalarUDF, Volatility, lit,
};

use super::Sides;
use super::using::{self, Key};
use crate::error::{Error, Required as _, Result};
use crate::expression::plan;
use crate::function::{Kernel, Nulls, udf};
use crate::planner::columns::{ColumnEntry, ColumnId, Columns, FieldNames, Resolution};
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::scope::unresolved;
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::relation::row_number::row_number;
use crate::relation::select::Select;

/// Both sides of a join, their rows numbered so that one row's matches can be told
/// from another's.
pub(in crate::relation) struct Ranked<'c, 'a, 'r> {
    context: &'c RelationContext<'a, 'r>,
    pub(in crate::relation) sides: Sides,
    left_row: ColumnId,
    right_row: ColumnId,
}

/// Which of the matches of a row are kept.
pub(in crate::relation) struct Choice {
    /// What they are ordered by; those of which it is NULL are none.
    pub(in crate::relation) rank: proto::Expression,
    pub(in crate::relation) ascending: bool,
    /// How many.
    pub(in crate::relation) count: u64,
    /// Of equals, whether those that come last on the right are better.
    pub(in crate::relation) last_first: bool,
}

impl<'c, 'a, 'r> Ranked<'c, 'a, 'r> {
    pub(in crate::relation) fn new(context: &'c RelationContext<'a, 'r>) -> Result<Self> {
        let [left, right] = context.inputs.as_slice() else {
            return Err(Error::internal("a join has two inputs"));
        };
        let (numbered_left, left_row) = numbered(context, left)?;
        let (numbered_right, right_row) = numbered(context, right)?;
        let sides = Sides::new(context, &numbered_left, &numbered_right)?;
        Ok(Self { context, sides, left_row, right_row })
    }

    /// A value over the columns of both sides.
    pub(in crate::relation) fn value(&self, expression: &proto::Expression) -> Result<Expr> {
        plan(expression, &self.context.scope(&self.sides.together))
    }

    fn column(&self, id: ColumnId) -> Result<Expr> {
        let entry = self.sides.together.columns().by_id(id).required("column")?;
        Ok(Expr::Column(entry.column().clone()))
    }

    /// The matches by `condition` that `choice` keeps; rows of the left without any
    /// stay in a left join.
    pub(in crate::relation) fn best(
        &self,
        join_type: JoinType,
        condition: Option<Expr>,
        choice: &Choice,
    ) -> Result<Planned> {
        let joined = self.sides.node(join_type, Vec::new(), condition)?;
        let mut names = self.context.field_names();
        names.take_fields(joined.schema());
        let place = names.take("#place");
        // DataFusion loses track of how rows are sorted if it is by more than columns.
        let rank = names.take("#rank");
        let mut columns: Vec<Expr> =
            joined.schema().columns().into_iter().map(Expr::Column).collect();
        columns.push(self.value(&choice.rank)?.alias(&rank));
        let joined = LogicalPlanBuilder::from(joined).project(columns)?.build()?;
        let order = vec![
            Sort::new(Expr::Column(Column::from_name(rank)), choice.ascending, false),
            Sort::new(self.column(self.right_row)?, !choice.last_first, false),
        ];
        let number = row_number(vec![self.column(self.left_row)?], order).alias(&place);
        let placed = LogicalPlanBuilder::from(joined).window([number])?.build()?;
        let few = Expr::Column(Column::from_name(place)).lt_eq(lit(choice.count));
        let plan = LogicalPlan::Filter(Filter::try_new(few, Arc::new(placed))?);
        Ok(self.finished(plan))
    }

    /// The columns of both sides, without the numbers.
    fn finished(&self, plan: LogicalPlan) -> Planned {
        let entries = self.sides.together.columns().entries().to_vec();
        let inputs = vec![Input::plain(&self.sides.left), self.sides.right.clone()];
        Planned::node(Arc::new(plan), Columns::from_shared(entries), inputs, Shape::Opaque)
    }

    /// Whether the columns of a name are equal on both sides.
    pub(in crate::relation) fn equal(&self, name: &str) -> Result<Expr> {
        let left = named(&self.sides.left, name)?;
        let right = named(self.sides.right.planned(), name)?;
        let (left, right) = using::equal(self.context, &self.sides, &Key { left, right })?;
        Ok(left.eq(right))
    }
}

fn named(side: &Planned, name: &str) -> Result<Arc<ColumnEntry>> {
    match side.columns().resolve(&[name.to_owned()]) {
        Resolution::Found { entry, .. } => Ok(entry),
        Resolution::Missing => Err(unresolved(&[name.to_owned()], side.columns())),
        Resolution::Ambiguous(entries) => Err(using::ambiguous(name, &entries)),
    }
}

/// The rows with a number each, which is a hidden column.
fn numbered(context: &RelationContext<'_, '_>, input: &Planned) -> Result<(Planned, ColumnId)> {
    let mut names = context.field_names();
    names.take_fields(input.df_schema());
    let name = names.take("#row");
    let number = row_number(Vec::new(), Vec::new()).alias(&name);
    let builder = LogicalPlanBuilder::new_from_arc(Arc::clone(input.plan()));
    let plan = builder.window([number])?.build()?;
    let entry = Arc::new(ColumnEntry::new("#row", Column::from_name(name)));
    let id = entry.id();
    let mut hidden = input.columns().hidden().to_vec();
    hidden.push(entry);
    let columns = Columns::with_hidden(input.columns().entries().to_vec(), hidden);
    let inputs = vec![Input::plain(input)];
    Ok((Planned::node(Arc::new(plan), columns, inputs, Shape::Opaque), id))
}

/// The value itself, of a column that may be NULL.
static NULLABLE: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_nullable",
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        returns: |args| match args.arg_fields {
            [only] => Ok(only.data_type().clone()),
            _ => datafusion::common::internal_err!("one argument is needed"),
        },
        run: |mut args| match args.args.pop() {
            Some(value) => Ok(value),
            None => datafusion::common::internal_err!("one argument is needed"),
        },
    })
});

/// The same columns, which may be NULL as far as anybody knows.
pub(in crate::relation) fn nullable(planned: &Planned) -> Result<Planned> {
    let mut select = Select::new(planned, FieldNames::default());
    for entry in planned.columns().entries() {
        let column = Expr::Column(entry.column().clone());
        select.carry(entry, NULLABLE.call(vec![column]));
    }
    select.finish()
}
