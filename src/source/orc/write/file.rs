//! A file, a stripe after the other.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use prost::Message as _;

use super::super::super::write::Encoder;
use super::super::codec::Codec;
use super::super::message::{
    Encoding, Footer, JULIAN_CALENDAR, PostScript, StreamInfo, Stripe, StripeFooter, Type,
};
use super::super::types;
use super::column::Column;
use super::corrupt;
use crate::error::Result;

/// About how many bytes a stripe has before it is packed.
const STRIPE: usize = 64 << 20;

/// What a file begins with.
const MAGIC: &[u8] = b"ORC";

/// A writer that is none of those with a number.
const OTHER_WRITER: u32 = i32::MAX as u32;

/// The version of Java's writer whose errors this one does not have.
const WRITER_VERSION: u32 = 9;

/// See the module.
pub(super) struct File {
    codec: Codec,
    types: Vec<Type>,
    rows: Column,
    /// Rows of the stripe so far.
    count: u64,
    stripes: Vec<Stripe>,
    /// Bytes that were not asked for yet, and how many came before them.
    bytes: Vec<u8>,
    given: u64,
}

impl File {
    pub(super) fn new(schema: &SchemaRef, codec: Codec) -> Result<Self> {
        Ok(Self {
            codec,
            types: types::of_fields(schema.fields())?,
            rows: Column::of_struct(schema.fields())?,
            count: 0,
            stripes: Vec::new(),
            bytes: MAGIC.to_vec(),
            given: 0,
        })
    }

    fn end_stripe(&mut self) -> Result<()> {
        let offset = self.given + self.bytes.len() as u64;
        let mut streams = Vec::new();
        self.rows.take(&mut 0, &mut streams);
        let mut footer = StripeFooter { time_zone: "UTC".to_owned(), ..StripeFooter::default() };
        // All columns are of the first kind.
        let direct = Encoding { kind: Some(0), dictionary_size: None };
        footer.columns = vec![direct; self.types.len()];
        let mut data_length = 0;
        for (column, role, bytes) in streams {
            let packed = self.codec.pack(&bytes)?;
            let length = packed.len() as u64;
            let (kind, column) = (Some(role.number()), Some(column));
            footer.streams.push(StreamInfo { kind, column, length });
            data_length += length;
            self.bytes.extend(packed);
        }
        let footer = self.codec.pack(&footer.encode_to_vec())?;
        let footer_length = footer.len() as u64;
        self.bytes.extend(footer);
        let rows = std::mem::take(&mut self.count);
        self.stripes.push(Stripe { offset, index_length: 0, data_length, footer_length, rows });
        Ok(())
    }
}

impl Encoder for File {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.rows.write_rows(batch.columns())?;
        self.count += batch.num_rows() as u64;
        match self.rows.size() > STRIPE {
            true => self.end_stripe(),
            false => Ok(()),
        }
    }

    fn take(&mut self) -> Vec<u8> {
        self.given += self.bytes.len() as u64;
        std::mem::take(&mut self.bytes)
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>> {
        let mut file = *self;
        if file.count > 0 {
            file.end_stripe()?;
        }
        let footer = Footer {
            header_length: MAGIC.len() as u64,
            content_length: file.given + file.bytes.len() as u64,
            rows: file.stripes.iter().map(|stripe| stripe.rows).sum(),
            stripes: std::mem::take(&mut file.stripes),
            types: std::mem::take(&mut file.types),
            // There are no indexes.
            row_index_stride: Some(0),
            writer: Some(OTHER_WRITER),
            calendar: Some(JULIAN_CALENDAR),
        };
        let footer = file.codec.pack(&footer.encode_to_vec())?;
        let script = PostScript {
            footer_length: footer.len() as u64,
            compression: Some(file.codec.number()),
            block_size: file.codec.block_size(),
            version: vec![0, 12],
            metadata_length: Some(0),
            writer_version: Some(WRITER_VERSION),
            magic: "ORC".to_owned(),
        };
        let script = script.encode_to_vec();
        let length = u8::try_from(script.len()).map_err(|_| corrupt("the end is too long"))?;
        let mut bytes = file.bytes;
        bytes.extend(footer);
        bytes.extend(script);
        bytes.push(length);
        Ok(bytes)
    }
}
