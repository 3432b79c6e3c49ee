//! How the bytes of streams are packed: in blocks, each with three bytes before it that
//! tell its length, and whether it is as it was.

use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::{ArrayRef, BinaryArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use orc_rust::ArrowWriterBuilder;
use orc_rust::compression::{Compression, CompressionType, Decompressor};
use orc_rust::reader::metadata::read_metadata;
use prost::Message as _;

use super::corrupt;
use super::message::{Footer, Kind, PostScript, Role, Type};
use super::tail::Tail;
use crate::error::{Error, Result};

/// How many bytes a block holds unless a file says else.
const BLOCK: usize = 256 << 10;
/// The longest block that three bytes can tell the length of.
const LONGEST: u64 = 1 << 23;

/// A way to pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    None,
    Zlib,
    Snappy,
    Lzo,
    Lz4,
    Zstd,
}

impl Codec {
    pub(super) fn number(self) -> i32 {
        match self {
            Self::None => 0,
            Self::Zlib => 1,
            Self::Snappy => 2,
            Self::Lzo => 3,
            Self::Lz4 => 4,
            Self::Zstd => 5,
        }
    }

    fn of(number: i32) -> Result<Self> {
        let all = [Self::None, Self::Zlib, Self::Snappy, Self::Lzo, Self::Lz4, Self::Zstd];
        let found = all.into_iter().find(|codec| codec.number() == number);
        found.ok_or_else(|| Error::unsupported("read.orc.compression"))
    }

    /// The bytes in blocks.
    ///
    /// # Errors
    /// If the codec only reads.
    pub(super) fn pack(self, bytes: &[u8]) -> Result<Vec<u8>> {
        if self == Self::None {
            return Ok(bytes.to_vec());
        }
        let mut packed = Vec::with_capacity(bytes.len() / 2);
        for block in bytes.chunks(BLOCK) {
            match self {
                Self::Zlib => add_block(&mut packed, block, &deflated(block)?),
                Self::Zstd => {
                    let small = zstd::bulk::compress(block, zstd::DEFAULT_COMPRESSION_LEVEL);
                    add_block(&mut packed, block, &small.map_err(unpackable)?);
                }
                Self::Snappy => packed.extend(lent(block, CompressionType::Snappy)?),
                Self::Lz4 => packed.extend(lent(block, CompressionType::Lz4)?),
                Self::Lzo | Self::None => return Err(Error::unsupported("write.orc.lzo")),
            }
        }
        Ok(packed)
    }

    /// What a file says of its blocks, when it is packed so.
    pub(super) fn block_size(self) -> Option<u64> {
        (self != Self::None).then_some(BLOCK as u64)
    }
}

fn unpackable(error: std::io::Error) -> Error {
    Error::internal(format!("bytes cannot be packed: {error}"))
}

fn deflated(block: &[u8]) -> Result<Vec<u8>> {
    let mut small = Vec::new();
    let mut encoder = flate2::read::DeflateEncoder::new(block, flate2::Compression::default());
    encoder.read_to_end(&mut small).map_err(unpackable)?;
    Ok(small)
}

/// A block as it is, if packing does not make it smaller.
fn add_block(packed: &mut Vec<u8>, block: &[u8], small: &[u8]) {
    let (bytes, original) = if small.len() < block.len() { (small, 0) } else { (block, 1) };
    let header = (bytes.len() as u32) << 1 | original;
    packed.extend_from_slice(&header.to_le_bytes()[..3]);
    packed.extend_from_slice(bytes);
}

