//! `set_op`: union, intersect, except, each with or without duplicates.

mod aligned;

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ExprSchema as _, JoinConstraint, JoinType, NullEquality};
use datafusion::logical_expr::{
    Distinct, Expr, ExprSchemable as _, Join, LogicalPlan, LogicalPlanBuilder, Projection, Union,
};

use super::deduplicate::exactly_output;
use super::row_number::row_number;
use crate::error::{Condition, Error, Required as _, Result};
use crate::function::Typed;
use crate::function::cast::coerced;
use crate::function::coerce::common_type;
use crate::planner::columns::{ColumnEntry, Columns, quote_parts};
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::scope::Scope;
use crate::planner::walk::RelationContext;
use crate::proto::set_operation::SetOpType;
use crate::proto::{self, Relation, relation::RelType};
use crate::types::arrow_sql_name;
use crate::types::variant::holds_variant;

/// The inputs of a chain of plain unions, so that a chain of thousands is one
/// node; of any other set operation its two inputs.
pub(super) fn inputs(message: &proto::SetOperation) -> Result<Vec<&Relation>> {
    let mut chain = vec![message.right_input.as_deref().required("right_input")?];
    let mut at = message.left_input.as_deref().required("left_input")?;
    if is_plain_union(message) {
        while let Some(RelType::SetOp(next)) = &at.rel_type {
            if !is_plain_union(next) {
                break;
            }
            chain.push(next.right_input.as_deref().required("right_input")?);
            at = next.left_input.as_deref().required("left_input")?;
        }
    }
    chain.push(at);
    chain.reverse();
    Ok(chain)
}

fn is_plain_union(message: &proto::SetOperation) -> bool {
    message.set_op_type() == SetOpType::Union
        && message.is_all.unwrap_or(false)
        && !message.by_name.unwrap_or(false)
}

pub(super) fn plan(
    message: &proto::SetOperation,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::SetOperation {
        left_input: _,
        right_input: _,
        set_op_type,
        is_all,
        by_name,
        allow_missing_columns,
    } = message;
    let all = is_all.unwrap_or(false);
    let by_name = by_name.unwrap_or(false);
    let allow_missing = allow_missing_columns.unwrap_or(false);
    let kind = SetOpType::try_from(*set_op_type).unwrap_or(SetOpType::Unspecified);
    let operator = match kind {
        SetOpType::Union => "UNION",
        SetOpType::Intersect if all => "INTERSECT ALL",
        SetOpType::Intersect => "INTERSECT",
        SetOpType::Except if all => "EXCEPT ALL",
        SetOpType::Except => "EXCEPT",
        SetOpType::Unspecified => return Err(Error::missing_field("set_op_type")),
    };
    let inputs = match (by_name, kind) {
        (true, SetOpType::Union) => aligned::by_name(context, allow_missing)?,
        (true, SetOpType::Intersect) => {
            return Err(Error::analysis(Condition::INTERSECT_BY_NAME, []));
        }
        (true, SetOpType::Except) => return Err(Error::analysis(Condition::EXCEPT_BY_NAME, [])),
        (true, SetOpType::Unspecified) => return Err(Error::missing_field("set_op_type")),
        (false, _) => aligned::by_position(context, operator)?,
    };
    if kind != SetOpType::Union || !all {
        refuse_maps(&inputs)?;
    }
    match kind {
        SetOpType::Intersect => matching(context, &inputs, JoinType::LeftSemi, all),
        SetOpType::Except => matching(context, &inputs, JoinType::LeftAnti, all),
        SetOpType::Union | SetOpType::Unspecified => union(&inputs, all),
    }
}

/// The columns of a union are new ones, named as the first input's: what `df["x"]`
/// named before is not in reach of it.
fn union(inputs: &[Planned], all: bool) -> Result<Planned> {
    let plans = inputs.iter().map(|input| Arc::clone(input.plan())).collect();
    let union = LogicalPlan::Union(Union::try_new_with_loose_types(plans)?);
    let plan = if all { union } else { distinct(union) };
    let names = inputs.iter().take(1).flat_map(|first| first.columns().names());
    let entries = names.zip(plan.schema().columns());
    let entries = entries.map(|(name, column)| ColumnEntry::new(name, column)).collect();
    let inputs = inputs.iter().map(Input::plain).collect();
    Ok(Planned::node(Arc::new(plan), Columns::new(entries), inputs, Shape::Opaque))
}

/// Maps and variants cannot be compared.
fn refuse_maps(inputs: &[Planned]) -> Result<()> {
    inputs.first().map_or(Ok(()), |first| refuse_maps_among(first, first.columns().entries()))
}

/// Refuses rows to be told apart by columns with maps or variants in them.
///
/// # Errors
/// Spark's error for the first such column.
pub(super) fn refuse_maps_among(input: &Planned, entries: &[Arc<ColumnEntry>]) -> Result<()> {
    for entry in entries {
        let own = input.df_schema().data_type(entry.column())?;
        let refused = match own {
            map if holds_map(map) => Some(Condition::SET_OPERATION_ON_MAP_TYPE),
            variant if holds_variant(variant) => Some(Condition::SET_OPERATION_ON_VARIANT_TYPE),
            _ => None,
        };
        if let Some(condition) = refused {
            return Err(Error::analysis(
                condition,
                [
                    ("colName", quote_parts([entry.name()])),
                    ("dataType", format!("\"{}\"", arrow_sql_name(own))),
                ],
            ));
        }
    }
    Ok(())
}

