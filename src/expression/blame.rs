//! What errors call the expression at fault: the name that Spark gives it, which the
//! functions do not know.

use super::naming;
use crate::error::{Error, Result};
use crate::planner::scope::Scope;
use crate::proto::expression::ExprType;
use crate::proto::{CallFunction, Expression};

/// The result; an error of types in this very expression gets its name.
pub(super) fn told<T>(result: Result<T>, expression: &Expression, scope: &Scope<'_>) -> Result<T> {
    result.map_err(|error| match error {
        Error::Analysis(mut fault) => {
            if fault.blames_types() {
                let index = fault.parameters().get("paramIndex").and_then(|word| position(word));
                let argument = index.and_then(|at| arguments(expression).get(at));
                let input = argument.and_then(|argument| quoted(argument, scope));
                fault.tell([("sqlExpr", quoted(expression, scope)), ("inputSql", input)]);
            }
            Error::Analysis(fault)
        }
        other => other,
    })
}

fn quoted(expression: &Expression, scope: &Scope<'_>) -> Option<String> {
    naming::name(expression, scope).ok().map(|name| format!("\"{name}\""))
}

fn arguments(expression: &Expression) -> &[Expression] {
    match &expression.expr_type {
        Some(ExprType::UnresolvedFunction(call)) => &call.arguments,
        Some(ExprType::CallFunction(CallFunction { arguments, .. })) => arguments,
        _ => &[],
    }
}

/// The position of a parameter by Spark's word for it.
fn position(word: &str) -> Option<usize> {
    const WORDS: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];
    WORDS.iter().position(|own| *own == word)
}
