//! LIKE, ILIKE, RLIKE.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::expr::Like;
use datafusion::logical_expr::{Expr, Operator};

use super::binary;
use crate::error::{Condition, Error, Result};
use crate::function::Typed;
use crate::function::call::{FunctionCall, implicit};
use crate::planner::scope::Scope;

pub(crate) fn like(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    pattern(call, false, scope)
}

pub(crate) fn ilike(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    pattern(call, true, scope)
}

fn pattern(call: &FunctionCall, case_insensitive: bool, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    if !(2..=3).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[2, 3]"));
    }
    let value = implicit(call, 0, &DataType::Utf8, scope)?;
    let mut pattern = implicit(call, 1, &DataType::Utf8, scope)?;
    if let Some(escape) = call.arguments.get(2) {
        pattern = with_backslash(&pattern, escape)?;
    }
    if let Some(Some(text)) = pattern.as_literal().and_then(ScalarValue::try_as_str) {
        check_escapes(text)?;
    }
    let like = Like::new(
        false,
        Box::new(value.into_expr()),
        Box::new(pattern.into_expr()),
        None,
        case_insensitive,
    );
    Ok(Typed::new(Expr::Like(like), DataType::Boolean))
}

/// Only `_`, `%` and the escape itself may be escaped.
fn check_escapes(pattern: &str) -> Result<()> {
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            continue;
        }
        let condition = match chars.next() {
            Some('_' | '%' | '\\') => continue,
            Some(_) => Condition::INVALID_FORMAT_ESC_IN_THE_MIDDLE,
            None => Condition::INVALID_FORMAT_ESC_AT_THE_END,
        };
        let parameters = [("format", format!("'{pattern}'")), ("char", "'\\'".to_owned())];
        return Err(Error::analysis(condition, parameters));
    }
    Ok(())
}

/// The pattern with another escape character turned into the usual one.
fn with_backslash(pattern: &Typed, escape: &Typed) -> Result<Typed> {
    let constants = (
        pattern.as_literal().and_then(|value| value.try_as_str()).flatten(),
        escape.as_literal().and_then(|value| value.try_as_str()).flatten(),
    );
    let (Some(pattern_text), Some(escape)) = constants else {
        return Err(Error::unsupported("function.like.computed_escape"));
    };
    let mut escape_chars = escape.chars();
    let (Some(escape), None) = (escape_chars.next(), escape_chars.next()) else {
        return Err(Error::unsupported("function.like.long_escape"));
    };
    if escape == '\\' {
        return Ok(pattern.clone());
    }
    let mut rewritten = String::with_capacity(pattern_text.len());
    let mut chars = pattern_text.chars();
    while let Some(c) = chars.next() {
        match c {
            c if c == escape => {
                rewritten.push('\\');
                rewritten.extend(chars.next());
            }
            '\\' => rewritten.push_str("\\\\"),
            other => rewritten.push(other),
        }
    }
    Ok(Typed::literal(ScalarValue::Utf8(Some(rewritten))))
}

pub(crate) fn rlike(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    let value = implicit(call, 0, &DataType::Utf8, scope)?;
    let pattern = implicit(call, 1, &DataType::Utf8, scope)?;
    Ok(binary(value, Operator::RegexMatch, pattern, DataType::Boolean))
}
