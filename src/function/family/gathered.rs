//! Aggregates of our own that look at all rows of a group.

use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions_aggregate::regr;

use super::Family;
use crate::error::{Condition, Error, Result};
use crate::function::call::{FunctionCall, aggregate, implicit, unexpected_type};
use crate::function::coerce::{Kind, canonical, element};
use crate::function::constant::{self, out_of_range, unexpected_null};
use crate::function::table::Build::Custom;
use crate::function::udaf::gather::{Work, gather};
use crate::function::udaf::{collect, count_min, percentile, shape};
use crate::function::{Typed, cast};
use crate::planner::scope::Scope;

pub(super) const TABLE: Family = &[
    ("kurtosis", Custom(kurtosis)),
    ("skewness", Custom(skewness)),
    ("product", Custom(product)),
    ("mode", Custom(mode)),
    ("percentile", Custom(percentile)),
    ("percentile_cont", Custom(percentile_cont)),
    ("percentile_disc", Custom(percentile_disc)),
    ("median", Custom(median)),
    ("percentile_approx", Custom(percentile_approx)),
    ("approx_percentile", Custom(percentile_approx)),
    ("histogram_numeric", Custom(histogram)),
    ("listagg", Custom(listagg)),
    ("string_agg", Custom(listagg)),
    ("collect_list", Custom(collect_list)),
    ("array_agg", Custom(collect_list)),
    ("collect_set", Custom(collect_set)),
    ("collect_union", Custom(collect_union)),
    ("bitmap_construct_agg", Custom(bitmap_construct)),
    ("bitmap_or_agg", Custom(bitmap_or)),
    ("bitmap_and_agg", Custom(bitmap_and)),
    ("count_min_sketch", Custom(count_min_sketch)),
    ("vector_sum", Custom(vector_sum)),
    ("vector_avg", Custom(vector_avg)),
    ("regr_avgx", Custom(regr_avgx)),
    ("regr_avgy", Custom(regr_avgy)),
    ("regr_count", Custom(regr_count)),
    ("regr_intercept", Custom(regr_intercept)),
    ("regr_r2", Custom(regr_r2)),
    ("regr_slope", Custom(regr_slope)),
    ("regr_sxx", Custom(regr_sxx)),
    ("regr_sxy", Custom(regr_sxy)),
    ("regr_syy", Custom(regr_syy)),
];

/// The aggregate of these columns, without orders of its own.
fn of(
    work: &'static Work,
    call: &FunctionCall,
    columns: Vec<Typed>,
    constants: Vec<ScalarValue>,
) -> Typed {
    let plain = FunctionCall { order_by: Vec::new(), ignore_nulls: false, ..call.clone() };
    aggregate(&gather(work, constants, Vec::new()), &plain, columns)
}

fn of_double(work: &'static Work, call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let value = implicit(call, 0, &DataType::Float64, scope)?;
    Ok(of(work, call, vec![value], Vec::new()))
}

fn kurtosis(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    of_double(&shape::KURTOSIS, call, scope)
}

fn skewness(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    of_double(&shape::SKEWNESS, call, scope)
}

fn product(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    of_double(&shape::PRODUCT, call, scope)
}

/// `mode(x, deterministic?)`, or `mode() WITHIN GROUP (ORDER BY x)`.
fn mode(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let flag = |smallest| vec![ScalarValue::Boolean(Some(smallest))];
    let (value, constants) = match (call.arguments.as_slice(), call.order_by.as_slice()) {
        ([], [order]) => (Typed::from(order.expr.clone()), flag(order.asc)),
        ([], _) => return Err(within_group_missing(call)),
        ([value], []) => (value.clone(), Vec::new()),
        ([value, _], []) => {
            match constant::argument(call, 1, "deterministic", &DataType::Boolean, scope)? {
                Some(ScalarValue::Boolean(Some(true))) => (value.clone(), flag(true)),
                Some(_) => (value.clone(), Vec::new()),
                None => return Err(unexpected_null(call, "deterministic")),
            }
        }
        _ => return Err(call.wrong_number("[0, 1, 2]")),
    };
    let own = canonical(value.data_type(scope)?);
    let value = cast::coerced(&value, &own, scope)?;
    Ok(of(&shape::MODE, call, vec![value], constants))
}

fn within_group_missing(call: &FunctionCall) -> Error {
    Error::analysis(
        Condition::INVALID_WITHIN_GROUP_MISSING,
        [("funcName", format!("`{}`", call.name.to_lowercase()))],
    )
}

