//! Typed joins: each side is one column, a struct of its columns or its only one; where
//! a side has no row the column is NULL.

use std::sync::Arc;

use datafusion::logical_expr::Expr;

use super::{Sides, join_type_of};
use crate::error::{AtField as _, Condition, Error, Required as _, Result};
use crate::function::{FunctionCall, Typed, call};
use crate::planner::columns::{ColumnEntry, ColumnId, Columns};
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::walk::RelationContext;
use crate::proto::Expression;
use crate::proto::join::{JoinDataType, JoinType as Kind};
use crate::relation::select::Select;

pub(super) fn plan(
    context: &RelationContext<'_, '_>,
    packed: &JoinDataType,
    kind: Kind,
    condition: Option<&Expression>,
) -> Result<Planned> {
    let JoinDataType { is_left_struct, is_right_struct } = packed;
    let name = match kind {
        Kind::LeftAnti => Some("LEFT ANTI"),
        Kind::LeftSemi => Some("LEFT SEMI"),
        _ => None,
    };
    if let Some(name) = name {
        return Err(Error::analysis(
            Condition::INVALID_JOIN_TYPE_FOR_JOINWITH,
            [("joinType", name.to_owned())],
        ));
    }
    let [left, right] = context.inputs.as_slice() else {
        return Err(Error::internal("a join has two inputs"));
    };
    let (left, left_id) = side(context, left, "_1", *is_left_struct)?;
    let (right, right_id) = side(context, right, "_2", *is_right_struct)?;
    let sides = Sides::new(context, &left, &right)?;
    let condition = condition.map(|c| sides.condition(c, context).at("join_condition"));
    let joined = sides.join(join_type_of(kind)?, Vec::new(), condition.transpose()?)?;
    let mut select = Select::new(&joined, context.field_names());
    for id in [left_id, right_id] {
        select.pass(joined.columns().by_id(id).required("column")?);
    }
    select.finish()
}

/// A side with its columns as one, hidden, beside them.
fn side(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    name: &str,
    is_struct: bool,
) -> Result<(Planned, ColumnId)> {
    let entries = input.columns().entries();
    let value = match (is_struct, entries) {
        (false, [only]) => Expr::Column(only.column().clone()),
        (false, _) => {
            return Err(Error::invalid_plan("a side of a join that is no struct has one column"));
        }
        (true, _) => structure(context, input, entries)?,
    };
    let mut select = Select::new(input, context.field_names());
    entries.iter().chain(input.columns().hidden()).for_each(|entry| select.pass(entry));
    select.compute(name, value, None);
    let projected = select.finish()?;
    let (shown, hidden) = projected.columns().entries().split_at(entries.len());
    let packed = hidden.last().required("column")?;
    let columns = Columns::with_hidden(shown.to_vec(), hidden.to_vec());
    let inputs = vec![Input::plain(input)];
    let plan = Arc::clone(projected.plan());
    Ok((Planned::node(plan, columns, inputs, Shape::Opaque), packed.id()))
}

fn structure(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    entries: &[Arc<ColumnEntry>],
) -> Result<Expr> {
    let fields = entries.iter().flat_map(|entry| {
        let name = Typed::literal(entry.name().into());
        [name, Typed::from(Expr::Column(entry.column().clone()))]
    });
    let packed = FunctionCall::new("named_struct", fields);
    Ok(call(&packed, &context.scope(input))?.into_expr())
}
