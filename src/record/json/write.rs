//! Values as JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use datafusion::arrow::array::{Array, AsArray as _, StructArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::error::DataFusionError;

use super::super::{Options, Times};
use super::key;
use crate::error::{Error, Result};
use crate::planner::grown::with_stack;
use crate::types::display::{ValueFormatter, quote};
use crate::types::variant::{Variants, is_variant};

/// How values are written.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    ignore_nulls: bool,
    times: Times,
    /// Whether members stand on lines of their own.
    pretty: bool,
    ascii: bool,
    /// Whether members are in the order of their names.
    sorted: bool,
}

impl Writer {
    /// # Errors
    /// If an option is not served, or is none.
    pub(crate) fn take(options: &mut Options, time_zone: &str) -> Result<Self> {
        Ok(Self {
            ignore_nulls: options.flag("ignorenullfields", true)?,
            times: Times::take(options, time_zone)?,
            pretty: options.flag("pretty", false)?,
            ascii: options.flag("writenonasciicharacterascodepoint", false)?,
            sorted: options.flag("sortkeys", false)?,
        })
    }

    /// A row of these columns as an object.
    ///
    /// # Errors
    /// If a value cannot be printed.
    pub(crate) fn row(&self, columns: &StructArray, row: usize, out: &mut String) -> Result<()> {
        self.object(columns, row, 0, out)
    }

    /// Any value of this type.
    ///
    /// # Errors
    /// If it cannot be printed.
    pub(crate) fn single(&self, column: &dyn Array, row: usize, out: &mut String) -> Result<()> {
        let field = Field::new("value", column.data_type().clone(), true);
        self.value(&field, column, row, 0, out)
    }

    /// A new line, if members have lines of their own.
    fn line(&self, depth: usize, out: &mut String) {
        if self.pretty {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        }
    }

    fn colon(&self) -> &'static str {
        if self.pretty { " : " } else { ":" }
    }

    fn object(
        &self,
        columns: &StructArray,
        row: usize,
        depth: usize,
        out: &mut String,
    ) -> Result<()> {
        out.push('{');
        let mut first = true;
        let mut members: Vec<_> = columns.fields().iter().zip(columns.columns()).collect();
        if self.sorted {
            members.sort_by(|(a, _), (b, _)| a.name().cmp(b.name()));
        }
        for (field, column) in members {
            if self.ignore_nulls && is_null(column.as_ref(), row) {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.push(',');
            }
            self.line(depth + 1, out);
            self.string(field.name(), out);
            out.push_str(self.colon());
            self.value(field, column.as_ref(), row, depth + 1, out)?;
        }
        self.close(first, depth, '}', out);
        Ok(())
    }

    fn close(&self, empty: bool, depth: usize, bracket: char, out: &mut String) {
        match empty {
            true if self.pretty => out.push(' '),
            true => {}
            false => self.line(depth, out),
        }
        out.push(bracket);
    }

    fn value(
        &self,
        field: &Field,
        column: &dyn Array,
        row: usize,
        depth: usize,
        out: &mut String,
    ) -> Result<()> {
        if is_null(column, row) {
            out.push_str("null");
            return Ok(());
        }
        with_stack(|| self.some_value(field, column, row, depth, out))
    }

    fn some_value(
        &self,
        field: &Field,
        column: &dyn Array,
        row: usize,
        depth: usize,
        out: &mut String,
    ) -> Result<()> {
        match column.data_type() {
            variant if is_variant(variant) => {
                if let Some(variant) = Variants::of(column)?.get(row)? {
                    out.push_str(&variant.json(self.times.zone())?);
                }
                Ok(())
            }
            DataType::Struct(_) => self.object(column.as_struct(), row, depth, out),
            DataType::List(element) => {
                self.array(element, column.as_list::<i32>().value(row).as_ref(), depth, out)
            }
            DataType::LargeList(element) => {
                self.array(element, column.as_list::<i64>().value(row).as_ref(), depth, out)
            }
            DataType::Map(_, _) => self.map(&column.as_map().value(row), depth, out),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
                self.string(&base64_text(&bytes(column, row)?), out);
                Ok(())
            }
            data_type => {
                let text = self.times.text(&ValueFormatter::new(field)?, column, row)?;
                let plain = data_type == &DataType::Boolean
                    || data_type.is_numeric() && !text.ends_with(['N', 'y']);
                match plain {
                    true => out.push_str(&text),
                    false => self.string(&text, out),
                }
                Ok(())
            }
        }
    }

    /// Elements stay on one line.
    fn array(
        &self,
        field: &Field,
        elements: &dyn Array,
        depth: usize,
        out: &mut String,
    ) -> Result<()> {
        out.push('[');
        for row in 0..elements.len() {
            match (row, self.pretty) {
                (0, true) => out.push(' '),
                (0, false) => {}
                (_, true) => out.push_str(", "),
                (_, false) => out.push(','),
            }
            self.value(field, elements, row, depth, out)?;
        }
        if self.pretty {
            out.push(' ');
        }
        out.push(']');
        Ok(())
    }

    fn map(&self, entries: &StructArray, depth: usize, out: &mut String) -> Result<()> {
        let [key, value] = entries.fields().as_ref() else {
            return Err(Error::internal("entries of a map have a key and a value"));
        };
        let mut keys = Vec::with_capacity(entries.len());
        for row in 0..entries.len() {
            keys.push((key::text(key, entries.column(0).as_ref(), row)?, row));
        }
        if self.sorted {
            keys.sort();
        }
        out.push('{');
        for (at, (name, row)) in keys.into_iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            self.line(depth + 1, out);
            self.string(&name, out);
            out.push_str(self.colon());
            self.value(value, entries.column(1).as_ref(), row, depth + 1, out)?;
        }
        self.close(entries.is_empty(), depth, '}', out);
        Ok(())
    }

    /// A JSON string.
    fn string(&self, text: &str, out: &mut String) {
        if !self.ascii {
            return quote(text, out);
        }
        let mut quoted = String::new();
        quote(text, &mut quoted);
        for c in quoted.chars() {
            match c.is_ascii() {
                true => out.push(c),
                false => {
                    let mut units = [0; 2];
                    for unit in c.encode_utf16(&mut units) {
                        out.push_str(&format!("\\u{unit:04X}"));
                    }
                }
            }
        }
    }
}

fn is_null(column: &dyn Array, row: usize) -> bool {
    column.is_null(row) || column.data_type() == &DataType::Null
}

fn bytes(column: &dyn Array, row: usize) -> Result<Vec<u8>> {
    let column = cast(&column.slice(row, 1), &DataType::Binary).map_err(DataFusionError::from)?;
    Ok(column.as_binary::<i32>().value(0).to_vec())
}

/// Bytes as text.
fn base64_text(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes that a text stands for.
pub(super) fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}
