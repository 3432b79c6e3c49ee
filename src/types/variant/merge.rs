//! The schema of variants: what type values have, or have in common.

use std::collections::BTreeMap;

use super::text::trimmed;
use super::value::{Value, Variant};
use crate::error::Result;
use crate::planner::grown::with_stack;
use crate::types::names::quoted_if_needed;

/// A type, as far as values tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Shape {
    /// That of nothing but nulls.
    #[default]
    Void,
    Boolean,
    Long,
    Float,
    Double,
    /// Digits in all, and after the point.
    Decimal(u32, u32),
    Date,
    Timestamp,
    TimestampNtz,
    Binary,
    Text,
    Uuid,
    Object(Fields),
    Array(Box<Shape>),
    /// No type but VARIANT holds them all.
    Variant,
}

/// Fields in the order of their names as UTF-16, which is Java's.
type Fields = BTreeMap<Vec<u16>, (String, Shape)>;

/// The most digits of a decimal.
const MOST: u32 = 38;

impl Shape {
    /// The type of a value.
    ///
    /// # Errors
    /// If the bytes are no variant.
    pub(crate) fn of(variant: &Variant<'_>) -> Result<Self> {
        variant.check()?;
        Self::inside(variant)
    }

    fn inside(variant: &Variant<'_>) -> Result<Self> {
        Ok(match variant.read()? {
            Value::Null => Self::Void,
            Value::Boolean(_) => Self::Boolean,
            Value::Long(_) => Self::Long,
            Value::Float(_) => Self::Float,
            Value::Double(_) => Self::Double,
            Value::Decimal { unscaled, scale } => decimal(unscaled, scale),
            Value::Date(_) => Self::Date,
            Value::Timestamp(_) => Self::Timestamp,
            Value::TimestampNtz(_) => Self::TimestampNtz,
            Value::Binary(_) => Self::Binary,
            Value::Text(_) => Self::Text,
            Value::Uuid(_) => Self::Uuid,
            Value::Object(object) => {
                let fields = object.iter().map(|entry| {
                    let (name, value) = entry?;
                    let shape = with_stack(|| Self::inside(&value))?;
                    Ok((name.encode_utf16().collect(), (name.into_owned(), shape)))
                });
                Self::Object(fields.collect::<Result<_>>()?)
            }
            Value::Array(array) => {
                let elements = array.iter().try_fold(Self::Void, |all, value| {
                    let shape = with_stack(|| Self::of(&value?))?;
                    Ok::<_, crate::error::Error>(all.merged(shape))
                });
                Self::Array(Box::new(elements?))
            }
        })
    }

    /// The type that values of both have.
    pub(crate) fn merged(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Void, other) | (other, Self::Void) => other,
            (Self::Long, Self::Float) | (Self::Float, Self::Long) => Self::Float,
            (Self::Long | Self::Float, Self::Double) | (Self::Double, Self::Long | Self::Float) => {
                Self::Double
            }
            (Self::Decimal(..), Self::Double | Self::Float)
            | (Self::Double | Self::Float, Self::Decimal(..)) => Self::Double,
            (Self::Decimal(p1, s1), Self::Decimal(p2, s2)) => wider((p1, s1), (p2, s2)),
            (Self::Long, Self::Decimal(p, s)) | (Self::Decimal(p, s), Self::Long) => {
                wider((20, 0), (p, s))
            }
            (Self::Date | Self::TimestampNtz, Self::Timestamp)
            | (Self::Timestamp, Self::Date | Self::TimestampNtz) => Self::Timestamp,
            (Self::Date, Self::TimestampNtz) | (Self::TimestampNtz, Self::Date) => {
                Self::TimestampNtz
            }
            (Self::Object(a), Self::Object(b)) => Self::Object(both(a, b)),
            (Self::Array(a), Self::Array(b)) => Self::Array(Box::new(with_stack(|| a.merged(*b)))),
            _ => Self::Variant,
        }
    }

    /// The type as `schema_of_variant` shows it.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Void => "VOID".to_owned(),
            Self::Boolean => "BOOLEAN".to_owned(),
            Self::Long => "BIGINT".to_owned(),
            Self::Float => "FLOAT".to_owned(),
            Self::Double => "DOUBLE".to_owned(),
            Self::Decimal(precision, scale) => format!("DECIMAL({precision},{scale})"),
            Self::Date => "DATE".to_owned(),
            Self::Timestamp => "TIMESTAMP".to_owned(),
            Self::TimestampNtz => "TIMESTAMP_NTZ".to_owned(),
            Self::Binary => "BINARY".to_owned(),
            Self::Text => "STRING".to_owned(),
            Self::Uuid => "UUID".to_owned(),
            Self::Variant => "VARIANT".to_owned(),
            Self::Array(element) => format!("ARRAY<{}>", with_stack(|| element.text())),
            Self::Object(fields) => {
                let fields = fields.values().map(|(name, shape)| {
                    format!("{}: {}", quoted_if_needed(name), with_stack(|| shape.text()))
                });
                format!("OBJECT<{}>", fields.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// Zeros at the end do not count.
fn decimal(unscaled: i128, scale: u8) -> Shape {
    let (unscaled, scale) = trimmed(unscaled, scale);
    let digits = unscaled.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
    let scale = u32::from(scale);
    Shape::Decimal(digits.max(scale), scale)
}

/// The decimal that holds both; a double if none does.
fn wider((p1, s1): (u32, u32), (p2, s2): (u32, u32)) -> Shape {
    let scale = s1.max(s2);
    let whole = p1.saturating_sub(s1).max(p2.saturating_sub(s2));
    match whole + scale {
        precision if precision > MOST => Shape::Double,
        precision => Shape::Decimal(precision, scale),
    }
}

fn both(mut a: Fields, b: Fields) -> Fields {
    for (key, (name, shape)) in b {
        let known = a.remove(&key).map_or(Shape::Void, |(_, known)| known);
        a.insert(key, (name, with_stack(|| known.merged(shape))));
    }
    a
}
