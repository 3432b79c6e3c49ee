//! `limit` and `offset`.

use std::sync::Arc;

use datafusion::logical_expr::{Limit, LogicalPlan, lit};

use super::filter::through;
use crate::error::{Condition, Error, Result};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;

pub(super) fn limit(message: &proto::Limit, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let proto::Limit { input: _, limit } = message;
    let input = context.input()?;
    Ok(through(input, node(input, None, Some(not_negative("limit", *limit)?))))
}

pub(super) fn offset(
    message: &proto::Offset,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::Offset { input: _, offset } = message;
    let input = context.input()?;
    Ok(through(input, node(input, Some(not_negative("offset", *offset)?), None)))
}

/// Skips some rows and takes some.
pub(super) fn node(input: &Planned, skip: Option<i64>, fetch: Option<i64>) -> LogicalPlan {
    LogicalPlan::Limit(Limit {
        skip: skip.map(|rows| Box::new(lit(rows))),
        fetch: fetch.map(|rows| Box::new(lit(rows))),
        input: Arc::clone(input.plan()),
    })
}

/// # Errors
/// Spark's error for a limit or offset below zero.
pub(super) fn not_negative(name: &str, value: i32) -> Result<i64> {
    if value >= 0 {
        return Ok(i64::from(value));
    }
    Err(Error::analysis(
        Condition::INVALID_LIMIT_LIKE_EXPRESSION_IS_NEGATIVE,
        [("name", name.to_owned()), ("v", value.to_string()), ("expr", format!("\"{value}\""))],
    ))
}
