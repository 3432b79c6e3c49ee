//! Pieces of text as values of a type: what CSV and XML do alike.

use datafusion::arrow::datatypes::{DataType, Fields, TimeUnit};

use super::{Datum, Times};
use crate::error::{Error, Result};
use crate::function::udf::cast;
use crate::planner::grown::with_stack;
use crate::types::variant::is_variant;

/// # Errors
/// If values of a column's type are not read from text here.
pub(super) fn check_fields(fields: &Fields) -> Result<()> {
    fields.iter().try_for_each(|field| with_stack(|| check(field.data_type(), false)))
}

/// The same for text that says what a VARIANT is.
///
/// # Errors
/// As [`check_fields`].
pub(super) fn check_fields_and_variants(fields: &Fields) -> Result<()> {
    fields.iter().try_for_each(|field| with_stack(|| check(field.data_type(), true)))
}

fn check(data_type: &DataType, variants: bool) -> Result<()> {
    match data_type {
        variant if is_variant(variant) => match variants {
            true => Ok(()),
            false => Err(Error::unsupported("record.type.variant")),
        },
        DataType::Duration(_) => Err(Error::unsupported("record.type.interval")),
        DataType::Interval(_) => Err(Error::unsupported("record.type.interval")),
        DataType::Time64(_) => Err(Error::unsupported("record.type.time")),
        DataType::Struct(fields) => {
            fields.iter().try_for_each(|field| with_stack(|| check(field.data_type(), variants)))
        }
        DataType::List(element) => with_stack(|| check(element.data_type(), variants)),
        DataType::Map(entries, _) => with_stack(|| check(entries.data_type(), variants)),
        _ => Ok(()),
    }
}

/// The words for numbers that are none.
#[derive(Debug, Clone)]
pub(super) struct Words {
    pub(super) nan: String,
    pub(super) positive: String,
    pub(super) negative: String,
}

impl Default for Words {
    fn default() -> Self {
        let [nan, positive, negative] = ["NaN", "Inf", "-Inf"].map(str::to_owned);
        Self { nan, positive, negative }
    }
}

impl Words {
    /// The number that a text stands for, in these words or as Java reads it.
    pub(super) fn double(&self, text: &str) -> Option<f64> {
        if text == self.nan {
            Some(f64::NAN)
        } else if text == self.positive {
            Some(f64::INFINITY)
        } else if text == self.negative {
            Some(f64::NEG_INFINITY)
        } else {
            double(text)
        }
    }
}

/// What Java reads as a double.
pub(super) fn double(text: &str) -> Option<f64> {
    let text = text.trim_matches(|c: char| c <= ' ');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned {
        "NaN" => Some(f64::NAN),
        "Infinity" if text.starts_with('-') => Some(f64::NEG_INFINITY),
        "Infinity" => Some(f64::INFINITY),
        _ if unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {
            text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text).parse().ok()
        }
        _ => None,
    }
}

/// A whole number within the bounds of a type; Java takes a sign and digits.
pub(super) fn whole(text: &str, data_type: &DataType) -> Option<i64> {
    let value: i64 = text.parse().ok()?;
    let fits = match data_type {
        DataType::Int8 => i8::try_from(value).is_ok(),
        DataType::Int16 => i16::try_from(value).is_ok(),
        DataType::Int32 => i32::try_from(value).is_ok(),
        _ => true,
    };
    fits.then_some(value)
}

/// The value of a type that a text stands for; none if it is not one.
pub(super) fn value(
    text: &str,
    data_type: &DataType,
    times: &Times,
    words: &Words,
) -> Option<Datum> {
    match data_type {
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => {
            whole(text, data_type).map(Datum::Whole)
        }
        DataType::Float32 => words.double(text).map(|value| {
            // Twice rounded is not once rounded.
            Datum::Float(text.parse::<f32>().map_or(value, f64::from))
        }),
        DataType::Float64 => words.double(text).map(Datum::Float),
        DataType::Boolean if text.eq_ignore_ascii_case("true") => Some(Datum::Boolean(true)),
        DataType::Boolean if text.eq_ignore_ascii_case("false") => Some(Datum::Boolean(false)),
        DataType::Decimal128(precision, scale) => {
            cast::parse_decimal(text, *precision, *scale).map(Datum::Decimal)
        }
        DataType::Date32 | DataType::Timestamp(TimeUnit::Microsecond, _) => {
            time(text, data_type, times)
        }
        DataType::Utf8 => Some(Datum::Text(text.to_owned())),
        DataType::Binary => Some(Datum::Bytes(text.as_bytes().to_vec())),
        _ => None,
    }
}

/// A date, a timestamp or an interval.
pub(super) fn time(text: &str, data_type: &DataType, times: &Times) -> Option<Datum> {
    let whole = match data_type {
        DataType::Date32 => times.date(text)?.into(),
        DataType::Timestamp(_, Some(_)) => times.timestamp(text)?,
        DataType::Timestamp(_, None) => times.timestamp_ntz(text)?,
        _ => return None,
    };
    Some(Datum::Whole(whole))
}
