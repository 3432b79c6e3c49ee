//! Number formats of `to_number` and `to_char`, such as `S$99,999.00`.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Decimal128Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Decimal128Type};
use datafusion::common::{Result as DfResult, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility};

use super::super::{Kernel, Nulls, evaluated, udf};
use super::strings;
use crate::error::{Condition, Error, Result};

/// What stands for the sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// `S`: always there.
    Always,
    /// `MI`: only a minus.
    Minus,
}

/// A format that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NumberFormat {
    text: String,
    before: Option<Sign>,
    after: Option<Sign>,
    currency: bool,
    /// `PR`: angle brackets around what is negative.
    angled: bool,
    /// `9`, `0` and `,` before the decimal point.
    integral: String,
    /// `9` and `0` after it.
    fraction: String,
    point: bool,
}

fn refused(condition: Condition, format: &str, token: &str) -> Error {
    Error::analysis(condition, [("format", format!("'{format}'")), ("token", format!("'{token}'"))])
}

impl NumberFormat {
    /// # Errors
    /// `INVALID_FORMAT`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Err(refused(Condition::INVALID_FORMAT_EMPTY, text, ""));
        }
        let upper = text.to_ascii_uppercase();
        let mut format = Self { text: text.to_owned(), ..Self::default() };
        let mut rest = upper.as_str();
        while let Some(token) = rest.chars().next() {
            let length = if rest.starts_with("MI") || rest.starts_with("PR") { 2 } else { 1 };
            let token = rest.get(..length).map_or_else(|| token.to_string(), str::to_owned);
            format.take(&token)?;
            rest = rest.get(token.len()..).unwrap_or_default();
        }
        format.check()?;
        Ok(format)
    }

    fn has_digits(&self) -> bool {
        !self.integral.is_empty() || !self.fraction.is_empty() || self.point
    }

    fn take(&mut self, token: &str) -> Result<()> {
        let again = |condition| Err(refused(condition, &self.text, token));
        match token {
            "0" | "9" if self.after.is_some() || self.angled => {
                return again(Condition::INVALID_FORMAT_UNEXPECTED_TOKEN);
            }
            "0" | "9" if self.point => self.fraction.push_str(token),
            "0" | "9" => self.integral.push_str(token),
            "," | "G" if self.point => {
                return again(Condition::INVALID_FORMAT_THOUSANDS_SEPS_MUST_BEFORE_DEC);
            }
            "," | "G" => self.integral.push(','),
            "." | "D" if self.point => return again(Condition::INVALID_FORMAT_WRONG_NUM_TOKEN),
            "." | "D" => self.point = true,
            "$" if self.currency => return again(Condition::INVALID_FORMAT_WRONG_NUM_TOKEN),
            "$" if self.point => return again(Condition::INVALID_FORMAT_CUR_MUST_BEFORE_DEC),
            "$" if self.has_digits() => {
                return again(Condition::INVALID_FORMAT_CUR_MUST_BEFORE_DIGIT);
            }
            "$" => self.currency = true,
            "S" | "MI" => {
                if self.before.is_some() || self.after.is_some() {
                    return again(Condition::INVALID_FORMAT_WRONG_NUM_TOKEN);
                }
                let sign = if token == "S" { Sign::Always } else { Sign::Minus };
                match self.has_digits() {
                    true => self.after = Some(sign),
                    false => self.before = Some(sign),
                }
            }
            "PR" if self.angled => return again(Condition::INVALID_FORMAT_WRONG_NUM_TOKEN),
            "PR" => self.angled = true,
            _ => return again(Condition::INVALID_FORMAT_UNEXPECTED_TOKEN),
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        if self.integral.bytes().chain(self.fraction.bytes()).all(|byte| byte == b',') {
            return Err(refused(Condition::INVALID_FORMAT_WRONG_NUM_DIGIT, &self.text, ""));
        }
        let lonely = self.integral.starts_with(',')
            || self.integral.ends_with(',')
            || self.integral.contains(",,");
        if lonely {
            return Err(refused(Condition::INVALID_FORMAT_CONT_THOUSANDS_SEPS, &self.text, ""));
        }
        Ok(())
    }

    fn digits(&self) -> usize {
        self.integral.bytes().filter(|byte| *byte != b',').count()
    }

    /// The decimal that holds every number of this format.
    pub(crate) fn decimal(&self) -> DataType {
        let scale = u8::try_from(self.fraction.len()).unwrap_or(38).min(38);
        let precision = u8::try_from(self.digits()).unwrap_or(38).saturating_add(scale).min(38);
        DataType::Decimal128(precision, scale.cast_signed())
    }

    /// The number that a text is, without its decimal point.
    fn read(&self, text: &str) -> Option<i128> {
        let mut rest = text.trim_matches(' ');
        let mut negative = false;
        if let Some(sign) = self.before {
            (rest, negative) = signed(rest, sign, str::strip_prefix)?;
        }
        if let Some(sign) = self.after {
            (rest, negative) = signed(rest, sign, str::strip_suffix)?;
        }
        if self.angled
            && let Some(inner) = rest.strip_prefix('<')
        {
            rest = inner.strip_suffix('>')?;
            negative = true;
        }
        if self.currency {
            rest = rest.strip_prefix('$')?;
        }
        let (integral, fraction) = match rest.split_once('.') {
            Some(parts) if self.point => parts,
            Some(_) => return None,
            None => (rest, ""),
        };
        let integral = self.integral_digits(integral)?;
        let short = fraction.len() < self.fraction.len();
        if fraction.len() > self.fraction.len()
            || short && self.fraction.starts_with('0')
            || !fraction.bytes().all(|byte| byte.is_ascii_digit())
            || integral.is_empty() && fraction.is_empty()
        {
            return None;
        }
        let width = self.fraction.len();
        let value: i128 = format!("{integral}{fraction:0<width$}").parse().ok()?;
        Some(if negative { -value } else { value })
    }

    /// The digits, if their groups are those of the format; leading ones may lack
    /// unless it says 0.
    fn integral_digits(&self, text: &str) -> Option<String> {
        let mut expected = self.integral.split(',').rev();
        let mut given = text.split(',').rev().peekable();
        while let Some(group) = given.next() {
            let format = expected.next().unwrap_or_default();
            let first = given.peek().is_none();
            if !group.bytes().all(|byte| byte.is_ascii_digit()) || group.len() > format.len() {
                return None;
            }
            if group.len() < format.len() && (!first || format.starts_with('0')) {
                return None;
            }
        }
        if expected.any(|format| format.starts_with('0')) {
            return None;
        }
        Some(text.replace(',', ""))
    }

    /// A number with `scale` digits after the point as text; a number that does not
    /// fit becomes hashes.
    fn write(&self, value: i128, scale: i8) -> String {
        let width = usize::try_from(scale).unwrap_or(0);
        let digits = format!("{:0>least$}", value.unsigned_abs(), least = width + 1);
        let (integral, fraction) = digits.split_at(digits.len() - width);
        let integral = integral.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        if integral.len() > self.digits() || fraction.len() > self.fraction.len() {
            return self.hashes();
        }
        let mut text = String::new();
        let currency = if self.currency { "$" } else { "" };
        match (self.before, value < 0) {
            (Some(_), true) => text.push('-'),
            (Some(Sign::Always), false) => text.push('+'),
            (Some(Sign::Minus), false) => text.push(' '),
            (None, _) => {}
        }
        if self.angled && value < 0 {
            text.push('<');
        }
        text.push_str(currency);
        self.write_integral(integral, &mut text);
        if self.point {
            let width = self.fraction.len();
            text.push_str(&format!(".{fraction:0<width$}"));
        }
        match (self.after, value < 0) {
            (Some(_), true) => text.push('-'),
            (Some(Sign::Always), false) => text.push('+'),
            (Some(Sign::Minus), false) => text.push(' '),
            (None, _) => {}
        }
        if self.angled {
            text.push_str(if value < 0 { ">" } else { "  " });
        }
        text
    }

    /// Leading places hold blanks for 9 and zeros for 0.
    fn write_integral(&self, digits: &str, text: &mut String) {
        let lacking = self.digits() - digits.len();
        let mut given = digits.chars();
        let (mut at, mut begun) = (0, false);
        for place in self.integral.chars() {
            if place == ',' {
                text.push(if begun { ',' } else { ' ' });
                continue;
            }
            let last_alone = at + 1 == self.digits() && self.point;
            if at >= lacking {
                text.extend(given.next());
                begun = true;
            } else if begun || place == '0' || last_alone {
                text.push('0');
                begun = true;
            } else {
                text.push(' ');
            }
            at += 1;
        }
    }

    fn hashes(&self) -> String {
        let mut text: String =
            self.integral.chars().map(|c| if c == ',' { ',' } else { '#' }).collect();
        if self.point {
            text.push('.');
            text.extend(self.fraction.chars().map(|_| '#'));
        }
        text
    }
}

