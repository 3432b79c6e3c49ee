//! `format_number`: numbers by Java's decimal formats.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::datatypes::{
    DataType, Decimal128Type, Float32Type, Float64Type, Int32Type, Int64Type,
};
use datafusion::common::Result;
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::super::{Kernel, Nulls, evaluated, udf};
use super::strings;

pub(crate) static FORMAT_NUMBER: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_format_number",
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        returns: |_| Ok(DataType::Utf8),
        run: |args| evaluated(&args, format_all),
    })
});

fn format_all(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let patterns = match arrays[1].data_type() {
        DataType::Int32 => {
            let places = arrays[1].as_primitive::<Int32Type>().iter();
            places.map(|places| usize::try_from(places?).ok().map(Pattern::places)).collect()
        }
        _ => {
            let texts = strings(&arrays[1])?;
            texts.iter().map(|text| Some(Pattern::read(text?))).collect::<Vec<_>>()
        }
    };
    let texts: StringArray = (0..rows)
        .map(|row| {
            let pattern = patterns.get(row)?.as_ref()?;
            Some(pattern.write(&Number::at(&arrays[0], row)?))
        })
        .collect();
    Ok(Arc::new(texts))
}

/// A number as its decimal digits.
struct Number {
    negative: bool,
    integral: String,
    fraction: String,
    /// What is no number in digits.
    special: Option<&'static str>,
}

impl Number {
    fn at(array: &ArrayRef, row: usize) -> Option<Self> {
        if array.is_null(row) {
            return None;
        }
        Some(match array.data_type() {
            DataType::Decimal128(_, scale) => {
                let value = array.as_primitive::<Decimal128Type>().value(row);
                let width = usize::try_from(*scale).unwrap_or(0);
                let digits = format!("{:0>least$}", value.unsigned_abs(), least = width + 1);
                let (integral, fraction) = digits.split_at(digits.len() - width);
                Self::new(value < 0, integral, fraction)
            }
            DataType::Float32 => {
                let value = array.as_primitive::<Float32Type>().value(row);
                Self::float(f64::from(value), &value.abs().to_string())
            }
            DataType::Float64 => {
                let value = array.as_primitive::<Float64Type>().value(row);
                Self::float(value, &value.abs().to_string())
            }
            _ => {
                let wide = datafusion::arrow::compute::cast(array, &DataType::Int64).ok()?;
                let value = wide.as_primitive::<Int64Type>().value(row);
                Self::new(value < 0, &value.unsigned_abs().to_string(), "")
            }
        })
    }

    fn new(negative: bool, integral: &str, fraction: &str) -> Self {
        let (integral, fraction) = (integral.to_owned(), fraction.to_owned());
        Self { negative, integral, fraction, special: None }
    }

    fn float(value: f64, text: &str) -> Self {
        if value.is_nan() {
            return Self { special: Some("NaN"), ..Self::new(false, "", "") };
        }
        if value.is_infinite() {
            return Self { special: Some("∞"), ..Self::new(value < 0.0, "", "") };
        }
        let (integral, fraction) = text.split_once('.').unwrap_or((text, ""));
        Self::new(value.is_sign_negative(), integral, fraction)
    }

    /// All digits, and how many stand before the point, rounded to `places`: halves
    /// to the even neighbour.
    fn rounded(&self, places: usize, shift: usize) -> (String, String) {
        let mut digits: Vec<u8> = self.integral.bytes().chain(self.fraction.bytes()).collect();
        let before = self.integral.len() + shift;
        digits.resize(digits.len().max(before + places + 1), b'0');
        let keep = before + places;
        let rest = digits.split_off(keep);
        let odd = digits.last().is_some_and(|digit| digit % 2 == 1);
        let half = rest.first() == Some(&b'5') && rest[1..].iter().all(|digit| *digit == b'0');
        let up = rest.first().is_some_and(|digit| *digit >= b'5') && (!half || odd);
        let carried = up && increment(&mut digits);
        let before = before + usize::from(carried);
        let text: String = digits.into_iter().map(char::from).collect();
        let (integral, fraction) = text.split_at(before);
        (integral.trim_start_matches('0').to_owned(), fraction.to_owned())
    }
}

/// Adds one in the last place; whether that takes one more digit.
fn increment(digits: &mut Vec<u8>) -> bool {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return false;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
    true
}

/// A pattern such as `$#,##0.00`.
struct Pattern {
    prefix: String,
    suffix: String,
    /// Digits in a group; none for no groups.
    group: Option<usize>,
    least_integral: usize,
    least_fraction: usize,
    most_fraction: usize,
    percent: bool,
}

impl Pattern {
    /// Groups of three, and so many places.
    fn places(places: usize) -> Self {
        Self {
            prefix: String::new(),
            suffix: String::new(),
            group: Some(3),
            least_integral: 1,
            least_fraction: places,
            most_fraction: places,
            percent: false,
        }
    }

    fn read(text: &str) -> Self {
        let is_number = |c: char| matches!(c, '#' | '0' | ',' | '.');
        let start = text.find(is_number).unwrap_or(text.len());
        let (prefix, rest) = text.split_at(start);
        let end = rest.find(|c| !is_number(c)).unwrap_or(rest.len());
        let (number, suffix) = rest.split_at(end);
        let (integral, fraction) = number.split_once('.').unwrap_or((number, ""));
        let zeros = |part: &str| part.bytes().filter(|byte| *byte == b'0').count();
        let places = fraction.bytes().filter(|byte| matches!(byte, b'0' | b'#')).count();
        let group = integral.rsplit_once(',').map(|(_, last)| last.len()).filter(|n| *n > 0);
        Self {
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
            group,
            least_integral: zeros(integral),
            least_fraction: zeros(fraction),
            most_fraction: places,
            percent: prefix.contains('%') || suffix.contains('%'),
        }
    }

    fn write(&self, number: &Number) -> String {
        let sign = if number.negative { "-" } else { "" };
        if let Some(special) = number.special {
            return format!("{sign}{special}");
        }
        let shift = if self.percent { 2 } else { 0 };
        let (integral, fraction) = number.rounded(self.most_fraction, shift);
        let mut fraction = fraction.as_str();
        while fraction.len() > self.least_fraction && fraction.ends_with('0') {
            fraction = &fraction[..fraction.len() - 1];
        }
        let least = self.least_integral.max(usize::from(fraction.is_empty()));
        let integral = self.grouped(&format!("{integral:0>least$}"));
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{}{integral}{point}{fraction}{}", self.prefix, self.suffix)
    }

    fn grouped(&self, digits: &str) -> String {
        let Some(group) = self.group else { return digits.to_owned() };
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(group) {
                text.push(',');
            }
            text.push(digit);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_java_does() {
        let write = |value: f64, pattern: Pattern| {
            pattern.write(&Number::float(value, &value.abs().to_string()))
        };
        assert_eq!(write(12_332.123_456, Pattern::places(4)), "12,332.1235");
        assert_eq!(write(2.5, Pattern::places(0)), "2");
        assert_eq!(write(999.5, Pattern::places(0)), "1,000");
        assert_eq!(write(0.123, Pattern::read("##%")), "12%");
        assert_eq!(write(1234.5, Pattern::read("$#,##0.00")), "$1,234.50");
        assert_eq!(write(12_332.1, Pattern::read("abc")), "abc12332");
    }
}
