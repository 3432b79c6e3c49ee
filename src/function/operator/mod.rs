//! Operators: arithmetic, comparison, logic, bits.

pub(super) mod arithmetic;
pub(super) mod bits;
pub(crate) mod comparison;
pub(super) mod logic;
pub(super) mod matching;
mod plain;
pub(crate) mod span;
mod temporal;

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

use super::call::{FunctionCall, display_call, quoted_type};
use super::coerce::{self, Kind};
use super::{Typed, cast};
use crate::error::{Condition, Error, Result};
use crate::planner::scope::Scope;

pub(crate) use logic::{condition, not_boolean};
pub(crate) use plain::plain;

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

/// Spark's error for operands that an operator does not take: which one depends on
/// what its rules had made of them before they gave up.
fn refused(call: &FunctionCall, takes: &str, scope: &Scope<'_>) -> Error {
    let data_type = |at: usize| {
        let argument = call.arguments.get(at);
        argument.and_then(|a| a.data_type(scope).ok()).cloned().unwrap_or(DataType::Null)
    };
    let (a, b) = (data_type(0), data_type(1));
    let (left, right) = (Kind::of(&a), Kind::of(&b));
    let moves = |kind| matches!(kind, Kind::Date | Kind::DayTime | Kind::Calendar);
    let points = |kind| matches!(kind, Kind::Date | Kind::Timestamp | Kind::TimestampNtz);
    let unexpected = match call.name.as_str() {
        "+" | "try_add" => moves(left) || moves(right),
        "-" | "try_subtract" => points(left) || points(right) || moves(right),
        "*" | "try_multiply" => left.is_interval() || right.is_interval(),
        _ => false,
    };
    if unexpected {
        return super::call::unexpected_type(call, 1, takes.trim_matches('"'), scope);
    }
    // A string became what it stood beside, where it may.
    let beside_string = |kind: Kind| {
        kind.is_numeric()
            || points(kind)
            || matches!(kind, Kind::Null | Kind::Boolean | Kind::Binary)
    };
    let alike = coerce::same(&a, &b)
        || matches!((left, right), (Kind::Double, Kind::Decimal) | (Kind::Decimal, Kind::Double))
        || (left == Kind::String && beside_string(right))
        || (right == Kind::String && beside_string(left));
    if alike { wrong_type(call, takes, scope) } else { different_types(call, scope) }
}

/// Both as values of `to`.
fn both(left: &Typed, right: &Typed, to: &DataType, scope: &Scope<'_>) -> Result<(Typed, Typed)> {
    Ok((cast::coerced(left, to, scope)?, cast::coerced(right, to, scope)?))
}
