//! `lateral_join`: the right side is computed for each row of the left.

mod dependent;
mod misplaced;
mod scalar;

use std::sync::Arc;

use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::common::{Column, JoinType, Spans};
use datafusion::logical_expr::{Expr, LogicalPlan, Subquery};

use super::join::{Sides, join_type_of};
use super::lateral_view::View;
use crate::error::{AtField as _, Condition, Error, Required as _, Result};
use crate::planner::columns::{ColumnEntry, ColumnId, Columns, FieldNames};
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::scope::OuterFrame;
use crate::planner::walk::{Env, RelationContext};
use crate::proto;
use crate::proto::join::JoinType as Kind;
use dependent::{Domain, same};

pub(super) use misplaced::{
    refuse_outer, refuse_outer_beneath, refuse_outer_in_groups, refuse_scalars,
};
pub(super) use scalar::{with_grouped_scalars, with_scalars, with_scalars_of_filter};

pub(super) async fn plan(
    message: &proto::LateralJoin,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::LateralJoin { left: _, right, join_condition, join_type } = message;
    let right = right.as_deref().required("right")?;
    let left = context.input()?;
    if let Some(view) = View::of(right)? {
        // Whatever the join's type: Spark gives no row to what has none.
        return view.beside(left, context);
    }
    let kind = Kind::try_from(*join_type).unwrap_or(Kind::Unspecified);
    let join_type = match join_type_of(kind)? {
        kind @ (JoinType::Inner | JoinType::Left) => kind,
        _ => {
            return Err(Error::analysis(
                Condition::UNSUPPORTED_JOIN_TYPE,
                [("typ", name_of(kind).to_owned()), ("supported", JOIN_TYPES.to_owned())],
            ));
        }
    };
    let outer = OuterFrame { input: left.clone(), outer: context.env.outer.clone() };
    let env = Env { outer: Some(Arc::new(outer)), references: context.env.references.clone() };
    let right = context.planner.walk(right, env).await.at("right")?;
    let (right, bindings) = match for_all_rows(context, left, &right)? {
        Some(found) => found,
        None => (correlated(&right), Vec::new()),
    };
    let sides = Sides::new(context, left, &right)?;
    let condition = join_condition
        .as_ref()
        .map(|condition| sides.condition(condition, context).at("join_condition"));
    let bound_rows = !bindings.is_empty();
    let bound = bindings.into_iter().map(|(outer, inner)| {
        let inner = sides.together.columns().by_id(inner).required("column")?;
        Ok(same(Expr::Column(outer), Expr::Column(inner.column().clone())))
    });
    let conditions = condition.into_iter().chain(bound).collect::<Result<Vec<_>>>()?;
    let condition = conditions.into_iter().reduce(Expr::and);
    match bound_rows {
        true => sides.join_in_order(join_type, condition),
        false => sides.join(join_type, Vec::new(), condition),
    }
}

/// What each outer column is called on the right.
type Bindings = Vec<(Column, ColumnId)>;

/// The right side for all rows of the left at once, with the columns of the left that it
/// names as hidden ones; none if it names nothing of it, or in a way not known here.
fn for_all_rows(
    context: &RelationContext<'_, '_>,
    left: &Planned,
    right: &Planned,
) -> Result<Option<(Planned, Bindings)>> {
    if right.plan().all_out_ref_exprs().is_empty() {
        return Ok(None);
    }
    let Some(Pushed { domain, plan, .. }) = pushed(context, left, right.plan())? else {
        return Ok(None);
    };
    let mut hidden = right.columns().hidden().to_vec();
    let mut bindings = Vec::new();
    for (outer, inner) in domain.pairs() {
        let entry = Arc::new(ColumnEntry::new(inner.name.as_str(), inner.clone()));
        bindings.push((outer.clone(), entry.id()));
        hidden.push(entry);
    }
    let columns = Columns::with_hidden(right.columns().entries().to_vec(), hidden);
    let inputs = vec![Input::plain(right)];
    let planned = Planned::node(Arc::new(plan), columns, inputs, Shape::Opaque);
    Ok(Some((planned.with_plan_id(right.plan_id()), bindings)))
}

/// A plan that named columns of `domain`, computed for each of its rows, and names that
/// are in use.
struct Pushed {
    domain: Domain,
    plan: LogicalPlan,
    names: FieldNames,
}

/// The plan for each row of what it names of `left`; none if that is not known here.
fn pushed(
    context: &RelationContext<'_, '_>,
    left: &Planned,
    right: &LogicalPlan,
) -> Result<Option<Pushed>> {
    let mut names = names_around(context, left, right)?;
    let Some(domain) = Domain::of(right, left.plan(), &mut names)? else { return Ok(None) };
    match domain.push(right) {
        Ok(plan) => Ok(Some(Pushed { domain, plan, names })),
        Err(Error::Unsupported { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Names that neither `left` nor `right` uses, nor the queries around them.
fn names_around(
    context: &RelationContext<'_, '_>,
    left: &Planned,
    right: &LogicalPlan,
) -> Result<FieldNames> {
    let mut names = context.field_names();
    names.take_fields(left.df_schema());
    // Names inside may be of domains of their own.
    right.apply(|node| {
        names.take_fields(node.schema());
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(names)
}

const JOIN_TYPES: &str = "'inner', 'leftouter', 'left', 'left_outer', 'cross'";

/// A join type as clients write it.
fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Unspecified => "",
        Kind::Inner => "inner",
        Kind::FullOuter => "full",
        Kind::LeftOuter => "left",
        Kind::RightOuter => "right",
        Kind::LeftAnti => "anti",
        Kind::LeftSemi => "semi",
        Kind::Cross => "cross",
    }
}

/// The right side as a subquery of the row, if it names anything of it.
fn correlated(right: &Planned) -> Planned {
    let outer_ref_columns = right.plan().all_out_ref_exprs();
    if outer_ref_columns.is_empty() {
        return right.clone();
    }
    let subquery = Arc::clone(right.plan());
    let plan = LogicalPlan::Subquery(Subquery { subquery, outer_ref_columns, spans: Spans::new() });
    let columns = right.columns().clone();
    Planned::node(Arc::new(plan), columns, vec![Input::plain(right)], Shape::Same)
        .with_plan_id(right.plan_id())
}
