//! Functions and operators by name.

use std::ops::ControlFlow;

use super::{
    file_fact, generator, grouping, higher_order, list, named, plan_condition, plan_typed, routine,
    sort, string,
    time_window::{self, is_time_window},
};
use crate::error::{AtField, Condition, Error, Required, Result};
use crate::function::{FunctionCall, Typed, call, generated, plain, variant};
use crate::planner::scope::Scope;
use crate::proto::expression::{ExprType, UnresolvedFunction};
use crate::proto::{CallFunction, Expression};
use crate::sql::build::{self, ROW};

/// A value for a column that must be there: the column, then the value.
const SET: &str = "#set";

pub(super) fn plan(message: &UnresolvedFunction, scope: &Scope<'_>) -> Result<Typed> {
    let UnresolvedFunction { function_name, arguments, .. } = message;
    if let Some(text) = function_name.strip_prefix(build::LIKE) {
        return like_quantified(text, arguments, scope);
    }
    if let (SET, [column, value]) = (function_name.as_str(), arguments.as_slice()) {
        plan_typed(column, scope)?;
        return plan_typed(value, scope);
    }
    if let Some(value) = higher_order::plan(function_name, arguments, scope)? {
        return Ok(value);
    }
    if let Some(value) = grouping::plan(function_name, arguments, scope)? {
        return Ok(value);
    }
    if let Some(value) = routine::plan(function_name, arguments, scope)? {
        return Ok(value);
    }
    if let (Some(value), []) = (file_fact::plan(function_name, scope)?, arguments.as_slice()) {
        return Ok(value);
    }
    if is_time_window(function_name) {
        return time_window::column(function_name, scope);
    }
    if function_name.eq_ignore_ascii_case("window_time") {
        return time_window::instant_of(&prepare(message, scope)?, scope);
    }
    generator::refuse_in_expressions(function_name)?;
    if generator::is_generator(function_name) {
        return Err(generator::nested(format!("{}(..)", function_name.to_lowercase())));
    }
    match plain(prepare(message, scope)?, scope) {
        ControlFlow::Break(value) => Ok(value),
        ControlFlow::Continue(function) => call(&function, scope),
    }
}

/// `value LIKE ANY (patterns)` and its kin: the quantifier, and after a point the function
/// that tests. Spark says that the answer may be NULL whatever they are.
fn like_quantified(what: &str, arguments: &[Expression], scope: &Scope<'_>) -> Result<Typed> {
    let (quantifier, test) = what.split_once('.').required("function_name")?;
    let (value, patterns) = arguments.split_first().required("arguments")?;
    let (value, negated) = (plan_typed(value, scope)?, quantifier.starts_with("not"));
    if patterns.len() > 1 {
        value.may_be_copied()?;
    }
    let join = if quantifier.ends_with("any") { "or" } else { "and" };
    let mut joined: Option<Typed> = None;
    for pattern in patterns {
        let sides = [value.clone(), plan_typed(pattern, scope)?];
        let mut answer = call(&FunctionCall::new(test, sides), scope)?;
        if negated {
            answer = call(&FunctionCall::new("not", [answer]), scope)?;
        }
        joined = Some(match joined {
            None => answer,
            Some(others) => call(&FunctionCall::new(join, [others, answer]), scope)?,
        });
    }
    joined.map(generated::maybe).required("arguments")
}

pub(super) fn plan_call(message: &CallFunction, scope: &Scope<'_>) -> Result<Typed> {
    let CallFunction { function_name, arguments } = message;
    let parts = super::attribute::parse_name(function_name)?;
    let name = parts.last().cloned().unwrap_or_default();
    generator::refuse_in_expressions(&name)?;
    if let Some(value) = higher_order::plan(&name, arguments, scope)? {
        return Ok(value);
    }
    call(
        &FunctionCall::new(name, planned_arguments(function_name, arguments, false, scope)?),
        scope,
    )
}

/// The call a message stands for, its arguments planned.
pub(super) fn prepare(message: &UnresolvedFunction, scope: &Scope<'_>) -> Result<FunctionCall> {
    let UnresolvedFunction {
        function_name,
        arguments,
        is_distinct,
        is_user_defined_function,
        // Spark's internal functions are in the table like the others.
        is_internal: _,
    } = message;
    if function_name.starts_with('#') && ![variant::PART, ROW].contains(&function_name.as_str()) {
        return decorated(function_name, arguments, scope);
    }
    let arguments = match special_arguments(function_name, arguments, scope)? {
        Some(planned) => planned,
        None => planned_arguments(function_name, arguments, *is_distinct, scope)?,
    };
    let mut function = FunctionCall::new(function_name.as_str(), arguments);
    function.distinct = *is_distinct;
    function.user_defined = *is_user_defined_function;
    Ok(function)
}

