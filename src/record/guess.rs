//! The types that columns of text seem to have.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Fields, TimeUnit};

use crate::planner::grown::with_stack;

/// The most digits that a decimal has.
const MOST_DIGITS: u32 = 38;

/// A type that all values seen so far fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Guess {
    /// Nothing but NULL was seen.
    Null,
    Boolean,
    Int,
    Long,
    /// Digits in all, and after the point.
    Decimal(u32, u32),
    Double,
    Date,
    Timestamp,
    Text,
    List(Box<Guess>),
    Struct(Vec<(String, Guess)>),
}

impl Guess {
    /// The type that values of both fit; text if there is no other.
    pub(crate) fn with(self, other: Self) -> Self {
        with_stack(|| self.merged(other))
    }

    fn merged(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Null, other) | (other, Self::Null) => other,
            (Self::Int, Self::Long) | (Self::Long, Self::Int) => Self::Long,
            (Self::Int | Self::Long, Self::Double) | (Self::Double, Self::Int | Self::Long) => {
                Self::Double
            }
            (Self::Decimal(..), Self::Double) | (Self::Double, Self::Decimal(..)) => Self::Double,
            (Self::Decimal(p, s), Self::Decimal(q, t)) => Self::wider((p, s), (q, t)),
            (Self::Decimal(p, s), Self::Int) | (Self::Int, Self::Decimal(p, s)) => {
                Self::wider((p, s), (10, 0))
            }
            (Self::Decimal(p, s), Self::Long) | (Self::Long, Self::Decimal(p, s)) => {
                Self::wider((p, s), (20, 0))
            }
            (Self::Date, Self::Timestamp) | (Self::Timestamp, Self::Date) => Self::Timestamp,
            (Self::List(a), Self::List(b)) => Self::List(Box::new(a.with(*b))),
            (Self::Struct(a), Self::Struct(b)) => Self::Struct(merged_fields(a, b)),
            _ => Self::Text,
        }
    }

    /// The decimal that has all digits of both, or a double if there is none.
    fn wider((p, s): (u32, u32), (q, t): (u32, u32)) -> Self {
        let scale = s.max(t);
        let digits = (p.saturating_sub(s)).max(q.saturating_sub(t)) + scale;
        if digits > MOST_DIGITS { Self::Double } else { Self::Decimal(digits, scale) }
    }

    /// A decimal with so many digits, or a double if there are too many.
    pub(super) fn decimal(digits: u32, scale: u32) -> Self {
        match digits.max(scale) {
            digits if digits <= MOST_DIGITS => Self::Decimal(digits, scale),
            _ => Self::Double,
        }
    }

    /// The decimal that a number without an exponent is.
    pub(super) fn of_decimal(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let mut digits = whole.bytes().chain(fraction.bytes());
        if whole.is_empty() && fraction.is_empty() || !digits.all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let count = format!("{whole}{fraction}").trim_start_matches('0').len().max(1);
        Some(Self::decimal(u32::try_from(count).ok()?, u32::try_from(fraction.len()).ok()?))
    }

    /// The type itself; none for structs without fields. What was never seen is text.
    pub(crate) fn data_type(&self, time_zone: &str) -> Option<DataType> {
        with_stack(|| self.arrow(time_zone))
    }

    /// The type as SQL writes it.
    pub(crate) fn sql(&self, time_zone: &str) -> String {
        // A struct without fields is a type only when it stands alone.
        let data_type = self.data_type(time_zone);
        data_type.map_or_else(|| "STRUCT<>".to_owned(), |own| crate::types::arrow_sql_name(&own))
    }

    fn arrow(&self, time_zone: &str) -> Option<DataType> {
        Some(match self {
            Self::Null | Self::Text => DataType::Utf8,
            Self::Boolean => DataType::Boolean,
            Self::Int => DataType::Int32,
            Self::Long => DataType::Int64,
            Self::Decimal(digits, scale) => {
                DataType::Decimal128(u8::try_from(*digits).ok()?, i8::try_from(*scale).ok()?)
            }
            Self::Double => DataType::Float64,
            Self::Date => DataType::Date32,
            Self::Timestamp => {
                DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::from(time_zone)))
            }
            Self::List(element) => {
                let element = element.data_type(time_zone)?;
                DataType::List(Arc::new(Field::new("element", element, true)))
            }
            Self::Struct(fields) => {
                let fields = columns(fields, time_zone);
                if fields.is_empty() {
                    return None;
                }
                DataType::Struct(fields)
            }
        })
    }
}

/// The columns of a struct, but for those that are structs without fields.
pub(crate) fn columns(fields: &[(String, Guess)], time_zone: &str) -> Fields {
    let fields = fields
        .iter()
        .filter_map(|(name, guess)| Some(Field::new(name, guess.data_type(time_zone)?, true)));
    fields.collect()
}

/// The fields of two structs, each sorted by name, as one of both.
fn merged_fields(a: Vec<(String, Guess)>, b: Vec<(String, Guess)>) -> Vec<(String, Guess)> {
    let mut merged = Vec::with_capacity(a.len().max(b.len()));
    let (mut a, mut b) = (a.into_iter().peekable(), b.into_iter().peekable());
    loop {
        let order = match (a.peek(), b.peek()) {
            (Some((a, _)), Some((b, _))) => a.cmp(b),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => return merged,
        };
        match order {
            std::cmp::Ordering::Less => merged.extend(a.next()),
            std::cmp::Ordering::Greater => merged.extend(b.next()),
            std::cmp::Ordering::Equal => {
                if let (Some((name, a)), Some((_, b))) = (a.next(), b.next()) {
                    merged.push((name, a.with(b)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_widen() {
        assert_eq!(Guess::Int.with(Guess::Null).with(Guess::Long), Guess::Long);
        assert_eq!(Guess::Long.with(Guess::Decimal(22, 0)), Guess::Decimal(22, 0));
        assert_eq!(Guess::Decimal(38, 0).with(Guess::Decimal(3, 2)), Guess::Double);
        assert_eq!(Guess::Boolean.with(Guess::Int), Guess::Text);
        let of = |name: &str, guess| Guess::Struct(vec![(name.to_owned(), guess)]);
        let both = of("a", Guess::Int).with(of("b", Guess::Text)).with(of("a", Guess::Long));
        let fields = [("a".to_owned(), Guess::Long), ("b".to_owned(), Guess::Text)];
        assert_eq!(both, Guess::Struct(fields.to_vec()));
    }
}
