//! The names that literals give to columns.

use super::{data_type, scalar};
use crate::error::Result;
use crate::proto::expression::Literal;
use crate::proto::expression::literal::LiteralType;
use crate::types::display::ValueFormatter;
use crate::types::to_field;

/// The text of a literal in a column name: `1`, `abc`, `DATE '2020-01-01'`,
/// `array(1, 2)`.
///
/// # Errors
/// If the literal is malformed.
pub(crate) fn name(literal: &Literal, time_zone: &str) -> Result<String> {
    let LiteralType::Null(_) = (match literal.literal_type.as_ref() {
        Some(kind) => kind,
        None => return Ok(String::new()),
    }) else {
        return value_name(literal, time_zone);
    };
    Ok("NULL".to_owned())
}

fn value_name(literal: &Literal, time_zone: &str) -> Result<String> {
    let list = |name: &str, parts: Vec<&Literal>| -> Result<String> {
        let parts = parts.into_iter().map(|part| crate::types::literal::name(part, time_zone));
        Ok(format!("{name}({})", parts.collect::<Result<Vec<_>>>()?.join(", ")))
    };
    match literal.literal_type.as_ref() {
        Some(LiteralType::Array(array)) => list("array", array.elements.iter().collect()),
        Some(LiteralType::Map(map)) => {
            let pairs = map.keys.iter().zip(&map.values).flat_map(|(k, v)| [k, v]);
            list("map", pairs.collect())
        }
        Some(LiteralType::Struct(fields)) => list("struct", fields.elements.iter().collect()),
        Some(LiteralType::Binary(bytes)) => {
            Ok(format!("X'{}'", bytes.iter().map(|b| format!("{b:02X}")).collect::<String>()))
        }
        Some(LiteralType::Decimal(decimal)) => {
            Ok(super::plain_decimal(&decimal.value).unwrap_or_else(|| decimal.value.clone()))
        }
        _ => {
            let text = text(literal, time_zone)?;
            let prefix = match literal.literal_type.as_ref() {
                Some(LiteralType::Date(_)) => "DATE",
                Some(LiteralType::Timestamp(_) | LiteralType::TimestampLtzNanos(_)) => "TIMESTAMP",
                Some(LiteralType::TimestampNtz(_) | LiteralType::TimestampNtzNanos(_)) => {
                    "TIMESTAMP_NTZ"
                }
                Some(LiteralType::Time(_)) => "TIME",
                Some(LiteralType::CalendarInterval(_)) => "INTERVAL",
                _ => return Ok(text),
            };
            Ok(format!("{prefix} '{text}'"))
        }
    }
}

/// The value as `CAST AS STRING` prints it.
fn text(literal: &Literal, time_zone: &str) -> Result<String> {
    let field = to_field("literal", &data_type(literal)?, true, None, time_zone)?;
    let array = scalar(literal, time_zone)?.to_array()?;
    ValueFormatter::new(&field)?.text(array.as_ref(), 0)
}
