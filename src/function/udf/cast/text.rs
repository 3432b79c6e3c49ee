//! Text to numbers, booleans, dates and timestamps.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, BooleanArray, PrimitiveArray};
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use datafusion::common::Result;

use super::number::{fits, rescaled};
use super::{Mode, Target, native, time};
use crate::error::Error;

pub(super) fn parse(array: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    let text = native(array, &DataType::Utf8)?;
    let strict = target.mode == Mode::Ansi;
    match &target.to {
        DataType::Boolean => booleans(&text, target),
        DataType::Int8 => primitive::<Int8Type>(&text, target, |t| whole(t, strict)),
        DataType::Int16 => primitive::<Int16Type>(&text, target, |t| whole(t, strict)),
        DataType::Int32 => primitive::<Int32Type>(&text, target, |t| whole(t, strict)),
        DataType::Int64 => primitive::<Int64Type>(&text, target, |t| whole(t, strict)),
        DataType::Float32 => {
            primitive::<Float32Type>(&text, target, |t| float(t).and_then(|t| t.parse().ok()))
        }
        DataType::Float64 => {
            primitive::<Float64Type>(&text, target, |t| float(t).and_then(|t| t.parse().ok()))
        }
        DataType::Decimal128(..) => decimals(&text, target),
        DataType::Date32 => primitive::<Date32Type>(&text, target, time::date),
        DataType::Timestamp(_, zone) => {
            let zone = zone.as_ref().map(|_| time::zone(&target.zone)).transpose()?;
            primitive::<TimestampMicrosecondType>(&text, target, |t| time::timestamp(t, zone))
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            native(&text, &target.to)
        }
        other => Err(Error::unsupported(format!("cast.string.{other:?}").to_lowercase()).into()),
    }
}

fn primitive<T: ArrowPrimitiveType>(
    text: &ArrayRef,
    target: &Target,
    read: impl Fn(&str) -> Option<T::Native>,
) -> Result<ArrayRef> {
    let values = text.as_string::<i32>().iter().map(|value| match value {
        None => Ok(None),
        Some(value) => match read(trimmed(value)) {
            Some(read) => Ok(Some(read)),
            None => target.malformed(value, &DataType::Utf8),
        },
    });
    let values = values.collect::<Result<PrimitiveArray<T>>>()?;
    Ok(Arc::new(values.with_data_type(target.to.clone())))
}

/// Without the blanks and control characters around it.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c <= ' ' || c == '\u{7f}')
}

fn booleans(text: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    let values = text.as_string::<i32>().iter().map(|value| match value {
        None => Ok(None),
        Some(value) => match trimmed(value).to_ascii_lowercase().as_str() {
            "t" | "true" | "y" | "yes" | "1" => Ok(Some(true)),
            "f" | "false" | "n" | "no" | "0" => Ok(Some(false)),
            _ => target.malformed(value, &DataType::Utf8),
        },
    });
    Ok(Arc::new(values.collect::<Result<BooleanArray>>()?))
}

/// A whole number; outside ANSI mode a fraction is cut off.
fn whole<T: std::str::FromStr>(text: &str, strict: bool) -> Option<T> {
    if strict {
        return text.parse().ok();
    }
    match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b.is_ascii_digit()) => {
            let bare = matches!(whole, "" | "+" | "-");
            if bare { format!("{whole}0").parse().ok() } else { whole.parse().ok() }
        }
        _ => text.parse().ok(),
    }
}

/// What Java reads as a float, in the form that Rust does.
fn float(text: &str) -> Option<&str> {
    let unsigned = text.trim_start_matches(['+', '-']);
    let is_number = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if is_number {
        return Some(text.trim_end_matches(['d', 'D', 'f', 'F']));
    }
    let named = ["nan", "inf", "infinity"].iter().any(|name| unsigned.eq_ignore_ascii_case(name));
    named.then_some(text)
}

fn decimals(text: &ArrayRef, target: &Target) -> Result<ArrayRef> {
    let DataType::Decimal128(precision, scale) = target.to else {
        return native(text, &target.to);
    };
    let values = text.as_string::<i32>().iter().map(|value| match value {
        None => Ok(None),
        Some(value) => match decimal(trimmed(value), scale) {
            None => target.malformed(value, &DataType::Utf8),
            Some(number) => match number.filter(|number| fits(*number, precision)) {
                Some(number) => Ok(Some(number)),
                None => target.decimal_overflow(|| trimmed(value).to_owned()),
            },
        },
    });
    let values = values.collect::<Result<PrimitiveArray<Decimal128Type>>>()?;
    Ok(Arc::new(values.with_data_type(target.to.clone())))
}

/// A decimal number with or without exponent, at `scale`; the outer `None` if the
/// text is none, the inner one if 128 bits cannot hold it.
pub(super) fn decimal(text: &str, scale: i8) -> Option<Option<i128>> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (integral, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = integral.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit());
    if !all_digits || (integral.is_empty() && fraction.is_empty()) {
        return None;
    }
    let significant = format!("{integral}{fraction}");
    let own_scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    Some(at_scale(&significant, own_scale, scale).map(|v| if negative { -v } else { v }))
}

/// Digits with a scale of their own, at another scale.
fn at_scale(digits: &str, own: i32, scale: i8) -> Option<i128> {
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(0);
    }
    let drop = own.checked_sub(i32::from(scale))?;
    let length = i32::try_from(digits.len()).ok()?;
    if drop > length {
        return Some(0);
    }
    // Digits beyond the one that decides the rounding do not matter.
    let keep = usize::try_from((length - drop + 1).clamp(0, length)).ok()?;
    let (kept, _) = digits.split_at(keep);
    let kept_scale = own - (length - i32::try_from(keep).ok()?);
    let value: i128 = kept.parse().ok()?;
    rescaled(value, i8::try_from(kept_scale).ok()?, scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_and_rounded() {
        assert_eq!(decimal("12.345", 2), Some(Some(1235)));
        assert_eq!(decimal("-1.005", 2), Some(Some(-101)));
        assert_eq!(decimal("1e3", 1), Some(Some(10_000)));
        assert_eq!(decimal("1.5E-1", 2), Some(Some(15)));
        assert_eq!(decimal(".5", 0), Some(Some(1)));
        assert_eq!(decimal("0.0004", 3), Some(Some(0)));
        assert_eq!(decimal("0.0005", 3), Some(Some(1)));
        assert_eq!(decimal("abc", 2), None);
        assert_eq!(decimal("", 2), None);
        assert_eq!(decimal(".", 2), None);
        assert_eq!(decimal("1e100", 0), Some(None));
    }
}
