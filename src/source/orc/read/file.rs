//! A file, a batch of its rows after the other.

use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::{Field, SchemaRef};

use super::super::super::read::Decoder;
use super::super::message::Role;
use super::super::tail::Tail;
use super::super::types::Node;
use super::column::{Column, malformed};
use super::stripe::Source;
use super::{BATCH, corrupt};
use crate::error::{Error, Result};

/// Reads the columns `wanted` of all those that files have.
pub(in crate::source) fn decoder(all: &SchemaRef, wanted: &SchemaRef) -> Box<dyn Decoder> {
    Box::new(FileDecoder {
        all: Arc::clone(all),
        wanted: Arc::clone(wanted),
        bytes: Vec::new(),
        file: None,
    })
}

struct FileDecoder {
    all: SchemaRef,
    wanted: SchemaRef,
    bytes: Vec<u8>,
    file: Option<File>,
}

impl Decoder for FileDecoder {
    fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// What is where stands at the end.
    fn finish(&mut self) -> Result<()> {
        let bytes = Bytes::from(std::mem::take(&mut self.bytes));
        self.file = Some(File::new(bytes)?);
        Ok(())
    }

    fn ready(&mut self) -> Result<Option<RecordBatch>> {
        match &mut self.file {
            None => Ok(None),
            Some(file) => file.batch(&self.all, &self.wanted),
        }
    }
}

struct File {
    bytes: Bytes,
    tail: Tail,
    root: Node,
    next_stripe: usize,
    stripe: Option<Stripe>,
}

/// The stripe that is being read, and how many rows of it are left.
struct Stripe {
    columns: Vec<Column>,
    left: u64,
}

impl File {
    fn new(bytes: Bytes) -> Result<Self> {
        let tail = Tail::of(&bytes)?;
        let root = Node::root(&tail.footer.types)?;
        Ok(Self { bytes, tail, root, next_stripe: 0, stripe: None })
    }

    fn batch(&mut self, all: &SchemaRef, wanted: &SchemaRef) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(stripe) = self.stripe.as_mut().filter(|stripe| stripe.left > 0) {
                return stripe.batch(wanted).map(Some);
            }
            if self.next_stripe >= self.tail.footer.stripes.len() {
                return Ok(None);
            }
            self.stripe = Some(self.open(all, wanted)?);
            self.next_stripe += 1;
        }
    }

    fn open(&self, all: &SchemaRef, wanted: &SchemaRef) -> Result<Stripe> {
        let bytes = self.tail.stripe(self.next_stripe, &self.bytes)?;
        if bytes.bytes(self.root.id, Role::Present)?.is_some() {
            return Err(Error::unsupported("read.orc.rows_that_are_null"));
        }
        let source =
            Source { bytes: &bytes, unpacker: self.tail.unpacker(), julian: self.tail.is_julian() };
        let columns = wanted.fields().iter().map(|field| {
            let place = self.place(field, all)?;
            source.child(place.and_then(|at| self.root.children.get(at)), field)
        });
        let columns = columns.collect::<Result<_>>()?;
        Ok(Stripe { columns, left: bytes.rows })
    }

    /// Where a column is. Hive gives its columns numbers for names.
    fn place(&self, field: &Field, all: &SchemaRef) -> Result<Option<usize>> {
        let names = &self.root.names;
        if !names.is_empty() && names.iter().all(|name| name.starts_with("_col")) {
            return Ok(all.index_of(field.name()).ok());
        }
        self.root.position(field.name())
    }
}

impl Stripe {
    fn batch(&mut self, wanted: &SchemaRef) -> Result<RecordBatch> {
        let rows = usize::try_from(self.left).map_or(BATCH, |left| left.min(BATCH));
        let columns = self.columns.iter_mut().map(|column| column.read(rows));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        self.left = self.left.checked_sub(rows as u64).ok_or_else(|| corrupt("no rows"))?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::clone(wanted), columns, &options);
        batch.map_err(malformed)
    }
}
