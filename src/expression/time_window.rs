//! Calls of `window` and `session_window` as columns: relations put the spans of time
//! that they stand for beneath themselves, by the names of the functions.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable as _, Operator};

use crate::error::{Condition, Error, Result};
use crate::function::{FunctionCall, Typed, unexpected_type};
use crate::planner::columns::ColumnEntry;
use crate::planner::planned::Planned;
use crate::planner::scope::Scope;
use crate::types::METADATA_KEY;

pub(crate) const WINDOW_NAME: &str = "window";
pub(crate) const SESSION_NAME: &str = "session_window";

/// Whether a function is one of the two.
pub(crate) fn is_time_window(name: &str) -> bool {
    name.eq_ignore_ascii_case(WINDOW_NAME) || name.eq_ignore_ascii_case(SESSION_NAME)
}

/// Whether a text may call one of the two.
pub(crate) fn names_time_window(text: &str) -> bool {
    let mut parts = text.as_bytes().windows(WINDOW_NAME.len());
    parts.any(|part| part.eq_ignore_ascii_case(WINDOW_NAME.as_bytes()))
}

/// The column that a call of such a function stands for.
///
/// # Errors
/// Where no relation has made it.
pub(crate) fn column(name: &str, scope: &Scope<'_>) -> Result<Typed> {
    let name = name.to_ascii_lowercase();
    let is_it = |entry: &&Arc<ColumnEntry>| {
        entry.name() == name && is_span(&Expr::Column(entry.column().clone()), scope.input())
    };
    match scope.input().columns().hidden().iter().find(is_it) {
        Some(entry) => Ok(Typed::from(Expr::Column(entry.column().clone()))),
        None => Err(Error::unsupported(format!("function.{name}.here"))),
    }
}

/// Whether an expression is a column of spans that a relation made, or one passed on from it.
pub(crate) fn is_span(expr: &Expr, input: &Planned) -> bool {
    metadata_of(expr, input).is_some_and(|text| text == metadata(true) || text == metadata(false))
}

pub(crate) fn metadata_of(expr: &Expr, input: &Planned) -> Option<String> {
    let (_, field) = expr.to_field(input.df_schema().as_ref()).ok()?;
    field.metadata().get(METADATA_KEY).cloned()
}

/// What Spark notes of such a column.
pub(crate) fn metadata(is_session: bool) -> &'static str {
    if is_session { r#"{"spark.sessionWindow":true}"# } else { r#"{"spark.timeWindow":true}"# }
}

/// The instant that a column of windows stands for.
///
/// # Errors
/// For a column that is none.
pub(crate) fn instant_of(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [window] = call.arguments.as_slice() else { return Err(call.wrong_number("1")) };
    if !matches!(window.data_type(scope)?, DataType::Struct(_)) {
        return Err(unexpected_type(call, 0, "STRUCT", scope));
    }
    if !is_span(window.expr(), scope.input()) {
        let text = format!("{}", window.expr().human_display());
        return Err(Error::analysis(Condition::NO_WINDOW_COLUMN, [("windowTime", text)]));
    }
    before_end(window)
}

/// The last instant of a window, which ends before its end.
pub(crate) fn before_end(window: &Typed) -> Result<Typed> {
    let end = get_field(window.expr().clone(), "end");
    let micro = Expr::Literal(ScalarValue::DurationMicrosecond(Some(1)), None);
    let before = BinaryExpr::new(Box::new(end), Operator::Minus, Box::new(micro));
    Ok(Typed::from(Expr::BinaryExpr(before)))
}
