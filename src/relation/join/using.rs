//! USING and NATURAL joins: the keys appear once.

use std::sync::Arc;

use datafusion::common::{ExprSchema as _, JoinType};
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::logical_expr::{Expr, LogicalPlan, Projection};

use super::Sides;
use crate::error::{Condition, Error, Result};
use crate::function::Typed;
use crate::function::cast::coerced;
use crate::function::coerce::common_type;
use crate::planner::columns::{ColumnEntry, Columns, FieldNames, Resolution, same_name};
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::walk::RelationContext;
use datafusion::common::Column;

/// Marks a NATURAL join, whose keys are the names that both sides have.
const NATURAL: &str = "#natural";

pub(super) struct Key {
    pub(super) left: Arc<ColumnEntry>,
    pub(super) right: Arc<ColumnEntry>,
}

pub(super) fn plan(
    context: &RelationContext<'_, '_>,
    sides: &Sides,
    join_type: JoinType,
    names: &[String],
) -> Result<Planned> {
    let keys = match names {
        [only] if only == NATURAL => natural(sides),
        names => names.iter().map(|name| key(sides, name)).collect::<Result<_>>()?,
    };
    let on = keys.iter().map(|key| equal(context, sides, key)).collect::<Result<Vec<_>>>()?;
    let plan = sides.node(join_type, on, None)?;
    output(context, sides, join_type, plan, &keys)
}

fn natural(sides: &Sides) -> Vec<Key> {
    let right = sides.right.planned().columns().entries();
    let keys = sides.left.columns().entries().iter().filter_map(|left| {
        let right = right.iter().find(|right| same_name(left.name(), right.name()))?;
        Some(Key { left: Arc::clone(left), right: Arc::clone(right) })
    });
    keys.collect()
}

fn key(sides: &Sides, name: &str) -> Result<Key> {
    Ok(Key {
        left: column(&sides.left, name, "left")?,
        right: column(sides.right.planned(), name, "right")?,
    })
}

fn column(side: &Planned, name: &str, which: &str) -> Result<Arc<ColumnEntry>> {
    match side.columns().resolve(&[name.to_owned()]) {
        Resolution::Found { entry, .. } => Ok(entry),
        Resolution::Ambiguous(entries) => Err(ambiguous(name, &entries)),
        Resolution::Missing => {
            let names: Vec<_> = side.columns().names().map(|name| format!("`{name}`")).collect();
            Err(Error::analysis(
                Condition::UNRESOLVED_USING_COLUMN_FOR_JOIN,
                [
                    ("colName", format!("`{name}`")),
                    ("side", which.to_owned()),
                    ("suggestion", names.join(", ")),
                ],
            ))
        }
    }
}

pub(super) fn ambiguous(name: &str, entries: &[Arc<ColumnEntry>]) -> Error {
    let names: Vec<_> = entries.iter().map(|entry| entry.quoted()).collect();
    let names = format!("[{}]", names.join(", "));
    Error::analysis(
        Condition::AMBIGUOUS_REFERENCE,
        [("name", format!("`{name}`")), ("referenceNames", names)],
    )
}

/// Both sides of a key, in their common type.
pub(super) fn equal(
    context: &RelationContext<'_, '_>,
    sides: &Sides,
    key: &Key,
) -> Result<(Expr, Expr)> {
    let left_type = sides.left.df_schema().data_type(key.left.column())?.clone();
    let right_type = sides.right.planned().df_schema().data_type(key.right.column())?.clone();
    let left = Expr::Column(key.left.column().clone());
    let right = Expr::Column(key.right.column().clone());
    if left_type == right_type {
        return Ok((left, right));
    }
    let common = common_type(&[left_type.clone(), right_type.clone()]).ok_or_else(|| {
        Error::analysis(
            Condition::DATATYPE_MISMATCH_BINARY_OP_DIFF_TYPES,
            [
                ("sqlExpr", format!("\"({0} = {0})\"", key.left.name())),
                ("left", format!("\"{}\"", crate::types::arrow_sql_name(&left_type))),
                ("right", format!("\"{}\"", crate::types::arrow_sql_name(&right_type))),
            ],
        )
    })?;
    let scope = context.scope(&sides.together);
    let to_common = |expr| coerced(&Typed::from(expr), &common, &scope).map(Typed::into_expr);
    Ok((to_common(left)?, to_common(right)?))
}

