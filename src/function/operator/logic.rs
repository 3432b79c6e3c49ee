//! AND, OR, NOT, tests for NULL, and conditions.

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{Expr, Operator};

use super::{binary, different_types, wrong_type};
use crate::error::{Condition, Error, Result};
use crate::function::call::{FunctionCall, quoted_type, unexpected_type};
use crate::function::coerce::Kind;
use crate::function::{Typed, cast};
use crate::planner::scope::Scope;

pub(crate) fn and(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    connect(call, Operator::And, scope)
}

pub(crate) fn or(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    connect(call, Operator::Or, scope)
}

/// Two conditions; clients also send more at once.
fn connect(call: &FunctionCall, operator: Operator, scope: &Scope<'_>) -> Result<Typed> {
    let mut operands = call.arguments.iter();
    let Some(first) = operands.next() else { return Err(call.wrong_number("2")) };
    let mut all = operand(call, first, scope)?;
    for next in operands {
        all = binary(all, operator, operand(call, next, scope)?, DataType::Boolean);
    }
    Ok(all)
}

fn operand(call: &FunctionCall, value: &Typed, scope: &Scope<'_>) -> Result<Typed> {
    match Kind::of(value.data_type(scope)?) {
        Kind::Boolean => Ok(value.clone()),
        Kind::Null | Kind::String => cast::coerced(value, &DataType::Boolean, scope),
        kind => {
            let all_alike = call
                .arguments
                .iter()
                .all(|other| other.data_type(scope).is_ok_and(|other| Kind::of(other) == kind));
            Err(if all_alike {
                wrong_type(call, "\"BOOLEAN\"", scope)
            } else {
                different_types(call, scope)
            })
        }
    }
}

pub(crate) fn not(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    let negated = match Kind::of(value.data_type(scope)?) {
        Kind::Boolean => value.clone(),
        Kind::Null | Kind::String => cast::coerced(value, &DataType::Boolean, scope)?,
        _ => return Err(unexpected_type(call, 0, "BOOLEAN", scope)),
    };
    Ok(Typed::new(Expr::Not(Box::new(negated.into_expr())), DataType::Boolean))
}

pub(crate) fn is_null(call: &FunctionCall, _scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    Ok(Typed::new(Expr::IsNull(Box::new(value.expr().clone())), DataType::Boolean))
}

pub(crate) fn is_not_null(call: &FunctionCall, _scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    Ok(Typed::new(Expr::IsNotNull(Box::new(value.expr().clone())), DataType::Boolean))
}

/// A filter's condition: a boolean, or a string that becomes one.
pub(crate) fn condition(
    value: Typed,
    name: impl FnOnce() -> Result<String>,
    scope: &Scope<'_>,
) -> Result<Expr> {
    let data_type = value.data_type(scope)?;
    match Kind::of(data_type) {
        Kind::Boolean => super::comparison::bare(value.into_expr()),
        Kind::Null => cast::coerced(&value, &DataType::Boolean, scope).map(Typed::into_expr),
        _ => Err(not_boolean(&name()?, data_type)),
    }
}

/// Spark's error for a filter that is neither true nor false.
pub(crate) fn not_boolean(name: &str, data_type: &DataType) -> Error {
    Error::analysis(
        Condition::DATATYPE_MISMATCH_FILTER_NOT_BOOLEAN,
        [
            ("sqlExpr", format!("\"{name}\"")),
            ("filter", format!("\"{name}\"")),
            ("type", quoted_type(data_type)),
        ],
    )
}
