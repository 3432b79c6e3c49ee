//! The time of the clock, buckets of time, and what Spark refuses of TIME.

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::ScalarValue;

use super::Family;
use crate::error::{Condition, Error, Result};
use crate::function::call::{
    FunctionCall, display, implicit, quoted_type, scalar, unexpected_type,
};
use crate::function::coerce::Kind;
use crate::function::table::Build::Custom;
use crate::function::udf::time;
use crate::function::{Typed, cast, constant};
use crate::planner::scope::Scope;

pub(super) const TABLE: Family = &[
    ("current_time", Custom(no_time)),
    ("localtime", Custom(no_time)),
    ("time_bucket", Custom(time_bucket)),
    ("unix_nanos", Custom(unix_nanos)),
];

/// As Spark answers while TIME is not enabled.
pub(super) fn no_time_type() -> Error {
    Error::analysis(Condition::UNSUPPORTED_TIME_TYPE, [])
}

/// `current_time(precision?)`.
fn no_time(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if call.arguments.len() > 1 {
        return Err(call.wrong_number("[0, 1]"));
    }
    if !call.arguments.is_empty() {
        constant::argument(call, 0, "precision", &DataType::Int32, scope)?;
    }
    Err(no_time_type())
}

/// The precision that a function of the clock may be given: only microseconds are
/// enabled.
pub(super) fn precision(call: &FunctionCall, type_name: &str, scope: &Scope<'_>) -> Result<()> {
    let given = match call.arguments.as_slice() {
        [] => return Ok(()),
        [given] => given,
        _ => return Err(call.wrong_number("[0, 1]")),
    };
    if Kind::of(given.data_type(scope)?) != Kind::Integral {
        return Err(Error::analysis(
            Condition::UNEXPECTED_INPUT_TYPE,
            [
                ("functionName", format!("`{}`", call.name.to_lowercase())),
                ("paramIndex", "first".to_owned()),
                ("requiredType", "\"INT\"".to_owned()),
                ("inputSql", display(given)),
                ("inputType", quoted_type(given.data_type(scope)?)),
            ],
        ));
    }
    match constant::argument(call, 0, "precision", &DataType::Int32, scope)? {
        Some(ScalarValue::Int32(Some(6))) => Ok(()),
        Some(ScalarValue::Int32(Some(7..=9))) => Err(Error::analysis(
            Condition::TIMESTAMP_NANOS_NOT_ENABLED,
            [
                ("featureName", "Nanosecond-precision timestamp types".to_owned()),
                ("configKey", "spark.sql.timestampNanosTypes.enabled".to_owned()),
                ("configValue", "true".to_owned()),
            ],
        )),
        Some(other) => Err(Error::analysis(
            Condition::INVALID_TIMESTAMP_PRECISION,
            [("type", type_name.to_owned()), ("precision", other.to_string())],
        )),
        None => Err(constant::unexpected_null(call, "precision")),
    }
}

const TIMES: &str = "(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)";

/// `time_bucket(size, time, origin?)`: buckets start at the epoch of the session's zone.
fn time_bucket(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    if !(2..=3).contains(&call.arguments.len()) {
        return Err(call.wrong_number("[2, 3]"));
    }
    let zoned = {
        let zone = scope.planner().session().time_zone();
        DataType::Timestamp(TimeUnit::Microsecond, Some(zone))
    };
    let mut call = call.clone();
    let local = DataType::Timestamp(TimeUnit::Microsecond, None);
    let to = match Kind::of(call.arguments[1].data_type(scope)?) {
        Kind::TimestampNtz => local.clone(),
        _ => zoned.clone(),
    };
    if call.arguments.len() == 2 {
        let epoch = Typed::literal(ScalarValue::TimestampMicrosecond(Some(0), None));
        call.arguments.push(cast::plain(epoch, &to));
    }
    let size = bucket_size(&call, scope)?;
    match Kind::of(call.arguments[1].data_type(scope)?) {
        Kind::Timestamp | Kind::TimestampNtz | Kind::Null => {}
        _ => return Err(unexpected_type(&call, 1, TIMES, scope)),
    }
    match (Kind::of(call.arguments[2].data_type(scope)?), Kind::of(&to)) {
        (Kind::Null, _) => {}
        (origin, time) if origin == time => {}
        (Kind::Timestamp | Kind::TimestampNtz, Kind::TimestampNtz) => {
            return Err(unexpected_type(&call, 2, "TIMESTAMP_NTZ", scope));
        }
        (Kind::Timestamp | Kind::TimestampNtz, _) => {
            return Err(unexpected_type(&call, 2, "TIMESTAMP", scope));
        }
        _ => return Err(unexpected_type(&call, 2, TIMES, scope)),
    }
    if constant::value_of(&call.arguments[2], scope)?.is_none() {
        return Err(constant::non_foldable(&call, 2, "origin", TIMES));
    }
    let time = cast::coerced(&call.arguments[1], &to, scope)?;
    let origin = cast::coerced(&call.arguments[2], &to, scope)?;
    Ok(scalar(&time::BUCKET, [size, time, origin]))
}

/// A constant interval above zero.
fn bucket_size(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let size = &call.arguments[0];
    let takes = "(\"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\")";
    match Kind::of(size.data_type(scope)?) {
        Kind::DayTime | Kind::YearMonth => {}
        Kind::Null => {
            return cast::coerced(size, &DataType::Duration(TimeUnit::Microsecond), scope);
        }
        _ => return Err(unexpected_type(call, 0, takes.trim_matches(['(', ')', '"']), scope)),
    }
    let Some(value) = constant::value_of(size, scope)? else {
        return Err(constant::non_foldable(call, 0, "bucketSize", takes));
    };
    let positive = match value {
        ScalarValue::IntervalYearMonth(Some(months)) => months > 0,
        ScalarValue::DurationMicrosecond(Some(micros)) => micros > 0,
        _ => true,
    };
    match positive {
        true => cast::normalised(size, scope),
        false => Err(constant::out_of_range(call, "bucketSize", "(0, inf)", &display(size))),
    }
}

/// Of nothing but NULL, as times with nanoseconds are not enabled.
fn unix_nanos(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value] = call.arguments()?;
    if Kind::of(value.data_type(scope)?) == Kind::Null {
        return implicit(call, 0, &DataType::Decimal128(21, 0), scope);
    }
    let takes = "(TIMESTAMP_LTZ(P) OR TIMESTAMP_NTZ(P) WITH P IN [7, 9])";
    Err(unexpected_type(call, 0, takes, scope))
}
