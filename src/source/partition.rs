//! Columns whose values stand in the names of folders.

use std::sync::Arc;

use datafusion::arrow::array::Array;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, TimeUnit};
use datafusion::common::ScalarValue;

use super::listing::DataFile;
use crate::error::{Condition, Error, Result};
use crate::planner::columns::same_name;
use crate::types::display::ValueFormatter;

/// What stands for NULL.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// Characters that do not stand for themselves in a folder's name.
const SPECIAL: &str = "\"#%'*/:=?\\{[]^\u{7f}";

/// A folder's name for a value.
pub(crate) fn path_segment(name: &str, value: Option<&str>) -> String {
    let value = value.filter(|text| !text.is_empty());
    format!("{}={}", escaped(name), value.map_or_else(|| NULL.to_owned(), escaped))
}

/// The folders of a partition, as `a=1/b=2`.
pub(crate) fn folder(values: &[(String, Option<String>)]) -> String {
    let segments = values.iter().map(|(name, value)| path_segment(name, value.as_deref()));
    segments.collect::<Vec<_>>().join("/")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c < ' ' || SPECIAL.contains(c) {
            escaped.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// The text that was escaped; none if it stands for NULL.
pub(super) fn unescaped(text: &str) -> Option<String> {
    if text == NULL {
        return None;
    }
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                plain.push(byte);
                at += 3;
            }
            None => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    Some(String::from_utf8_lossy(&plain).into_owned())
}

/// The partition columns that the folders of files have, with the types that fit
/// all values, or those that are declared.
///
/// # Errors
/// If files are at different depths, or below folders of different names.
pub(super) fn columns(
    files: &[DataFile],
    declared: Option<&Schema>,
    infer: bool,
    time_zone: &str,
) -> Result<Vec<FieldRef>> {
    let Some(first) = files.first() else { return Ok(Vec::new()) };
    for file in files {
        check_alike(first, file)?;
    }
    let names = first.partitions.iter().enumerate();
    let columns = names.map(|(at, (name, _))| {
        let own = declared.and_then(|schema| declared_field(schema, name));
        if let Some(field) = own {
            return Arc::new(Field::clone(field).with_nullable(true));
        }
        let values = files.iter().filter_map(|file| file.partitions[at].1.as_deref());
        let kind = match infer {
            true => values.map(Kind::of).reduce(Kind::with).unwrap_or(Kind::Text),
            false => Kind::Text,
        };
        Arc::new(Field::new(name, kind.data_type(time_zone), true))
    });
    Ok(columns.collect())
}

fn declared_field<'s>(schema: &'s Schema, name: &str) -> Option<&'s Field> {
    schema.fields().iter().find(|field| same_name(field.name(), name)).map(AsRef::as_ref)
}

fn check_alike(first: &DataFile, other: &DataFile) -> Result<()> {
    let names = |file: &DataFile| -> Vec<String> {
        file.partitions.iter().map(|(name, _)| name.clone()).collect()
    };
    let (expected, found) = (names(first), names(other));
    if expected == found {
        return Ok(());
    }
    if expected.is_empty() || found.is_empty() {
        let paths = [first, other].map(|file| format!("\t{}", file.meta.location));
        return Err(Error::analysis(
            Condition::CONFLICTING_DIRECTORY_STRUCTURES,
            [("discoveredBasePaths", paths.join("\n"))],
        ));
    }
    let lists =
        [expected, found].map(|names| format!("\tPartition column names: {}", names.join(", ")));
    Err(Error::analysis(
        Condition::CONFLICTING_PARTITION_COLUMN_NAMES,
        [
            ("distinctPartColLists", lists.join("\n")),
            ("suspiciousPaths", format!("\t{}", other.meta.location)),
        ],
    ))
}

/// What a folder's value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Int,
    Long,
    Decimal,
    Double,
    Date,
    Timestamp,
    Text,
}

