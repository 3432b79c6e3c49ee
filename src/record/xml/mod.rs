//! XML.

mod convert;
mod form;
mod infer;
mod tree;
mod write;

use datafusion::arrow::datatypes::{DataType, Schema};

use super::values::check_fields;
use super::{Mode, Options, Parse, Parsed, Times};
use crate::error::{Condition, Error, Result};

pub(crate) use form::{attributes_stand_apart, is_content};
pub(crate) use infer::Inference;
pub(crate) use write::{Encoder, Writer};

/// How XML is read.
#[derive(Debug, Clone)]
pub(crate) struct Xml {
    pub(crate) mode: Mode,
    pub(crate) corrupt: Option<String>,
    /// The element that is a row; none for functions, whose texts are a row each.
    row_tag: Option<String>,
    names: Names,
    trim: bool,
    null: Option<String>,
    infer: bool,
    prefers_decimal: bool,
    times: Times,
    /// The column for elements that have none.
    wildcard: String,
}

/// How elements and attributes are named as columns.
#[derive(Debug, Clone)]
struct Names {
    attribute_prefix: String,
    /// The column for an element's own text beside its attributes and elements.
    value: String,
    without_attributes: bool,
    without_namespaces: bool,
}

impl Names {
    fn take(options: &mut Options) -> Result<Self> {
        let text = |options: &mut Options, name: &str, default: &str| {
            options.take(name).unwrap_or_else(|| default.to_owned())
        };
        Ok(Self {
            attribute_prefix: text(options, "attributeprefix", "_"),
            value: text(options, "valuetag", "_VALUE"),
            without_attributes: options.flag("excludeattribute", false)?,
            without_namespaces: options.flag("ignorenamespace", false)?,
        })
    }

    fn of_element<'t>(&self, name: &'t str) -> &'t str {
        match name.split_once(':') {
            Some((_, local)) if self.without_namespaces => local,
            _ => name,
        }
    }
}

/// The element that is a row.
fn row_tag(options: &mut Options) -> Option<String> {
    options.take("rowtag").map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty())
}

/// `XML_ROW_TAG_MISSING`.
fn no_row_tag() -> Error {
    Error::analysis(Condition::XML_ROW_TAG_MISSING, [("rowTag", "`rowTag`".to_owned())])
}

impl Xml {
    /// # Errors
    /// If an option is not served, or is none; if files are read without a row's element.
    pub(crate) fn take(options: &mut Options, time_zone: &str, of_files: bool) -> Result<Self> {
        options.allow_utf8()?;
        options.allow_only(&[("samplingratio", &["1", "1.0"])])?;
        options.refuse(&["rowvalidationxsdpath", "singlevariantcolumn"])?;
        let row_tag = row_tag(options);
        if of_files && row_tag.is_none() {
            return Err(no_row_tag());
        }
        Ok(Self {
            mode: Mode::take(options),
            corrupt: options.take("columnnameofcorruptrecord"),
            row_tag,
            names: Names::take(options)?,
            trim: options.flag("ignoresurroundingspaces", true)?,
            null: options.take("nullvalue"),
            infer: options.flag("inferschema", true)?,
            prefers_decimal: options.flag("prefersdecimal", false)?,
            times: Times::take(options, time_zone)?,
            wildcard: options.take("wildcardcolname").unwrap_or_else(|| "xs_any".to_owned()),
        })
    }

    /// Reads elements as structs of these columns.
    ///
    /// # Errors
    /// If a column is of a type that is not served.
    pub(crate) fn parser(&self, wanted: &Schema) -> Result<Parser> {
        check_fields(wanted.fields())?;
        Ok(Parser { xml: self.clone(), columns: wanted.fields().clone() })
    }

    /// The type of a text as SQL writes it.
    ///
    /// # Errors
    /// `MALFORMED_RECORD_IN_PARSING` if malformed records end the reading.
    pub(crate) fn schema_of(&self, text: &str, time_zone: &str) -> Result<String> {
        let mut inference = Inference::new(self);
        inference.record(text)?;
        let corrupt = self.corrupt.as_deref().unwrap_or("_corrupt_record");
        let fields = inference.finish(corrupt, time_zone);
        Ok(crate::types::arrow_sql_name(&DataType::Struct(fields)))
    }

    /// A text without the blanks around it, if they do not count; none if it stands for
    /// NULL.
    fn plain<'t>(&self, text: &'t str) -> Option<&'t str> {
        let text = if self.trim { text.trim() } else { text };
        Some(text).filter(|text| self.null.as_deref() != Some(*text))
    }
}

/// Reads elements as structs of some columns.
#[derive(Debug, Clone)]
pub(crate) struct Parser {
    xml: Xml,
    columns: datafusion::arrow::datatypes::Fields,
}

impl Parser {
    /// The rows of a document, one for each element that is a row. What follows a fault
    /// is lost: the last row is all that there is, then.
    ///
    /// # Errors
    /// That of `each`.
    pub(crate) fn document(
        &self,
        text: &str,
        mut each: impl FnMut(&str, Parsed) -> Result<()>,
    ) -> Result<()> {
        let tag = self.xml.row_tag.as_deref().unwrap_or_default();
        let whole = tree::rows(text, tag, &self.xml.names, |element| {
            // What a malformed row stands in is all there is to show of it.
            each(text, self.xml.row(element, &self.columns))
        })?;
        if whole { Ok(()) } else { each(text, Parsed::Bad(None)) }
    }
}

impl Parse for Parser {
    fn parse(&self, record: &str) -> Result<Parsed> {
        Ok(match tree::only(record, &self.xml.names) {
            Some(element) => self.xml.row(&element, &self.columns),
            None => Parsed::Bad(None),
        })
    }
}
