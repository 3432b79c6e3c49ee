//! Files read by their bytes: texts of records, and formats whose files are read whole.

#[cfg(feature = "avro")]
pub(super) mod avro;
pub(super) mod binary;
mod infer;
mod lines;
pub(super) mod packed;
mod records;
pub(super) mod text;

use datafusion::arrow::array::RecordBatch;

use crate::error::Result;

pub(super) use infer::infer;
pub(super) use records::records;

/// Rows of one file, from its bytes.
pub(super) trait Decoder: Send {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// If they are malformed.
    fn push(&mut self, bytes: &[u8]) -> Result<()>;

    /// There are no more bytes.
    ///
    /// # Errors
    /// If they are malformed.
    fn finish(&mut self) -> Result<()>;

    /// Rows that are ready; fewer than make a batch only at the end.
    ///
    /// # Errors
    /// If they cannot be read as the columns' types.
    fn ready(&mut self) -> Result<Option<RecordBatch>>;
}

/// What makes rows of a whole file.
type Read = Box<dyn FnOnce(Vec<u8>) -> Result<Vec<RecordBatch>> + Send>;

/// A file that is read when it is there in full.
pub(super) struct Whole {
    bytes: Vec<u8>,
    read: Option<Read>,
    batches: std::vec::IntoIter<RecordBatch>,
}

impl Whole {
    pub(super) fn decoder(
        read: impl FnOnce(Vec<u8>) -> Result<Vec<RecordBatch>> + Send + 'static,
    ) -> Box<dyn Decoder> {
        let batches = Vec::new().into_iter();
        Box::new(Self { bytes: Vec::new(), read: Some(Box::new(read)), batches })
    }
}

impl Decoder for Whole {
    fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        if let Some(read) = self.read.take() {
            self.batches = read(std::mem::take(&mut self.bytes))?.into_iter();
        }
        Ok(())
    }

    fn ready(&mut self) -> Result<Option<RecordBatch>> {
        Ok(self.batches.next())
    }
}
