//! Aggregates.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions_aggregate as df;
use datafusion::logical_expr::{AggregateUDF, Expr};

use super::Family;
use crate::error::{Error, Result};
use crate::function::call::{FunctionCall, aggregate, unexpected_type};
use crate::function::coerce::{Kind, canonical};
use crate::function::operator::comparison::is_orderable;
use crate::function::table::Build::Custom;
use crate::function::{Typed, cast, constant, udaf};
use crate::planner::scope::Scope;

pub(super) const TABLE: Family = &[
    ("count", Custom(count)),
    ("count_if", Custom(count_if)),
    ("sum", Custom(sum)),
    ("avg", Custom(avg)),
    ("mean", Custom(avg)),
    ("min", Custom(min)),
    ("max", Custom(max)),
    ("first", Custom(first)),
    ("first_value", Custom(first)),
    ("any_value", Custom(first)),
    ("last", Custom(last)),
    ("last_value", Custom(last)),
    ("stddev", Custom(stddev_samp)),
    ("std", Custom(stddev_samp)),
    ("stddev_samp", Custom(stddev_samp)),
    ("stddev_pop", Custom(stddev_pop)),
    ("variance", Custom(var_samp)),
    ("var_samp", Custom(var_samp)),
    ("var_pop", Custom(var_pop)),
    ("covar_samp", Custom(covar_samp)),
    ("covar_pop", Custom(covar_pop)),
    ("corr", Custom(corr)),
    ("bool_and", Custom(bool_and)),
    ("every", Custom(bool_and)),
    ("bool_or", Custom(bool_or)),
    ("any", Custom(bool_or)),
    ("some", Custom(bool_or)),
    ("bit_and", Custom(bit_and)),
    ("bit_or", Custom(bit_or)),
    ("bit_xor", Custom(bit_xor)),
    ("max_by", Custom(max_by)),
    ("min_by", Custom(min_by)),
    ("approx_count_distinct", Custom(approx_count_distinct)),
    ("try_sum", Custom(try_sum)),
    ("try_avg", Custom(try_avg)),
];

/// Rows in which no argument is NULL.
fn count(call: &FunctionCall, _scope: &Scope<'_>) -> Result<Typed> {
    let udf = df::count::count_udaf();
    match call.arguments.as_slice() {
        [] => Err(call.wrong_number("> 0")),
        [only] => Ok(typed(aggregate(&udf, call, [only.clone()]), DataType::Int64)),
        several if call.distinct => {
            let key = nullable_key(several);
            Ok(typed(aggregate(&udf, call, [key]), DataType::Int64))
        }
        several => Ok(typed(aggregate(&udf, call, [nullable_key(several)]), DataType::Int64)),
    }
}

fn typed(value: Typed, data_type: DataType) -> Typed {
    Typed::new(value.into_expr(), data_type)
}

/// A struct of the values; NULL if one of them is.
fn nullable_key(values: &[Typed]) -> Typed {
    let mut present = values.iter().map(|value| value.expr().clone().is_not_null());
    let first = present.next().unwrap_or_else(|| datafusion::logical_expr::lit(true));
    let all = present.fold(first, Expr::and);
    let key = crate::function::call::scalar(
        &datafusion::functions::core::r#struct(),
        values.iter().cloned(),
    );
    let case = datafusion::logical_expr::expr::Case::new(
        None,
        vec![(Box::new(all), Box::new(key.into_expr()))],
        None,
    );
    Typed::from(Expr::Case(case))
}

fn count_if(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let test = crate::function::call::implicit(call, 0, &DataType::Boolean, scope)?;
    let one = Typed::literal(1_i64.into()).into_expr();
    let case = datafusion::logical_expr::expr::Case::new(
        None,
        vec![(Box::new(test.into_expr()), Box::new(one))],
        None,
    );
    let counted = aggregate(&df::count::count_udaf(), call, [Typed::from(Expr::Case(case))]);
    Ok(typed(counted, DataType::Int64))
}

/// The argument of a sum or an average: a number, strings as doubles, or an
/// interval.
fn number(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    let own = canonical(value.data_type(scope)?);
    match Kind::of(&own) {
        Kind::String | Kind::Null => cast::coerced(value, &DataType::Float64, scope),
        kind if kind.is_numeric() => cast::coerced(value, &own, scope),
        Kind::DayTime | Kind::YearMonth => cast::coerced(value, &own, scope),
        _ => Err(unexpected_type(call, 0, "NUMERIC\" or \"ANSI INTERVAL", scope)),
    }
}

