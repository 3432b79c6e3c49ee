//! Numbers to numbers and to booleans.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, PrimitiveArray,
};
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type,
};
use datafusion::common::Result;

use super::{Mode, Target, native, text, write};
use crate::function::coerce::{Kind, canonical};

pub(super) fn cast(array: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    let own = canonical(array.data_type());
    let array = if &own == array.data_type() { Arc::clone(array) } else { native(array, &own)? };
    match (Kind::of(&own), &target.to) {
        (_, DataType::Boolean) => booleans(&array),
        (Kind::Integral, DataType::Decimal128(..)) => to_decimal(&array, target),
        (Kind::Decimal, DataType::Decimal128(..)) => to_decimal(&array, target),
        (Kind::Float | Kind::Double, DataType::Decimal128(..)) => float_to_decimal(&array, target),
        (Kind::Boolean, DataType::Decimal128(..)) => {
            to_decimal(&native(&array, &DataType::Int32)?, target)
        }
        (Kind::Integral | Kind::Decimal, to) if is_integer(to) => integers(&array, target),
        (Kind::Float | Kind::Double, to) if is_integer(to) => truncated(&array, target),
        (_, to) => native(&array, to),
    }
}

fn is_integer(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64)
}

/// Whole numbers as their bytes, the highest first.
pub(super) fn bytes(array: &ArrayRef) -> Result<ArrayRef> {
    let width = canonical(array.data_type()).primitive_width().unwrap_or(size_of::<i64>());
    let wide = native(array, &DataType::Int64)?;
    let values = wide.as_primitive::<Int64Type>().iter();
    let bytes: BinaryArray = values
        .map(|value| value.map(|value| value.to_be_bytes()[size_of::<i64>() - width..].to_vec()))
        .collect();
    Ok(Arc::new(bytes))
}

fn booleans(array: &ArrayRef) -> Result<ArrayRef> {
    if let DataType::Decimal128(..) = array.data_type() {
        let values = array.as_primitive::<Decimal128Type>().iter();
        let values: BooleanArray = values.map(|value| value.map(|v| v != 0)).collect();
        return Ok(Arc::new(values));
    }
    native(array, &DataType::Boolean)
}

/// Integers and decimals as 128-bit numbers of some scale.
fn exact(array: &ArrayRef) -> Result<(ArrayRef, i8)> {
    match array.data_type() {
        DataType::Decimal128(_, scale) => Ok((Arc::clone(array), *scale)),
        _ => Ok((native(array, &DataType::Decimal128(20, 0))?, 0)),
    }
}

fn to_decimal(array: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    let (values, from) = exact(array)?;
    let DataType::Decimal128(precision, scale) = target.to else {
        return native(array, &target.to);
    };
    convert::<Decimal128Type, Decimal128Type>(&values, &target.to, |value| {
        match rescaled(value, from, scale).filter(|v| fits(*v, precision)) {
            Some(value) => Ok(Some(value)),
            None => target.decimal_overflow(|| write::decimal(value, from)),
        }
    })
}

pub(super) fn fits(value: i128, precision: u8) -> bool {
    value.unsigned_abs() < 10_u128.pow(u32::from(precision))
}

/// The number at another scale, rounded half away from zero.
pub(super) fn rescaled(value: i128, from: i8, to: i8) -> Option<i128> {
    let factor = 10_i128.checked_pow(u32::from(from.abs_diff(to)));
    if to >= from {
        return value.checked_mul(factor?);
    }
    let Some(factor) = factor else { return Some(0) };
    let (quotient, remainder) = (value / factor, value % factor);
    let up = remainder.unsigned_abs() * 2 >= factor.unsigned_abs();
    Some(if up { quotient + value.signum() } else { quotient })
}

