//! Avro.

use arrow_avro::compression::CompressionCodec;
use arrow_avro::errors::AvroError;
use arrow_avro::writer::format::AvroOcfFormat;
use arrow_avro::writer::{Writer, WriterBuilder};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::error::DataFusionError;

use super::{Encoder, Options, codec_not_available};
use crate::error::{Error, Result};

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Avro {
    codec: Option<CompressionCodec>,
}

impl Avro {
    pub(super) fn new(options: &mut Options) -> Result<Self> {
        options.refuse(&["avroschema", "recordname", "recordnamespace"])?;
        let name = options.take("compression").unwrap_or_else(|| "snappy".to_owned());
        let codec = match name.to_lowercase().as_str() {
            "uncompressed" => None,
            "snappy" => Some(CompressionCodec::Snappy),
            "deflate" => Some(CompressionCodec::Deflate),
            "bzip2" => Some(CompressionCodec::Bzip2),
            "xz" => Some(CompressionCodec::Xz),
            "zstandard" => Some(CompressionCodec::ZStandard),
            other => {
                let known = "bzip2, deflate, uncompressed, snappy, xz, zstandard";
                return Err(codec_not_available(other, known));
            }
        };
        Ok(Self { codec })
    }

    pub(super) fn start(&self, schema: &SchemaRef) -> Result<Box<dyn Encoder>> {
        let schema = Schema::new(schema.fields().clone());
        let builder = WriterBuilder::new(schema).with_compression(self.codec);
        let writer = builder.build::<_, AvroOcfFormat>(Vec::new());
        Ok(Box::new(File(writer.map_err(fault)?)))
    }
}

fn fault(error: AvroError) -> Error {
    DataFusionError::External(Box::new(error)).into()
}

/// A file is held until it ends.
struct File(Writer<Vec<u8>, AvroOcfFormat>);

impl Encoder for File {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.0.write(batch).map_err(fault)
    }

    fn take(&mut self) -> Vec<u8> {
        Vec::new()
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>> {
        let Self(mut writer) = *self;
        writer.finish().map_err(fault)?;
        Ok(writer.into_inner())
    }
}