fn holds_map(data_type: &DataType) -> bool {
    match data_type {
        DataType::Map(..) => true,
        DataType::List(element) | DataType::LargeList(element) => holds_map(element.data_type()),
        DataType::Struct(fields) => fields.iter().any(|field| holds_map(field.data_type())),
        _ => false,
    }
}

fn distinct(plan: LogicalPlan) -> LogicalPlan {
    LogicalPlan::Distinct(Distinct::All(Arc::new(plan)))
}

fn two(inputs: &[Planned]) -> Result<(&Planned, &Planned)> {
    match inputs {
        [left, right] => Ok((left, right)),
        _ => Err(Error::internal("a set operation has two inputs")),
    }
}

/// The rows of the left that the right has, or has not; NULLs are equal. With
/// multiplicities the n-th copy of a row meets the n-th copy on the other side.
fn matching(
    context: &RelationContext<'_, '_>,
    inputs: &[Planned],
    join_type: JoinType,
    all: bool,
) -> Result<Planned> {
    let (left, right) = two(inputs)?;
    let (left_plan, right_plan) = match all {
        true => (Arc::new(numbered(left)?), Arc::new(numbered(right)?)),
        false => (Arc::clone(left.plan()), Arc::clone(right.plan())),
    };
    let plan = join_all_columns(context, left_plan, right_plan, join_type)?;
    let inputs = vec![Input::plain(left), Input::plain(right)];
    let columns = left.columns().clone();
    if !all {
        return Ok(Planned::node(Arc::new(distinct(plan)), columns, inputs, Shape::Opaque));
    }
    // The numbers go again.
    let numbered = Planned::node(Arc::new(plan), columns, inputs, Shape::Opaque);
    exactly_output(context, &numbered)
}

fn join_all_columns(
    context: &RelationContext<'_, '_>,
    left: Arc<LogicalPlan>,
    right: Arc<LogicalPlan>,
    join_type: JoinType,
) -> Result<LogicalPlan> {
    let mut names = context.field_names();
    names.take_fields(left.schema());
    let renamed = right.schema().columns().into_iter().map(|column| {
        let name = names.take(&column.name);
        Expr::Column(column).alias(name)
    });
    let renamed = Projection::try_new(renamed.collect(), Arc::clone(&right))?;
    let right = Arc::new(LogicalPlan::Projection(renamed));
    let on = left.schema().columns().into_iter().zip(right.schema().columns());
    let on = on.map(|(left, right)| (Expr::Column(left), Expr::Column(right))).collect();
    Ok(LogicalPlan::Join(Join::try_new(
        left,
        right,
        on,
        None,
        join_type,
        JoinConstraint::On,
        NullEquality::NullEqualsNull,
        false,
    )?))
}

/// The rows with the number of each copy.
fn numbered(input: &Planned) -> Result<LogicalPlan> {
    let columns = input.df_schema().columns().into_iter().map(Expr::Column);
    let number = row_number(columns.collect(), Vec::new()).alias("#copy");
    Ok(LogicalPlanBuilder::new_from_arc(Arc::clone(input.plan())).window([number])?.build()?)
}

/// Rows of expressions, each column in the common type of its values.
///
/// # Errors
/// Spark's error for rows of several widths, and `incompatible` for types without a common one.
pub(super) fn widened_rows(
    mut rows: Vec<Vec<Expr>>,
    incompatible: Condition,
    scope: &Scope<'_>,
) -> Result<Vec<Vec<Expr>>> {
    let width = rows.first().map_or(0, Vec::len);
    if let Some(at) = rows.iter().position(|row| row.len() != width) {
        return Err(Error::analysis(
            Condition::INVALID_INLINE_TABLE_NUM_COLUMNS_MISMATCH,
            [
                ("expectedNumCols", width.to_string()),
                ("actualNumCols", rows[at].len().to_string()),
                ("rowIndex", at.to_string()),
            ],
        ));
    }
    for column in 0..width {
        let types = rows.iter().map(|row| Ok(row[column].get_type(scope.df_schema().as_ref())?));
        let types = types.collect::<Result<Vec<_>>>()?;
        let common = common_type(&types).filter(|_| !mixes_text(&types)).ok_or_else(|| {
            Error::analysis(incompatible.clone(), [("colName", format!("`col{}`", column + 1))])
        })?;
        for (row, own) in rows.iter_mut().zip(types) {
            if own != common {
                let value = Typed::from(row[column].clone());
                row[column] = coerced(&value, &common, scope)?.into_expr();
            }
        }
    }
    Ok(rows)
}

/// Whether there is text beside something else: it has no common type here.
pub(super) fn mixes_text(types: &[DataType]) -> bool {
    let is_text =
        |own: &&DataType| matches!(own, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let texts = types.iter().filter(is_text).count();
    let nulls = types.iter().filter(|own| own.is_null()).count();
    texts > 0 && texts + nulls < types.len()
}
