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
                let argument = index.and_then(|at| argument(expression, at));
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

fn argument(expression: &Expression, at: usize) -> Option<&Expression> {
    match &expression.expr_type {
        // Conditions are counted, not the values between them.
        Some(ExprType::UnresolvedFunction(call)) if call.function_name == "when" => {
            call.arguments.get(at * 2)
        }
        Some(ExprType::UnresolvedFunction(call)) => call.arguments.get(at),
        Some(ExprType::CallFunction(CallFunction { arguments, .. })) => arguments.get(at),
        _ => None,
    }
}

/// The position of a parameter by Spark's word for it.
fn position(word: &str) -> Option<usize> {
    const WORDS: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];
    WORDS.iter().position(|own| *own == word)
}
