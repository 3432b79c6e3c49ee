//! Reading the bytes of a variant.

use std::borrow::Cow;

use super::layout;
use crate::error::{Condition, Error, Result};

/// A value, and the names of the fields in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variant<'a> {
    /// From the value's first byte on; there may be more behind it.
    value: &'a [u8],
    metadata: &'a [u8],
}

/// What a variant holds.
#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    Null,
    Boolean(bool),
    Long(i64),
    Double(f64),
    Float(f32),
    Decimal {
        unscaled: i128,
        scale: u8,
    },
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds.
    Timestamp(i64),
    TimestampNtz(i64),
    Binary(&'a [u8]),
    Text(Cow<'a, str>),
    Uuid([u8; 16]),
    Object(Object<'a>),
    Array(Array<'a>),
}

/// Names with values, in the order of the names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Object<'a> {
    items: Items<'a>,
    ids: usize,
    id_size: usize,
}

/// Values in a row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Array<'a> {
    items: Items<'a>,
}

/// What objects and arrays have in common: places of values in the bytes.
#[derive(Debug, Clone, Copy)]
struct Items<'a> {
    whole: Variant<'a>,
    len: usize,
    offsets: usize,
    offset_size: usize,
    data: usize,
}

/// Bytes that are no variant.
pub(super) fn malformed() -> Error {
    Error::analysis(Condition::MALFORMED_VARIANT, [])
}

fn unknown(id: u8) -> Error {
    let parameters = [("id", id.to_string())];
    Error::analysis(Condition::UNKNOWN_PRIMITIVE_TYPE_IN_VARIANT, parameters)
}

/// A little-endian number of up to four bytes.
pub(super) fn unsigned(bytes: &[u8], at: usize, size: usize) -> Result<usize> {
    let end = at.checked_add(size).ok_or_else(malformed)?;
    let bytes = bytes.get(at..end).ok_or_else(malformed)?;
    Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

fn fixed<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N]> {
    let bytes = bytes.get(at..at + N).ok_or_else(malformed)?;
    bytes.try_into().map_err(|_| malformed())
}

impl<'a> Variant<'a> {
    /// # Errors
    /// If the names are of an unknown form.
    pub(crate) fn new(value: &'a [u8], metadata: &'a [u8]) -> Result<Self> {
        let version = metadata.first().map(|header| header & 0x0f);
        if version != Some(layout::VERSION) {
            return Err(malformed());
        }
        Ok(Self { value, metadata })
    }

    /// The bytes from the value's first on.
    pub(super) fn len(&self) -> usize {
        self.value.len()
    }

    fn header(&self) -> Result<(u8, u8)> {
        let first = *self.value.first().ok_or_else(malformed)?;
        Ok((first & 3, first >> 2))
    }