/// The shares of a percentile: one or several constants between 0 and 1.
fn shares(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<ScalarValue> {
    let Some(given) = call.arguments.get(at) else { return Err(call.wrong_number("2")) };
    let to = match element(given.data_type(scope)?) {
        Some(_) => DataType::new_list(DataType::Float64, true),
        None => DataType::Float64,
    };
    let value = implicit(call, at, &to, scope)?;
    let Some(value) = constant::value_of(&value, scope)? else {
        return Err(constant::non_foldable(call, at, "percentage", "DOUBLE"));
    };
    let numbers: Vec<Option<f64>> = match &value {
        ScalarValue::Float64(share) => vec![*share],
        ScalarValue::List(list) if !value.is_null() => {
            use datafusion::arrow::array::AsArray;
            use datafusion::arrow::datatypes::Float64Type;
            list.value(0).as_primitive::<Float64Type>().iter().collect()
        }
        _ => vec![None],
    };
    for number in numbers {
        match number {
            None => return Err(unexpected_null(call, "percentage")),
            Some(share) if !(0.0..=1.0).contains(&share) && !share.is_nan() => {
                return Err(out_of_range(call, "percentage", "[0.0, 1.0]", &share.to_string()));
            }
            Some(_) => {}
        }
    }
    Ok(value)
}

/// What percentiles are taken of: numbers as doubles, intervals as they are.
fn measured(call: &FunctionCall, at: usize, scope: &Scope<'_>) -> Result<Typed> {
    let Some(value) = call.arguments.get(at) else { return Err(call.wrong_number("2")) };
    let own = canonical(value.data_type(scope)?);
    match Kind::of(&own) {
        Kind::DayTime | Kind::YearMonth => cast::coerced(value, &own, scope),
        kind if kind.is_numeric() || matches!(kind, Kind::String | Kind::Null) => {
            implicit(call, at, &DataType::Float64, scope)
        }
        _ => Err(unexpected_type(
            call,
            at,
            "NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH",
            scope,
        )),
    }
}

/// `percentile(x, shares, frequency?)`, exact.
fn percentile(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if !(2..=3).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[2, 3]"));
    }
    let mut columns = vec![measured(call, 0, scope)?];
    let shares = shares(call, 1, scope)?;
    if let Some(frequency) = call.arguments.get(2) {
        match Kind::of(frequency.data_type(scope)?) {
            Kind::Integral => columns.push(implicit(call, 2, &DataType::Int64, scope)?),
            _ => return Err(unexpected_type(call, 2, "INTEGRAL", scope)),
        }
    }
    Ok(of(&percentile::PERCENTILE, call, columns, vec![shares]))
}

fn median(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    let half = Typed::literal(0.5_f64.into());
    let mut whole = call.clone();
    whole.arguments = vec![value.clone(), half];
    percentile(&whole, scope)
}

fn percentile_cont(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    within_group(&percentile::PERCENTILE, call, scope)
}

fn percentile_disc(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    within_group(&percentile::PERCENTILE_DISC, call, scope)
}

/// `percentile_cont(share) WITHIN GROUP (ORDER BY x)`.
fn within_group(work: &'static Work, call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let order = match call.order_by.as_slice() {
        [order] => order,
        [] => return Err(within_group_missing(call)),
        several => {
            return Err(Error::analysis(
                Condition::INVALID_WITHIN_GROUP_NUM_ORDERINGS,
                [
                    ("funcName", format!("`{}`", call.name.to_lowercase())),
                    ("expectedNum", "1".to_owned()),
                    ("actualNum", several.len().to_string()),
                ],
            ));
        }
    };
    if call.distinct {
        return Err(Error::analysis(
            Condition::INVALID_WITHIN_GROUP_DISTINCT,
            [("funcName", format!("`{}`", call.name.to_lowercase()))],
        ));
    }
    let shares = shares(call, 0, scope)?;
    let mut ordered = call.clone();
    ordered.arguments.push(Typed::from(order.expr.clone()));
    let value = measured(&ordered, 1, scope)?;
    Ok(of(work, call, vec![value], vec![shares, ScalarValue::Boolean(Some(!order.asc))]))
}

const MEASURES: &str = "NUMERIC\" or \"DATE\" or \"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or \
     \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\" or \"TIME";

