//! Rows as lines of CSV.

use datafusion::arrow::array::Array;
use datafusion::arrow::datatypes::DataType;

use super::super::{Options, Times};
use crate::error::Result;
use crate::types::display::ValueFormatter;

/// How rows are written.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    separator: String,
    quote: Option<char>,
    /// What a line must not begin with.
    comment: char,
    escape: Option<char>,
    /// What an escape is escaped by.
    escape_escape: Option<char>,
    quote_all: bool,
    escape_quotes: bool,
    trim_start: bool,
    trim_end: bool,
    null: String,
    empty: Option<String>,
    times: Times,
}

impl Writer {
    /// # Errors
    /// If an option is not served, or is none.
    pub(crate) fn take(options: &mut Options, time_zone: &str) -> Result<Self> {
        options.allow_utf8()?;
        let delimiter = options.take("delimiter");
        let separator = options.take("sep").or(delimiter).unwrap_or_else(|| ",".to_owned());
        let quote = options.character("quote", Some('"'))?;
        let escape = options.character("escape", Some('\\'))?;
        let usual = if escape == quote { None } else { escape };
        Ok(Self {
            comment: options.character("comment", None)?.unwrap_or('#'),
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
            times: Times::take(options, time_zone)?,
        })
    }

    /// A line of these cells, without its end.
    pub(crate) fn line(&self, cells: impl Iterator<Item = Option<String>>, out: &mut String) {
        for (at, cell) in cells.enumerate() {
            if at > 0 {
                out.push_str(&self.separator);
            }
            self.cell(cell.as_deref(), at == 0, out);
        }
    }

    /// The text of a value; none if it is NULL.
    ///
    /// # Errors
    /// If values of the type cannot be printed.
    pub(crate) fn text(
        &self,
        formatter: &ValueFormatter,
        column: &dyn Array,
        row: usize,
    ) -> Result<Option<String>> {
        if column.is_null(row) || column.data_type() == &DataType::Null {
            return Ok(None);
        }
        self.times.text(formatter, column, row).map(Some)
    }

    fn cell(&self, value: Option<&str>, is_first: bool, out: &mut String) {
        let Some(value) = value else {
            return if self.quote_all {
                self.quoted(&self.null, out)
            } else {
                out.push_str(&self.null)
            };
        };
        let value = if self.trim_start { value.trim_start_matches(is_blank) } else { value };
        let value = if self.trim_end { value.trim_end_matches(is_blank) } else { value };
        if value.is_empty() {
            return match (&self.empty, self.quote) {
                (Some(text), _) => out.push_str(text),
                (None, Some(quote)) => out.extend([quote, quote]),
                (None, None) => {}
            };
        }
        let comment = is_first && value.starts_with(self.comment);
        if self.quote_all || comment || self.must_quote(value) {
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
