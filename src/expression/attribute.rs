//! Columns, and fields inside them, by name.

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::Expr;

use super::{extract, grouping};
use crate::error::{Error, Result};
use crate::function::{FunctionCall, Typed, call};
use crate::planner::scope::{ResolvedName, Scope, cannot_resolve};
use crate::proto::expression::UnresolvedAttribute;

pub(super) fn plan(attribute: &UnresolvedAttribute, scope: &Scope<'_>) -> Result<Typed> {
    let (parts, resolved) = match resolve(attribute, scope) {
        Ok(found) => found,
        Err(_) if attribute.unparsed_identifier.eq_ignore_ascii_case(grouping::COLUMN) => {
            return Ok(grouping::column());
        }
        Err(_) if is_literal_function(attribute) => {
            let name = attribute.unparsed_identifier.as_str();
            return call(&FunctionCall::new(name, Vec::<Typed>::new()), scope);
        }
        Err(error) => return Err(error),
    };
    descend(resolved, &parts, scope)
}

/// Functions that may be called without parentheses where no column has their name.
const LITERAL_FUNCTIONS: &[&str] = &[
    "current_catalog",
    "current_database",
    "current_date",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "user",
];

pub(super) fn is_literal_function(attribute: &UnresolvedAttribute) -> bool {
    let UnresolvedAttribute { unparsed_identifier, plan_id, is_metadata_column: _ } = attribute;
    plan_id.is_none()
        && LITERAL_FUNCTIONS.iter().any(|name| unparsed_identifier.eq_ignore_ascii_case(name))
}

/// Looks a name up: its parts, and the column that the first of them name.
pub(super) fn resolve(
    attribute: &UnresolvedAttribute,
    scope: &Scope<'_>,
) -> Result<(Vec<String>, ResolvedName)> {
    // Metadata columns are found by their names, after all others.
    let UnresolvedAttribute { unparsed_identifier, plan_id, is_metadata_column } = attribute;
    let parts = parse_name(unparsed_identifier)?;
    match scope.resolve(&parts, *plan_id) {
        Ok(resolved) => Ok((parts, resolved)),
        Err(error) if is_metadata_column.unwrap_or(false) && is_unresolved(&error) => {
            Err(cannot_resolve(&parts))
        }
        Err(error) => Err(error),
    }
}

fn is_unresolved(error: &Error) -> bool {
    error.condition().is_some_and(|name| name.starts_with("UNRESOLVED_COLUMN."))
}

/// Goes into the fields that the parts after the column name.
pub(super) fn descend(
    resolved: ResolvedName,
    parts: &[String],
    scope: &Scope<'_>,
) -> Result<Typed> {
    let ResolvedName { expr, entry: _, parts: used } = resolved;
    let mut value = Typed::from(expr);
    for (at, field) in parts.iter().enumerate().skip(used) {
        value = extract::field(value, field, || parts[..at].join("."), scope)?;
    }
    Ok(value)
}

/// The parts of a dotted name; backquotes protect dots.
pub(super) fn parse_name(text: &str) -> Result<Vec<String>> {
    if !text.contains(['.', '`']) {
        return Ok(vec![text.to_owned()]);
    }
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut chars = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '`' if quoted && chars.peek() == Some(&'`') => {
                chars.next();
                part.push('`');
            }
            '`' if quoted => {
                quoted = false;
                if chars.peek().is_some_and(|next| *next != '.') {
                    return Err(malformed(text));
                }
            }
            '`' if part.is_empty() => quoted = true,
            '`' => return Err(malformed(text)),
            '.' if !quoted => {
                if part.is_empty() {
                    return Err(malformed(text));
                }
                parts.push(std::mem::take(&mut part));
            }
            other => part.push(other),
        }
    }
    if quoted || part.is_empty() {
        return Err(malformed(text));
    }
    parts.push(part);
    Ok(parts)
}

fn malformed(text: &str) -> Error {
    Error::analysis(
        crate::error::Condition::INVALID_ATTRIBUTE_NAME_SYNTAX,
        [("name", text.to_owned())],
    )
}

/// Whether an expression is just a column, here or in an enclosing query.
pub(super) fn is_column(expr: &Expr) -> bool {
    matches!(expr, Expr::Column(_) | Expr::OuterReferenceColumn(..))
}

/// Names of a struct's fields as errors list them.
pub(super) fn field_names(data_type: &DataType) -> Vec<String> {
    match data_type {
        DataType::Struct(fields) => fields.iter().map(|f| format!("`{}`", f.name())).collect(),
        _ => Vec::new(),
    }
}