    /// # Errors
    /// If the bytes are no value.
    pub(crate) fn read(&self) -> Result<Value<'a>> {
        match self.header()? {
            (layout::PRIMITIVE, id) => self.primitive(id),
            (layout::SHORT_TEXT, length) => self.text(1, usize::from(length)),
            (layout::OBJECT, info) => self.object(info).map(Value::Object),
            (_, info) => self.array(info).map(Value::Array),
        }
    }

    fn primitive(&self, id: u8) -> Result<Value<'a>> {
        let bytes = self.value;
        Ok(match id {
            layout::NULL => Value::Null,
            layout::TRUE => Value::Boolean(true),
            layout::FALSE => Value::Boolean(false),
            layout::INT1 => Value::Long(i8::from_le_bytes(fixed(bytes, 1)?).into()),
            layout::INT2 => Value::Long(i16::from_le_bytes(fixed(bytes, 1)?).into()),
            layout::INT4 => Value::Long(i32::from_le_bytes(fixed(bytes, 1)?).into()),
            layout::INT8 => Value::Long(i64::from_le_bytes(fixed(bytes, 1)?)),
            layout::DOUBLE => Value::Double(f64::from_le_bytes(fixed(bytes, 1)?)),
            layout::FLOAT => Value::Float(f32::from_le_bytes(fixed(bytes, 1)?)),
            layout::DECIMAL4 => self.decimal(i32::from_le_bytes(fixed(bytes, 2)?).into(), 9)?,
            layout::DECIMAL8 => self.decimal(i64::from_le_bytes(fixed(bytes, 2)?).into(), 18)?,
            layout::DECIMAL16 => self.decimal(i128::from_le_bytes(fixed(bytes, 2)?), 38)?,
            layout::DATE => Value::Date(i32::from_le_bytes(fixed(bytes, 1)?)),
            layout::TIMESTAMP => Value::Timestamp(i64::from_le_bytes(fixed(bytes, 1)?)),
            layout::TIMESTAMP_NTZ => Value::TimestampNtz(i64::from_le_bytes(fixed(bytes, 1)?)),
            layout::BINARY => Value::Binary(self.range(5, unsigned(bytes, 1, 4)?)?),
            layout::LONG_TEXT => self.text(5, unsigned(bytes, 1, 4)?)?,
            layout::UUID => Value::Uuid(fixed(bytes, 1)?),
            other => return Err(unknown(other)),
        })
    }

    fn range(&self, at: usize, length: usize) -> Result<&'a [u8]> {
        let end = at.checked_add(length).ok_or_else(malformed)?;
        self.value.get(at..end).ok_or_else(malformed)
    }

    /// Bytes that are no characters become marks, as they do in Java.
    fn text(&self, at: usize, length: usize) -> Result<Value<'a>> {
        Ok(Value::Text(String::from_utf8_lossy(self.range(at, length)?)))
    }

    /// A decimal of at most so many digits, before and after the point.
    fn decimal(&self, unscaled: i128, most: u8) -> Result<Value<'a>> {
        let scale = *self.value.get(1).ok_or_else(malformed)?;
        let bound = 10_i128.pow(most.into()).unsigned_abs();
        if scale > most || unscaled.unsigned_abs() >= bound {
            return Err(malformed());
        }
        Ok(Value::Decimal { unscaled, scale })
    }

    fn object(&self, info: u8) -> Result<Object<'a>> {
        let size_bytes = if info >> 4 & 1 == 1 { 4 } else { 1 };
        let len = unsigned(self.value, 1, size_bytes)?;
        let id_size = usize::from(info >> 2 & 3) + 1;
        let ids = 1 + size_bytes;
        let items = self.items(len, ids + len * id_size, usize::from(info & 3) + 1)?;
        Ok(Object { items, ids, id_size })
    }

    fn array(&self, info: u8) -> Result<Array<'a>> {
        let size_bytes = if info >> 2 & 1 == 1 { 4 } else { 1 };
        let len = unsigned(self.value, 1, size_bytes)?;
        Ok(Array { items: self.items(len, 1 + size_bytes, usize::from(info & 3) + 1)? })
    }

    /// # Errors
    /// If there are fewer bytes than the places of so many values take.
    fn items(&self, len: usize, offsets: usize, offset_size: usize) -> Result<Items<'a>> {
        let data = offsets + (len + 1) * offset_size;
        if data > self.value.len() {
            return Err(malformed());
        }
        Ok(Items { whole: *self, len, offsets, offset_size, data })
    }

    /// The bytes of the value, without what is behind them.
    ///
    /// # Errors
    /// If they are no value.
    pub(crate) fn value_bytes(&self) -> Result<&'a [u8]> {
        let size = match self.header()? {
            (layout::PRIMITIVE, id) => self.primitive_size(id)?,
            (layout::SHORT_TEXT, length) => 1 + usize::from(length),
            (layout::OBJECT, info) => self.object(info)?.items.size()?,
            (_, info) => self.array(info)?.items.size()?,
        };
        self.range(0, size)
    }

    fn primitive_size(&self, id: u8) -> Result<usize> {
        Ok(match id {
            layout::NULL | layout::TRUE | layout::FALSE => 1,
            layout::INT1 => 2,
            layout::INT2 => 3,
            layout::INT4 | layout::DATE | layout::FLOAT => 5,
            layout::INT8 | layout::DOUBLE | layout::TIMESTAMP | layout::TIMESTAMP_NTZ => 9,
            layout::DECIMAL4 => 6,
            layout::DECIMAL8 => 10,
            layout::DECIMAL16 => 18,
            layout::UUID => 17,
            layout::BINARY | layout::LONG_TEXT => 5 + unsigned(self.value, 1, 4)?,
            other => return Err(unknown(other)),
        })
    }

    /// The bytes of the names.
    pub(crate) fn metadata(&self) -> &'a [u8] {
        self.metadata
    }

    fn name(&self, id: usize) -> Result<Cow<'a, str>> {
        let size = usize::from(self.metadata.first().ok_or_else(malformed)? >> 6) + 1;
        let count = unsigned(self.metadata, 1, size)?;
        if id >= count {
            return Err(malformed());
        }
        let texts = 1 + (count + 2) * size;
        let start = texts + unsigned(self.metadata, 1 + (id + 1) * size, size)?;
        let end = texts + unsigned(self.metadata, 1 + (id + 2) * size, size)?;
        let name = self.metadata.get(start..end).ok_or_else(malformed)?;
        Ok(String::from_utf8_lossy(name))
    }
}

