//! JSON lines.

use datafusion::arrow::array::{RecordBatch, StructArray};

use super::{Encoder, Options};
use crate::error::Result;
use crate::record::json::Writer;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Json {
    writer: Writer,
    line_end: String,
}

impl Json {
    pub(super) fn new(options: &mut Options, time_zone: &str) -> Result<Self> {
        options.allow_utf8()?;
        let line_end = options.line_end()?.unwrap_or_else(|| "\n".to_owned());
        Ok(Self { writer: Writer::take(options, time_zone)?, line_end })
    }

    pub(super) fn start(&self) -> Box<dyn Encoder> {
        Box::new(File { json: self.clone(), out: String::new() })
    }
}

struct File {
    json: Json,
    out: String,
}

impl Encoder for File {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let rows = StructArray::from(batch.clone());
        for row in 0..batch.num_rows() {
            self.json.writer.row(&rows, row, &mut self.out)?;
            self.out.push_str(&self.json.line_end);
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
