//! Files as rows: what is known of each, and its bytes.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BinaryArray, Int64Array, RecordBatch, RecordBatchOptions, StringArray,
    TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::error::DataFusionError;

use super::super::FileFact;
use super::{Decoder, Whole};

/// The columns.
pub(in crate::source) fn schema() -> SchemaRef {
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Arc::new(Schema::new(vec![
        Field::new("path", DataType::Utf8, true),
        Field::new("modificationTime", time, true),
        Field::new("length", DataType::Int64, true),
        Field::new("content", DataType::Binary, true),
    ]))
}

/// One row, in the columns `wanted`.
pub(in crate::source) fn decoder(wanted: &SchemaRef, file: &FileFact) -> Box<dyn Decoder> {
    let (wanted, file) = (Arc::clone(wanted), file.clone());
    Whole::decoder(move |bytes| {
        let columns = wanted.fields().iter().map(|field| -> ArrayRef {
            match field.name().as_str() {
                "path" => Arc::new(StringArray::from(vec![file.path.as_str()])),
                "modificationTime" => {
                    let times = TimestampMicrosecondArray::from(vec![file.modified]);
                    Arc::new(times.with_data_type(field.data_type().clone()))
                }
                "length" => Arc::new(Int64Array::from(vec![file.size])),
                _ => Arc::new(BinaryArray::from(vec![bytes.as_slice()])),
            }
        });
        let options = RecordBatchOptions::new().with_row_count(Some(1));
        let columns = columns.collect();
        let batch = RecordBatch::try_new_with_options(Arc::clone(&wanted), columns, &options);
        Ok(vec![batch.map_err(DataFusionError::from)?])
    })
}
