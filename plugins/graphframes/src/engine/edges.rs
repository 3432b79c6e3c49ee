//! The edges of a graph as pairs of numbers, in memory or on disk, to be read from the
//! start to the end.

use std::io::Write as _;
use std::sync::Arc;

use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::execution::{SpillFile, SpillWriter};
use datafusion_spark_connect::{Error, Result, SparkConnectPlanner};
use futures::StreamExt as _;
use futures::executor::block_on;

use super::try_keep;
use super::work::Work;

/// Edges between two looks at whether anybody waits.
const CHUNK: usize = 1 << 16;

/// See the module.
pub(crate) struct EdgeList {
    chunks: Vec<Chunk>,
    count: usize,
    /// What the chunks in memory take; given back when this is dropped.
    _reservation: MemoryReservation,
}

enum Chunk {
    Memory(Vec<Edge>),
    Disk(Arc<dyn SpillFile>),
}

/// An edge: source, destination, weight.
type Edge = (u32, u32, f64);
/// Bytes of an edge on disk.
const RECORD: usize = 16;

impl EdgeList {
    /// How many edges there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Whether some edges are on disk.
    #[cfg(test)]
    pub(crate) fn has_spilled(&self) -> bool {
        self.chunks.iter().any(|chunk| matches!(chunk, Chunk::Disk(_)))
    }

    /// Calls `visit` with source, destination and weight of every edge. Not for async
    /// code: it may wait for a disk.
    ///
    /// # Errors
    /// If nobody waits any more, or reading fails.
    pub(crate) fn for_each(
        &self,
        work: &Work,
        mut visit: impl FnMut(usize, usize, f64),
    ) -> Result<()> {
        let mut visit = |(src, dst, weight): Edge| visit(src as usize, dst as usize, weight);
        for chunk in &self.chunks {
            match chunk {
                Chunk::Memory(edges) => {
                    work.check()?;
                    edges.iter().copied().for_each(&mut visit);
                }
                Chunk::Disk(file) => read(file.as_ref(), work, &mut visit)?,
            }
        }
        Ok(())
    }
}

fn read(file: &dyn SpillFile, work: &Work, visit: &mut impl FnMut(Edge)) -> Result<()> {
    let mut bytes = file.read_stream()?;
    let mut rest: Vec<u8> = Vec::new();
    while let Some(piece) = block_on(bytes.next()) {
        work.check()?;
        let piece = piece?;
        let mut piece: &[u8] = &piece;
        // The end of one piece and the start of the next may share an edge.
        if !rest.is_empty() {
            let missing = (RECORD - rest.len()).min(piece.len());
            let (head, tail) = piece.split_at(missing);
            rest.extend_from_slice(head);
            piece = tail;
            if let Ok(record) = <&[u8; RECORD]>::try_from(rest.as_slice()) {
                visit(decoded(record));
                rest.clear();
            }
        }
        let (records, tail) = piece.as_chunks::<RECORD>();
        records.iter().for_each(|record| visit(decoded(record)));
        rest.extend_from_slice(tail);
    }
    match rest.is_empty() {
        true => Ok(()),
        false => Err(Error::internal("a file of edges ends within one")),
    }
}

fn encoded((src, dst, weight): Edge) -> [u8; RECORD] {
    let bits = u128::from(src) | u128::from(dst) << 32 | u128::from(weight.to_bits()) << 64;
    bits.to_le_bytes()
}

fn decoded(record: &[u8; RECORD]) -> Edge {
    let bits = u128::from_le_bytes(*record);
    (bits as u32, (bits >> 32) as u32, f64::from_bits((bits >> 64) as u64))
}

/// A list of edges in the making.
pub(crate) struct EdgeWriter {
    list: EdgeList,
    chunk: Vec<Edge>,
    env: Arc<RuntimeEnv>,
    writer: Option<Box<dyn SpillWriter>>,
}

impl EdgeWriter {
    pub(crate) fn new(planner: &SparkConnectPlanner) -> Self {
        let env = Arc::clone(planner.state().runtime_env());
        let reservation =
            MemoryConsumer::new("graph edges").with_can_spill(true).register(&env.memory_pool);
        let list = EdgeList { chunks: Vec::new(), count: 0, _reservation: reservation };
        Self { list, chunk: Vec::new(), env, writer: None }
    }

    /// # Errors
    /// If there is no room on disk either.
    pub(crate) fn push(&mut self, src: u32, dst: u32, weight: f64) -> Result<()> {
        self.list.count += 1;
        self.chunk.push((src, dst, weight));
        match self.chunk.len() < CHUNK {
            true => Ok(()),
            false => self.flush(),
        }
    }

    fn flush(&mut self) -> Result<()> {
        let chunk = std::mem::take(&mut self.chunk);
        let bytes = chunk.len() * size_of::<Edge>();
        if self.writer.is_none() && try_keep(&self.env, &self.list._reservation, bytes) {
            self.list.chunks.push(Chunk::Memory(chunk));
            return Ok(());
        }
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => {
                let file = self.env.disk_manager.create_tmp_file("graph edges")?;
                let writer = file.open_writer()?;
                self.list.chunks.push(Chunk::Disk(file));
                self.writer.insert(writer)
            }
        };
        let bytes: Vec<u8> = chunk.into_iter().flat_map(encoded).collect();
        writer.write_all(&bytes).map_err(datafusion::error::DataFusionError::from)?;
        Ok(())
    }

    /// # Errors
    /// As [`Self::push`].
    pub(crate) fn finish(mut self) -> Result<EdgeList> {
        self.flush()?;
        if let Some(mut writer) = self.writer.take() {
            writer.flush().map_err(datafusion::error::DataFusionError::from)?;
            writer.finish()?;
        }
        Ok(self.list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::planner_within;

    /// Edges more than a chunk, so that some are on disk where memory is short.
    #[tokio::test(flavor = "multi_thread")]
    async fn edges_come_back_in_order_from_memory_and_disk() -> Result<()> {
        for (memory, spills) in [(1 << 30, false), (CHUNK * size_of::<Edge>(), true), (16, true)] {
            let planner = planner_within(memory)?;
            let mut writer = EdgeWriter::new(&planner);
            let edge = |at: u32| (at, at.wrapping_mul(7), f64::from(at) / 3.0);
            let count = 2 * CHUNK as u32 + 77;
            (0..count)
                .map(edge)
                .try_for_each(|(src, dst, weight)| writer.push(src, dst, weight))?;
            let edges = writer.finish()?;
            assert_eq!(edges.has_spilled(), spills, "{memory}");
            let found = crate::engine::compute(&planner, "test", move |work| {
                for _ in 0..2 {
                    let mut next = 0;
                    edges.for_each(work, |src, dst, weight| {
                        assert_eq!((src as u32, dst as u32, weight), edge(next));
                        next += 1;
                    })?;
                    assert_eq!(next, count);
                }
                Ok(edges.len())
            });
            assert_eq!(found.await?, count as usize);
        }
        Ok(())
    }
}