/// A number, a time or an interval, of its own type.
fn of_its_type(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let Some(value) = call.arguments.first() else { return Err(call.wrong_number("2")) };
    let own = canonical(value.data_type(scope)?);
    match Kind::of(&own) {
        Kind::String | Kind::Null => implicit(call, 0, &DataType::Float64, scope),
        kind if kind.is_numeric() => cast::coerced(value, &own, scope),
        Kind::Date | Kind::Timestamp | Kind::TimestampNtz | Kind::DayTime | Kind::YearMonth => {
            cast::coerced(value, &own, scope)
        }
        _ => Err(unexpected_type(call, 0, MEASURES, scope)),
    }
}

/// `percentile_approx(x, shares, accuracy?)`.
fn percentile_approx(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if !(2..=3).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[2, 3]"));
    }
    let value = of_its_type(call, scope)?;
    let shares = shares(call, 1, scope)?;
    let accuracy = match call.arguments.get(2) {
        None => 10_000,
        Some(accuracy) => {
            if !matches!(Kind::of(accuracy.data_type(scope)?), Kind::Integral | Kind::Null) {
                return Err(unexpected_type(call, 2, "INTEGRAL", scope));
            }
            match constant::argument(call, 2, "accuracy", &DataType::Int64, scope)? {
                Some(ScalarValue::Int64(Some(accuracy))) => accuracy,
                _ => return Err(unexpected_null(call, "accuracy")),
            }
        }
    };
    if accuracy < 1 || accuracy > i64::from(i32::MAX) {
        let range = "(0, 2147483647]";
        return Err(out_of_range(call, "accuracy", range, &accuracy.to_string()));
    }
    let constants = vec![shares, ScalarValue::Int64(Some(accuracy))];
    Ok(of(&percentile::PERCENTILE_APPROX, call, vec![value], constants))
}

fn histogram(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _] = call.arguments()?;
    let value = of_its_type(call, scope)?;
    let bins = match constant::argument(call, 1, "nb", &DataType::Int32, scope)? {
        Some(ScalarValue::Int32(Some(bins))) => bins,
        _ => return Err(unexpected_null(call, "nb")),
    };
    if bins < 2 {
        return Err(out_of_range(call, "nb", "[2, 2147483647]", &bins.to_string()));
    }
    let constants = vec![ScalarValue::Int32(Some(bins))];
    Ok(of(&percentile::HISTOGRAM, call, vec![value], constants))
}

/// `listagg(x, separator?) WITHIN GROUP (ORDER BY ..)`.
fn listagg(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if !(1..=2).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[1, 2]"));
    }
    let to = match Kind::of(call.arguments[0].data_type(scope)?) {
        Kind::Binary => DataType::Binary,
        _ => DataType::Utf8,
    };
    let required = |_| unexpected_type(call, 0, "STRING\" or \"BINARY", scope);
    let value = implicit(call, 0, &to, scope).map_err(required)?;
    let separator = match call.arguments.get(1) {
        None => ScalarValue::Null,
        Some(_) => {
            constant::argument(call, 1, "delimiter", &to, scope)?.unwrap_or(ScalarValue::Null)
        }
    };
    let order = call.order_by.iter();
    let options = order
        .map(|sort| SortOptions { descending: !sort.asc, nulls_first: sort.nulls_first })
        .collect();
    let keys = call.order_by.iter().map(|sort| Typed::from(sort.expr.clone()));
    let columns = std::iter::once(value).chain(keys).collect::<Vec<_>>();
    let plain = FunctionCall { order_by: Vec::new(), ..call.clone() };
    Ok(aggregate(&gather(&collect::LISTAGG, vec![separator], options), &plain, columns))
}

fn collect_list(call: &FunctionCall, _scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    Ok(of(&collect::COLLECT_LIST, call, vec![value.clone()], Vec::new()))
}

fn collect_set(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    if Kind::of(value.data_type(scope)?) == Kind::Map {
        return Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_UNSUPPORTED_INPUT_TYPE,
            [
                ("sqlExpr", crate::function::call::display_call(call)),
                ("functionName", "`collect_set`".to_owned()),
                ("dataType", "\"MAP\"".to_owned()),
            ],
        ));
    }
    Ok(of(&collect::COLLECT_SET, call, vec![value.clone()], Vec::new()))
}

fn collect_union(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    match Kind::of(value.data_type(scope)?) {
        Kind::Array => Ok(of(&collect::COLLECT_UNION, call, vec![value.clone()], Vec::new())),
        _ => Err(unexpected_type(call, 0, "ARRAY", scope)),
    }
}

fn bitmap_construct(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_] = call.arguments()?;
    let position = implicit(call, 0, &DataType::Int64, scope)?;
    Ok(of(&collect::BITMAP_CONSTRUCT, call, vec![position], Vec::new()))
}