fn sum(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let value = number(call, scope)?;
    let own = value.data_type(scope)?.clone();
    Ok(match Kind::of(&own) {
        Kind::Integral => {
            let value = cast::coerced(&value, &DataType::Int64, scope)?;
            typed(aggregate(&udaf::sum(scope), call, [value]), DataType::Int64)
        }
        Kind::Decimal | Kind::DayTime | Kind::YearMonth => {
            aggregate(&udaf::sum(scope), call, [value])
        }
        _ => {
            let value = cast::coerced(&value, &DataType::Float64, scope)?;
            typed(aggregate(&df::sum::sum_udaf(), call, [value]), DataType::Float64)
        }
    })
}

fn avg(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let value = number(call, scope)?;
    let own = value.data_type(scope)?.clone();
    Ok(match Kind::of(&own) {
        Kind::Decimal | Kind::DayTime | Kind::YearMonth => {
            aggregate(&udaf::avg(scope), call, [value])
        }
        _ => {
            let value = cast::coerced(&value, &DataType::Float64, scope)?;
            typed(aggregate(&df::average::avg_udaf(), call, [value]), DataType::Float64)
        }
    })
}

fn min(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    extreme(call, &df::min_max::min_udaf(), scope)
}

fn max(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    extreme(call, &df::min_max::max_udaf(), scope)
}

fn extreme(call: &FunctionCall, udf: &Arc<AggregateUDF>, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    let own = value.data_type(scope)?.clone();
    if !is_orderable(&own) {
        return Err(invalid_ordering(call, &own));
    }
    Ok(typed(aggregate(udf, call, [value.clone()]), own))
}

/// Spark's error for values that have no order.
fn invalid_ordering(call: &FunctionCall, own: &DataType) -> Error {
    Error::analysis(
        crate::error::Condition::DATATYPE_MISMATCH_INVALID_ORDERING_TYPE,
        [
            ("sqlExpr", crate::function::call::display_call(call)),
            ("functionName", format!("`{}`", call.name.to_lowercase())),
            ("dataType", crate::function::call::quoted_type(own)),
        ],
    )
}

fn first(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    edge(call, &df::first_last::first_value_udaf(), scope)
}

fn last(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    edge(call, &df::first_last::last_value_udaf(), scope)
}

/// `first(x)` and `first(x, ignoreNulls)`.
fn edge(call: &FunctionCall, udf: &Arc<AggregateUDF>, scope: &Scope<'_>) -> Result<Typed> {
    let mut call = call.clone();
    if call.arguments.len() == 2 {
        let ignore = call.arguments.pop().and_then(|flag| flag.as_literal().cloned());
        match ignore {
            Some(datafusion::common::ScalarValue::Boolean(Some(ignore))) => {
                call.ignore_nulls |= ignore;
            }
            _ => return Err(unexpected_type(&call, 1, "BOOLEAN", scope)),
        }
    }
    let [value] = call.arguments()?;
    let own = value.data_type(scope)?.clone();
    Ok(typed(aggregate(udf, &call, [value.clone()]), own))
}

/// Aggregates over doubles.
fn doubles<const N: usize>(
    call: &FunctionCall,
    udf: &Arc<AggregateUDF>,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let _: &[Typed; N] = call.arguments()?;
    let values = (0..N)
        .map(|at| crate::function::call::implicit(call, at, &DataType::Float64, scope))
        .collect::<Result<Vec<_>>>()?;
    Ok(typed(aggregate(udf, call, values), DataType::Float64))
}

fn stddev_samp(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    doubles::<1>(call, &df::stddev::stddev_udaf(), scope)
}

fn stddev_pop(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    doubles::<1>(call, &df::stddev::stddev_pop_udaf(), scope)
}

fn var_samp(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    doubles::<1>(call, &df::variance::var_samp_udaf(), scope)
}

fn var_pop(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    doubles::<1>(call, &df::variance::var_pop_udaf(), scope)
}

fn covar_samp(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    doubles::<2>(call, &df::covariance::covar_samp_udaf(), scope)
}

fn covar_pop(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    doubles::<2>(call, &df::covariance::covar_pop_udaf(), scope)
}

