//! LIKE, ILIKE, RLIKE.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::expr::Like;
use datafusion::logical_expr::{Expr, Operator};

use super::binary;
use crate::error::{Condition, Error, Result};
use crate::function::Typed;
use crate::function::call::{FunctionCall, implicit};
use crate::function::udf::text;
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
    let pattern = implicit(call, 1, &DataType::Utf8, scope)?;
    let pattern = match call.arguments.get(2) {
        None => checked(pattern, '\\')?,
        Some(escape) => checked(pattern, escape_of(escape)?)?,
    };
    let like = Like::new(
        false,
        Box::new(value.into_expr()),
        Box::new(pattern.into_expr()),
        None,
        case_insensitive,
    );
    Ok(Typed::new(Expr::Like(like), DataType::Boolean))
}

/// The escape character, which must be known when the query is planned.
fn escape_of(escape: &Typed) -> Result<char> {
    let text = escape.as_literal().and_then(ScalarValue::try_as_str).flatten();
    let mut chars = text.unwrap_or_default().chars();
    match (chars.next(), chars.next()) {
        (Some(escape), None) => Ok(escape),
        _ => Err(Error::unsupported("function.like.computed_escape")),
    }
}

/// A constant pattern, checked, and written with a backslash for its escape.
fn checked(pattern: Typed, escape: char) -> Result<Typed> {
    let Some(Some(text)) = pattern.as_literal().map(|value| value.try_as_str().flatten()) else {
        return match (escape, pattern.as_literal()) {
            ('\\', _) | (_, Some(_)) => Ok(pattern),
            _ => Err(Error::unsupported("function.like.computed_pattern")),
        };
    };
    let mut rewritten = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let escaped = if c == escape { Some(chars.next()) } else { None };
        match (c, escaped) {
            (_, Some(Some(next))) if next == escape => rewritten.push_str(&literally(next)),
            (_, Some(Some(next @ ('_' | '%')))) => rewritten.extend(['\\', next]),
            (_, Some(Some(_))) => {
                return Err(refused(text, escape, Condition::INVALID_FORMAT_ESC_IN_THE_MIDDLE));
            }
            (_, Some(None)) => {
                return Err(refused(text, escape, Condition::INVALID_FORMAT_ESC_AT_THE_END));
            }
            ('\\', None) => rewritten.push_str("\\\\"),
            (other, None) => rewritten.push(other),
        }
    }
    Ok(Typed::literal(ScalarValue::Utf8(Some(rewritten))))
}

/// A character that stands for itself.
fn literally(c: char) -> String {
    if matches!(c, '_' | '%' | '\\') { format!("\\{c}") } else { c.to_string() }
}

fn refused(pattern: &str, escape: char, condition: Condition) -> Error {
    let parameters = [("format", format!("'{pattern}'")), ("char", format!("'{escape}'"))];
    Error::analysis(condition, parameters)
}

pub(crate) fn rlike(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    let value = implicit(call, 0, &DataType::Utf8, scope)?;
    let pattern = implicit(call, 1, &DataType::Utf8, scope)?;
    let text = pattern.as_literal().and_then(|value| value.try_as_str().flatten());
    let text = text.map(str::to_owned);
    text.as_deref().map_or(Ok(()), text::check_pattern)?;
    match text.is_some_and(|text| text::is_regular(&text)) {
        true => Ok(binary(value, Operator::RegexMatch, pattern, DataType::Boolean)),
        false => {
            let matched = text::RLIKE.call(vec![value.into_expr(), pattern.into_expr()]);
            Ok(Typed::new(matched, DataType::Boolean))
        }
    }
}
