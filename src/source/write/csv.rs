//! CSV.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;

use super::{Encoder, Options};
use crate::error::Result;
use crate::record::csv::Writer;
use crate::types::display::ValueFormatter;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Csv {
    header: bool,
    line_end: String,
    writer: Writer,
}

impl Csv {
    pub(super) fn new(options: &mut Options, time_zone: &str) -> Result<Self> {
        Ok(Self {
            header: options.flag("header", false)?,
            line_end: options.line_end()?.unwrap_or_else(|| "\n".to_owned()),
            writer: Writer::take(options, time_zone)?,
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
}

struct File {
    csv: Csv,
    formatters: Vec<ValueFormatter>,
    out: String,
}

impl File {
    fn line(&mut self, cells: impl Iterator<Item = Option<String>>) {
        self.csv.writer.line(cells, &mut self.out);
        self.out.push_str(&self.csv.line_end);
    }
}

impl Encoder for File {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().zip(&self.formatters);
            let writer = &self.csv.writer;
            let cells = cells.map(|(column, own)| writer.text(own, column.as_ref(), row));
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
