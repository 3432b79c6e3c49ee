//! Functions that SQL text made: their bodies, with the arguments in the place of
//! the parameters.

use std::sync::Arc;

use super::{attribute, plan_typed};
use crate::error::{Condition, Error, Result};
use crate::function::cast::{cast, session_mode};
use crate::function::{FunctionCall, Typed, is_builtin};
use crate::planner::SparkConnectPlanner;
use crate::planner::scope::{LambdaScope, Scope};
use crate::proto::Expression;
use crate::session::routines::{Routine, Routines};
use crate::types;

/// The function of this name, if SQL text made it.
pub(crate) fn find(name: &str, planner: &SparkConnectPlanner) -> Option<Arc<Routine>> {
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '`');
    if !is_name || is_builtin(&name.to_lowercase()) {
        return None;
    }
    let session = planner.session();
    let routines = session.get_or_init(Routines::default);
    let parts = attribute::parse_name(name).ok()?;
    let in_database = |database: &str, name: &str| {
        routines.get(&[session.current_catalog().as_str(), database, name].join("."))
    };
    match parts.as_slice() {
        [name] => routines.get(name).or_else(|| in_database(&session.current_database(), name)),
        [database, name] => in_database(database, name),
        _ => routines.get(&parts.join(".")),
    }
}

/// The value of a call, if SQL text made the function.
pub(super) fn plan(
    name: &str,
    arguments: &[Expression],
    scope: &Scope<'_>,
) -> Result<Option<Typed>> {
    let Some(routine) = find(name, scope.planner()) else { return Ok(None) };
    let function = &routine.function;
    check_class(&routine)?;
    if function.is_table {
        return Err(Error::analysis(
            Condition::NOT_A_SCALAR_FUNCTION,
            [("functionName", format!("`{name}`"))],
        ));
    }
    let zone = scope.planner().session().time_zone();
    let mut variables = Vec::new();
    for (parameter, argument) in function.parameters.iter().zip(given(&routine, arguments)?) {
        let to = types::to_arrow(&parameter.data_type, &zone)?;
        let value = plan_typed(argument, scope)?;
        let value = cast(value, &to, session_mode(scope), scope)?;
        variables.push((parameter.name.clone(), value.into_expr()));
    }
    let parameters = LambdaScope { variables: &variables, outer: None };
    let body = scope.planner().parsed_expression(&function.body)?;
    let value = plan_typed(&body.expression, &scope.in_lambda(&parameters))?;
    match &function.returns {
        Some(returns) => {
            let to = types::to_arrow(returns, &zone)?;
            cast(value, &to, session_mode(scope), scope).map(Some)
        }
        None => Ok(Some(value)),
    }
}

/// # Errors
/// `CANNOT_LOAD_FUNCTION_CLASS` if the function is a class: there is no JVM to load it.
pub(crate) fn check_class(routine: &Routine) -> Result<()> {
    let Some(class) = &routine.function.class else { return Ok(()) };
    Err(Error::analysis(
        Condition::CANNOT_LOAD_FUNCTION_CLASS,
        [
            ("className", class.clone()),
            ("functionName", crate::planner::columns::quote_parts(routine.shown.split('.'))),
        ],
    ))
}

/// An argument for each parameter.
///
/// # Errors
/// If there are too many or too few.
pub(crate) fn given<'e>(
    routine: &'e Routine,
    arguments: &'e [Expression],
) -> Result<Vec<&'e Expression>> {
    let parameters = &routine.function.parameters;
    let needed = parameters.iter().filter(|parameter| parameter.default.is_none()).count();
    if arguments.len() < needed || arguments.len() > parameters.len() {
        let call = FunctionCall::new::<Typed>(routine.shown.as_str(), []);
        return Err(Error::analysis(
            Condition::WRONG_NUM_ARGS,
            [
                ("functionName", format!("`{}`", call.name)),
                ("expectedNum", parameters.len().to_string()),
                ("actualNum", arguments.len().to_string()),
            ],
        ));
    }
    let defaults = parameters.iter().skip(arguments.len());
    Ok(arguments.iter().chain(defaults.filter_map(|own| own.default.as_ref())).collect())
}

/// The name that a call is shown under, if SQL text made the function.
pub(super) fn shown(name: &str, scope: &Scope<'_>) -> Option<String> {
    find(name, scope.planner()).map(|routine| routine.shown.clone())
}
