//! JSON text as variants.

use crate::error::{Error, Result};
use crate::planner::grown::with_stack;
use crate::record::json::{Leniency, Node, Value, first_value};
use crate::types::variant::{Builder, Built};

/// The longest number, and the longest text, that Spark's JSON parser takes.
const LONGEST_NUMBER: usize = 1000;
const LONGEST_TEXT: usize = 20_000_000;
/// The most digits of a decimal, before and after the point.
const MOST_DIGITS: usize = 38;

/// The first value of a JSON text; none if the text is malformed.
///
/// # Errors
/// If it is too large for a variant.
pub(crate) fn parsed(text: &str, leniency: &Leniency, function: &str) -> Result<Option<Built>> {
    match first_value(text, leniency) {
        Some(Some(node)) => built(&node, function),
        Some(None) | None => Ok(None),
    }
}

/// A value of JSON; none if no variant can hold it.
///
/// # Errors
/// If it is too large for a variant.
pub(crate) fn built(node: &Node<'_>, function: &str) -> Result<Option<Built>> {
    let mut builder = Builder::new();
    match write(node, &mut builder) {
        Ok(()) => builder.finish(function).map(Some),
        Err(Refused) => Ok(None),
    }
}

/// What JSON may say and a variant cannot.
struct Refused;

/// A name given twice.
impl From<Error> for Refused {
    fn from(_: Error) -> Self {
        Self
    }
}

fn write(node: &Node<'_>, builder: &mut Builder) -> Result<(), Refused> {
    match &node.value {
        Value::Null => builder.null(),
        Value::Boolean(flag) => builder.boolean(*flag),
        Value::Number(text) => number(text, builder)?,
        Value::NoNumber(text) => builder.double(no_number(text)),
        Value::Text(text) if text.len() > LONGEST_TEXT => return Err(Refused),
        Value::Text(text) => builder.text(text),
        Value::Array(elements) => {
            let start = builder.start();
            let mut offsets = Vec::with_capacity(elements.len());
            for element in elements {
                offsets.push(builder.start() - start);
                with_stack(|| write(element, builder))?;
            }
            builder.array(start, &offsets);
        }
        Value::Object(members) => {
            let start = builder.start();
            let mut fields = Vec::with_capacity(members.len());
            for (name, value) in members {
                fields.push(builder.field(name, start));
                with_stack(|| write(value, builder))?;
            }
            builder.object(start, fields)?;
        }
    }
    Ok(())
}

/// A whole number, a decimal as it is written, or what only a double holds.
fn number(text: &str, builder: &mut Builder) -> Result<(), Refused> {
    if text.len() > LONGEST_NUMBER {
        return Err(Refused);
    }
    if let Ok(whole) = text.parse() {
        builder.long(whole);
    } else if let Some((unscaled, scale)) = decimal(text) {
        builder.decimal(unscaled, scale);
    } else {
        builder.double(text.parse().map_err(|_| Refused)?);
    }
    Ok(())
}

fn decimal(text: &str) -> Option<(i128, u8)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches(['-', '0']);
    if significant.len() > MOST_DIGITS || fraction.len() > MOST_DIGITS {
        return None;
    }
    Some((digits.parse().ok()?, u8::try_from(fraction.len()).ok()?))
}

fn no_number(text: &str) -> f64 {
    match text.strip_prefix('-') {
        Some(_) => f64::NEG_INFINITY,
        None if text == "NaN" => f64::NAN,
        None => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::types::variant::{Variant, is_valid};

    fn parse(text: &str) -> Option<Built> {
        parsed(text, &Leniency::STRICT, "parse_json").unwrap()
    }

    #[test]
    fn bytes_are_those_that_spark_writes() {
        let Built { value, metadata } = parse(r#"{"b":1,"a":{"z":[1]}}"#).unwrap();
        assert_eq!(
            value,
            b"\x02\x02\x01\x00\x02\x00\r\x0c\x01\x02\x01\x02\x00\x06\x03\x01\x00\x02\x0c\x01"
        );
        assert_eq!(metadata, b"\x01\x03\x00\x01\x02\x03baz");
        let text = Variant::new(&value, &metadata).unwrap().utc_json().unwrap();
        assert_eq!(text, r#"{"a":{"z":[1]},"b":1}"#);
    }

    #[test]
    fn numbers_keep_their_kind() {
        let value = |text: &str| parse(text).unwrap().value;
        assert_eq!(value("2.50"), b" \x02\xfa\x00\x00\x00");
        assert_eq!(value("-0"), b"\x0c\x00");
        assert_eq!(value("1e3"), b"\x1c\x00\x00\x00\x00\x00@\x8f@");
        assert_eq!(value("9223372036854775808")[0], 10 << 2);
    }

    #[test]
    fn what_no_variant_holds_is_refused() {
        for text in ["", "NaN", "{\"a\":1,\"a\":2}", "01", "{'a':1}"] {
            assert!(parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn values_within_each_other_are_refused() {
        // An array of two elements, which are one and the same array, and so on.
        let mut value = vec![0x0c, 1];
        for _ in 0..40 {
            let data = u8::try_from(value.len()).unwrap_or(u8::MAX);
            let mut outer = vec![3, 2, 0, 0, data];
            outer.extend_from_slice(&value);
            value = outer;
        }
        assert!(!is_valid(&value, b"\x01\x00\x00"));
        assert!(Variant::new(&value, b"\x01\x00\x00").unwrap().utc_json().is_err());
    }
}
