//! `lateral_join`: the right side is computed for each row of the left.

use std::sync::Arc;

use datafusion::common::{JoinType, Spans};
use datafusion::logical_expr::{LogicalPlan, Subquery};

use super::join::{Sides, join_type_of};
use super::lateral_view::View;
use crate::error::{AtField as _, Condition, Error, Required as _, Result};
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::scope::OuterFrame;
use crate::planner::walk::{Env, RelationContext};
use crate::proto;
use crate::proto::join::JoinType as Kind;

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
    let sides = Sides::new(context, left, &correlated(&right))?;
    let condition = join_condition
        .as_ref()
        .map(|condition| sides.condition(condition, context).at("join_condition"));
    sides.join(join_type, Vec::new(), condition.transpose()?)
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
