//! Writing the bytes of a variant, as Spark lays them out.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::layout;
use super::value::{Value, Variant};
use crate::error::{Condition, Error, Result};
use crate::planner::grown::with_stack;

/// The bytes of a value and of its names.
#[derive(Debug, Clone)]
pub(crate) struct Built {
    pub(crate) value: Vec<u8>,
    pub(crate) metadata: Vec<u8>,
}

/// Writes one value, from the inside out.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    value: Vec<u8>,
    names: Vec<String>,
    ids: HashMap<String, usize>,
}

/// A field of an object that is being written: its name, and where its value begins.
#[derive(Debug, Clone)]
pub(crate) struct FieldAt {
    name: String,
    id: usize,
    offset: usize,
}

/// The order of names: that of Java's strings.
pub(super) fn by_name(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

fn size_of(number: usize) -> usize {
    match number {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xff_ffff => 3,
        _ => 4,
    }
}

/// A variant would be too large for Spark.
pub(crate) fn too_large(function: &str) -> Error {
    let parameters =
        [("sizeLimit", "128.0 MiB".to_owned()), ("functionName", format!("`{function}`"))];
    Error::analysis(Condition::VARIANT_SIZE_LIMIT, parameters)
}

/// The lowest bytes of a number, the least first.
fn push(number: usize, size: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&number.to_le_bytes()[..size]);
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    fn primitive(&mut self, id: u8, bytes: &[u8]) {
        self.value.push(id << 2 | layout::PRIMITIVE);
        self.value.extend_from_slice(bytes);
    }

    pub(crate) fn null(&mut self) {
        self.primitive(layout::NULL, &[]);
    }

    pub(crate) fn boolean(&mut self, value: bool) {
        self.primitive(if value { layout::TRUE } else { layout::FALSE }, &[]);
    }

    /// A whole number, in as few bytes as it needs.
    pub(crate) fn long(&mut self, value: i64) {
        if let Ok(small) = i8::try_from(value) {
            self.primitive(layout::INT1, &small.to_le_bytes());
        } else if let Ok(small) = i16::try_from(value) {
            self.primitive(layout::INT2, &small.to_le_bytes());
        } else if let Ok(small) = i32::try_from(value) {
            self.primitive(layout::INT4, &small.to_le_bytes());
        } else {
            self.primitive(layout::INT8, &value.to_le_bytes());
        }
    }

    pub(crate) fn double(&mut self, value: f64) {
        self.primitive(layout::DOUBLE, &value.to_le_bytes());
    }

    pub(crate) fn float(&mut self, value: f32) {
        self.primitive(layout::FLOAT, &value.to_le_bytes());
    }

    /// A decimal of at most 38 digits, in as few bytes as it needs.
    pub(crate) fn decimal(&mut self, unscaled: i128, scale: u8) {
        let digits = unscaled.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
        let most = digits.max(scale.into());
        let id = match most {
            0..=9 => layout::DECIMAL4,
            10..=18 => layout::DECIMAL8,
            _ => layout::DECIMAL16,
        };
        self.primitive(id, &[scale]);
        let bytes = unscaled.to_le_bytes();
        let width = match id {
            layout::DECIMAL4 => 4,
            layout::DECIMAL8 => 8,
            _ => 16,
        };
        self.value.extend_from_slice(&bytes[..width]);
    }

    pub(crate) fn date(&mut self, days: i32) {
        self.primitive(layout::DATE, &days.to_le_bytes());
    }

    pub(crate) fn timestamp(&mut self, micros: i64) {
        self.primitive(layout::TIMESTAMP, &micros.to_le_bytes());
    }

    pub(crate) fn timestamp_ntz(&mut self, micros: i64) {
        self.primitive(layout::TIMESTAMP_NTZ, &micros.to_le_bytes());
    }

    pub(crate) fn binary(&mut self, bytes: &[u8]) {
        self.primitive(layout::BINARY, &[]);
        push(bytes.len(), 4, &mut self.value);
        self.value.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        match u8::try_from(text.len()) {
            Ok(length) if text.len() <= layout::SHORTEST => {
                self.value.push(length << 2 | layout::SHORT_TEXT);
            }
            _ => {
                self.primitive(layout::LONG_TEXT, &[]);
                push(text.len(), 4, &mut self.value);
            }
        }
        self.value.extend_from_slice(text.as_bytes());
    }

    /// Where the next value begins: an object or an array is finished from there.
    pub(crate) fn start(&self) -> usize {
        self.value.len()
    }

    /// A field of the object that began at `start`; its value is written next.
    pub(crate) fn field(&mut self, name: &str, start: usize) -> FieldAt {
        let next = self.names.len();
        let id = match self.ids.get(name) {
            Some(id) => *id,
            None => {
                self.ids.insert(name.to_owned(), next);
                self.names.push(name.to_owned());
                next
            }
        };
        FieldAt { name: name.to_owned(), id, offset: self.value.len() - start }
    }

    /// What was written from `start` on is the values of these fields.
    ///
    /// # Errors
    /// If two fields have one name.
    pub(crate) fn object(&mut self, start: usize, mut fields: Vec<FieldAt>) -> Result<()> {
        fields.sort_by(|a, b| by_name(&a.name, &b.name));
        if let Some(pair) = fields.windows(2).find(|pair| pair[0].name == pair[1].name) {
            let parameters = [("key", pair[0].name.clone())];
            return Err(Error::analysis(Condition::VARIANT_DUPLICATE_KEY, parameters));
        }
        let ids = fields.iter().map(|field| field.id);
        let id_size = size_of(ids.clone().max().unwrap_or(0));
        let (large, size_bytes) = counted(fields.len());
        let data = self.value.len() - start;
        let offset_size = size_of(data);
        let info = u8::from(large) << 4 | low(id_size - 1) << 2 | low(offset_size - 1);
        let mut head = vec![info << 2 | layout::OBJECT];
        push(fields.len(), size_bytes, &mut head);
        ids.for_each(|id| push(id, id_size, &mut head));
        fields.iter().for_each(|field| push(field.offset, offset_size, &mut head));
        push(data, offset_size, &mut head);
        drop(self.value.splice(start..start, head));
        Ok(())
    }

    /// What was written from `start` on is values, each at one of these places.
    pub(crate) fn array(&mut self, start: usize, offsets: &[usize]) {
        let (large, size_bytes) = counted(offsets.len());
        let data = self.value.len() - start;
        let offset_size = size_of(data);
        let info = u8::from(large) << 2 | low(offset_size - 1);
        let mut head = vec![info << 2 | layout::ARRAY];
        push(offsets.len(), size_bytes, &mut head);
        offsets.iter().for_each(|offset| push(*offset, offset_size, &mut head));
        push(data, offset_size, &mut head);
        drop(self.value.splice(start..start, head));
    }

    /// A value that there is, with its names among ours.
    ///
    /// # Errors
    /// If its bytes are no value.
    pub(crate) fn append(&mut self, variant: &Variant<'_>) -> Result<()> {
        variant.check()?;
        self.copy(variant)
    }

    fn copy(&mut self, variant: &Variant<'_>) -> Result<()> {
        match variant.read()? {
            Value::Object(object) => {
                let start = self.start();
                let mut fields = Vec::with_capacity(object.len());
                for entry in object.iter() {
                    let (name, value) = entry?;
                    fields.push(self.field(&name, start));
                    with_stack(|| self.copy(&value))?;
                }
                self.object(start, fields)
            }
            Value::Array(array) => {
                let start = self.start();
                let mut offsets = Vec::with_capacity(array.len());
                for value in array.iter() {
                    offsets.push(self.start() - start);
                    with_stack(|| self.copy(&value?))?;
                }
                self.array(start, &offsets);
                Ok(())
            }
            _ => {
                self.value.extend_from_slice(variant.value_bytes()?);
                Ok(())
            }
        }
    }

    /// The bytes; `function` is who writes them, for errors.
    ///
    /// # Errors
    /// If there are more than Spark allows.
    pub(crate) fn finish(self, function: &str) -> Result<Built> {
        let texts: usize = self.names.iter().map(String::len).sum();
        let size = size_of(texts.max(self.names.len()));
        let mut metadata = vec![low(size - 1) << 6 | layout::VERSION];
        push(self.names.len(), size, &mut metadata);
        let mut offset = 0;
        for name in &self.names {
            push(offset, size, &mut metadata);
            offset += name.len();
        }
        push(offset, size, &mut metadata);
        self.names.iter().for_each(|name| metadata.extend_from_slice(name.as_bytes()));
        if self.value.len().max(metadata.len()) > layout::LARGEST {
            return Err(too_large(function));
        }
        Ok(Built { value: self.value, metadata })
    }
}

/// Whether an array of so many nulls, at least, is within what a variant may be.
pub(crate) fn may_hold(nulls: usize) -> bool {
    nulls.saturating_mul(1 + size_of(nulls)) <= layout::LARGEST
}

/// Whether a number of values needs four bytes, and how many it takes.
fn counted(len: usize) -> (bool, usize) {
    if len > 0xff { (true, 4) } else { (false, 1) }
}

/// A number below four.
fn low(number: usize) -> u8 {
    number.to_le_bytes()[0] & 3
}
