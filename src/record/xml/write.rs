//! Rows as elements.

use datafusion::arrow::array::{Array, AsArray as _, StructArray};
use datafusion::arrow::datatypes::{DataType, Field};
use quick_xml::escape::minimal_escape;

use super::super::{Options, Times};
use super::{Names, no_row_tag, row_tag};
use crate::error::{Condition, Error, Result};
use crate::planner::grown::with_stack;
use crate::types::display::ValueFormatter;
use crate::types::variant::is_variant;

/// What opens a document, unless the option `declaration` says otherwise.
const DECLARATION: &str = "version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"";

/// How rows are written.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    row_tag: String,
    root_tag: String,
    declaration: String,
    names: Names,
    null: Option<String>,
    /// The name of the elements of lists in lists.
    element: String,
    indent: String,
    /// Whether elements are not on lines of their own.
    on_one_line: bool,
    times: Times,
}

impl Writer {
    /// # Errors
    /// `XML_ROW_TAG_MISSING`; if an option is not served, or is none.
    pub(crate) fn take(options: &mut Options, time_zone: &str, of_files: bool) -> Result<Self> {
        refuse_empty(options, &["rowtag", "attributeprefix", "valuetag"], of_files)?;
        let row_tag = match (row_tag(options), of_files) {
            (Some(tag), _) => tag,
            (None, true) => return Err(no_row_tag()),
            (None, false) => "ROW".to_owned(),
        };
        options.allow_only(&[("validatename", &["true"])])?;
        let text = |options: &mut Options, name: &str, default: &str| {
            options.take(name).unwrap_or_else(|| default.to_owned())
        };
        let indent = text(options, "indent", "    ");
        Ok(Self {
            on_one_line: indent.is_empty() && !of_files,
            indent,
            row_tag,
            root_tag: text(options, "roottag", "ROWS"),
            declaration: text(options, "declaration", DECLARATION),
            names: Names::take(options)?,
            null: options.take("nullvalue"),
            element: text(options, "arrayelementname", "item"),
            times: Times::take(options, time_zone)?,
        })
    }

    /// A row by itself.
    ///
    /// # Errors
    /// If a value cannot be printed.
    pub(crate) fn single(&self, rows: &StructArray, row: usize) -> Result<String> {
        let mut encoder = self.start();
        encoder.row(rows, row, 0)?;
        let end = if self.on_one_line { "\n" } else { "" };
        Ok(encoder.take() + end)
    }

    /// A writer of one document.
    pub(crate) fn start(&self) -> Encoder {
        Encoder { writer: self.clone(), out: String::new(), started: false }
    }
}

/// Writes a document.
pub(crate) struct Encoder {
    writer: Writer,
    out: String,
    started: bool,
}

impl Encoder {
    /// Adds the rows of a batch.
    ///
    /// # Errors
    /// If a value cannot be printed.
    pub(crate) fn write(&mut self, rows: &StructArray) -> Result<()> {
        for row in 0..rows.len() {
            if !self.started {
                self.start();
            }
            self.row(rows, row, 1)?;
        }
        Ok(())
    }

