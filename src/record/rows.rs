//! Rows on their way into batches, and what becomes of records that are malformed.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::error::DataFusionError;

use super::{Datum, Mode, array};
use crate::error::{Condition, Error, Result};

/// What a record turned out to be.
#[derive(Debug)]
pub(crate) enum Parsed {
    /// Rows: one, or those of a list.
    Rows(Vec<Vec<Datum>>),
    /// Malformed, with what could be read of it.
    Bad(Option<Vec<Datum>>),
}

/// Takes a record apart.
pub(crate) trait Parse: Send {
    /// The rows of a record, in the columns asked for.
    ///
    /// # Errors
    /// If the record must not be gone past, malformed or not.
    fn parse(&self, record: &str) -> Result<Parsed>;
}

/// The columns that are asked for; one of them may take the text of malformed records.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    schema: SchemaRef,
    corrupt: Option<usize>,
}

impl Columns {
    /// `corrupt` is the name of the column that takes malformed records.
    pub(crate) fn new(schema: SchemaRef, corrupt: &str) -> Self {
        let corrupt = schema.fields().iter().position(|field| field.name() == corrupt);
        Self { schema, corrupt }
    }

    /// The columns that hold what records say.
    pub(crate) fn in_records(&self) -> Schema {
        let fields = self.schema.fields().iter().enumerate();
        let fields = fields.filter(|(at, _)| Some(*at) != self.corrupt);
        Schema::new(fields.map(|(_, field)| Arc::clone(field)).collect::<Vec<_>>())
    }
}

/// Gathers rows.
#[derive(Debug)]
pub(crate) struct Rows {
    columns: Columns,
    mode: Mode,
    values: Vec<Vec<Datum>>,
    count: usize,
}

/// Rows that make a batch.
const BATCH: usize = 8192;

impl Rows {
    pub(crate) fn new(columns: Columns, mode: Mode) -> Self {
        let values = vec![Vec::new(); columns.schema.fields().len()];
        Self { columns, mode, values, count: 0 }
    }

    /// Adds what a record turned out to be.
    ///
    /// # Errors
    /// `MALFORMED_RECORD_IN_PARSING` if malformed records end the reading.
    pub(crate) fn add(&mut self, record: &str, parsed: Parsed) -> Result<()> {
        match (parsed, self.mode) {
            (Parsed::Rows(rows), _) => rows.into_iter().for_each(|row| self.push(row, None)),
            (Parsed::Bad(_), Mode::DropMalformed) => {}
            (Parsed::Bad(row), Mode::Permissive) => {
                self.push(row.unwrap_or_default(), Some(record));
            }
            (Parsed::Bad(_), Mode::FailFast) => return Err(malformed(record)),
        }
        Ok(())
    }

    fn push(&mut self, row: Vec<Datum>, corrupt: Option<&str>) {
        let mut row = row.into_iter();
        for (at, column) in self.values.iter_mut().enumerate() {
            column.push(if Some(at) == self.columns.corrupt {
                corrupt.map_or(Datum::Null, |text| Datum::Text(text.to_owned()))
            } else {
                row.next().unwrap_or(Datum::Null)
            });
        }
        self.count += 1;
    }

    /// Whether there are enough rows for a batch.
    pub(crate) fn is_full(&self) -> bool {
        self.count >= BATCH
    }

    /// How many rows were gathered since they were taken.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The rows gathered, as a batch.
    ///
    /// # Errors
    /// If text cannot be read as the type of a column at all.
    pub(crate) fn take(&mut self) -> Result<RecordBatch> {
        let fields = self.columns.schema.fields().iter();
        let columns = fields.zip(&mut self.values);
        let columns =
            columns.map(|(field, values)| array(std::mem::take(values), field.data_type()));
        let columns = columns.collect::<Result<Vec<ArrayRef>>>()?;
        let count = std::mem::take(&mut self.count);
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        let schema = Arc::clone(&self.columns.schema);
        let batch = RecordBatch::try_new_with_options(schema, columns, &options);
        Ok(batch.map_err(DataFusionError::from)?)
    }
}

/// `MALFORMED_RECORD_IN_PARSING`.
pub(crate) fn malformed(record: &str) -> Error {
    Error::analysis(
        Condition::MALFORMED_RECORD_IN_PARSING,
        [("badRecord", record.to_owned()), ("failFastMode", Mode::FailFast.name().to_owned())],
    )
}
