//! What an expression without columns comes to.

use std::sync::Arc;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::optimizer::simplify_expressions::ExprSimplifier;

use super::Typed;
use crate::error::Result;
use crate::planner::scope::Scope;

/// The value of an expression that is the same for every row; none if it is not.
///
/// # Errors
/// Those of evaluating it.
pub(crate) fn folded(value: &Typed, scope: &Scope<'_>) -> Result<Option<ScalarValue>> {
    if let Some(literal) = value.as_literal() {
        return Ok(Some(literal.clone()));
    }
    if value.expr().any_column_refs() {
        return Ok(None);
    }
    let state = scope.planner().state();
    let context = SimplifyContext::builder()
        .with_schema(Arc::clone(scope.df_schema()))
        .with_config_options(Arc::clone(state.config_options()))
        .with_current_time()
        .build();
    match ExprSimplifier::new(context).simplify(value.expr().clone())? {
        Expr::Literal(value, _) => Ok(Some(value)),
        _ => Ok(None),
    }
}