/// A block packed by the codecs of `orc-rust`, which lends them to its own files only: it
/// is the one value of a file.
fn lent(block: &[u8], codec: CompressionType) -> Result<Vec<u8>> {
    let fault = |error: &dyn std::fmt::Display| {
        Error::internal(format!("a block cannot be packed: {error}"))
    };
    let schema = Arc::new(Schema::new(vec![Field::new("b", DataType::Binary, false)]));
    let values: ArrayRef = Arc::new(BinaryArray::from(vec![block]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![values]);
    let batch = batch.map_err(|error| fault(&error))?;
    let mut file = Vec::new();
    let writer = ArrowWriterBuilder::new(&mut file, schema).with_compression(codec);
    let writer = writer.with_compression_block_size(BLOCK).try_build();
    let mut writer = writer.map_err(|error| fault(&error))?;
    writer.write(&batch).map_err(|error| fault(&error))?;
    writer.close().map_err(|error| fault(&error))?;
    let file = Bytes::from(file);
    let tail = Tail::of(&file)?;
    let packed = tail.stripe(0, &file)?.bytes(1, Role::Data)?;
    packed.map(|bytes| bytes.to_vec()).ok_or_else(|| Error::internal("a block was not packed"))
}

/// What takes blocks out of their packing.
#[derive(Clone)]
pub(super) struct Unpacker {
    codec: Codec,
    block_size: usize,
    lent: Option<Compression>,
}

impl Unpacker {
    /// # Errors
    /// If the codec is not known, or blocks are larger than they may be.
    pub(super) fn new(script: &PostScript) -> Result<Self> {
        let codec = Codec::of(script.compression.unwrap_or(0))?;
        let block_size = script.block_size.unwrap_or(BLOCK as u64);
        if block_size > LONGEST {
            return Err(corrupt("blocks are too large"));
        }
        let lent = match codec {
            Codec::Snappy | Codec::Lzo | Codec::Lz4 => Some(borrowed(codec, block_size)?),
            Codec::None | Codec::Zlib | Codec::Zstd => None,
        };
        Ok(Self { codec, block_size: block_size as usize, lent })
    }

    /// Takes the next block off the front of the bytes.
    ///
    /// # Errors
    /// If it is malformed.
    pub(super) fn next(&self, packed: &mut Bytes) -> Result<Bytes> {
        if self.codec == Codec::None {
            return Ok(std::mem::take(packed));
        }
        let [a, b, c, ..] = packed[..] else { return Err(corrupt("a block ends early")) };
        let header = u32::from_le_bytes([a, b, c, 0]);
        let length = (header >> 1) as usize;
        if length > self.block_size {
            return Err(corrupt("a block is longer than the file says"));
        }
        if length > packed.len() - 3 {
            return Err(corrupt("a block ends early"));
        }
        let block = packed.slice(3..3 + length);
        *packed = packed.slice(3 + length..);
        if header & 1 == 1 { Ok(block) } else { self.unpacked(&block) }
    }

    /// All blocks.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub(super) fn all(&self, mut packed: Bytes) -> Result<Bytes> {
        let mut all = Vec::new();
        while !packed.is_empty() {
            all.extend_from_slice(&self.next(&mut packed)?);
        }
        Ok(all.into())
    }

    fn unpacked(&self, block: &Bytes) -> Result<Bytes> {
        let malformed = |_| corrupt("a block cannot be unpacked");
        match self.codec {
            Codec::Zlib => self.limited(flate2::read::DeflateDecoder::new(&block[..])),
            Codec::Zstd => {
                self.limited(zstd::stream::read::Decoder::new(&block[..]).map_err(malformed)?)
            }
            Codec::Snappy if snappy_length(block) > self.block_size as u64 => {
                Err(corrupt("a block is larger than the file says"))
            }
            Codec::Snappy | Codec::Lz4 | Codec::Lzo => self.by_lent(block),
            Codec::None => Ok(block.clone()),
        }
    }

    /// No more than a block may hold.
    fn limited(&self, from: impl std::io::Read) -> Result<Bytes> {
        let mut bytes = Vec::new();
        let read = from.take(self.block_size as u64 + 1).read_to_end(&mut bytes);
        match read {
            Ok(length) if length <= self.block_size => Ok(bytes.into()),
            Ok(_) => Err(corrupt("a block is larger than the file says")),
            Err(error) => Err(corrupt(format!("a block cannot be unpacked: {error}"))),
        }
    }

    /// `orc-rust` panics over what is malformed.
    fn by_lent(&self, block: &Bytes) -> Result<Bytes> {
        let lent = self.lent;
        let mut chunk = Vec::with_capacity(block.len() + 3);
        chunk.extend_from_slice(&((block.len() as u32) << 1).to_le_bytes()[..3]);
        chunk.extend_from_slice(block);
        let read = move || {
            let mut bytes = Vec::new();
            Decompressor::new(chunk.into(), lent, Vec::new()).read_to_end(&mut bytes).map(|_| bytes)
        };
        match catch_unwind(AssertUnwindSafe(read)) {
            Ok(Ok(bytes)) => Ok(bytes.into()),
            Ok(Err(_)) | Err(_) => Err(corrupt("a block cannot be unpacked")),
        }
    }
}

/// The length that a block of Snappy begins with.
fn snappy_length(block: &[u8]) -> u64 {
    let mut length = 0;
    for (at, byte) in block.iter().take(5).enumerate() {
        length |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            break;
        }
    }
    length
}

/// `orc-rust` tells how to unpack by the end of a file only: one without rows.
fn borrowed(codec: Codec, block_size: u64) -> Result<Compression> {
    let root = Type { kind: Some(Kind::Struct.into()), ..Type::default() };
    let footer = Footer { types: vec![root], ..Footer::default() }.encode_to_vec();
    let mut file = Vec::new();
    add_block(&mut file, &footer, &footer);
    let script = PostScript {
        footer_length: file.len() as u64,
        compression: Some(codec.number()),
        block_size: Some(block_size),
        metadata_length: Some(0),
        ..PostScript::default()
    };
    let script = script.encode_to_vec();
    file.extend_from_slice(&script);
    file.push(script.len() as u8);
    let read = catch_unwind(AssertUnwindSafe(|| read_metadata(&mut Bytes::from(file))));
    let found = read.ok().and_then(|read| read.ok()).and_then(|file| file.compression());
    found.ok_or_else(|| Error::internal("a codec of ORC is not there"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn unpacker(codec: Codec) -> Unpacker {
        let script = PostScript { compression: Some(codec.number()), ..PostScript::default() };
        Unpacker::new(&script).unwrap()
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let bytes: Vec<u8> = (0..600_000_u32).map(|at| (at % 251) as u8).collect();
        for codec in [Codec::None, Codec::Zlib, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
            for bytes in [&bytes[..], b"", b"x"] {
                let packed = codec.pack(bytes).unwrap();
                assert!(codec == Codec::None || bytes.len() < 9 || packed.len() < bytes.len());
                let all = unpacker(codec).all(packed.into()).unwrap();
                assert_eq!(all, bytes, "{codec:?}");
            }
        }
    }

    #[test]
    fn malformed_blocks_are_errors() {
        for codec in [Codec::Zlib, Codec::Snappy, Codec::Lz4, Codec::Lzo, Codec::Zstd] {
            for block in [&[9, 9][..], &[200, 0, 0, 1], &[6, 0, 0, 255, 255, 255], &[255; 9]] {
                let unpacked = unpacker(codec).all(Bytes::copy_from_slice(block));
                assert!(unpacked.is_err(), "{codec:?} {block:?}");
            }
        }
    }
}
