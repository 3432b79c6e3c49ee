//! Functions that take lambda functions.

mod maps;

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::logical_expr::expr::{HigherOrderFunction, Lambda, LambdaVariable};
use datafusion::logical_expr::{Expr, HigherOrderUDF};

use super::{lambda, plan_typed};
use crate::error::{Condition, Error, Required, Result};
use crate::function::cast::coerced;
use crate::function::coerce::{self, Kind};
use crate::function::{Typed, higher};
use crate::planner::scope::Scope;
use crate::proto::Expression;
use crate::proto::expression::{ExprType, LambdaFunction};

/// The call, if it is of such a function and has a lambda function among its
/// arguments.
pub(super) fn plan(
    name: &str,
    arguments: &[Expression],
    scope: &Scope<'_>,
) -> Result<Option<Typed>> {
    let is_lambda = |e: &Expression| matches!(e.expr_type, Some(ExprType::LambdaFunction(_)));
    if !arguments.iter().any(is_lambda) {
        return Ok(None);
    }
    let value = match name.to_ascii_lowercase().as_str() {
        "transform" => over_elements(&higher::TRANSFORM, arguments, Gives::List, scope),
        "filter" => over_elements(&higher::FILTER, arguments, Gives::Same, scope),
        "exists" | "any_match" => over_elements(&higher::EXISTS, arguments, Gives::Test, scope),
        "forall" => over_elements(&higher::FOR_ALL, arguments, Gives::Test, scope),
        "aggregate" | "reduce" => aggregate(arguments, scope),
        "map_filter" => maps::filter(arguments, scope),
        "transform_keys" => maps::transform(arguments, true, scope),
        "transform_values" => maps::transform(arguments, false, scope),
        "zip_with" => maps::zip_with(arguments, scope),
        "map_zip_with" => maps::zip_maps(arguments, scope),
        "array_sort" => maps::sort(arguments, scope),
        _ => Err(Error::analysis(
            Condition::INVALID_LAMBDA_NON_HIGHER_ORDER,
            [("class", format!("`{}`", name.to_lowercase()))],
        )),
    };
    value.map(Some)
}

/// What a function makes of its lambda function's values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gives {
    /// An array of them.
    List,
    /// The array with some elements left out.
    Same,
    /// A boolean.
    Test,
}

fn over_elements(
    udf: &Arc<HigherOrderUDF>,
    arguments: &[Expression],
    gives: Gives,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let [array, function] = arguments else { return Err(wrong_number(2, arguments)) };
    let array = array_of(array, scope)?;
    let array_type = array.data_type(scope)?.clone();
    let parameters = higher::element_parameters(&array_type).unwrap_or_default();
    let limit = if gives == Gives::Test { 1 } else { 2 };
    let function = lambda_of(function)?;
    let (lambda, body) = lambda::plan(function, &parameters[..limit], scope)?;
    let lambda = match gives {
        Gives::List => lambda,
        Gives::Same | Gives::Test => test(lambda, &body, scope)?,
    };
    let data_type = match gives {
        Gives::List => DataType::new_list(body.data_type(scope)?.clone(), true),
        Gives::Same => array_type,
        Gives::Test => DataType::Boolean,
    };
    let call = HigherOrderFunction::new(Arc::clone(udf), vec![array.into_expr(), lambda]);
    // The result's nullability follows from the lambda function's, so a list's type
    // is left for DataFusion to tell.
    let call = Expr::HigherOrderFunction(call);
    Ok(if gives == Gives::List { Typed::from(call) } else { Typed::new(call, data_type) })
}

fn wrong_number(expected: usize, arguments: &[Expression]) -> Error {
    Error::analysis(
        Condition::WRONG_NUM_ARGS,
        [
            ("functionName", "`lambda`".to_owned()),
            ("expectedNum", expected.to_string()),
            ("actualNum", arguments.len().to_string()),
        ],
    )
}

fn array_of(argument: &Expression, scope: &Scope<'_>) -> Result<Typed> {
    let array = plan_typed(argument, scope)?;
    match Kind::of(array.data_type(scope)?) {
        Kind::Array => Ok(array),
        _ => Err(unexpected(argument, "ARRAY", &array, scope)),
    }
}