/// The keys first, once, then the rest of both sides.
fn output(
    context: &RelationContext<'_, '_>,
    sides: &Sides,
    join_type: JoinType,
    plan: LogicalPlan,
    keys: &[Key],
) -> Result<Planned> {
    let left = rest(&sides.left, keys.iter().map(|key| &key.left));
    let right = rest(sides.right.planned(), keys.iter().map(|key| &key.right));
    let inputs = vec![Input::plain(&sides.left), sides.right.clone()];
    let (shown, hidden): (Vec<_>, Vec<_>) = match join_type {
        JoinType::LeftSemi | JoinType::LeftAnti => {
            let shown = keys.iter().map(|key| Arc::clone(&key.left)).chain(left).collect();
            let columns = Columns::from_shared(shown);
            let inputs = vec![Input::plain(&sides.left)];
            return Ok(Planned::node(Arc::new(plan), columns, inputs, Shape::Opaque));
        }
        JoinType::Full => return full(context, sides, plan, keys),
        JoinType::Right => keys.iter().map(|k| (Arc::clone(&k.right), Arc::clone(&k.left))).unzip(),
        _ => keys.iter().map(|k| (Arc::clone(&k.left), Arc::clone(&k.right))).unzip(),
    };
    let shown = shown.into_iter().chain(left).chain(right).collect();
    let columns = Columns::with_hidden(shown, with_hidden(sides, hidden));
    Ok(Planned::node(Arc::new(plan), columns, inputs, Shape::Opaque))
}

/// What the sides hide stays hidden, so that chains of joins can name all keys.
fn with_hidden(sides: &Sides, mut keys: Vec<Arc<ColumnEntry>>) -> Vec<Arc<ColumnEntry>> {
    keys.extend(sides.together.columns().hidden().iter().map(Arc::clone));
    keys
}

fn rest<'a>(
    side: &Planned,
    keys: impl Iterator<Item = &'a Arc<ColumnEntry>>,
) -> Vec<Arc<ColumnEntry>> {
    let keys: Vec<_> = keys.map(|entry| entry.id()).collect();
    let entries = side.columns().entries().iter();
    entries.filter(|entry| !keys.contains(&entry.id())).cloned().collect()
}

/// A full outer join: a key is whichever side has it.
fn full(
    context: &RelationContext<'_, '_>,
    sides: &Sides,
    plan: LogicalPlan,
    keys: &[Key],
) -> Result<Planned> {
    let mut names = context.field_names();
    names.take_fields(plan.schema());
    let mut exprs: Vec<Expr> = plan.schema().columns().into_iter().map(Expr::Column).collect();
    let mut shown = Vec::new();
    for key in keys {
        shown.push(coalesced(context, sides, key, &mut names, &mut exprs)?);
    }
    let hidden = keys.iter().flat_map(|key| [Arc::clone(&key.left), Arc::clone(&key.right)]);
    let hidden = hidden.collect();
    shown.extend(rest(&sides.left, keys.iter().map(|key| &key.left)));
    shown.extend(rest(sides.right.planned(), keys.iter().map(|key| &key.right)));
    let projection = LogicalPlan::Projection(Projection::try_new(exprs, Arc::new(plan))?);
    let inputs = vec![Input::plain(&sides.left), sides.right.clone()];
    let columns = Columns::with_hidden(shown, with_hidden(sides, hidden));
    Ok(Planned::node(Arc::new(projection), columns, inputs, Shape::Opaque))
}

fn coalesced(
    context: &RelationContext<'_, '_>,
    sides: &Sides,
    key: &Key,
    names: &mut FieldNames,
    exprs: &mut Vec<Expr>,
) -> Result<Arc<ColumnEntry>> {
    let (left, right) = equal(context, sides, key)?;
    let field = names.take(key.left.name());
    exprs.push(coalesce(vec![left, right]).alias(&field));
    Ok(Arc::new(ColumnEntry::new(key.left.name(), Column::from_name(field))))
}