    /// One row by itself.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub(crate) fn row(&mut self, rows: &StructArray, row: usize, depth: usize) -> Result<()> {
        let tag = self.writer.row_tag.clone();
        self.structure(&tag, rows, row, depth)
    }

    /// What was written since it was taken.
    pub(crate) fn take(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    fn start(&mut self) {
        self.started = true;
        if !self.writer.declaration.is_empty() {
            self.out.push_str(&format!("<?xml {}?>\n", self.writer.declaration));
        }
        self.out.push_str(&format!("<{}>", self.writer.root_tag));
    }

    /// Ends the document, if there is one.
    pub(crate) fn finish(mut self) -> String {
        if self.started {
            // A tag may come with attributes.
            let tag = self.writer.root_tag.split(' ').next().unwrap_or_default();
            self.out.push_str(&format!("\n</{tag}>"));
        }
        self.out
    }

    fn line(&mut self, depth: usize) {
        if self.writer.on_one_line {
            return;
        }
        if depth > 0 || !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.extend(std::iter::repeat_n(self.writer.indent.as_str(), depth));
    }

    fn structure(&mut self, tag: &str, rows: &StructArray, row: usize, depth: usize) -> Result<()> {
        check_name(tag)?;
        self.line(depth);
        self.out.push_str(&format!("<{tag}"));
        let prefix = self.writer.names.attribute_prefix.clone();
        let value_tag = self.writer.names.value.clone();
        let is_attribute = |field: &Field| {
            !prefix.is_empty() && field.name().starts_with(&prefix) && *field.name() != value_tag
        };
        let columns = || rows.fields().iter().zip(rows.columns());
        for (field, column) in columns().filter(|(field, _)| is_attribute(field)) {
            self.attribute(&field.name()[prefix.len()..], field, column.as_ref(), row)?;
        }
        let before = self.out.len();
        self.out.push('>');
        let mut lines = false;
        for (field, column) in columns().filter(|(field, _)| !is_attribute(field)) {
            if *field.name() == value_tag {
                if let Some(text) = self.text(field, column.as_ref(), row)? {
                    self.out.push_str(&text);
                }
            } else {
                let length = self.out.len();
                self.member(field.name(), field, column.as_ref(), row, depth + 1)?;
                lines |= self.out.len() > length;
            }
        }
        self.end(tag, before, lines, depth);
        Ok(())
    }

    /// Closes an element; one without anything in it closes itself.
    fn end(&mut self, tag: &str, before: usize, lines: bool, depth: usize) {
        if self.out.len() == before + 1 {
            self.out.truncate(before);
            self.out.push_str("/>");
            return;
        }
        if lines {
            self.line(depth);
        }
        self.out.push_str(&format!("</{tag}>"));
    }

    fn attribute(
        &mut self,
        name: &str,
        field: &Field,
        column: &dyn Array,
        row: usize,
    ) -> Result<()> {
        let data_type = column.data_type();
        if data_type.is_nested() || data_type == &DataType::Binary {
            return Err(Error::unsupported("record.xml.attribute"));
        }
        if let Some(text) = self.text(field, column, row)? {
            check_name(name)?;
            self.out.push_str(&format!(" {name}=\"{}\"", text.replace('"', "&quot;")));
        }
        Ok(())
    }

    /// The text of a value that has no others in it; none if it is NULL and NULL is not
    /// written.
    fn text(&self, field: &Field, column: &dyn Array, row: usize) -> Result<Option<String>> {
        if is_null(column, row) {
            return Ok(self.writer.null.clone());
        }
        if matches!(column.data_type(), DataType::Duration(_) | DataType::Interval(_)) {
            return Err(Error::analysis(
                Condition::NO_VALUE_OF_XML,
                [("dt", crate::types::scala_name(column.data_type()))],
            ));
        }
        let text = self.writer.times.text(&ValueFormatter::new(field)?, column, row)?;
        match text.contains(|c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r')) {
            true => Err(java("XML cannot hold control characters".to_owned())),
            false => Ok(Some(minimal_escape(text).into_owned())),
        }
    }

    fn member(
        &mut self,
        name: &str,
        field: &Field,
        column: &dyn Array,
        row: usize,
        depth: usize,
    ) -> Result<()> {
        with_stack(|| match column.data_type() {
            _ if is_null(column, row) => self.scalar(name, field, column, row, depth),
            variant if is_variant(variant) => Err(Error::unsupported("record.type.variant")),
            DataType::Struct(_) => self.structure(name, column.as_struct(), row, depth),
            DataType::List(element) => {
                let elements = column.as_list::<i32>().value(row);
                for at in 0..elements.len() {
                    self.list_element(name, element, elements.as_ref(), at, depth)?;
                }
                Ok(())
            }
            DataType::Map(_, _) => self.map(name, &column.as_map().value(row), depth),
            _ => self.scalar(name, field, column, row, depth),
        })
    }

    /// An element of a list; lists in lists get an element of their own.
    fn list_element(
        &mut self,
        name: &str,
        element: &Field,
        elements: &dyn Array,
        at: usize,
        depth: usize,
    ) -> Result<()> {
        let DataType::List(_) = element.data_type() else {
            return self.member(name, element, elements, at, depth);
        };
        check_name(name)?;
        self.line(depth);
        self.out.push_str(&format!("<{name}"));
        let before = self.out.len();
        self.out.push('>');
        let item = self.writer.element.clone();
        self.member(&item, element, elements, at, depth + 1)?;
        let lines = self.out.len() > before + 1;
        self.end(name, before, lines, depth);
        Ok(())
    }

    /// Keys are names, those of attributes by their prefix.
    fn map(&mut self, name: &str, entries: &StructArray, depth: usize) -> Result<()> {
        let [key, value] = entries.fields().as_ref() else {
            return Err(Error::internal("entries of a map have a key and a value"));
        };
        check_name(name)?;
        self.line(depth);
        self.out.push_str(&format!("<{name}"));
        let prefix = self.writer.names.attribute_prefix.clone();
        let keys = ValueFormatter::for_cast(key)?;
        let values = entries.column(1).as_ref();
        let mut elements = Vec::with_capacity(entries.len());
        for row in 0..entries.len() {
            let tag = keys.text(entries.column(0).as_ref(), row)?;
            match tag.strip_prefix(&prefix).filter(|_| !prefix.is_empty()) {
                Some(name) => self.attribute(name, value, values, row)?,
                None => elements.push((tag, row)),
            }
        }
        let before = self.out.len();
        self.out.push('>');
        for (tag, row) in elements {
            self.member(&tag, value, values, row, depth + 1)?;
        }
        let lines = self.out.len() > before + 1;
        self.end(name, before, lines, depth);
        Ok(())
    }

    fn scalar(
        &mut self,
        name: &str,
        field: &Field,
        column: &dyn Array,
        row: usize,
        depth: usize,
    ) -> Result<()> {
        let Some(text) = self.text(field, column, row)? else { return Ok(()) };
        check_name(name)?;
        self.line(depth);
        self.out.push_str(&format!("<{name}>{text}</{name}>"));
        Ok(())
    }
}

/// Functions do not take every option that files take.
///
/// # Errors
/// If one of these options of a function is empty.
fn refuse_empty(options: &Options, names: &[&str], of_files: bool) -> Result<()> {
    match names.iter().find(|name| !of_files && options.is_empty_text(name)) {
        None => Ok(()),
        Some(name) => Err(Error::analysis(
            Condition::ILLEGAL_ARGUMENT,
            [("message", format!("the option {name} must not be empty"))],
        )),
    }
}

/// # Errors
/// If it is no name, or has a prefix, of which nothing says what it stands for.
fn check_name(name: &str) -> Result<()> {
    let starts = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let inner = |c: char| c.is_alphanumeric() || "_-.\u{b7}".contains(c);
    match starts && name.chars().all(inner) {
        true => Ok(()),
        false => Err(java(format!("`{name}` is no name of an element"))),
    }
}

fn java(message: String) -> Error {
    Error::analysis(Condition::JAVA_RUNTIME, [("message", message)])
}

fn is_null(column: &dyn Array, row: usize) -> bool {
    column.is_null(row) || column.data_type() == &DataType::Null
}
