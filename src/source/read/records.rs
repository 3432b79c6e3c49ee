//! Files of records.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};

use super::super::Format;
use super::super::format::without;
use super::lines::Lines;
use super::{Decoder, Whole};
use crate::error::{Condition, Error, Result};
use crate::planner::columns::same_name;
use crate::record::csv::{self, Csv};
use crate::record::{Columns, Parse, Parsed, Rows};

/// Reads a file of records: the columns `wanted` of all those that there are.
///
/// # Errors
/// If a column is of a type that is not served.
pub(in crate::source) fn records(
    format: &Format,
    all: &SchemaRef,
    wanted: &SchemaRef,
) -> Result<Box<dyn Decoder>> {
    let columns = Columns::new(Arc::clone(wanted), format.corrupt());
    let rows = Rows::new(columns.clone(), format.mode());
    let in_records = columns.in_records();
    match format {
        Format::Csv(csv) => of_csv(csv, &without(all, format.corrupt()), &in_records, rows),
        Format::Json(json) => {
            let parser = json.parser(&in_records)?;
            match json.multi_line {
                true => Ok(one_record(parser, rows)),
                false => Ok(Box::new(ByLine {
                    lines: Lines::new(json.line_end.as_deref()),
                    parser,
                    header: None,
                    is_skipped: |_, _| false,
                    rows,
                    at_end: false,
                })),
            }
        }
        Format::Xml(xml) => {
            let parser = xml.parser(&in_records)?;
            Ok(Whole::decoder(move |bytes| {
                let mut rows = rows;
                let mut batches = Vec::new();
                parser.document(&String::from_utf8_lossy(&bytes), |record, parsed| {
                    add(&mut rows, record, parsed, &mut batches)
                })?;
                finished(rows, batches)
            }))
        }
        _ => Err(Error::internal("the format has no records")),
    }
}

/// A whole file is one record.
fn one_record(parser: impl Parse + 'static, mut rows: Rows) -> Box<dyn Decoder> {
    Whole::decoder(move |bytes| {
        let text = String::from_utf8_lossy(&bytes);
        rows.add(&text, parser.parse(&text)?)?;
        finished(rows, Vec::new())
    })
}

fn of_csv(csv: &Csv, all: &Schema, wanted: &Schema, rows: Rows) -> Result<Box<dyn Decoder>> {
    let parser = csv.parser(all, wanted)?;
    let header = csv.header.then(|| Header::new(csv, all));
    if !csv.dialect.multi_line {
        return Ok(Box::new(ByLine {
            lines: Lines::new(csv.dialect.line_end.as_deref()),
            header,
            is_skipped: csv::Parser::is_skipped,
            parser,
            rows,
            at_end: false,
        }));
    }
    let dialect = csv.dialect.clone();
    Ok(Whole::decoder(move |bytes| {
        let (mut rows, mut header) = (rows, header);
        let mut batches = Vec::new();
        let text = String::from_utf8_lossy(&bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        csv::records(&dialect, text, |record, pieces| match header.take() {
            Some(header) => header.check(&pieces),
            None => add(&mut rows, record, parser.row(&pieces), &mut batches),
        })?;
        finished(rows, batches)
    }))
}

fn add(
    rows: &mut Rows,
    record: &str,
    parsed: Parsed,
    batches: &mut Vec<RecordBatch>,
) -> Result<()> {
    rows.add(record, parsed)?;
    if rows.is_full() {
        batches.push(rows.take()?);
    }
    Ok(())
}

fn finished(mut rows: Rows, mut batches: Vec<RecordBatch>) -> Result<Vec<RecordBatch>> {
    if rows.len() > 0 {
        batches.push(rows.take()?);
    }
    Ok(batches)
}

/// The line of names that a file of CSV begins with.
struct Header {
    csv: Csv,
    names: Vec<String>,
}

impl Header {
    fn new(csv: &Csv, all: &Schema) -> Self {
        let names = all.fields().iter().map(|field| field.name().clone()).collect();
        Self { csv: csv.clone(), names }
    }

    /// # Errors
    /// If the names must be those of the columns and are not.
    fn check(&self, pieces: &[String]) -> Result<()> {
        let same = pieces.len() == self.names.len()
            && pieces.iter().zip(&self.names).all(|(a, b)| same_name(a, b));
        if self.csv.enforce_schema || same {
            return Ok(());
        }
        let message = format!(
            "CSV header does not conform to the schema: {} is not {}",
            pieces.join(", "),
            self.names.join(", ")
        );
        Err(Error::analysis(Condition::ILLEGAL_ARGUMENT, [("message", message)]))
    }
}

/// A line is a record.
struct ByLine<P> {
    lines: Lines,
    parser: P,
    header: Option<Header>,
    /// Whether a line holds no record.
    is_skipped: fn(&P, &str) -> bool,
    rows: Rows,
    at_end: bool,
}

impl<P: Parse> Decoder for ByLine<P> {
    fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.lines.push(bytes);
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.at_end = true;
        Ok(())
    }

    fn ready(&mut self) -> Result<Option<RecordBatch>> {
        while !self.rows.is_full() {
            let Some(line) = self.lines.next(self.at_end) else {
                let last = self.at_end && self.rows.len() > 0;
                return if last { self.rows.take().map(Some) } else { Ok(None) };
            };
            if (self.is_skipped)(&self.parser, &line) {
                continue;
            }
            match self.header.take() {
                Some(header) => header.check(&header.csv.dialect.pieces(&line)?)?,
                None => self.rows.add(&line, self.parser.parse(&line)?)?,
            }
        }
        self.rows.take().map(Some)
    }
}