fn bitmap_or(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    bitmap(&collect::BITMAP_OR, call, scope)
}

fn bitmap_and(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    bitmap(&collect::BITMAP_AND, call, scope)
}

/// Bytes, and nothing that would have to be cast.
fn bitmap(work: &'static Work, call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    match Kind::of(value.data_type(scope)?) {
        Kind::Binary => Ok(of(work, call, vec![value.clone()], Vec::new())),
        _ => Err(unexpected_type(call, 0, "BINARY", scope)),
    }
}

/// `count_min_sketch(x, error, confidence, seed?)`.
fn count_min_sketch(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if call.arguments.len() < 3 {
        let missing = ["`column`", "`epsilon`", "`confidence`"][call.arguments.len()];
        return Err(Error::analysis(
            Condition::REQUIRED_PARAMETER_NOT_FOUND,
            [
                ("routineName", "`count_min_sketch`".to_owned()),
                ("parameterName", missing.to_owned()),
                ("index", call.arguments.len().to_string()),
            ],
        ));
    }
    if call.arguments.len() > 4 {
        return Err(call.wrong_number("[3, 4]"));
    }
    let value = &call.arguments[0];
    let value = match Kind::of(value.data_type(scope)?) {
        Kind::Integral | Kind::Null => cast::coerced(value, &DataType::Int64, scope)?,
        Kind::String => cast::coerced(value, &DataType::Utf8, scope)?,
        Kind::Binary => cast::coerced(value, &DataType::Binary, scope)?,
        _ => return Err(unexpected_type(call, 0, "INTEGRAL\" or \"STRING\" or \"BINARY", scope)),
    };
    let mut constants = Vec::new();
    for (at, name) in [(1, "epsilon"), (2, "confidence")] {
        let kind = Kind::of(call.arguments[at].data_type(scope)?);
        if !kind.is_numeric() && kind != Kind::Null {
            return Err(unexpected_type(call, at, "DOUBLE", scope));
        }
        match constant::argument(call, at, name, &DataType::Float64, scope)? {
            Some(number) => constants.push(number),
            None => return Err(unexpected_null(call, name)),
        }
    }
    match call.arguments.get(3) {
        None => constants.push(ScalarValue::Int64(Some(rand_seed()))),
        Some(seed) => {
            if !matches!(Kind::of(seed.data_type(scope)?), Kind::Integral | Kind::Null) {
                return Err(unexpected_type(call, 3, "INT\" or \"BIGINT", scope));
            }
            match constant::argument(call, 3, "seed", &DataType::Int64, scope)? {
                Some(seed) => constants.push(seed),
                None => return Err(unexpected_null(call, "seed")),
            }
        }
    }
    Ok(of(&count_min::COUNT_MIN, call, vec![value], constants))
}

/// A seed, where none was given.
fn rand_seed() -> i64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0).cast_signed()
}

fn vector_sum(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    vector(&collect::VECTOR_SUM, call, scope)
}

fn vector_avg(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    vector(&collect::VECTOR_AVG, call, scope)
}

fn vector(work: &'static Work, call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    match element(value.data_type(scope)?) {
        Some(field) if field.data_type() == &DataType::Float32 => {
            Ok(of(work, call, vec![value.clone()], Vec::new()))
        }
        _ => Err(unexpected_type(call, 0, "ARRAY<FLOAT>", scope)),
    }
}

macro_rules! regressions {
    ($($name:ident $udf:ident;)*) => {
        $(fn $name(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
            let [_, _] = call.arguments()?;
            let values = [
                implicit(call, 0, &DataType::Float64, scope)?,
                implicit(call, 1, &DataType::Float64, scope)?,
            ];
            Ok(aggregate(&regr::$udf(), call, values))
        })*
    };
}

regressions! {
    regr_avgx regr_avgx_udaf;
    regr_avgy regr_avgy_udaf;
    regr_intercept regr_intercept_udaf;
    regr_r2 regr_r2_udaf;
    regr_slope regr_slope_udaf;
    regr_sxx regr_sxx_udaf;
    regr_sxy regr_sxy_udaf;
    regr_syy regr_syy_udaf;
}

/// Pairs in which neither is NULL.
fn regr_count(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [_, _] = call.arguments()?;
    let number = |at| implicit(call, at, &DataType::Float64, scope);
    let pairs = FunctionCall { arguments: vec![number(0)?, number(1)?], ..call.clone() };
    let counted = FunctionCall { name: "count".to_owned(), ..pairs };
    crate::function::call::call(&counted, scope)
}
