//! Columns of files of records, from what is in them.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Fields, SchemaRef};
use datafusion::catalog::Session;

use super::super::Format;
use super::super::format::shared;
use super::super::listing::Listing;
use super::{lines, packed};
use crate::error::{Error, Result};
use crate::record::csv::{self, Csv};
use crate::record::json::Json;
use crate::record::{Guess, csv::safe_header};
use crate::record::{json, xml};

/// The columns that fit all records of all files.
///
/// # Errors
/// If a file cannot be read, or a record is malformed where none may be.
pub(in crate::source) async fn infer(
    format: &Format,
    listing: &Listing,
    state: &dyn Session,
    time_zone: &str,
) -> Result<SchemaRef> {
    let corrupt = format.corrupt();
    let fields = match format {
        Format::Csv(csv) => of_csv(csv, listing, state, time_zone).await?,
        Format::Json(own) => {
            let mut inference = json::Inference::new(own);
            for file in &listing.files {
                let bytes = packed::whole(&listing.store, &file.meta, state).await?;
                json_records(own, &bytes, &mut inference)?;
            }
            inference.finish(corrupt, time_zone)?
        }
        Format::Xml(own) => {
            let mut inference = xml::Inference::new(own);
            for file in &listing.files {
                let bytes = packed::whole(&listing.store, &file.meta, state).await?;
                inference.document(&String::from_utf8_lossy(&bytes))?;
            }
            inference.finish(corrupt, time_zone)
        }
        _ => return Err(Error::internal("the format has no records")),
    };
    Ok(shared(fields))
}

fn json_records(json: &Json, bytes: &[u8], inference: &mut json::Inference<'_>) -> Result<()> {
    if json.multi_line {
        return inference.add(&String::from_utf8_lossy(bytes));
    }
    let mut result = Ok(());
    lines::all(bytes, json.line_end.as_deref(), |line| {
        result = inference.add(line);
        result.is_ok()
    });
    result
}

/// Names are those of the first record that there is, or of places.
async fn of_csv(
    csv: &Csv,
    listing: &Listing,
    state: &dyn Session,
    time_zone: &str,
) -> Result<Fields> {
    let mut columns: Option<CsvColumns<'_>> = None;
    for file in &listing.files {
        let bytes = packed::whole(&listing.store, &file.meta, state).await?;
        csv_records(csv, &bytes, |record, pieces| match &mut columns {
            None => {
                columns = Some(CsvColumns::new(csv, record, &pieces));
                // The first record alone has the names.
                Ok(csv.infer)
            }
            Some(columns) => {
                columns.add(record, &pieces);
                Ok(true)
            }
        })?;
        if columns.is_some() && !csv.infer {
            break;
        }
    }
    Ok(columns.map_or_else(Fields::empty, |columns| columns.finish(time_zone)))
}

/// Calls `each` with the records of a file, until it wants no more.
fn csv_records(
    csv: &Csv,
    bytes: &[u8],
    mut each: impl FnMut(&str, Vec<String>) -> Result<bool>,
) -> Result<()> {
    if csv.dialect.multi_line {
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut more = true;
        return csv::records(&csv.dialect, text, |record, pieces| {
            if more {
                more = each(record, pieces)?;
            }
            Ok(())
        });
    }
    let mut result = Ok(());
    lines::all(bytes, csv.dialect.line_end.as_deref(), |line| {
        if csv.dialect.is_skipped(line) {
            return true;
        }
        match csv.dialect.pieces(line).and_then(|pieces| each(line, pieces)) {
            Ok(more) => more,
            Err(error) => {
                result = Err(error);
                false
            }
        }
    });
    result
}

struct CsvColumns<'a> {
    names: Vec<String>,
    /// The record with the names, which may be in each file.
    header: Option<String>,
    inference: csv::Inference<'a>,
    infer: bool,
}

impl<'a> CsvColumns<'a> {
    fn new(csv: &'a Csv, record: &str, pieces: &[String]) -> Self {
        let names = safe_header(csv, pieces, false);
        let header = csv.header.then(|| record.to_owned());
        let mut inference = csv::Inference::new(csv, names.len());
        if header.is_none() {
            inference.add(pieces);
        }
        Self { names, header, inference, infer: csv.infer }
    }

    fn add(&mut self, record: &str, pieces: &[String]) {
        if self.header.as_deref() != Some(record) {
            self.inference.add(pieces);
        }
    }

    fn finish(self, time_zone: &str) -> Fields {
        let guesses = self.inference.finish();
        let fields = self.names.into_iter().zip(guesses).map(|(name, guess)| {
            let guess = if self.infer { guess } else { Guess::Text };
            let data_type = guess.data_type(time_zone).unwrap_or(DataType::Utf8);
            Arc::new(Field::new(name, data_type, true))
        });
        fields.collect()
    }
}
