//! Bytes of texts, compressed.

use std::io::{self, Write};

use bzip2::write::BzEncoder;
use datafusion::arrow::array::RecordBatch;
use datafusion::error::DataFusionError;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::{Encoder, Options, codec_not_available};
use crate::error::{Error, Result};

/// How files of text are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Bzip2,
    Deflate,
}

impl Compression {
    /// # Errors
    /// If there is no such codec, or it is not served.
    pub(super) fn take(options: &mut Options) -> Result<Self> {
        let codec = options.take("codec");
        let name = options.take("compression").or(codec).unwrap_or_default().to_lowercase();
        Ok(match name.as_str() {
            "" | "none" | "uncompressed" => Self::None,
            "gzip" => Self::Gzip,
            "bzip2" => Self::Bzip2,
            "deflate" => Self::Deflate,
            "snappy" | "lz4" => return Err(Error::unsupported("write.option.compression")),
            _ => {
                let known = "bzip2, deflate, uncompressed, snappy, none, lz4, gzip";
                return Err(codec_not_available(&name, known));
            }
        })
    }

    /// What files' names end in, after the format's own.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Gzip => ".gz",
            Self::Bzip2 => ".bz2",
            Self::Deflate => ".deflate",
        }
    }

    /// The encoder, whose bytes are compressed.
    pub(super) fn around(self, inner: Box<dyn Encoder>) -> Box<dyn Encoder> {
        let packer = match self {
            Self::None => return inner,
            Self::Gzip => Packer::Gzip(GzEncoder::new(Vec::new(), flate2::Compression::default())),
            Self::Bzip2 => Packer::Bzip2(BzEncoder::new(Vec::new(), bzip2::Compression::best())),
            Self::Deflate => {
                Packer::Deflate(ZlibEncoder::new(Vec::new(), flate2::Compression::default()))
            }
        };
        Box::new(Compressed { inner, packer })
    }
}

fn fault(error: io::Error) -> Error {
    DataFusionError::IoError(error).into()
}

enum Packer {
    Gzip(GzEncoder<Vec<u8>>),
    Bzip2(BzEncoder<Vec<u8>>),
    Deflate(ZlibEncoder<Vec<u8>>),
}

impl Packer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Gzip(writer) => writer.write_all(bytes),
            Self::Bzip2(writer) => writer.write_all(bytes),
            Self::Deflate(writer) => writer.write_all(bytes),
        }
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(match self {
            Self::Gzip(writer) => writer.get_mut(),
            Self::Bzip2(writer) => writer.get_mut(),
            Self::Deflate(writer) => writer.get_mut(),
        })
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Gzip(writer) => writer.finish(),
            Self::Bzip2(writer) => writer.finish(),
            Self::Deflate(writer) => writer.finish(),
        }
    }
}

struct Compressed {
    inner: Box<dyn Encoder>,
    packer: Packer,
}

impl Encoder for Compressed {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.inner.write(batch)?;
        let bytes = self.inner.take();
        self.packer.write(&bytes).map_err(fault)
    }

    fn take(&mut self) -> Vec<u8> {
        self.packer.take()
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>> {
        let Self { inner, mut packer } = *self;
        packer.write(&inner.finish()?).map_err(fault)?;
        packer.finish().map_err(fault)
    }
}
