//! Values that are counted: how they are hashed and written.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimeUnit, TimestampMicrosecondType,
};
use datafusion::common::{Result, ScalarValue, exec_err};

use super::frequent::Item;
use super::words;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Boolean(bool),
    /// Whole numbers of up to 32 bits, and dates.
    Int(i32),
    /// Larger ones, and timestamps.
    Long(i64),
    /// Bits of floating-point numbers.
    Float(u32),
    Double(u64),
    Text(String),
    Decimal(i128, i8),
}

/// Bytes before numbers that say what they are.
const BYTE: u8 = 2;
const SHORT: u8 = 3;
const FLOAT: u8 = 6;
const INT: u8 = 9;
/// Digits that fit into 4 and 8 bytes.
const INT_DIGITS: u8 = 9;
const LONG_DIGITS: u8 = 18;

impl Item for Value {
    fn hash_code(&self) -> i32 {
        match self {
            Self::Boolean(value) => {
                if *value {
                    1231
                } else {
                    1237
                }
            }
            Self::Int(value) => *value,
            Self::Long(value) => of_long(*value),
            Self::Float(bits) => bits.cast_signed(),
            Self::Double(bits) => of_long(bits.cast_signed()),
            Self::Text(text) => text
                .encode_utf16()
                .fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit))),
            Self::Decimal(unscaled, scale) => of_decimal(*unscaled, *scale),
        }
    }
}

/// `Long.hashCode`.
fn of_long(value: i64) -> i32 {
    (value ^ (value.cast_unsigned() >> 32).cast_signed()) as i32
}

/// The hash of `BigInteger`.
fn of_integer(value: i128) -> i32 {
    let magnitude = value.unsigned_abs();
    let digits = (0..4).rev().map(|at| (magnitude >> (32 * at)) as u32);
    let hash =
        digits.fold(0_i32, |hash, digit| hash.wrapping_mul(31).wrapping_add(digit.cast_signed()));
    if value < 0 { hash.wrapping_neg() } else { hash }
}

/// The hash of Scala's `BigDecimal`: that of an equal whole number or double, if there is
/// one.
fn of_decimal(mut unscaled: i128, scale: i8) -> i32 {
    let mut scale = i32::from(scale);
    while scale > 0 && unscaled % 10 == 0 {
        unscaled /= 10;
        scale -= 1;
    }
    if scale <= 0 {
        let whole = u32::try_from(-scale).ok().and_then(|zeros| 10_i128.checked_pow(zeros));
        let whole = whole.and_then(|power| unscaled.checked_mul(power)).unwrap_or(unscaled);
        return match (i32::try_from(whole), i64::try_from(whole)) {
            (Ok(int), _) => int,
            (_, Ok(long)) => of_long(long),
            _ => of_integer(whole),
        };
    }
    let text = format!("{unscaled}e-{scale}");
    let double: f64 = text.parse().unwrap_or(f64::NAN);
    if decimal_of(double) == Some((unscaled, scale)) {
        return of_double(double);
    }
    mixed_last(of_integer(unscaled), scale)
}

/// The shortest decimal that a double is printed as, without zeros at its end.
fn decimal_of(double: f64) -> Option<(i128, i32)> {
    let text = format!("{double:e}");
    let (digits, exponent) = text.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let fraction = digits.split_once('.').map_or("", |(_, fraction)| fraction);
    let unscaled = digits.replace('.', "").parse().ok()?;
    Some((unscaled, i32::try_from(fraction.len()).ok()? - exponent))
}

/// Scala's hash of a double.
fn of_double(double: f64) -> i32 {
    let float = double as f32;
    if f64::from(float).to_bits() == double.to_bits() {
        return float.to_bits().cast_signed();
    }
    of_long(double.to_bits().cast_signed())
}

/// `MurmurHash3.mixLast`.
fn mixed_last(hash: i32, data: i32) -> i32 {
    let mut mixed = data.cast_unsigned().wrapping_mul(0xcc9e_2d51).rotate_left(15);
    mixed = mixed.wrapping_mul(0x1b87_3593);
    (hash.cast_unsigned() ^ mixed).cast_signed()
}

