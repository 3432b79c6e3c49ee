//! `set_op`: union, intersect, except, each with or without duplicates.

mod aligned;

use std::sync::Arc;

use datafusion::common::{Column, DFSchema, JoinConstraint, JoinType, NullEquality};
use datafusion::functions_window::row_number::row_number_udwf;
use datafusion::logical_expr::expr::{WindowFunction, WindowFunctionParams};
use datafusion::logical_expr::{
    Distinct, Expr, ExprSchemable as _, Join, LogicalPlan, LogicalPlanBuilder, Union, WindowFrame,
    WindowFunctionDefinition, cast,
};

use crate::error::{Condition, Error, Required as _, Result};
use crate::function::coerce::common_type;
use crate::planner::columns::{ColumnEntry, Columns};
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::walk::RelationContext;
use crate::proto::set_operation::SetOpType;
use crate::proto::{self, Relation, relation::RelType};

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
        (true, _) => return Err(Error::unsupported("relation.set_op.by_name")),
        (false, _) => aligned::by_position(context, operator)?,
    };
    let plan = match kind {
        SetOpType::Intersect if all => counted(&inputs, JoinType::LeftSemi)?,
        SetOpType::Except if all => counted(&inputs, JoinType::LeftAnti)?,
        SetOpType::Intersect => distinct(matching(&inputs, JoinType::LeftSemi)?),
        SetOpType::Except => distinct(matching(&inputs, JoinType::LeftAnti)?),
        _ => {
            let union = Union::try_new_with_loose_types(
                inputs.iter().map(|input| Arc::clone(input.plan())).collect(),
            )?;
            let union = LogicalPlan::Union(union);
            if all { union } else { distinct(union) }
        }
    };
    Ok(renewed_output(&inputs, plan))
}

/// The columns of the first input, as new columns: what `df["x"]` named before is
/// not in reach of a set operation's result.
fn renewed_output(inputs: &[Planned], plan: LogicalPlan) -> Planned {
    let names = inputs.first().map(|first| first.columns().names().collect::<Vec<_>>());
    let fields =
        plan.schema().iter().map(|(table, field)| Column::new(table.cloned(), field.name()));
    let entries = names.unwrap_or_default().into_iter().zip(fields);
    let entries = entries.map(|(name, column)| ColumnEntry::new(name, column)).collect();
    let inputs = inputs.iter().map(Input::plain).collect();
    Planned::node(Arc::new(plan), Columns::new(entries), inputs, Shape::Opaque)
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

/// The rows of the left that the right has, or has not; NULLs are equal.
fn matching(inputs: &[Planned], join_type: JoinType) -> Result<LogicalPlan> {
    let (left, right) = two(inputs)?;
    join_all_columns(Arc::clone(left.plan()), Arc::clone(right.plan()), join_type)
}

fn join_all_columns(
    left: Arc<LogicalPlan>,
    right: Arc<LogicalPlan>,
    join_type: JoinType,
) -> Result<LogicalPlan> {
    // The qualifier tells the sides' columns apart.
    let right = Arc::new(LogicalPlanBuilder::new_from_arc(right).alias("right")?.build()?);
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

/// The same with multiplicities: the n-th copy of a row on the left meets the n-th
/// copy on the right.
fn counted(inputs: &[Planned], join_type: JoinType) -> Result<LogicalPlan> {
    let (left, right) = two(inputs)?;
    let joined =
        join_all_columns(Arc::new(numbered(left)?), Arc::new(numbered(right)?), join_type)?;
    let columns = left.df_schema().columns().into_iter().map(Expr::Column);
    Ok(LogicalPlanBuilder::from(joined).project(columns.collect::<Vec<_>>())?.build()?)
}

/// The rows with the number of each copy.
fn numbered(input: &Planned) -> Result<LogicalPlan> {
    let columns = input.df_schema().columns().into_iter().map(Expr::Column);
    let number = WindowFunction {
        fun: WindowFunctionDefinition::WindowUDF(row_number_udwf()),
        params: WindowFunctionParams {
            args: Vec::new(),
            partition_by: columns.collect(),
            order_by: Vec::new(),
            window_frame: WindowFrame::new(None),
            filter: None,
            null_treatment: None,
            distinct: false,
        },
    };
    let number = Expr::from(number).alias("#copy");
    Ok(LogicalPlanBuilder::new_from_arc(Arc::clone(input.plan())).window([number])?.build()?)
}

/// Rows of expressions, each column in the common type of its values.
///
/// # Errors
/// Spark's errors for rows of several widths, and for types without a common one.
pub(super) fn widened_rows(mut rows: Vec<Vec<Expr>>) -> Result<Vec<Vec<Expr>>> {
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
    let schema = DFSchema::empty();
    for column in 0..width {
        let types = rows.iter().map(|row| Ok(row[column].get_type(&schema)?));
        let types = types.collect::<Result<Vec<_>>>()?;
        let common = common_type(&types).ok_or_else(|| {
            Error::analysis(
                Condition::INVALID_INLINE_TABLE_INCOMPATIBLE_TYPES,
                [("colName", format!("`col{}`", column + 1))],
            )
        })?;
        for (row, own) in rows.iter_mut().zip(types) {
            if own != common {
                row[column] = cast(row[column].clone(), common.clone());
            }
        }
    }
    Ok(rows)
}
