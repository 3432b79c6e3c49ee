//! Expressions given as SQL text.

use std::sync::Arc;

use super::children::on_stack_for;
use super::plan_typed;
use crate::error::Result;
use crate::function::Typed;
use crate::planner::scope::Scope;
use crate::proto::expression::ExpressionString;
use crate::sql::Fragment;

pub(super) fn plan(text: &ExpressionString, scope: &Scope<'_>) -> Result<Typed> {
    let fragment = parse(text, scope)?;
    let limit = scope.planner().session().limits().expression_depth;
    on_stack_for(&fragment.expression, limit, || plan_typed(&fragment.expression, scope))
}

/// The message that the text stands for; parsed once a request.
pub(super) fn parse(text: &ExpressionString, scope: &Scope<'_>) -> Result<Arc<Fragment>> {
    let ExpressionString { expression } = text;
    scope.planner().parsed_expression(expression)
}
