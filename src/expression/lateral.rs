//! Aliases that are named further right in a select list: where they may not be.

use super::{NamedExpr, attribute, children, naming};
use crate::error::{Condition, Error, Result};
use crate::function::is_aggregate;
use crate::planner::columns::same_name;
use crate::planner::scope::Scope;
use crate::proto::Expression;
use crate::proto::expression::ExprType;

/// # Errors
/// If an alias that the expression names was given twice, or is named inside a window
/// function or an aggregate.
pub(super) fn check(expression: &Expression, scope: &Scope<'_>, out: &[NamedExpr]) -> Result<()> {
    if let Some(name) = named(expression, scope, out) {
        let count = out.iter().filter(|other| same_name(&other.name, &name)).count();
        if count > 1 {
            return Err(Error::analysis(
                Condition::AMBIGUOUS_LATERAL_COLUMN_ALIAS,
                [("name", format!("`{name}`")), ("n", count.to_string())],
            ));
        }
    }
    let mut fault = None;
    let limit = scope.planner().session().limits().expression_depth;
    children::walk(vec![expression], limit, |kind| {
        let inner = || Expression { common: None, expr_type: Some(kind.clone()) };
        let (condition, parameter) = match kind {
            ExprType::Window(_) => (Condition::LATERAL_COLUMN_ALIAS_IN_WINDOW, "windowExpr"),
            ExprType::UnresolvedFunction(call) if is_aggregate(&call.function_name) => {
                (Condition::LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC, "aggFunc")
            }
            _ => return,
        };
        if fault.is_some() {
            return;
        }
        let inner = inner();
        if let Some(name) = named(&inner, scope, out) {
            let text = format!("\"{}\"", naming::quiet(&inner));
            let lca = ("lca", format!("`{name}`"));
            fault = Some(Error::analysis(condition, [lca, (parameter, text)]));
        }
    })?;
    fault.map_or(Ok(()), Err)
}

/// An alias of the list that the expression names, and no column.
fn named(expression: &Expression, scope: &Scope<'_>, out: &[NamedExpr]) -> Option<String> {
    let mut found = None;
    let limit = scope.planner().session().limits().expression_depth;
    let _ = children::walk(vec![expression], limit, |kind| {
        let ExprType::UnresolvedAttribute(name) = kind else { return };
        let Ok(parts) = attribute::parse_name(&name.unparsed_identifier) else { return };
        let Some(first) = parts.first() else { return };
        let is_alias = out.iter().any(|own| own.entry.is_none() && same_name(&own.name, first));
        if is_alias && found.is_none() && scope.resolve(&parts, None).is_err() {
            found = Some(first.clone());
        }
    });
    found
}
