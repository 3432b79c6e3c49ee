//! Arguments that must be constants, and their values.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{Expr, Volatility};

use super::call::{display, display_call};
use super::{FunctionCall, Typed};
use crate::error::{Condition, Error, Result};
use crate::planner::scope::Scope;

/// Whether an expression is the same for every row of every run.
pub(crate) fn is_foldable(value: &Typed) -> bool {
    let mut foldable = true;
    let walk = value.expr().apply(|expr| {
        let constant = match expr {
            Expr::Literal(..)
            | Expr::Alias(_)
            | Expr::BinaryExpr(_)
            | Expr::Like(_)
            | Expr::SimilarTo(_)
            | Expr::Not(_)
            | Expr::IsNotNull(_)
            | Expr::IsNull(_)
            | Expr::IsTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotTrue(_)
            | Expr::IsNotFalse(_)
            | Expr::IsNotUnknown(_)
            | Expr::Negative(_)
            | Expr::Between(_)
            | Expr::Case(_)
            | Expr::Cast(_)
            | Expr::TryCast(_)
            | Expr::InList(_) => true,
            Expr::ScalarFunction(function) => {
                function.func.signature().volatility != Volatility::Volatile
            }
            _ => false,
        };
        foldable &= constant;
        Ok(if constant { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
    });
    walk.is_ok() && foldable
}

/// The value of a constant expression; none if it is no constant.
///
/// # Errors
/// What computing it raises.
pub(crate) fn value_of(value: &Typed, scope: &Scope<'_>) -> Result<Option<ScalarValue>> {
    match is_foldable(value) {
        true => super::folded(value, scope),
        false => Ok(None),
    }
}

/// A constant string: none if it is no constant string, and none inside if NULL.
///
/// # Errors
/// As [`value_of`].
pub(crate) fn text_of(value: &Typed, scope: &Scope<'_>) -> Result<Option<Option<String>>> {
    let constant = value_of(value, scope)?;
    Ok(match constant {
        Some(ScalarValue::Null) => Some(None),
        Some(constant) => constant.try_as_str().map(|text| text.map(str::to_owned)),
        None => None,
    })
}

/// Spark's error for an argument that is no constant.
pub(crate) fn non_foldable(call: &FunctionCall, at: usize, name: &str, data_type: &str) -> Error {
    Error::analysis(
        Condition::DATATYPE_MISMATCH_NON_FOLDABLE_INPUT,
        [
            ("sqlExpr", display_call(call)),
            ("inputName", format!("`{name}`")),
            ("inputType", format!("\"{data_type}\"")),
            ("inputExpr", call.arguments.get(at).map_or_else(String::new, display)),
        ],
    )
}

/// Spark's error for a constant that must not be NULL.
pub(crate) fn unexpected_null(call: &FunctionCall, name: &str) -> Error {
    Error::analysis(
        Condition::DATATYPE_MISMATCH_UNEXPECTED_NULL,
        [("sqlExpr", display_call(call)), ("exprName", name.to_owned())],
    )
}

/// Spark's error for a constant outside of what a function takes.
pub(crate) fn out_of_range(call: &FunctionCall, name: &str, range: &str, value: &str) -> Error {
    Error::analysis(
        Condition::DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE,
        [
            ("sqlExpr", display_call(call)),
            ("exprName", name.to_owned()),
            ("valueRange", range.to_owned()),
            ("currentValue", value.to_owned()),
        ],
    )
}

/// A constant as a value of `to`, by Spark's implicit casts: none if NULL.
///
/// # Errors
/// For what is no constant, or has no such cast.
pub(crate) fn argument(
    call: &FunctionCall,
    at: usize,
    name: &str,
    to: &DataType,
    scope: &Scope<'_>,
) -> Result<Option<ScalarValue>> {
    let value = super::call::implicit(call, at, to, scope)?;
    match value_of(&value, scope)? {
        Some(value) if value.is_null() => Ok(None),
        Some(value) => Ok(Some(value)),
        None => Err(non_foldable(call, at, name, &crate::types::arrow_sql_name(to))),
    }
}
