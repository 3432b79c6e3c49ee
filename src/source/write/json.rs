//! JSON lines.

use datafusion::arrow::array::{Array, AsArray as _, RecordBatch, StructArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion::error::DataFusionError;

use super::{Encoder, OF_TIMES, Options, refuse_compression, times};
use crate::error::{Error, Result};
use crate::planner::grown::with_stack;
use crate::types::display::ValueFormatter;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Json {
    ignore_nulls: bool,
    line_end: String,
}

impl Json {
    pub(super) fn new(options: &mut Options) -> Result<Self> {
        refuse_compression(options)?;
        options.refuse(OF_TIMES)?;
        options.refuse(super::super::options::OF_ALL_WRITERS)?;
        options.refuse(&["pretty", "writenonasciicharacterascodepoint"])?;
        Ok(Self {
            ignore_nulls: options.flag("ignorenullfields", true)?,
            line_end: options.take("linesep").unwrap_or_else(|| "\n".to_owned()),
        })
    }

    pub(super) fn start(&self, _schema: &SchemaRef) -> Result<Box<dyn Encoder>> {
        Ok(Box::new(File { json: self.clone(), out: String::new() }))
    }

    fn object(&self, columns: &StructArray, row: usize, out: &mut String) -> Result<()> {
        out.push('{');
        let mut first = true;
        for (field, column) in columns.fields().iter().zip(columns.columns()) {
            if self.ignore_nulls && is_null(column.as_ref(), row) {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.push(',');
            }
            string(field.name(), out);
            out.push(':');
            self.value(field, column.as_ref(), row, out)?;
        }
        out.push('}');
        Ok(())
    }

    fn value(&self, field: &Field, column: &dyn Array, row: usize, out: &mut String) -> Result<()> {
        if is_null(column, row) {
            out.push_str("null");
            return Ok(());
        }
        with_stack(|| self.some_value(field, column, row, out))
    }

    fn some_value(
        &self,
        field: &Field,
        column: &dyn Array,
        row: usize,
        out: &mut String,
    ) -> Result<()> {
        match column.data_type() {
            DataType::Struct(_) => self.object(column.as_struct(), row, out),
            DataType::List(element) => {
                self.array(element, column.as_list::<i32>().value(row).as_ref(), out)
            }
            DataType::LargeList(element) => {
                self.array(element, column.as_list::<i64>().value(row).as_ref(), out)
            }
            DataType::Map(_, _) => self.map(&column.as_map().value(row), out),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
                string(&base64(&bytes(column, row)?), out);
                Ok(())
            }
            data_type => {
                let text = times::text(&ValueFormatter::new(field)?, column, row)?;
                let plain = data_type == &DataType::Boolean
                    || data_type.is_numeric() && !text.ends_with(['N', 'y']);
                if plain {
                    out.push_str(&text)
                } else {
                    string(&text, out)
                }
                Ok(())
            }
        }
    }

    fn array(&self, field: &Field, elements: &dyn Array, out: &mut String) -> Result<()> {
        out.push('[');
        for row in 0..elements.len() {
            if row > 0 {
                out.push(',');
            }
            self.value(field, elements, row, out)?;
        }
        out.push(']');
        Ok(())
    }

    fn map(&self, entries: &StructArray, out: &mut String) -> Result<()> {
        let [key, value] = entries.fields().as_ref() else {
            return Err(Error::internal("entries of a map have a key and a value"));
        };
        let keys = ValueFormatter::new(key)?;
        out.push('{');
        for row in 0..entries.len() {
            if row > 0 {
                out.push(',');
            }
            string(&times::text(&keys, entries.column(0).as_ref(), row)?, out);
            out.push(':');
            self.value(value, entries.column(1).as_ref(), row, out)?;
        }
        out.push('}');
        Ok(())
    }
}

fn is_null(column: &dyn Array, row: usize) -> bool {
    column.is_null(row) || column.data_type() == &DataType::Null
}

fn bytes(column: &dyn Array, row: usize) -> Result<Vec<u8>> {
    let column = cast(&column.slice(row, 1), &DataType::Binary).map_err(DataFusionError::from)?;
    Ok(column.as_binary::<i32>().value(0).to_vec())
}

/// A JSON string.
fn string(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let digit = DIGITS[(group >> (18 - 6 * at)) as usize & 63];
            text.push(if at <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

struct File {
    json: Json,
    out: String,
}

impl Encoder for File {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let rows = StructArray::from(batch.clone());
        for row in 0..rows.len() {
            self.json.object(&rows, row, &mut self.out)?;
            self.out.push_str(&self.json.line_end);
        }
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out).into_bytes()
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>> {
        Ok(self.out.into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_padded() {
        assert_eq!(
            ["", "a", "ab", "abc", "abcd"].map(|text| base64(text.as_bytes())),
            ["", "YQ==", "YWI=", "YWJj", "YWJjZA=="]
        );
    }
}
