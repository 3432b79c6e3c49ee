//! Lambda functions and their variables.

use datafusion::arrow::datatypes::FieldRef;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::{Lambda, LambdaVariable};

use super::plan_typed;
use crate::error::{AtField, Error, Required, Result};
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
        return Err(Error::unsupported("expression.lambda_function.parameters"));
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