/// The values of a column, NULLs as none.
pub(super) fn each(column: &ArrayRef, mut work: impl FnMut(Option<Value>)) -> Result<()> {
    macro_rules! values {
        ($array:expr, |$value:ident| $item:expr) => {
            $array.iter().for_each(|value| work(value.map(|$value| $item)))
        };
    }
    match column.data_type() {
        DataType::Boolean => values!(column.as_boolean(), |value| Value::Boolean(value)),
        DataType::Int8 => {
            values!(column.as_primitive::<Int8Type>(), |value| Value::Int(value.into()))
        }
        DataType::Int16 => {
            values!(column.as_primitive::<Int16Type>(), |value| Value::Int(value.into()))
        }
        DataType::Int32 => values!(column.as_primitive::<Int32Type>(), |value| Value::Int(value)),
        DataType::Date32 => values!(column.as_primitive::<Date32Type>(), |value| Value::Int(value)),
        DataType::Int64 => values!(column.as_primitive::<Int64Type>(), |value| Value::Long(value)),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            let values = column.as_primitive::<TimestampMicrosecondType>();
            values!(values, |value| Value::Long(value));
        }
        DataType::Float32 => values!(column.as_primitive::<Float32Type>(), |value| {
            Value::Float(if value.is_nan() { 0x7fc0_0000 } else { value.to_bits() })
        }),
        DataType::Float64 => values!(column.as_primitive::<Float64Type>(), |value| {
            Value::Double(if value.is_nan() { 0x7ff8 << 48 } else { value.to_bits() })
        }),
        DataType::Decimal128(_, scale) => {
            let values = column.as_primitive::<Decimal128Type>();
            values!(values, |value| Value::Decimal(value, *scale));
        }
        DataType::Utf8 => {
            values!(column.as_string::<i32>(), |value| Value::Text(value.to_owned()))
        }
        other => return exec_err!("no sketch counts {other}"),
    }
    Ok(())
}

/// A value as DataFusion has it.
pub(super) fn scalar(value: Option<Value>, data_type: &DataType) -> Result<ScalarValue> {
    let Some(value) = value else { return ScalarValue::try_from(data_type) };
    Ok(match (value, data_type) {
        (Value::Boolean(value), DataType::Boolean) => ScalarValue::Boolean(Some(value)),
        (Value::Int(value), DataType::Int8) => ScalarValue::Int8(i8::try_from(value).ok()),
        (Value::Int(value), DataType::Int16) => ScalarValue::Int16(i16::try_from(value).ok()),
        (Value::Int(value), DataType::Int32) => ScalarValue::Int32(Some(value)),
        (Value::Int(value), DataType::Date32) => ScalarValue::Date32(Some(value)),
        (Value::Long(value), DataType::Int64) => ScalarValue::Int64(Some(value)),
        (Value::Long(value), DataType::Timestamp(TimeUnit::Microsecond, zone)) => {
            ScalarValue::TimestampMicrosecond(Some(value), zone.clone())
        }
        (Value::Float(bits), DataType::Float32) => ScalarValue::Float32(Some(f32::from_bits(bits))),
        (Value::Double(bits), DataType::Float64) => {
            ScalarValue::Float64(Some(f64::from_bits(bits)))
        }
        (Value::Text(text), DataType::Utf8) => ScalarValue::Utf8(Some(text)),
        (Value::Decimal(unscaled, _), DataType::Decimal128(precision, scale)) => {
            ScalarValue::Decimal128(Some(unscaled), *precision, *scale)
        }
        (value, other) => return exec_err!("{value:?} is no {other}"),
    })
}

/// Values as DataSketches writes those of a type.
pub(super) fn written(values: &[&Value], data_type: &DataType) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (at, value) in values.iter().enumerate() {
        match (value, data_type) {
            (Value::Boolean(value), _) => {
                if at % 8 == 0 {
                    bytes.push(0);
                }
                if let Some(last) = bytes.last_mut() {
                    *last |= u8::from(*value) << (at % 8);
                }
            }
            (Value::Int(value), DataType::Int8) => bytes.extend([BYTE, *value as u8]),
            (Value::Int(value), DataType::Int16) => {
                bytes.push(SHORT);
                bytes.extend((*value as i16).to_le_bytes());
            }
            (Value::Int(value), _) => {
                bytes.push(INT);
                bytes.extend(value.to_le_bytes());
            }
            (Value::Long(value), _) => bytes.extend(value.to_le_bytes()),
            (Value::Float(bits), _) => {
                bytes.push(FLOAT);
                bytes.extend(bits.to_le_bytes());
            }
            (Value::Double(bits), _) => bytes.extend(bits.to_le_bytes()),
            (Value::Text(text), _) => {
                bytes.extend((text.len() as u32).to_le_bytes());
                bytes.extend(text.as_bytes());
            }
            (Value::Decimal(unscaled, _), DataType::Decimal128(..=INT_DIGITS, _)) => {
                bytes.push(INT);
                bytes.extend((*unscaled as i32).to_le_bytes());
            }
            (Value::Decimal(unscaled, _), DataType::Decimal128(..=LONG_DIGITS, _)) => {
                bytes.extend((*unscaled as i64).to_le_bytes());
            }
            (Value::Decimal(unscaled, _), _) => {
                let whole = unscaled.to_be_bytes();
                let sign = if *unscaled < 0 { 0xff } else { 0 };
                let spare = |pair: &[u8]| pair[0] == sign && (pair[1] ^ sign) & 0x80 == 0;
                let spare = whole.windows(2).take_while(|pair| spare(pair)).count();
                bytes.extend(((whole.len() - spare) as u32).to_le_bytes());
                bytes.extend(&whole[spare..]);
            }
        }
    }
    bytes
}

