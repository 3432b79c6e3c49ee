//! Lambda functions over the entries of maps, and over two collections at once.
//!
//! They are made of functions over arrays: the entries of a map are an array.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::HigherOrderFunction;

use super::super::{lambda, plan_typed};
use super::{array_of, lambda_of, test, unexpected, wrong_number};
use crate::error::{Condition, Error, Result};
use crate::function::coerce::{self, Kind};
use crate::function::{FunctionCall, Typed, call, cast, collection, higher};
use crate::planner::scope::Scope;
use crate::proto::Expression;

fn map_of(argument: &Expression, scope: &Scope<'_>) -> Result<Typed> {
    let map = plan_typed(argument, scope)?;
    match Kind::of(map.data_type(scope)?) {
        Kind::Map => Ok(map),
        _ => Err(unexpected(argument, "MAP", &map, scope)),
    }
}

/// Key and value of an entry.
fn key_and_value(entry: Expr) -> Vec<Expr> {
    vec![get_field(entry.clone(), "key"), get_field(entry, "value")]
}

/// The field that an element of an array of structs is.
fn element_field(list: &Typed, scope: &Scope<'_>) -> Result<FieldRef> {
    match coerce::element(list.data_type(scope)?) {
        Some(element) => {
            let (data_type, nullable) = (element.data_type().clone(), element.is_nullable());
            Ok(Arc::new(Field::new("element", data_type, nullable)))
        }
        None => Err(Error::internal("entries are no array")),
    }
}

fn of_array(list: Typed, udf: &Arc<datafusion::logical_expr::HigherOrderUDF>, body: Expr) -> Typed {
    let arguments = vec![list.into_expr(), body];
    Typed::from(Expr::HigherOrderFunction(HigherOrderFunction::new(Arc::clone(udf), arguments)))
}

fn called(name: &str, arguments: Vec<Typed>, scope: &Scope<'_>) -> Result<Typed> {
    call(&FunctionCall::new(name, arguments), scope)
}

/// `map_filter(map, (key, value) -> test)`.
pub(super) fn filter(arguments: &[Expression], scope: &Scope<'_>) -> Result<Typed> {
    let [map, function] = arguments else { return Err(wrong_number(2, arguments)) };
    let entries = collection::entries_of(map_of(map, scope)?);
    let field = element_field(&entries, scope)?;
    let (lambda, body) = lambda::plan_parts(lambda_of(function)?, &field, &key_and_value, scope)?;
    let kept = of_array(entries, &higher::FILTER, test(lambda, &body, scope)?);
    called("map_from_entries", vec![kept], scope)
}

/// `transform_keys(map, (key, value) -> key)` and `transform_values(..)`.
pub(super) fn transform(arguments: &[Expression], keys: bool, scope: &Scope<'_>) -> Result<Typed> {
    let [map, function] = arguments else { return Err(wrong_number(2, arguments)) };
    let map = map_of(map, scope)?;
    let entries = collection::entries_of(map.clone());
    let field = element_field(&entries, scope)?;
    let (lambda, _) = lambda::plan_parts(lambda_of(function)?, &field, &key_and_value, scope)?;
    let new = of_array(entries, &higher::TRANSFORM, lambda);
    let parts = match keys {
        true => vec![new, collection::items_of(map)],
        false => vec![called("map_keys", vec![map], scope)?, new],
    };
    called("map_from_arrays", parts, scope)
}

/// `zip_with(array, array, (a, b) -> value)`; the shorter one goes on with NULLs.
pub(super) fn zip_with(arguments: &[Expression], scope: &Scope<'_>) -> Result<Typed> {
    let [left, right, function] = arguments else { return Err(wrong_number(3, arguments)) };
    let name = |name: &str| Typed::literal(name.into());
    let arrays = [name("0"), array_of(left, scope)?, name("1"), array_of(right, scope)?];
    let pairs = called("arrays_zip", arrays.to_vec(), scope)?;
    let field = element_field(&pairs, scope)?;
    let both = |pair: Expr| vec![get_field(pair.clone(), "0"), get_field(pair, "1")];
    let (lambda, _) = lambda::plan_parts(lambda_of(function)?, &field, &both, scope)?;
    Ok(of_array(pairs, &higher::TRANSFORM, lambda))
}

/// `map_zip_with(map, map, (key, a, b) -> value)`, over the keys of both.
pub(super) fn zip_maps(arguments: &[Expression], scope: &Scope<'_>) -> Result<Typed> {
    let [left, right, function] = arguments else { return Err(wrong_number(3, arguments)) };
    let (left, right) = (map_of(left, scope)?, map_of(right, scope)?);
    let keys = |map: &Typed| called("map_keys", vec![map.clone()], scope);
    let (left_keys, right_keys) = (keys(&left)?, keys(&right)?);
    let types = [left_keys.data_type(scope)?.clone(), right_keys.data_type(scope)?.clone()];
    if coerce::common_type(&types).is_none() {
        return Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_MAP_ZIP_WITH_DIFF_TYPES,
            [
                ("sqlExpr", "\"map_zip_with\"".to_owned()),
                ("functionName", "`map_zip_with`".to_owned()),
                ("leftType", crate::types::arrow_sql_name(&types[0])),
                ("rightType", crate::types::arrow_sql_name(&types[1])),
            ],
        ));
    }
    let all = called("array_union", vec![left_keys, right_keys], scope)?;
    let field = element_field(&all, scope)?;
    let value = |map: &Typed, key: &Expr| {
        let key = Typed::new(key.clone(), field.data_type().clone());
        collection::map_value(map.clone(), key, scope).map(Typed::into_expr)
    };
    let parts = |key: Expr| match (value(&left, &key), value(&right, &key)) {
        (Ok(a), Ok(b)) => vec![key, a, b],
        _ => Vec::new(),
    };
    let (lambda, _) = lambda::plan_parts(lambda_of(function)?, &field, &parts, scope)?;
    let values = of_array(all.clone(), &higher::TRANSFORM, lambda);
    called("map_from_arrays", vec![all, values], scope)
}

/// `array_sort(array, (a, b) -> sign)`.
pub(super) fn sort(arguments: &[Expression], scope: &Scope<'_>) -> Result<Typed> {
    let [array, function] = arguments else { return Err(wrong_number(2, arguments)) };
    let array = array_of(array, scope)?;
    let own = array.data_type(scope)?.clone();
    let element = higher::element_parameters(&own).unwrap_or_default();
    let Some(element) = element.into_iter().next() else {
        return Err(Error::internal("an array without elements"));
    };
    let pair = [Arc::clone(&element), element];
    let (lambda, body) = lambda::plan(lambda_of(function)?, &pair, scope)?;
    if !matches!(Kind::of(body.data_type(scope)?), Kind::Integral | Kind::Null) {
        return Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_UNEXPECTED_RETURN_TYPE,
            [
                ("sqlExpr", "\"array_sort\"".to_owned()),
                ("functionName", "`lambdafunction`".to_owned()),
                ("expectedType", "\"INT\"".to_owned()),
                ("actualType", crate::types::arrow_sql_name(body.data_type(scope)?)),
            ],
        ));
    }
    let Expr::Lambda(lambda) = lambda else { return Err(Error::internal("no lambda function")) };
    let body = cast::coerced(&body, &DataType::Int32, scope)?.into_expr();
    let lambda = datafusion::logical_expr::expr::Lambda::new(lambda.params, body);
    Ok(Typed::new(of_array(array, &higher::SORT, Expr::Lambda(lambda)).into_expr(), own))
}
