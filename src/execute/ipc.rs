//! Batches as the protocol carries them: each a complete Arrow stream.

use datafusion::arrow::array::Array;
use datafusion::arrow::datatypes::Schema;
use datafusion::arrow::ipc::writer::StreamWriter;
use datafusion::arrow::record_batch::RecordBatch;

use crate::error::{Error, Result};

/// Bounds on one message of rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BatchLimits {
    /// Rows, at most.
    pub(crate) rows: usize,
    /// Bytes to aim at.
    pub(crate) bytes: usize,
}

/// Cuts a batch into pieces within the limits; a row is never cut.
pub(crate) fn split(batch: &RecordBatch, limits: BatchLimits) -> Vec<RecordBatch> {
    let rows = batch.num_rows();
    let bytes = size(batch);
    let by_bytes = match bytes.div_ceil(limits.bytes.max(1)) {
        0 | 1 => rows,
        pieces => rows.div_ceil(pieces),
    };
    let step = by_bytes.min(limits.rows).max(1);
    if step >= rows {
        return vec![batch.clone()];
    }
    let starts = (0..rows).step_by(step);
    starts.map(|start| batch.slice(start, step.min(rows - start))).collect()
}

/// Bytes of the rows themselves, not of the buffers they are slices of.
fn size(batch: &RecordBatch) -> usize {
    let columns = batch.columns().iter();
    columns.map(|array| array.to_data().get_slice_memory_size().unwrap_or(0)).sum()
}

/// A batch as an Arrow stream of its own.
///
/// # Errors
/// If a column has a type that Arrow's format cannot carry.
pub(crate) fn encode(batch: &RecordBatch) -> Result<Vec<u8>> {
    let schema = batch.schema();
    write(&schema, Some(batch)).map_err(|error| Error::DataFusion(error.into()))
}

/// A stream without rows, of this schema.
///
/// # Errors
/// As [`encode`].
pub(crate) fn encode_empty(schema: &Schema) -> Result<Vec<u8>> {
    let batch = RecordBatch::new_empty(schema.clone().into());
    write(schema, Some(&batch)).map_err(|error| Error::DataFusion(error.into()))
}

fn write(
    schema: &Schema,
    batch: Option<&RecordBatch>,
) -> Result<Vec<u8>, datafusion::arrow::error::ArrowError> {
    let mut writer = StreamWriter::try_new(Vec::new(), schema)?;
    if let Some(batch) = batch {
        writer.write(batch)?;
    }
    writer.finish()?;
    writer.into_inner()
}

/// Cuts an encoded batch into chunks of at most `size` bytes.
pub(crate) fn chunks(bytes: &[u8], size: usize) -> impl ExactSizeIterator<Item = &[u8]> {
    bytes.chunks(size.max(1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use datafusion::arrow::array::{Int64Array, StringArray};
    use datafusion::arrow::ipc::reader::StreamReader;
    use std::sync::Arc;

    fn numbers(count: i64) -> RecordBatch {
        let column: Int64Array = (0..count).collect();
        RecordBatch::try_from_iter([("n", Arc::new(column) as _)]).unwrap()
    }

    #[test]
    fn pieces_keep_to_rows_and_bytes() {
        let batch = numbers(1_000);
        let rows = |limits| split(&batch, limits).iter().map(RecordBatch::num_rows).collect();
        let by_rows: Vec<usize> = rows(BatchLimits { rows: 300, bytes: 1 << 20 });
        assert_eq!(by_rows, [300, 300, 300, 100]);
        let by_bytes: Vec<usize> = rows(BatchLimits { rows: 10_000, bytes: 4_000 });
        assert_eq!(by_bytes, [500, 500]);
        let tiny: Vec<usize> = rows(BatchLimits { rows: 10_000, bytes: 1 });
        assert_eq!(tiny.len(), 1_000);
        assert_eq!(split(&numbers(0), BatchLimits { rows: 10, bytes: 10 }).len(), 1);
    }

    #[test]
    fn a_slice_is_sent_without_the_rest() {
        let words: StringArray = (0..10_000).map(|i| Some(format!("word {i}"))).collect();
        let batch = RecordBatch::try_from_iter([("w", Arc::new(words) as _)]).unwrap();
        let bytes = encode(&batch.slice(5_000, 1)).unwrap();
        assert!(bytes.len() < 2_000, "{}", bytes.len());
        let read: Vec<_> = StreamReader::try_new(&bytes[..], None).unwrap().collect();
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].as_ref().unwrap(), &batch.slice(5_000, 1));
    }
}
