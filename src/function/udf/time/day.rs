//! Times of day.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::{DataType, Time64NanosecondType, TimeUnit};

use super::super::kernel::kernels;
use crate::error::{Condition, Error, Result};
use crate::function::FunctionCall;

kernels! {
    TIME_OF_EPOCH "spark_time_of_epoch" Propagate DataType::Timestamp(TimeUnit::Microsecond, None), |arrays, _| {
        let nanos = arrays[0].as_primitive::<Time64NanosecondType>().iter();
        let micros = nanos.map(|nanos| nanos.map(|nanos| nanos / 1_000));
        Ok(Arc::new(micros.collect::<TimestampMicrosecondArray>()) as ArrayRef)
    };
}

/// Letters that stand for parts of a time of day.
const OF_TIMES: &str = "HhKkmsSaAnNB";

/// Refuses patterns with letters for parts of dates.
pub(crate) fn check_time_pattern(call: &FunctionCall, pattern: &str) -> Result<()> {
    let outside = pattern.split('\'').step_by(2);
    let mut letters = outside.flat_map(str::chars).filter(char::is_ascii_alphabetic);
    if letters.all(|letter| OF_TIMES.contains(letter)) {
        return Ok(());
    }
    Err(Error::analysis(
        Condition::INVALID_PARAMETER_VALUE_PATTERN,
        [
            ("functionName", format!("`{}`", call.name.to_lowercase())),
            ("parameter", "`format`".to_owned()),
            ("value", format!("'{pattern}'")),
        ],
    ))
}
