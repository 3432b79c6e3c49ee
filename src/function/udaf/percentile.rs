//! Percentiles: exact, discrete and approximate; histograms.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, ListArray, StructArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Field, Fields, Float64Type, Int32Type, Int64Type, IntervalUnit, IntervalYearMonthType,
};
use datafusion::common::{Result, ScalarValue, exec_err};

use super::gather::{Rows, Work};
use super::quantiles::Quantiles;

/// `percentile(x, share or shares, frequency?)`; constants: the shares, whether there
/// are several, whether the order is descending.
pub(crate) static PERCENTILE: Work = Work {
    name: "spark_percentile",
    nulls: false,
    nullable: true,
    returns: |types, constants| Ok(result_type(interpolated(types), constants)),
    finish: |rows| exact(rows, interpolate),
};

pub(crate) static PERCENTILE_DISC: Work = Work {
    name: "spark_percentile_disc",
    nulls: false,
    nullable: true,
    returns: |types, constants| Ok(result_type(interpolated(types), constants)),
    finish: |rows| exact(rows, discrete),
};

/// Its results are values of its argument, with the fields that intervals have there.
pub(super) const PERCENTILE_APPROX_NAME: &str = "spark_percentile_approx";

/// `percentile_approx(x, share or shares, accuracy)`; the last constant is the accuracy.
pub(crate) static PERCENTILE_APPROX: Work = Work {
    name: PERCENTILE_APPROX_NAME,
    nulls: false,
    nullable: true,
    returns: |types, constants| {
        Ok(result_type(types.first().cloned().unwrap_or(DataType::Null), constants))
    },
    finish: approximate,
};

/// Numbers are doubles; intervals stay what they are.
fn interpolated(types: &[DataType]) -> DataType {
    match types.first() {
        Some(interval @ (DataType::Interval(_) | DataType::Duration(_))) => interval.clone(),
        _ => DataType::Float64,
    }
}

fn result_type(one: DataType, constants: &[ScalarValue]) -> DataType {
    match constants.first() {
        Some(ScalarValue::List(_)) => DataType::new_list(one, false),
        _ => one,
    }
}

/// The shares that were asked for.
fn shares(constants: &[ScalarValue]) -> Result<Vec<f64>> {
    match constants.first() {
        Some(ScalarValue::Float64(Some(share))) => Ok(vec![*share]),
        Some(ScalarValue::List(list)) => {
            let values = list.value(0);
            Ok(values.as_primitive::<Float64Type>().iter().flatten().collect())
        }
        _ => exec_err!("shares are doubles"),
    }
}

fn doubles(array: &ArrayRef) -> Result<Float64Array> {
    let plain = match array.data_type() {
        DataType::Float64 => Arc::clone(array),
        DataType::Interval(IntervalUnit::YearMonth) => {
            let months = array.as_primitive::<IntervalYearMonthType>();
            Arc::new(months.unary::<_, Float64Type>(f64::from)) as ArrayRef
        }
        DataType::Duration(_) | DataType::Timestamp(..) | DataType::Date32 => {
            let whole = match array.data_type() {
                DataType::Date32 => cast(array, &DataType::Int32)?,
                _ => cast(array, &DataType::Int64)?,
            };
            cast(&whole, &DataType::Float64)?
        }
        _ => cast(array, &DataType::Float64)?,
    };
    Ok(plain.as_primitive::<Float64Type>().clone())
}

/// Numbers as a value of the result's type.
fn result(values: &[f64], rows: &Rows<'_>) -> Result<ScalarValue> {
    let plain: ArrayRef = Arc::new(Float64Array::from(values.to_vec()));
    match (rows.constants.first(), rows.to) {
        (Some(ScalarValue::List(_)), DataType::List(field)) => {
            let values = back(&plain, field.data_type())?;
            let offsets = OffsetBuffer::from_lengths([values.len()]);
            let list = ListArray::try_new(Arc::clone(field), offsets, values, None)?;
            Ok(ScalarValue::List(Arc::new(list)))
        }
        (_, to) => ScalarValue::try_from_array(&back(&plain, to)?, 0),
    }
}

fn back(values: &ArrayRef, to: &DataType) -> Result<ArrayRef> {
    Ok(match to {
        DataType::Interval(IntervalUnit::YearMonth) => {
            let months = cast(values, &DataType::Int32)?;
            let months = months.as_primitive::<Int32Type>();
            Arc::new(months.unary::<_, IntervalYearMonthType>(|months| months))
        }
        DataType::Date32 => cast(&cast(values, &DataType::Int32)?, to)?,
        DataType::Duration(_) | DataType::Timestamp(..) => {
            cast(&cast(values, &DataType::Int64)?, to)?
        }
        _ => cast(values, to)?,
    })
}