impl Kind {
    fn of(text: &str) -> Self {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return match text.parse::<i64>() {
                Ok(number) if i32::try_from(number).is_ok() => Self::Int,
                Ok(_) => Self::Long,
                Err(_) if digits.len() <= 38 => Self::Decimal,
                Err(_) => Self::Double,
            };
        }
        if is_double(text) {
            return Self::Double;
        }
        if chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() && text.len() == 10 {
            return Self::Date;
        }
        match chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f") {
            Ok(_) => Self::Timestamp,
            Err(_) => Self::Text,
        }
    }

    fn with(self, other: Self) -> Self {
        use Kind::{Date, Decimal, Double, Int, Long, Text, Timestamp};
        match (self, other) {
            (a, b) if a == b => a,
            (Int, Long) | (Long, Int) => Long,
            (Int | Long, Decimal) | (Decimal, Int | Long) => Decimal,
            (Int | Long | Decimal, Double) | (Double, Int | Long | Decimal) => Double,
            (Date, Timestamp) | (Timestamp, Date) => Timestamp,
            _ => Text,
        }
    }

    fn data_type(self, time_zone: &str) -> DataType {
        match self {
            Self::Int => DataType::Int32,
            Self::Long => DataType::Int64,
            Self::Decimal => DataType::Decimal128(38, 0),
            Self::Double => DataType::Float64,
            Self::Date => DataType::Date32,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some(time_zone.into())),
            Self::Text => DataType::Utf8,
        }
    }
}

/// What Java reads as a double.
fn is_double(text: &str) -> bool {
    let text = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    let number = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    matches!(text, "NaN" | "Infinity" | "-Infinity")
        || number && text.bytes().any(|byte| byte.is_ascii_digit()) && text.parse::<f64>().is_ok()
}

/// A folder's value in the type of its column.
///
/// # Errors
/// If the text is no value of the type.
pub(super) fn value(text: Option<&str>, field: &Field) -> Result<ScalarValue> {
    let data_type = field.data_type();
    let Some(text) = text else { return Ok(ScalarValue::try_from(data_type)?) };
    let trimmed = match data_type {
        DataType::Float64 | DataType::Float32 => text.trim_end_matches(['d', 'D', 'f', 'F']),
        _ => text,
    };
    let value = ScalarValue::Utf8(Some(trimmed.to_owned())).cast_to(data_type);
    value.map_err(|_| {
        Error::analysis(
            Condition::INVALID_PARTITION_VALUE,
            [
                ("value", format!("'{text}'")),
                ("dataType", format!("\"{}\"", crate::types::arrow_sql_name(data_type))),
                ("columnName", format!("`{}`", field.name())),
            ],
        )
    })
}

/// The text of a cell as a folder's value.
pub(super) fn text(
    formatter: &ValueFormatter,
    column: &dyn Array,
    row: usize,
) -> Result<Option<String>> {
    if column.is_null(row) {
        return Ok(None);
    }
    formatter.text(column, row).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_their_folders() {
        for text in ["plain", "a b", "a/b", "100%", "x=y", "ü", "__"] {
            let segment = path_segment("k", Some(text));
            let (_, value) = segment.split_once('=').unwrap_or_default();
            assert_eq!(unescaped(value).as_deref(), Some(text));
        }
        assert_eq!(path_segment("k", None), "k=__HIVE_DEFAULT_PARTITION__");
    }

    #[test]
    fn kinds_are_those_of_spark() {
        let kinds = |texts: &[&str]| texts.iter().map(|text| Kind::of(text)).reduce(Kind::with);
        assert_eq!(kinds(&["1", "02"]), Some(Kind::Int));
        assert_eq!(kinds(&["1", "3000000000"]), Some(Kind::Long));
        assert_eq!(kinds(&["1", "1.5"]), Some(Kind::Double));
        assert_eq!(kinds(&["2024-01-01"]), Some(Kind::Date));
        assert_eq!(kinds(&["2024-01-01", "1"]), Some(Kind::Text));
        assert_eq!(kinds(&["2024-01-01 00:00:00", "2024-01-01"]), Some(Kind::Timestamp));
    }
}