/// What SQL writes around a call, which the protocol has no fields for.
fn decorated(name: &str, arguments: &[Expression], scope: &Scope<'_>) -> Result<FunctionCall> {
    let (function, rest) = arguments.split_first().required("arguments")?;
    let mut function = call_in(function, scope)?;
    match name {
        "#ignore_nulls" => function.ignore_nulls = true,
        "#filter" => {
            let condition = rest.first().required("arguments")?;
            function.filter = Some(plan_condition(condition, scope)?);
        }
        "#within_group" => {
            for order in rest {
                match order.expr_type.as_ref() {
                    Some(ExprType::SortOrder(order)) => {
                        function.order_by.push(sort::plan(order, scope)?);
                    }
                    _ => return Err(Error::invalid_plan("WITHIN GROUP takes sort orders")),
                }
            }
        }
        _ => return Err(Error::unsupported(format!("function.{name}"))),
    }
    Ok(function)
}

/// The call that an expression is; texts are looked into.
pub(super) fn call_in(expression: &Expression, scope: &Scope<'_>) -> Result<FunctionCall> {
    match expression.expr_type.as_ref().required("expr_type")? {
        ExprType::UnresolvedFunction(function) => prepare(function, scope),
        ExprType::CallFunction(CallFunction { function_name, arguments }) => {
            let planned = planned_arguments(function_name, arguments, false, scope)?;
            Ok(FunctionCall::new(function_name.as_str(), planned))
        }
        ExprType::ExpressionString(text) => call_in(&string::parse(text, scope)?.expression, scope),
        other => Err(Error::invalid_plan(format!(
            "a function call is needed, not {}",
            super::kind_name(other)
        ))),
    }
}

fn planned_arguments(
    function: &str,
    arguments: &[Expression],
    distinct: bool,
    scope: &Scope<'_>,
) -> Result<Vec<Typed>> {
    let arguments = named::arranged(function, arguments)?;
    let mut planned = Vec::with_capacity(arguments.len());
    for argument in arguments.iter() {
        match argument.expr_type.as_ref() {
            // Every column, except that counting rows needs none of them.
            Some(ExprType::UnresolvedStar(star)) => {
                if is_count(function) && star.unparsed_target.is_some() {
                    let target = star.unparsed_target.clone().unwrap_or_default();
                    return Err(Error::analysis(
                        Condition::INVALID_USAGE_OF_STAR_IN_COUNT,
                        [("tableName", target.trim_end_matches(".*").to_owned())],
                    ));
                }
                if is_count(function) && !distinct && arguments.len() == 1 {
                    planned.push(Typed::literal(1_i32.into()));
                } else {
                    planned.extend(list::expand_arguments(star, scope)?);
                }
            }
            Some(ExprType::UnresolvedRegex(regex)) => {
                planned.extend(list::matching_columns(regex, scope)?);
            }
            _ => planned.push(plan_typed(argument, scope)?),
        }
    }
    Ok(planned)
}

fn is_count(function: &str) -> bool {
    function.eq_ignore_ascii_case("count")
}

/// `struct(a, b)` names its fields as its columns are named.
fn special_arguments(
    function: &str,
    arguments: &[Expression],
    scope: &Scope<'_>,
) -> Result<Option<Vec<Typed>>> {
    let zips = function.eq_ignore_ascii_case("arrays_zip");
    if !zips && !function.eq_ignore_ascii_case("struct") && function != ROW {
        return Ok(None);
    }
    let mut named = Vec::with_capacity(arguments.len() * 2);
    for argument in arguments {
        for field in super::plan_list(std::slice::from_ref(argument), scope)? {
            let position = named.len() / 2 + 1;
            let name = match field_name(argument) {
                true => field.name,
                false if zips => (position - 1).to_string(),
                false => format!("col{position}"),
            };
            named.push(Typed::literal(name.as_str().into()));
            named.push(Typed::from(field.expr));
        }
    }
    Ok(Some(named))
}

/// Whether a struct's field is named after its expression: columns, fields of
/// columns and aliases are.
fn field_name(argument: &Expression) -> bool {
    matches!(
        argument.expr_type,
        Some(
            ExprType::UnresolvedAttribute(_)
                | ExprType::Alias(_)
                | ExprType::UnresolvedStar(_)
                | ExprType::UnresolvedRegex(_)
                | ExprType::UnresolvedNamedLambdaVariable(_)
                | ExprType::ExpressionString(_)
        )
    )
}

/// The field of a message that must hold a function.
pub(super) fn required_call<'e>(
    expression: Option<&'e Expression>,
    field: &str,
) -> Result<&'e Expression> {
    expression.required(field).at("window")
}
