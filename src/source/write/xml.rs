//! XML documents.

use datafusion::arrow::array::{RecordBatch, StructArray};

use super::{Encoder, Options};
use crate::error::Result;
use crate::record::xml;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Xml(xml::Writer);

impl Xml {
    pub(super) fn new(options: &mut Options, time_zone: &str) -> Result<Self> {
        options.allow_utf8()?;
        Ok(Self(xml::Writer::take(options, time_zone, true)?))
    }

    pub(super) fn start(&self) -> Box<dyn Encoder> {
        Box::new(Document(self.0.start()))
    }
}

struct Document(xml::Encoder);

impl Encoder for Document {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.0.write(&StructArray::from(batch.clone()))
    }

    fn take(&mut self) -> Vec<u8> {
        self.0.take().into_bytes()
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>> {
        Ok(self.0.finish().into_bytes())
    }
}
