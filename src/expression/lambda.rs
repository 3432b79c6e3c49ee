//! Lambda functions and their variables.

use datafusion::arrow::datatypes::FieldRef;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::{Lambda, LambdaVariable};

use super::plan_typed;
use crate::error::{AtField, Condition, Error, Required, Result};
use crate::function::Typed;
use crate::planner::scope::{LambdaScope, Scope};
use crate::proto::expression::{LambdaFunction, UnresolvedNamedLambdaVariable};

/// A variable of an enclosing lambda function.
pub(super) fn plan_variable(
    variable: &UnresolvedNamedLambdaVariable,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let UnresolvedNamedLambdaVariable { name_parts } = variable;
    let resolved = scope.resolve(name_parts, None)?;
    super::attribute::descend(resolved, name_parts, scope)
}

/// A lambda function whose parameters are of these types, and its body's type.
pub(super) fn plan(
    function: &LambdaFunction,
    parameters: &[FieldRef],
    scope: &Scope<'_>,
) -> Result<(Expr, Typed)> {
    let LambdaFunction { function: body, arguments } = function;
    if arguments.len() > parameters.len() {
        return Err(wrong_number(arguments.len(), parameters.len()));
    }
    let names = arguments.iter().map(|argument| argument.name_parts.join("."));
    let variables: Vec<(String, Expr)> = names
        .zip(parameters)
        .map(|(name, field)| {
            let variable = LambdaVariable::new(name.clone(), Some(field.clone()));
            (name, Expr::LambdaVariable(variable))
        })
        .collect();
    let inner = LambdaScope { variables: &variables, outer: scope.lambda() };
    let body = body.as_deref().required("function").at("lambda_function")?;
    let body = plan_typed(body, &scope.in_lambda(&inner))?;
    let names = variables.iter().map(|(name, _)| name.clone()).collect();
    Ok((Expr::Lambda(Lambda::new(names, body.expr().clone())), body))
}

/// A lambda function over one value of which its parameters are parts, such as the
/// key and the value of an entry.
pub(super) fn plan_parts(
    function: &LambdaFunction,
    whole: &FieldRef,
    parts: &dyn Fn(Expr) -> Vec<Expr>,
    scope: &Scope<'_>,
) -> Result<(Expr, Typed)> {
    let LambdaFunction { function: body, arguments } = function;
    let names: Vec<_> = arguments.iter().map(|a| a.name_parts.join(".")).collect();
    // No name that a user writes, and another one than of lambda functions inside.
    let name = format!("({})", names.join(", "));
    let variable = Expr::LambdaVariable(LambdaVariable::new(name.clone(), Some(whole.clone())));
    let parts = parts(variable);
    if arguments.len() != parts.len() {
        return Err(wrong_number(arguments.len(), parts.len()));
    }
    let variables: Vec<(String, Expr)> = names.into_iter().zip(parts).collect();
    let inner = LambdaScope { variables: &variables, outer: scope.lambda() };
    let body = body.as_deref().required("function").at("lambda_function")?;
    let body = plan_typed(body, &scope.in_lambda(&inner))?;
    Ok((Expr::Lambda(Lambda::new(vec![name], body.expr().clone())), body))
}

/// Spark's error for a lambda function with another number of parameters than its
/// function hands it.
fn wrong_number(given: usize, expected: usize) -> Error {
    Error::analysis(
        Condition::INVALID_LAMBDA_NUM_ARGS,
        [("expectedNumArgs", given.to_string()), ("actualNumArgs", expected.to_string())],
    )
}