fn corr(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    doubles::<2>(call, &df::correlation::corr_udaf(), scope)
}

fn flag(call: &FunctionCall, udf: &Arc<AggregateUDF>, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let value = crate::function::call::implicit(call, 0, &DataType::Boolean, scope)?;
    Ok(typed(aggregate(udf, call, [value]), DataType::Boolean))
}

fn bool_and(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    flag(call, &df::bool_and_or::bool_and_udaf(), scope)
}

fn bool_or(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    flag(call, &df::bool_and_or::bool_or_udaf(), scope)
}

fn bits(call: &FunctionCall, udf: &Arc<AggregateUDF>, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    let own = match canonical(value.data_type(scope)?) {
        DataType::Null => DataType::Int32,
        own => own,
    };
    if Kind::of(&own) != Kind::Integral {
        return Err(unexpected_type(call, 0, "INTEGRAL", scope));
    }
    let value = cast::coerced(value, &own, scope)?;
    Ok(typed(aggregate(udf, call, [value]), own))
}

fn bit_and(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    bits(call, &df::bit_and_or_xor::bit_and_udaf(), scope)
}

fn bit_or(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    bits(call, &df::bit_and_or_xor::bit_or_udaf(), scope)
}

fn bit_xor(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    bits(call, &df::bit_and_or_xor::bit_xor_udaf(), scope)
}

fn max_by(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    by_key(call, &udaf::extreme::MAX_BY, scope)
}

fn min_by(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    by_key(call, &udaf::extreme::MIN_BY, scope)
}

/// The value of the row in which another one is largest or smallest.
fn by_key(call: &FunctionCall, function: &Arc<AggregateUDF>, scope: &Scope<'_>) -> Result<Typed> {
    if call.arguments.len() == 3 {
        return several_by_key(call, scope);
    }
    let [value, key] = call.arguments()?;
    if !is_orderable(key.data_type(scope)?) {
        return Err(invalid_ordering(call, key.data_type(scope)?));
    }
    let own = value.data_type(scope)?.clone();
    Ok(typed(aggregate(function, call, [value.clone(), key.clone()]), own))
}

/// The values of so many rows in which another one is largest or smallest.
fn several_by_key(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value, key, _] = call.arguments()?;
    if !is_orderable(key.data_type(scope)?) {
        return Err(invalid_ordering(call, key.data_type(scope)?));
    }
    let most = match constant::argument(call, 2, "k", &DataType::Int32, scope)? {
        Some(ScalarValue::Int32(Some(most))) => most,
        _ => 0,
    };
    if !(1..=100_000).contains(&most) {
        return Err(constant::out_of_range(call, "`k`", "[1, 100000]", &most.to_string()));
    }
    let largest = call.name.eq_ignore_ascii_case("max_by");
    let work = if largest { &udaf::ranked::LARGEST } else { &udaf::ranked::SMALLEST };
    let function = udaf::gather::gather(work, vec![ScalarValue::Int32(Some(most))], Vec::new());
    Ok(aggregate(&function, call, [value.clone(), key.clone()]))
}

fn approx_count_distinct(call: &FunctionCall, _scope: &Scope<'_>) -> Result<Typed> {
    if call.arguments.len() == 2 {
        return Err(Error::unsupported("function.approx_count_distinct.relative_sd"));
    }
    let [value] = call.arguments()?;
    let counted = aggregate(&df::approx_distinct::approx_distinct_udaf(), call, [value.clone()]);
    Ok(cast::plain(typed(counted, DataType::UInt64), &DataType::Int64))
}

fn try_sum(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let value = number(call, scope)?;
    match Kind::of(value.data_type(scope)?) {
        Kind::Integral => {
            let value = cast::coerced(&value, &DataType::Int64, scope)?;
            Ok(typed(aggregate(&udaf::try_sum(), call, [value]), DataType::Int64))
        }
        Kind::Decimal | Kind::DayTime | Kind::YearMonth => {
            Ok(aggregate(&udaf::try_sum(), call, [value]))
        }
        _ => sum(call, scope),
    }
}

fn try_avg(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let value = number(call, scope)?;
    match Kind::of(value.data_type(scope)?) {
        Kind::Decimal | Kind::DayTime | Kind::YearMonth => {
            Ok(aggregate(&udaf::try_avg(), call, [value]))
        }
        _ => avg(call, scope),
    }
}
