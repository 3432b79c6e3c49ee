//! CSV.

use std::sync::Arc;

use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::datatypes::{DataType, SchemaRef};

use super::{Encoder, Options};
use crate::error::Result;
use crate::record::Times;
use crate::types::display::ValueFormatter;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Csv {
    header: bool,
    separator: String,
    quote: Option<char>,
    escape: Option<char>,
    /// What an escape is escaped by.
    escape_escape: Option<char>,
    quote_all: bool,
    escape_quotes: bool,
    trim_start: bool,
    trim_end: bool,
    null: String,
    empty: Option<String>,
    line_end: String,
    times: Times,
}

impl Csv {
    pub(super) fn new(options: &mut Options, time_zone: &str) -> Result<Self> {
        options.allow_utf8()?;
        let delimiter = options.take("delimiter");
        let separator = options.take("sep").or(delimiter).unwrap_or_else(|| ",".to_owned());
        let quote = options.character("quote", Some('"'))?;
        let escape = options.character("escape", Some('\\'))?;
        let usual = if escape == quote { None } else { escape };
        Ok(Self {
            header: options.flag("header", false)?,
            separator: separator.replace("\\t", "\t"),
            quote,
            escape,
            escape_escape: options.character("chartoescapequoteescaping", usual)?,
            quote_all: options.flag("quoteall", false)?,
            escape_quotes: options.flag("escapequotes", true)?,
            trim_start: options.flag("ignoreleadingwhitespace", true)?,
            trim_end: options.flag("ignoretrailingwhitespace", true)?,
            null: options.take("nullvalue").unwrap_or_default(),
            empty: options.take("emptyvalue"),
            line_end: options.line_end()?.unwrap_or_else(|| "\n".to_owned()),
            times: Times::take(options, time_zone)?,
        })
    }

    pub(super) fn start(&self, schema: &SchemaRef) -> Result<Box<dyn Encoder>> {
        let fields = schema.fields().iter();
        let formatters = fields.map(|field| ValueFormatter::new(field)).collect::<Result<_>>()?;
        let mut file = File { csv: self.clone(), formatters, out: String::new() };
        if self.header {
            let names = schema.fields().iter().map(|field| Some(field.name().clone()));
            file.line(names);
        }
        Ok(Box::new(file))
    }

    fn cell(&self, value: Option<&str>, out: &mut String) {
        let Some(value) = value else {
            return if self.quote_all {
                self.quoted(&self.null, out)
            } else {
                out.push_str(&self.null)
            };
        };
        if value.is_empty() {
            return match (&self.empty, self.quote) {
                (Some(text), _) => out.push_str(text),
                (None, Some(quote)) => out.extend([quote, quote]),
                (None, None) => {}
            };
        }
        let value = if self.trim_start { value.trim_start_matches(is_blank) } else { value };
        let value = if self.trim_end { value.trim_end_matches(is_blank) } else { value };
        if self.quote_all || self.must_quote(value) {
            self.quoted(value, out);
        } else {
            out.push_str(value);
        }
    }

    fn must_quote(&self, value: &str) -> bool {
        value.contains(&self.separator)
            || value.contains(['\n', '\r'])
            || self.quote.is_some_and(|quote| {
                value.starts_with(quote) || self.escape_quotes && value.contains(quote)
            })
    }

    fn quoted(&self, value: &str, out: &mut String) {
        let Some(quote) = self.quote else { return out.push_str(value) };
        out.push(quote);
        for c in value.chars() {
            if c == quote {
                out.extend(self.escape);
            } else if Some(c) == self.escape {
                out.extend(self.escape_escape);
            }
            out.push(c);
        }
        out.push(quote);
    }
}

fn is_blank(c: char) -> bool {
    c <= ' '
}

struct File {
    csv: Csv,
    formatters: Vec<ValueFormatter>,
    out: String,
}

impl File {
    fn line(&mut self, cells: impl Iterator<Item = Option<String>>) {
        for (at, cell) in cells.enumerate() {
            if at > 0 {
                self.out.push_str(&self.csv.separator);
            }
            self.csv.cell(cell.as_deref(), &mut self.out);
        }
        self.out.push_str(&self.csv.line_end);
    }

    fn text(&self, column: &Arc<dyn Array>, at: usize, row: usize) -> Result<Option<String>> {
        if column.is_null(row) || column.data_type() == &DataType::Null {
            return Ok(None);
        }
        self.csv.times.text(&self.formatters[at], column.as_ref(), row).map(Some)
    }
}

impl Encoder for File {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().enumerate();
            let cells = cells.map(|(at, column)| self.text(column, at, row));
            let cells = cells.collect::<Result<Vec<_>>>()?;
            self.line(cells.into_iter());
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
