//! Rows into the bytes of a file.

mod column;
mod file;
mod runs;

use datafusion::arrow::datatypes::SchemaRef;

use super::super::write::{Encoder, codec_not_available};
use super::codec::Codec;
use super::corrupt;
use crate::error::{Error, Result};
use crate::record::Options;

/// How ORC is written.
#[derive(Debug, Clone)]
pub(crate) struct OrcWriter {
    codec: Codec,
    /// What files' names end in.
    extension: &'static str,
}

impl OrcWriter {
    /// # Errors
    /// If an option is not served.
    pub(in super::super) fn take(options: &mut Options) -> Result<Self> {
        let own = options.take("orc.compress");
        let name = options.take("compression").or(own).map(|name| name.to_lowercase());
        let (codec, extension) = match name.as_deref() {
            None | Some("zstd") => (Codec::Zstd, "zstd.orc"),
            Some("none" | "uncompressed") => (Codec::None, "orc"),
            Some("snappy") => (Codec::Snappy, "snappy.orc"),
            Some("zlib") => (Codec::Zlib, "zlib.orc"),
            Some("lz4") => (Codec::Lz4, "lz4.orc"),
            Some(known @ ("lzo" | "brotli")) => {
                return Err(Error::unsupported(format!("write.orc.{known}")));
            }
            Some(other) => {
                let known = "brotli, uncompressed, lz4, lzo, snappy, zlib, none, zstd";
                return Err(codec_not_available(other, known));
            }
        };
        Ok(Self { codec, extension })
    }

    pub(in super::super) fn extension(&self) -> String {
        self.extension.to_owned()
    }

    /// Starts a file.
    ///
    /// # Errors
    /// If the format does not hold a column.
    pub(in super::super) fn start(&self, schema: &SchemaRef) -> Result<Box<dyn Encoder>> {
        Ok(Box::new(file::File::new(schema, self.codec)?))
    }
}
