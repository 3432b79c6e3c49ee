//! `counter_diff`: by how much a counter grew since the row before.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, Float64Array, Int64Array,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Decimal128Type, Field, FieldRef, Float64Type, Int64Type, TimestampMicrosecondType,
};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{
    LimitEffect, PartitionEvaluator, Signature, Volatility, WindowUDF, WindowUDFImpl,
};
use datafusion::physical_expr::PhysicalExpr;

use crate::error::{Condition, Error};

/// Of a number, and perhaps of the time that the counter started at.
pub(super) static COUNTER_DIFF: LazyLock<Arc<WindowUDF>> = LazyLock::new(|| {
    let signature = Signature::variadic_any(Volatility::Immutable);
    Arc::new(WindowUDF::new_from_impl(CounterDiff { signature }))
});

#[derive(Debug, PartialEq, Eq, Hash)]
struct CounterDiff {
    signature: Signature,
}

impl WindowUDFImpl for CounterDiff {
    fn name(&self) -> &str {
        "spark_counter_diff"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn partition_evaluator(
        &self,
        _arguments: PartitionEvaluatorArgs<'_>,
    ) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Differences))
    }

    fn field(&self, arguments: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        match arguments.get_input_field(0) {
            Some(own) => Ok(Arc::new(Field::new(arguments.name(), own.data_type().clone(), true))),
            None => exec_err!("a counter is needed"),
        }
    }

    fn limit_effect(&self, _arguments: &[Arc<dyn PhysicalExpr>]) -> LimitEffect {
        LimitEffect::Unknown
    }
}

#[derive(Debug)]
struct Differences;

impl PartitionEvaluator for Differences {
    fn evaluate_all(&mut self, values: &[ArrayRef], _rows: usize) -> Result<ArrayRef> {
        let Some(counters) = values.first() else { return exec_err!("a counter is needed") };
        let starts = values.get(1);
        let to = counters.data_type();
        let found: ArrayRef = match to {
            DataType::Decimal128(..) => {
                let values = counters.as_primitive::<Decimal128Type>();
                let found = differences(values.iter(), starts, |a, b| a - b)?;
                Arc::new(Decimal128Array::from(found).with_data_type(to.clone()))
            }
            DataType::Float32 | DataType::Float64 => {
                let values = cast(counters, &DataType::Float64)?;
                let values = values.as_primitive::<Float64Type>().iter();
                let values = values.map(|value| value.map(Total));
                let found = differences(values, starts, |a, b| Total(a.0 - b.0))?;
                let found = found.into_iter().map(|value| value.map(|value| value.0));
                Arc::new(found.collect::<Float64Array>())
            }
            _ => {
                let values = cast(counters, &DataType::Int64)?;
                let values = values.as_primitive::<Int64Type>();
                Arc::new(Int64Array::from(differences(values.iter(), starts, |a, b| a - b)?))
            }
        };
        Ok(if found.data_type() == to { found } else { cast(&found, to)? })
    }
}

/// Doubles in Spark's order, in which NaN is the largest.
#[derive(Debug, Clone, Copy, Default)]
struct Total(f64);

impl PartialEq for Total {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(std::cmp::Ordering::Equal)
    }
}

impl PartialOrd for Total {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(match (self.0.is_nan(), other.0.is_nan()) {
            (true, true) => std::cmp::Ordering::Equal,
            (true, false) => std::cmp::Ordering::Greater,
            (false, true) => std::cmp::Ordering::Less,
            (false, false) => return self.0.partial_cmp(&other.0),
        })
    }
}

impl std::fmt::Display for Total {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(out)
    }
}

/// Each value less the last one before it; NULL where the counter began anew. Values are
/// not negative, so that differences of larger and smaller ones cannot overflow.
fn differences<T: Copy + Default + PartialOrd + std::fmt::Display>(
    values: impl Iterator<Item = Option<T>>,
    starts: Option<&ArrayRef>,
    less: impl Fn(T, T) -> T,
) -> Result<Vec<Option<T>>> {
    let mut last: Option<(T, Option<i64>)> = None;
    let mut found = Vec::new();
    for (row, value) in values.enumerate() {
        let Some(value) = value else {
            found.push(None);
            continue;
        };
        if value < T::default() {
            return Err(negative(&value.to_string()).into());
        }
        let start = starts.filter(|starts| starts.is_valid(row)).map(|starts| instant(starts, row));
        let start = start.transpose()?;
        let again = match last.and_then(|(_, start)| start).zip(start) {
            Some((before, now)) if now < before => return Err(decreased(starts, row).into()),
            Some((before, now)) => now > before,
            None => false,
        };
        found.push(last.filter(|(last, _)| !again && value >= *last).map(|(l, _)| less(value, l)));
        last = Some((value, start));
    }
    Ok(found)
}

fn instant(starts: &ArrayRef, row: usize) -> Result<i64> {
    match starts.as_primitive_opt::<TimestampMicrosecondType>() {
        Some(starts) => Ok(starts.value(row)),
        None => exec_err!("a counter starts at a timestamp"),
    }
}

const NAME: &str = "`counter_diff`";

fn negative(value: &str) -> Error {
    Error::analysis(
        Condition::COUNTER_DIFF_NEGATIVE_COUNTER_VALUE,
        [("function", NAME.to_owned()), ("value", value.to_owned())],
    )
}

fn decreased(starts: Option<&ArrayRef>, row: usize) -> Error {
    let shown = starts.and_then(|starts| ScalarValue::try_from_array(starts, row).ok());
    let shown = shown.map_or_else(String::new, |start| start.to_string());
    Error::analysis(
        Condition::COUNTER_DIFF_START_TIME_DECREASED,
        [("function", NAME.to_owned()), ("currentStartTime", shown)],
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn counters_that_fall_began_anew() {
        let values = [Some(5_i64), None, Some(9), Some(3), Some(3), Some(10)];
        let found = differences(values.into_iter(), None, |a, b| a - b).unwrap();
        assert_eq!(found, [None, None, Some(4), None, Some(0), Some(7)]);
        assert!(differences([Some(-1_i64)].into_iter(), None, |a, b| a - b).is_err());
        let values = [0.5, f64::NAN, 1.0].map(|value| Some(Total(value)));
        let found = differences(values.into_iter(), None, |a, b| Total(a.0 - b.0)).unwrap();
        assert!(found[0].is_none() && found[1].unwrap().0.is_nan() && found[2].is_none());
    }
}
