//! Operators: arithmetic, comparison, logic, bits.

pub(super) mod arithmetic;
pub(super) mod bits;
pub(super) mod comparison;
pub(super) mod logic;
pub(super) mod matching;
mod temporal;

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

use super::call::{FunctionCall, display_call, quoted_type};
use super::{Typed, cast};
use crate::error::{Condition, Error, Result};
use crate::planner::scope::Scope;

pub(crate) use logic::condition;

fn binary(left: Typed, operator: Operator, right: Typed, data_type: DataType) -> Typed {
    let (left, right) = (Box::new(left.into_expr()), Box::new(right.into_expr()));
    Typed::new(Expr::BinaryExpr(BinaryExpr::new(left, operator, right)), data_type)
}

/// Spark's error for operands that cannot meet.
fn different_types(call: &FunctionCall, scope: &Scope<'_>) -> Error {
    let [left, right] = [0, 1].map(|at| type_name(call, at, scope));
    Error::analysis(
        Condition::DATATYPE_MISMATCH_BINARY_OP_DIFF_TYPES,
        [("sqlExpr", display_call(call)), ("left", left), ("right", right)],
    )
}

/// Spark's error for operands that agree, but on a type that will not do.
fn wrong_type(call: &FunctionCall, takes: &str, scope: &Scope<'_>) -> Error {
    Error::analysis(
        Condition::DATATYPE_MISMATCH_BINARY_OP_WRONG_TYPE,
        [
            ("sqlExpr", display_call(call)),
            ("inputType", takes.to_owned()),
            ("actualDataType", type_name(call, 0, scope)),
        ],
    )
}

fn type_name(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> String {
    call.arguments
        .get(at)
        .and_then(|argument| argument.data_type(scope).ok())
        .map_or_else(|| "\"VOID\"".to_owned(), quoted_type)
}

/// Both as values of `to`.
fn both(left: &Typed, right: &Typed, to: &DataType, scope: &Scope<'_>) -> Result<(Typed, Typed)> {
    Ok((cast::coerced(left, to, scope)?, cast::coerced(right, to, scope)?))
}
