//! CSV.

mod infer;
mod tokens;
mod write;

use datafusion::arrow::datatypes::{DataType, Schema};

use super::values::{Words, check_fields, value};
use super::{Datum, Guess, Mode, Options, Parse, Parsed, Times};
use crate::error::{Condition, Error, Result};

pub(crate) use infer::{Inference, safe_header};
pub(crate) use tokens::{Dialect, records};
pub(crate) use write::Writer;

/// How CSV is read.
#[derive(Debug, Clone)]
pub(crate) struct Csv {
    pub(crate) dialect: Dialect,
    pub(crate) header: bool,
    /// Whether the header need not have the names of the columns.
    pub(crate) enforce_schema: bool,
    pub(crate) infer: bool,
    pub(crate) mode: Mode,
    pub(crate) corrupt: Option<String>,
    /// Whether only the columns that are asked for are looked at.
    pruned: bool,
    prefer_date: bool,
    words: Words,
    times: Times,
}

impl Csv {
    /// # Errors
    /// If an option is not served, or is none.
    pub(crate) fn take(options: &mut Options, time_zone: &str) -> Result<Self> {
        options.allow_utf8()?;
        options.allow_only(&[("samplingratio", &["1", "1.0"])])?;
        options.refuse(&["singlevariantcolumn", "inputbuffersize"])?;
        options.allow_only(&[("unescapedquotehandling", &["stop_at_delimiter"])])?;
        let dialect = Dialect::take(options)?;
        let pruned = options.flag("columnpruning", !dialect.multi_line)?;
        let mut word =
            |name: &str, default: &str| options.take(name).unwrap_or_else(|| default.to_owned());
        let words = Words {
            nan: word("nanvalue", "NaN"),
            positive: word("positiveinf", "Inf"),
            negative: word("negativeinf", "-Inf"),
        };
        let prefers_date = options.flag("prefersdate", true)?;
        Ok(Self {
            dialect,
            header: options.flag("header", false)?,
            enforce_schema: options.flag("enforceschema", true)?,
            infer: options.flag("inferschema", false)?,
            mode: Mode::take(options),
            corrupt: options.take("columnnameofcorruptrecord"),
            pruned,
            prefer_date: options.flag("preferdate", prefers_date)?,
            words,
            times: Times::take(options, time_zone)?,
        })
    }

    /// The type of a line as SQL writes it.
    ///
    /// # Errors
    /// `MALFORMED_CSV_RECORD` if there are too many pieces, or one is too long.
    pub(crate) fn schema_of(&self, line: &str, time_zone: &str) -> Result<String> {
        let pieces = self.dialect.pieces(line)?;
        let mut inference = Inference::new(self, pieces.len());
        inference.add(&pieces);
        let guesses = inference.finish().into_iter().enumerate();
        let fields = guesses.map(|(at, guess)| (format!("_c{at}"), guess));
        Ok(Guess::Struct(fields.collect()).sql(time_zone))
    }

    /// Reads records of these columns, those of `wanted`.
    ///
    /// # Errors
    /// If a column is of a type that is not served.
    pub(crate) fn parser(&self, all: &Schema, wanted: &Schema) -> Result<Parser> {
        let at = |name: &String| all.fields().iter().position(|field| field.name() == name);
        check_fields(wanted.fields())?;
        let mut columns = Vec::new();
        for field in wanted.fields() {
            let at = at(field.name()).ok_or_else(|| Error::internal("a column of no file"))?;
            columns.push((at, field.data_type().clone()));
        }
        let width = all.fields().len();
        let strict = !self.pruned || columns.len() == width;
        Ok(Parser { csv: self.clone(), columns, width, strict })
    }
}

/// Reads records of some columns.
#[derive(Debug, Clone)]
pub(crate) struct Parser {
    csv: Csv,
    /// Where in a record the columns are, and their types.
    columns: Vec<(usize, DataType)>,
    width: usize,
    /// Whether records of another width are malformed.
    strict: bool,
}

impl Parser {
    /// Whether a line holds no record.
    pub(crate) fn is_skipped(&self, line: &str) -> bool {
        self.csv.dialect.is_skipped(line)
    }

    /// Whether a text by itself holds nothing at all, which is not malformed.
    pub(crate) fn is_nothing(&self, text: &str) -> bool {
        self.csv.dialect.is_nothing(text)
    }

    /// The row that the pieces of a record are.
    pub(crate) fn row(&self, pieces: &[String]) -> Parsed {
        if self.columns.is_empty() && self.csv.pruned {
            return Parsed::Rows(vec![Vec::new()]);
        }
        let mut bad = self.strict && pieces.len() != self.width;
        let values = self.columns.iter().map(|(at, data_type)| {
            let text = pieces.get(*at).filter(|text| **text != self.csv.dialect.null);
            let Some(text) = text else { return Datum::Null };
            let found = value(text, data_type, &self.csv.times, &self.csv.words);
            found.unwrap_or_else(|| {
                bad = true;
                Datum::Null
            })
        });
        let values = values.collect();
        if bad { Parsed::Bad(Some(values)) } else { Parsed::Rows(vec![values]) }
    }
}

impl Parse for Parser {
    fn parse(&self, record: &str) -> Result<Parsed> {
        Ok(self.row(&self.csv.dialect.pieces(record)?))
    }
}

/// `MALFORMED_CSV_RECORD`.
fn malformed(record: &str) -> Error {
    Error::analysis(Condition::MALFORMED_CSV_RECORD, [("badRecord", record.to_owned())])
}
