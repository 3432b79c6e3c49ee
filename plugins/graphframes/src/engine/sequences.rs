//! Sequences of vertices as rows of a table, in the making: a search writes down what it
//! finds, however much that is.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, ListArray, UInt32Array};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion_spark_connect::{Result, SparkConnectPlanner};

use super::ids::Ids;
use super::table::{Table, TableWriter};
use crate::error::OrArrow as _;

/// Vertices of a batch, at least and at most.
const BATCH: (usize, usize) = (1 << 16, 1 << 24);

/// What a row is made of: the sequences, the first of each, their lengths.
pub(crate) type Row = fn(ArrayRef, ArrayRef, &[usize]) -> Vec<ArrayRef>;

/// See the module.
pub(crate) struct SequenceWriter {
    ids: Arc<Ids>,
    id_type: DataType,
    schema: SchemaRef,
    row: Row,
    table: TableWriter,
    vertices: Vec<u32>,
    lengths: Vec<usize>,
}

impl SequenceWriter {
    /// Nothing written yet.
    pub(crate) fn new(
        planner: &SparkConnectPlanner,
        ids: Arc<Ids>,
        id_type: DataType,
        schema: SchemaRef,
        row: Row,
    ) -> Self {
        let table = TableWriter::new(planner, Arc::clone(&schema));
        Self { ids, id_type, schema, row, table, vertices: Vec::new(), lengths: Vec::new() }
    }

    /// Writes a sequence down.
    ///
    /// # Errors
    /// If there is no room on disk either.
    pub(crate) fn push(&mut self, sequence: impl Iterator<Item = u32>) -> Result<()> {
        let before = self.vertices.len();
        self.vertices.extend(sequence);
        self.lengths.push(self.vertices.len() - before);
        // All ids are looked at for a batch, so it is not smaller than they are many.
        match self.vertices.len() < self.ids.len().clamp(BATCH.0, BATCH.1) {
            true => Ok(()),
            false => self.flush(),
        }
    }

    fn flush(&mut self) -> Result<()> {
        let (vertices, lengths) =
            (std::mem::take(&mut self.vertices), std::mem::take(&mut self.lengths));
        let offsets = OffsetBuffer::from_lengths(lengths.iter().copied());
        let firsts = offsets.iter().take(lengths.len());
        let firsts = firsts.map(|at| vertices.get(*at as usize).copied()).collect::<UInt32Array>();
        let firsts = self.ids.array(&firsts)?;
        let ids = self.ids.array(&UInt32Array::from(vertices))?;
        let lists = ListArray::try_new(element(&self.id_type), offsets, ids, None).or_arrow()?;
        let columns = (self.row)(Arc::new(lists), firsts, &lengths);
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).or_arrow()?;
        self.table.push(&batch)
    }

    /// The table.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub(crate) fn finish(mut self) -> Result<Arc<Table>> {
        self.flush()?;
        self.table.finish()
    }
}

fn element(id_type: &DataType) -> Arc<Field> {
    Arc::new(Field::new("element", id_type.clone(), true))
}

/// A column of sequences.
pub(crate) fn field(name: &str, id_type: &DataType) -> Field {
    Field::new(name, DataType::List(element(id_type)), true)
}