/// What is left of a text beside its sign, and whether that is a minus.
fn signed(
    text: &str,
    sign: Sign,
    strip: for<'a> fn(&'a str, char) -> Option<&'a str>,
) -> Option<(&str, bool)> {
    if let Some(rest) = strip(text, '-') {
        return Some((rest, true));
    }
    match sign {
        Sign::Always => Some((strip(text, '+').unwrap_or(text), false)),
        Sign::Minus => Some((text, false)),
    }
}

fn mismatch(text: &str, format: &str) -> Error {
    Error::analysis(
        Condition::INVALID_FORMAT_MISMATCH_INPUT,
        [
            ("inputType", "\"STRING\"".to_owned()),
            ("input", format!("'{text}'")),
            ("format", format!("'{format}'")),
        ],
    )
}

macro_rules! readers {
    ($($static:ident $name:literal $nulls:ident $strict:literal;)*) => {
        $(pub(crate) static $static: std::sync::LazyLock<Arc<ScalarUDF>> =
            std::sync::LazyLock::new(|| {
                udf(Kernel {
                    name: $name,
                    nulls: Nulls::$nulls,
                    volatility: Volatility::Immutable,
                    returns: |args| Ok(format_of(args.scalar_arguments.get(1))?.decimal()),
                    run: |args| {
                        let to = args.return_field.data_type().clone();
                        let format = constant(&args.args)?;
                        evaluated(&args, |arrays, _| read_all(&arrays[0], &format, &to, $strict))
                    },
                })
            });)*
    };
}

