//! Parquet.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, GzipLevel, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::WriterProperties;

use super::{Encoder, Options, codec_not_available};
use crate::error::{Error, Result};
use crate::source::variants::SPARK_SCHEMA;
use crate::types::from_schema;
use crate::types::json::to_json;
use crate::types::variant::holds_variant;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Parquet {
    compression: Compression,
    extension: &'static str,
}

impl Parquet {
    pub(super) fn new(options: &mut Options) -> Result<Self> {
        let own = options.take("parquet.compression");
        let name = options.take("compression").or(own).map(|name| name.to_lowercase());
        let (compression, extension) = match name.as_deref() {
            None | Some("snappy") => (Compression::SNAPPY, "snappy.parquet"),
            Some("none" | "uncompressed") => (Compression::UNCOMPRESSED, "parquet"),
            Some("gzip") => (Compression::GZIP(GzipLevel::default()), "gz.parquet"),
            Some("zstd") => (Compression::ZSTD(ZstdLevel::default()), "zstd.parquet"),
            Some("lz4" | "lz4_raw" | "lz4raw") => (Compression::LZ4_RAW, "lz4raw.parquet"),
            Some("brotli" | "lzo") => return Err(Error::unsupported("write.option.compression")),
            Some(other) => {
                let known = "brotli, uncompressed, lzo, snappy, lz4_raw, none, zstd, lz4, gzip";
                return Err(codec_not_available(other, known));
            }
        };
        Ok(Self { compression, extension })
    }

    pub(super) fn extension(&self) -> String {
        self.extension.to_owned()
    }

    pub(super) fn start(&self, schema: &SchemaRef) -> Result<Box<dyn Encoder>> {
        let properties = WriterProperties::builder()
            .set_compression(self.compression)
            .set_key_value_metadata(spark_schema(schema)?)
            .build();
        let writer = ArrowWriter::try_new(Vec::new(), Arc::clone(schema), Some(properties));
        Ok(Box::new(File(writer.map_err(fault)?)))
    }
}

/// Spark's own schema, by which it knows what Parquet does not tell: that a group is a
/// variant.
fn spark_schema(schema: &SchemaRef) -> Result<Option<Vec<KeyValue>>> {
    if !schema.fields().iter().any(|field| holds_variant(field.data_type())) {
        return Ok(None);
    }
    let text = to_json(&from_schema(schema)?);
    Ok(Some(vec![KeyValue::new(SPARK_SCHEMA.to_owned(), text)]))
}

fn fault(error: ParquetError) -> Error {
    DataFusionError::from(error).into()
}

struct File(ArrowWriter<Vec<u8>>);

impl Encoder for File {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.0.write(batch).map_err(fault)
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(self.0.inner_mut())
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>> {
        self.0.into_inner().map_err(fault)
    }
}