fn exact(rows: &Rows<'_>, at: fn(&[(f64, u64)], f64) -> f64) -> Result<ScalarValue> {
    let values = doubles(&rows.columns[0])?;
    let counts: Vec<u64> = match rows.columns.get(1) {
        None => vec![1; values.len()],
        Some(counts) => {
            let counts = counts.as_primitive::<Int64Type>().iter();
            counts.map(|count| u64::try_from(count.unwrap_or(0)).unwrap_or(0)).collect()
        }
    };
    let mut sorted: Vec<(f64, u64)> = values.iter().flatten().zip(counts).collect();
    sorted.retain(|(_, count)| *count > 0);
    if sorted.is_empty() {
        return ScalarValue::try_from(rows.to);
    }
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    if matches!(rows.constants.get(1), Some(ScalarValue::Boolean(Some(true)))) {
        sorted.reverse();
    }
    // Running totals find a rank.
    let mut total = 0;
    for (_, count) in &mut sorted {
        total += *count;
        *count = total;
    }
    let found: Vec<f64> =
        shares(rows.constants)?.into_iter().map(|share| at(&sorted, share)).collect();
    result(&found, rows)
}

fn at_rank(sorted: &[(f64, u64)], rank: u64) -> f64 {
    let at = sorted.partition_point(|(_, total)| *total < rank);
    sorted.get(at).or(sorted.last()).map_or(f64::NAN, |(value, _)| *value)
}

/// Between the neighbours of the position.
fn interpolate(sorted: &[(f64, u64)], share: f64) -> f64 {
    let total = sorted.last().map_or(0, |(_, total)| *total);
    let position = total.saturating_sub(1) as f64 * share;
    let (low, high) = (position.floor(), position.ceil());
    let below = at_rank(sorted, low as u64 + 1);
    let above = at_rank(sorted, high as u64 + 1);
    if low == high || below == above {
        return below;
    }
    (high - position) * below + (position - low) * above
}

/// The first value that so many do not exceed.
fn discrete(sorted: &[(f64, u64)], share: f64) -> f64 {
    let total = sorted.last().map_or(0, |(_, total)| *total);
    at_rank(sorted, ((total as f64 * share).ceil() as u64).max(1))
}

fn approximate(rows: &Rows<'_>) -> Result<ScalarValue> {
    let accuracy = match rows.constants.last() {
        Some(ScalarValue::Int64(Some(accuracy))) => *accuracy as f64,
        _ => 10_000.0,
    };
    let mut sketch = Quantiles::new(1.0 / accuracy);
    let values = doubles(&rows.columns[0])?;
    values.iter().flatten().for_each(|value| sketch.insert(value));
    sketch.compress();
    match sketch.query(&shares(rows.constants)?) {
        Some(found) => result(&found, rows),
        None => ScalarValue::try_from(rows.to),
    }
}

/// `histogram_numeric(x, bins)`.
pub(crate) static HISTOGRAM: Work = Work {
    name: "spark_histogram_numeric",
    nulls: false,
    nullable: true,
    returns: |types, _| {
        let own = types.first().cloned().unwrap_or(DataType::Null);
        let fields = vec![Field::new("x", own, true), Field::new("y", DataType::Float64, true)];
        Ok(DataType::new_list(DataType::Struct(Fields::from(fields)), true))
    },
    finish: histogram,
};

/// A bar: where it stands, and how high it is.
#[derive(Clone, Copy)]
struct Bar {
    at: f64,
    height: f64,
}

fn histogram(rows: &Rows<'_>) -> Result<ScalarValue> {
    let values = doubles(&rows.columns[0])?;
    let most = match rows.constants.first() {
        Some(ScalarValue::Int32(Some(bins))) => usize::try_from(*bins).unwrap_or(2),
        _ => 2,
    };
    let mut bars: Vec<Bar> = Vec::new();
    for value in values.iter().flatten() {
        let place = bars.partition_point(|bar| bar.at < value);
        match bars.get_mut(place) {
            Some(bar) if bar.at == value => bar.height += 1.0,
            _ => bars.insert(place, Bar { at: value, height: 1.0 }),
        }
        if bars.len() > most {
            merge_closest(&mut bars);
        }
    }
    if bars.is_empty() {
        return ScalarValue::try_from(rows.to);
    }
    let DataType::List(field) = rows.to else { return exec_err!("a list is needed") };
    let DataType::Struct(fields) = field.data_type() else { return exec_err!("no bars") };
    let at: ArrayRef = Arc::new(bars.iter().map(|bar| Some(bar.at)).collect::<Float64Array>());
    let at = back(&at, fields[0].data_type())?;
    let heights: ArrayRef =
        Arc::new(bars.iter().map(|bar| Some(bar.height)).collect::<Float64Array>());
    let pairs = StructArray::try_new(fields.clone(), vec![at, heights], None)?;
    let offsets = OffsetBuffer::from_lengths([pairs.len()]);
    let list = ListArray::try_new(Arc::clone(field), offsets, Arc::new(pairs), None)?;
    Ok(ScalarValue::List(Arc::new(list)))
}

/// The two bars that stand closest become one, at their centre of gravity.
fn merge_closest(bars: &mut Vec<Bar>) {
    let gaps = bars.windows(2).map(|pair| pair[1].at - pair[0].at).enumerate();
    let Some((place, _)) = gaps.min_by(|a, b| a.1.total_cmp(&b.1)) else { return };
    let right = bars.remove(place + 1);
    if let Some(left) = bars.get_mut(place) {
        let height = left.height + right.height;
        left.at = (left.at * left.height + right.at * right.height) / height;
        left.height = height;
    }
}