/// Reads so many values of a type; none if the bytes are not as many.
pub(super) fn read(bytes: &[u8], count: usize, data_type: &DataType) -> Option<Vec<Value>> {
    let mut rest = bytes;
    let mut values = Vec::new();
    for at in 0..count {
        values.push(match data_type {
            DataType::Boolean => Value::Boolean(bytes.get(at / 8)? >> (at % 8) & 1 == 1),
            DataType::Int8 => Value::Int((marked(&mut rest, BYTE, 1)?[0].cast_signed()).into()),
            DataType::Int16 => {
                let number = marked(&mut rest, SHORT, 2)?.try_into().ok()?;
                Value::Int(i16::from_le_bytes(number).into())
            }
            DataType::Int32 | DataType::Date32 => Value::Int(int(&mut rest)?),
            DataType::Int64 | DataType::Timestamp(..) => Value::Long(long(&mut rest)?),
            DataType::Float32 => {
                let bits = marked(&mut rest, FLOAT, 4)?.try_into().ok()?;
                Value::Float(u32::from_le_bytes(bits))
            }
            DataType::Float64 => Value::Double(long(&mut rest)?.cast_unsigned()),
            DataType::Utf8 => {
                let text = sized(&mut rest)?;
                Value::Text(std::str::from_utf8(text).ok()?.to_owned())
            }
            DataType::Decimal128(..=INT_DIGITS, scale) => {
                Value::Decimal(int(&mut rest)?.into(), *scale)
            }
            DataType::Decimal128(..=LONG_DIGITS, scale) => {
                Value::Decimal(long(&mut rest)?.into(), *scale)
            }
            DataType::Decimal128(_, scale) => {
                let digits = sized(&mut rest)?;
                let first = digits.first()?.cast_signed();
                let mut whole = [if first < 0 { 0xff } else { 0 }; 16];
                let start = whole.len().checked_sub(digits.len())?;
                whole[start..].copy_from_slice(digits);
                Value::Decimal(i128::from_be_bytes(whole), *scale)
            }
            _ => return None,
        });
    }
    Some(values)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

fn marked<'a>(rest: &mut &'a [u8], marker: u8, length: usize) -> Option<&'a [u8]> {
    (take(rest, 1)? == [marker]).then(|| take(rest, length))?
}

fn int(rest: &mut &[u8]) -> Option<i32> {
    Some(i32::from_le_bytes(marked(rest, INT, 4)?.try_into().ok()?))
}

fn long(rest: &mut &[u8]) -> Option<i64> {
    Some(i64::from_le_bytes(take(rest, 8)?.try_into().ok()?))
}

fn sized<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = words(take(rest, 4)?, 0).next()?;
    take(rest, usize::try_from(length).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_java_s() {
        assert_eq!(Value::Text("zz".to_owned()).hash_code(), 3904);
        assert_eq!(Value::Long(-1).hash_code(), 0);
        assert_eq!(Value::Double(1.0_f64.to_bits()).hash_code(), 1_072_693_248);
        assert_eq!(Value::Decimal(300, 2).hash_code(), 3);
        assert_eq!(Value::Decimal(150, 2).hash_code(), 1.5_f32.to_bits().cast_signed());
        assert_eq!(of_integer(1 << 32), 31);
    }

    #[test]
    fn what_is_written_is_read() {
        let cases = [
            (DataType::Boolean, vec![Value::Boolean(true); 9]),
            (DataType::Int8, vec![Value::Int(-7)]),
            (DataType::Int16, vec![Value::Int(-700)]),
            (DataType::Int32, vec![Value::Int(-70_000)]),
            (DataType::Int64, vec![Value::Long(-7)]),
            (DataType::Utf8, vec![Value::Text("é".to_owned()), Value::Text(String::new())]),
            (DataType::Decimal128(9, 1), vec![Value::Decimal(-15, 1)]),
            (DataType::Decimal128(18, 1), vec![Value::Decimal(15, 1)]),
            (
                DataType::Decimal128(38, 1),
                [-15, 128, 255, -128, -129, 1505, i128::MAX / 7]
                    .map(|d| Value::Decimal(d, 1))
                    .into(),
            ),
        ];
        for (data_type, values) in cases {
            let bytes = written(&values.iter().collect::<Vec<_>>(), &data_type);
            assert_eq!(read(&bytes, values.len(), &data_type), Some(values));
            assert_eq!(read(&bytes[1..], 9, &data_type), None);
        }
    }
}
