//! `subquery_alias`: the same columns behind another qualifier.

use std::sync::Arc;

use crate::error::Result;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;

pub(super) fn plan(
    message: &proto::SubqueryAlias,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::SubqueryAlias { input: _, alias, qualifier } = message;
    let input = context.input()?;
    // A common table that may be recursive but is not.
    let is_marked = qualifier.first().is_some_and(|part| part == crate::sql::RECURSIVE);
    let mut parts = if is_marked { Vec::new() } else { qualifier.clone() };
    parts.push(alias.clone());
    let columns = input.columns().requalified(&parts, |entry| entry.column().clone());
    Ok(Planned::over(input, Arc::clone(input.plan()), columns))
}
