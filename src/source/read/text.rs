//! Lines of text.

use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, RecordBatchOptions, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::error::DataFusionError;

use super::lines::Lines;
use super::{Decoder, Whole};
use crate::error::Result;
use crate::record::Options;

/// How text is read.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    whole: bool,
    line_end: Option<String>,
}

/// Lines that make a batch.
const BATCH: usize = 8192;

impl Text {
    /// # Errors
    /// If an option is not served, or is none.
    pub(in crate::source) fn take(options: &mut Options) -> Result<Self> {
        options.allow_utf8()?;
        Ok(Self { whole: options.flag("wholetext", false)?, line_end: options.line_end()? })
    }

    /// Whether a file is one row.
    pub(in crate::source) fn is_whole(&self) -> bool {
        self.whole
    }

    pub(in crate::source) fn decoder(&self, wanted: &SchemaRef) -> Box<dyn Decoder> {
        let wanted = Arc::clone(wanted);
        if self.whole {
            return Whole::decoder(move |bytes| {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                Ok(vec![batch(vec![text], &wanted)?])
            });
        }
        let lines = Lines::new(self.line_end.as_deref());
        Box::new(ByLine { lines, wanted, held: Vec::new(), at_end: false })
    }
}

/// One column.
pub(in crate::source) fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("value", DataType::Utf8, true)]))
}

fn batch(lines: Vec<String>, wanted: &SchemaRef) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(lines.len()));
    let column: Arc<StringArray> = Arc::new(lines.into_iter().map(Some).collect());
    let columns = wanted.fields().iter().map(|_| Arc::clone(&column) as _).collect();
    let batch = RecordBatch::try_new_with_options(Arc::clone(wanted), columns, &options);
    Ok(batch.map_err(DataFusionError::from)?)
}

struct ByLine {
    lines: Lines,
    wanted: SchemaRef,
    held: Vec<String>,
    at_end: bool,
}

impl Decoder for ByLine {
    fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.lines.push(bytes);
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.at_end = true;
        Ok(())
    }

    fn ready(&mut self) -> Result<Option<RecordBatch>> {
        while self.held.len() < BATCH {
            let Some(line) = self.lines.next(self.at_end) else { break };
            self.held.push(line);
        }
        let enough = self.held.len() >= BATCH || self.at_end && !self.held.is_empty();
        match enough {
            true => batch(std::mem::take(&mut self.held), &self.wanted).map(Some),
            false => Ok(None),
        }
    }
}
