//! `sequence` of dates and timestamps.

use crate::error::{Condition, Error, Result};
use crate::function::call::{FunctionCall, display_call, scalar};
use crate::function::coerce::{self, Kind};
use crate::function::udf::time;
use crate::function::{Typed, cast};
use crate::planner::scope::Scope;

/// `sequence(start, stop, step?)`; none if the bounds are no times.
pub(super) fn of_times(call: &FunctionCall, scope: &Scope<'_>) -> Result<Option<Typed>> {
    let kind = |at: usize| call.arguments[at].data_type(scope).map(Kind::of);
    let is_time = |kind| matches!(kind, Kind::Date | Kind::Timestamp | Kind::TimestampNtz);
    let (start, stop) = (kind(0)?, kind(1)?);
    let step = if call.arguments.len() > 2 { Some(kind(2)?) } else { None };
    if !is_time(start) && !is_time(stop) {
        return match step.is_some_and(Kind::is_interval) || start.is_interval() {
            true => Err(wrong_types(call)),
            false => Ok(None),
        };
    }
    if step.is_some_and(|step| !step.is_interval()) {
        return Err(wrong_types(call));
    }
    let bounds = [&call.arguments[0], &call.arguments[1]];
    let [a, b] = bounds.map(|bound| bound.data_type(scope).cloned());
    let common = coerce::common_type(&[a?, b?]).filter(|common| is_time(Kind::of(common)));
    let Some(common) = common else { return Err(wrong_types(call)) };
    let mut values = Vec::new();
    for bound in bounds {
        values.push(cast::coerced(bound, &common, scope)?);
    }
    if let Some(step) = call.arguments.get(2) {
        values.push(cast::normalised(step, scope)?);
    }
    Ok(Some(scalar(&time::SEQUENCE, values)))
}

/// Spark's error for bounds and steps that do not go together.
pub(super) fn wrong_types(call: &FunctionCall) -> Error {
    let types = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
        format!("({})", names.join(" or "))
    };
    Error::analysis(
        Condition::DATATYPE_MISMATCH_SEQUENCE_WRONG_INPUT_TYPES,
        [
            ("sqlExpr", display_call(call)),
            ("functionName", "`sequence`".to_owned()),
            ("startType", types(&["TIMESTAMP", "TIMESTAMP_NTZ", "DATE"])),
            ("stepType", types(&["INTERVAL", "INTERVAL YEAR TO MONTH", "INTERVAL DAY TO SECOND"])),
            ("otherStartType", "\"INTEGRAL\"".to_owned()),
        ],
    )
}