fn unexpected(argument: &Expression, required: &str, value: &Typed, scope: &Scope<'_>) -> Error {
    let own = value.data_type(scope).map(crate::types::arrow_sql_name);
    Error::analysis(
        Condition::DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE,
        [
            ("sqlExpr", format!("\"{}\"", super::naming::quiet(argument))),
            ("paramIndex", "first".to_owned()),
            ("requiredType", format!("\"{required}\"")),
            ("inputSql", format!("\"{}\"", super::naming::quiet(argument))),
            ("inputType", own.unwrap_or_default()),
        ],
    )
}

fn lambda_of(argument: &Expression) -> Result<&LambdaFunction> {
    match argument.expr_type.as_ref().required("expr_type")? {
        ExprType::LambdaFunction(function) => Ok(function),
        _ => Err(Error::invalid_plan("a lambda function is needed")),
    }
}

/// The lambda function with a boolean for its body.
fn test(lambda: Expr, body: &Typed, scope: &Scope<'_>) -> Result<Expr> {
    let own = body.data_type(scope)?;
    let Expr::Lambda(Lambda { params, body: _ }) = lambda else { return Ok(lambda) };
    match Kind::of(own) {
        Kind::Boolean | Kind::Null | Kind::String => {
            let body = coerced(body, &DataType::Boolean, scope)?;
            Ok(Expr::Lambda(Lambda::new(params, body.into_expr())))
        }
        _ => Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE,
            [
                ("sqlExpr", format!("\"{}\"", body.expr().human_display())),
                ("paramIndex", "second".to_owned()),
                ("requiredType", "\"BOOLEAN\"".to_owned()),
                ("inputSql", format!("\"{}\"", body.expr().human_display())),
                ("inputType", crate::types::arrow_sql_name(own)),
            ],
        )),
    }
}

/// `aggregate(array, start, (acc, element) -> .., acc -> ..)`.
fn aggregate(arguments: &[Expression], scope: &Scope<'_>) -> Result<Typed> {
    let (array, start, merge, finish) = match arguments {
        [array, start, merge] => (array, start, merge, None),
        [array, start, merge, finish] => (array, start, merge, Some(finish)),
        _ => return Err(wrong_number(4, arguments)),
    };
    let array = array_of(array, scope)?;
    let start = plan_typed(start, scope)?;
    let total_type = start.data_type(scope)?.clone();
    let total: FieldRef = Arc::new(Field::new("acc", total_type.clone(), true));
    let element = higher::element_parameters(array.data_type(scope)?).unwrap_or_default();
    let Some(element) = element.into_iter().next() else {
        return Err(Error::internal("an array without elements"));
    };
    let (merge, merged) = lambda::plan(lambda_of(merge)?, &[Arc::clone(&total), element], scope)?;
    let merged_type = merged.data_type(scope)?;
    if !coerce::same(merged_type, &total_type) {
        return Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE,
            [
                ("sqlExpr", "\"aggregate\"".to_owned()),
                ("paramIndex", "third".to_owned()),
                ("requiredType", crate::types::arrow_sql_name(&total_type)),
                ("inputSql", format!("\"{}\"", merged.expr().human_display())),
                ("inputType", crate::types::arrow_sql_name(merged_type)),
            ],
        ));
    }
    let (finish, data_type) = match finish {
        Some(finish) => {
            let (finish, finished) = lambda::plan(lambda_of(finish)?, &[total], scope)?;
            (finish, finished.data_type(scope)?.clone())
        }
        None => {
            let variable = LambdaVariable::new("acc".to_owned(), Some(total));
            let body = Expr::LambdaVariable(variable);
            (Expr::Lambda(Lambda::new(vec!["acc".to_owned()], body)), total_type)
        }
    };
    let arguments = vec![array.into_expr(), start.into_expr(), merge, finish];
    let call = HigherOrderFunction::new(Arc::clone(&higher::AGGREGATE), arguments);
    Ok(Typed::new(Expr::HigherOrderFunction(call), data_type))
}