readers! {
    TO_NUMBER "spark_to_number" Propagate true;
    TRY_TO_NUMBER "spark_try_to_number" Always false;
}

fn format_of(value: Option<&Option<&datafusion::common::ScalarValue>>) -> DfResult<NumberFormat> {
    match value.copied().flatten().and_then(|value| value.try_as_str()).flatten() {
        Some(text) => Ok(NumberFormat::parse(text)?),
        None => exec_err!("a number format is a constant"),
    }
}

fn constant(values: &[ColumnarValue]) -> DfResult<NumberFormat> {
    match values.get(1) {
        Some(ColumnarValue::Scalar(value)) => format_of(Some(&Some(value))),
        _ => exec_err!("a number format is a constant"),
    }
}

fn read_all(
    texts: &ArrayRef,
    format: &NumberFormat,
    to: &DataType,
    strict: bool,
) -> DfResult<ArrayRef> {
    let texts = strings(texts)?;
    let numbers = texts.iter().map(|text| {
        let Some(text) = text else { return Ok(None) };
        match format.read(text) {
            None if strict => Err(mismatch(text, &format.text).into()),
            number => Ok(number),
        }
    });
    let numbers = numbers.collect::<DfResult<Decimal128Array>>()?;
    Ok(Arc::new(numbers.with_data_type(to.clone())))
}

pub(crate) static TO_CHAR: std::sync::LazyLock<Arc<ScalarUDF>> = std::sync::LazyLock::new(|| {
    udf(Kernel {
        name: "spark_to_char",
        nulls: Nulls::Propagate,
        volatility: Volatility::Immutable,
        returns: |_| Ok(DataType::Utf8),
        run: |args| {
            let format = constant(&args.args)?;
            evaluated(&args, |arrays, _| {
                let numbers = arrays[0].as_primitive::<Decimal128Type>();
                let scale = numbers.scale();
                let texts = numbers.iter().map(|value| value.map(|v| format.write(v, scale)));
                Ok(Arc::new(texts.collect::<StringArray>()) as ArrayRef)
            })
        },
    })
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_are_written_and_read() {
        let write =
            |format: &str, value, scale| NumberFormat::parse(format).unwrap().write(value, scale);
        assert_eq!(write("99G999D9S", -124_548, 1), "12,454.8-");
        assert_eq!(write("999", 12345, 0), "###");
        assert_eq!(write("9.99", 5, 1), "0.50");
        assert_eq!(write("$999", 12, 0), "$ 12");
        let read = |format: &str, text: &str| NumberFormat::parse(format).unwrap().read(text);
        assert_eq!(read("99,999.9S", "12,454.8-"), Some(-124_548));
        assert_eq!(read("999", "abc"), None);
    }
}