impl<'a> Items<'a> {
    fn get(&self, at: usize) -> Result<Variant<'a>> {
        let Variant { value, metadata } = self.whole;
        let offset = unsigned(value, self.offsets + at * self.offset_size, self.offset_size)?;
        let start = self.data.checked_add(offset).ok_or_else(malformed)?;
        Ok(Variant { value: value.get(start..).ok_or_else(malformed)?, metadata })
    }

    fn size(&self) -> Result<usize> {
        let last = self.offsets + self.len * self.offset_size;
        Ok(self.data + unsigned(self.whole.value, last, self.offset_size)?)
    }
}

/// From so many fields on, names are looked up by halves.
const MANY: usize = 32;

impl<'a> Object<'a> {
    pub(crate) fn len(&self) -> usize {
        self.items.len
    }

    /// # Errors
    /// If the bytes are no object.
    pub(crate) fn name(&self, at: usize) -> Result<Cow<'a, str>> {
        let whole = self.items.whole;
        whole.name(unsigned(whole.value, self.ids + at * self.id_size, self.id_size)?)
    }

    /// # Errors
    /// If the bytes are no object.
    pub(crate) fn value(&self, at: usize) -> Result<Variant<'a>> {
        self.items.get(at)
    }

    /// The names and values, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Result<(Cow<'a, str>, Variant<'a>)>> + '_ {
        (0..self.len()).map(|at| Ok((self.name(at)?, self.value(at)?)))
    }

    /// The value of a name.
    ///
    /// # Errors
    /// If the bytes are no object.
    pub(crate) fn get(&self, name: &str) -> Result<Option<Variant<'a>>> {
        if self.len() < MANY {
            for at in 0..self.len() {
                if self.name(at)? == name {
                    return self.value(at).map(Some);
                }
            }
            return Ok(None);
        }
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match super::build::by_name(&self.name(middle)?, name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.value(middle).map(Some),
            }
        }
        Ok(None)
    }
}

impl<'a> Array<'a> {
    pub(crate) fn len(&self) -> usize {
        self.items.len
    }

    /// The value at a place, if there is one.
    ///
    /// # Errors
    /// If the bytes are no array.
    pub(crate) fn get(&self, at: usize) -> Result<Option<Variant<'a>>> {
        if at < self.len() { self.items.get(at).map(Some) } else { Ok(None) }
    }

    /// The values, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Result<Variant<'a>>> + '_ {
        (0..self.len()).map(|at| self.items.get(at))
    }
}
