//! Lines of text.

use datafusion::arrow::array::AsArray as _;
use datafusion::arrow::array::{Array as _, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::DataFusionError;

use super::{Encoder, Options};
use crate::error::Result;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    separator: String,
}

impl Text {
    pub(super) fn new(options: &mut Options) -> Result<Self> {
        options.allow_utf8()?;
        Ok(Self { separator: options.line_end()?.unwrap_or_else(|| "\n".to_owned()) })
    }

    pub(super) fn start(&self) -> Box<dyn Encoder> {
        Box::new(Lines { separator: self.separator.clone(), out: Vec::new() })
    }
}

struct Lines {
    separator: String,
    out: Vec<u8>,
}

impl Encoder for Lines {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let lines = cast(batch.column(0), &DataType::Utf8).map_err(DataFusionError::from)?;
        let lines = lines.as_string::<i32>();
        for row in 0..lines.len() {
            if lines.is_valid(row) {
                self.out.extend_from_slice(lines.value(row).as_bytes());
            }
            self.out.extend_from_slice(self.separator.as_bytes());
        }
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>> {
        Ok(self.out)
    }
}