fn float_to_decimal(array: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    let DataType::Decimal128(precision, scale) = target.to else {
        return native(array, &target.to);
    };
    let one = |shortest: String, value: f64| {
        if !value.is_finite() {
            return target.decimal_overflow(|| write::double(value));
        }
        match text::decimal(&shortest, scale).flatten().filter(|v| fits(*v, precision)) {
            Some(value) => Ok(Some(value)),
            None => target.decimal_overflow(|| write::double(value)),
        }
    };
    match array.data_type() {
        // The shortest text of a float is that of the number Spark means.
        DataType::Float32 => convert::<Float32Type, Decimal128Type>(array, &target.to, |v| {
            one(v.to_string(), v.into())
        }),
        _ => convert::<Float64Type, Decimal128Type>(array, &target.to, |v| one(v.to_string(), v)),
    }
}

fn integers(array: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    let from = array.data_type().clone();
    let (values, scale) = exact(array)?;
    let divisor = 10_i128.pow(u32::try_from(scale).unwrap_or(0));
    macro_rules! narrow {
        ($type:ty) => {
            convert::<Decimal128Type, $type>(&values, &target.to, |value| {
                let whole = value / divisor;
                match <$type as ArrowPrimitiveType>::Native::try_from(whole) {
                    Ok(value) => Ok(Some(value)),
                    // The low bits are what Java's narrowing keeps.
                    Err(_) if target.mode == Mode::Legacy => {
                        Ok(Some(whole as <$type as ArrowPrimitiveType>::Native))
                    }
                    Err(_) => target.overflow(|| literal(value, scale, &from), &from),
                }
            })
        };
    }
    match target.to {
        DataType::Int8 => narrow!(Int8Type),
        DataType::Int16 => narrow!(Int16Type),
        DataType::Int32 => narrow!(Int32Type),
        _ => narrow!(Int64Type),
    }
}

/// A number as Spark's errors print it, with the suffix of its type.
fn literal(value: i128, scale: i8, from: &DataType) -> String {
    match from {
        DataType::Int8 => format!("{value}Y"),
        DataType::Int16 => format!("{value}S"),
        DataType::Int64 => format!("{value}L"),
        DataType::Decimal128(..) => format!("{}BD", write::decimal(value, scale)),
        _ => value.to_string(),
    }
}

fn truncated(array: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    let from = array.data_type().clone();
    let wide = native(array, &DataType::Float64)?;
    let suffixed = |value: f64| match from {
        DataType::Float32 => format!("{}F", write::float(value as f32)),
        _ => format!("{}D", write::double(value)),
    };
    macro_rules! truncate {
        ($type:ty, $native:ty, $legacy:expr) => {
            convert::<Float64Type, $type>(&wide, &target.to, |value| {
                let whole = value.trunc();
                // The bounds of 64 bits are no doubles; one past them is.
                let inside =
                    whole >= <$native>::MIN as f64 && whole < (<$native>::MAX as f64 + 1.0);
                if inside {
                    return Ok(Some(whole as $native));
                }
                if target.mode == Mode::Legacy {
                    let legacy: fn(f64) -> $native = $legacy;
                    return Ok(Some(legacy(value)));
                }
                target.overflow(|| suffixed(value), &from)
            })
        };
    }
    match target.to {
        DataType::Int8 => truncate!(Int8Type, i8, |v| v as i32 as i8),
        DataType::Int16 => truncate!(Int16Type, i16, |v| v as i32 as i16),
        DataType::Int32 => truncate!(Int32Type, i32, |v| v as i32),
        _ => truncate!(Int64Type, i64, |v| v as i64),
    }
}

/// Applies `work` to every value that is there.
pub(super) fn convert<I: ArrowPrimitiveType, O: ArrowPrimitiveType>(
    array: &ArrayRef,
    to: &DataType,
    work: impl Fn(I::Native) -> Result<Option<O::Native>>,
) -> Result<ArrayRef> {
    let values = array.as_primitive::<I>().iter().map(|value| value.map_or(Ok(None), &work));
    let values = values.collect::<Result<PrimitiveArray<O>>>()?;
    Ok(Arc::new(values.with_data_type(to.clone())))
}
