//! `shortestPaths`: from every vertex, how many steps it is to each landmark.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{
    Array as _, ArrayRef, Int32Array, MapArray, StructArray, UInt32Array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, Fields, SchemaRef};
use datafusion_spark_connect::{Planned, Result};

use crate::engine::{EdgeList, Ids, Loaded, Work, compute};
use crate::error::{OrArrow as _, illegal_argument};
use crate::graph::Graph;
use crate::method::Method;
use crate::proto::ShortestPaths;

const ALGORITHMS: [&str; 2] = ["graphx", "graphframes"];

#[async_trait]
impl Method for ShortestPaths {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        graph.vertex_schema_with(field(&graph.id_type()?)).map(Some)
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self {
            landmarks,
            algorithm,
            use_local_checkpoints: _,
            checkpoint_interval: _,
            storage_level: _,
            is_directed,
        } = self;
        if !ALGORITHMS.contains(&algorithm.as_str()) {
            return Err(illegal_argument(format!(
                "Unknown algorithm {algorithm} of shortest paths; there are: {}",
                ALGORITHMS.join(", ")
            )));
        }
        let loaded = Loaded::new(graph).await?;
        let ids = loaded.ids();
        // GraphX looks up ids that are no integers, and only those.
        let must_exist = algorithm == "graphx" && !ids.are_integers();
        let mut found = Vec::new();
        for landmark in landmarks {
            match ids.find_named(Some(landmark)) {
                Ok(place) => found.push(place),
                Err(error) if must_exist => return Err(error),
                Err(_) => {}
            }
        }
        found.sort_unstable();
        found.dedup();
        let (count, edges, directed) = (loaded.len(), loaded.edges(), is_directed.unwrap_or(true));
        let id_type = graph.id_type()?;
        let field = field(&id_type);
        let maps = compute(graph.planner(), "shortest paths", move |work| {
            let steps = steps(&edges, count, &found, directed, work)?;
            maps(&steps, count, &found, &ids, &id_type)
        })
        .await?;
        loaded.with_column(field, maps).await
    }
}

/// The column of the result: steps by landmark.
fn field(id_type: &DataType) -> Field {
    let entries = Field::new("entries", DataType::Struct(entry_fields(id_type)), false);
    Field::new("distances", DataType::Map(Arc::new(entries), false), false)
}

fn entry_fields(id_type: &DataType) -> Fields {
    Fields::from(vec![
        Field::new("key", id_type.clone(), false),
        Field::new("value", DataType::Int32, false),
    ])
}

/// What is not reached.
const FAR: i32 = -1;

/// Steps from each vertex to each landmark, those of a vertex together.
fn steps(
    edges: &EdgeList,
    count: usize,
    landmarks: &[u32],
    directed: bool,
    work: &Work,
) -> Result<Vec<i32>> {
    let width = landmarks.len();
    let mut steps = work.array(FAR, count.saturating_mul(width))?;
    // Vertices that something changed for in the round before, and in this one.
    let (mut fresh, mut next) = (work.array(false, count)?, work.array(false, count)?);
    for (at, landmark) in landmarks.iter().enumerate() {
        steps[*landmark as usize * width + at] = 0;
        fresh[*landmark as usize] = true;
    }
    for round in 0_i32.. {
        work.step(round as usize, round as usize + 1)?;
        next.fill(false);
        let mut any = false;
        edges.for_each(work, |src, dst, _| {
            for (from, to) in [(dst, src), (src, dst)].into_iter().take(2 - usize::from(directed)) {
                if !fresh[from] {
                    continue;
                }
                for at in 0..width {
                    let reached = steps[from * width + at] == round;
                    let place = &mut steps[to * width + at];
                    if reached && *place == FAR {
                        *place = round + 1;
                        next[to] = true;
                        any = true;
                    }
                }
            }
        })?;
        std::mem::swap(&mut fresh, &mut next);
        if !any {
            break;
        }
    }
    Ok(steps)
}

/// A map for each vertex, of the landmarks that it reaches.
fn maps(
    steps: &[i32],
    count: usize,
    landmarks: &[u32],
    ids: &Ids,
    id_type: &DataType,
) -> Result<ArrayRef> {
    let width = landmarks.len();
    let reached = |vertex: usize| {
        let own = steps.get(vertex * width..(vertex + 1) * width).unwrap_or_default();
        own.iter().zip(landmarks).filter(|(steps, _)| **steps != FAR)
    };
    let lengths = (0..count).map(|vertex| reached(vertex).count());
    let offsets = OffsetBuffer::from_lengths(lengths);
    let keys: UInt32Array =
        (0..count).flat_map(reached).map(|(_, landmark)| *landmark).collect::<Vec<_>>().into();
    let values: Int32Array =
        (0..count).flat_map(reached).map(|(steps, _)| *steps).collect::<Vec<_>>().into();
    let columns: Vec<ArrayRef> = vec![ids.array(&keys)?, Arc::new(values)];
    let fields = entry_fields(id_type);
    let entries = StructArray::try_new(fields, columns, None).or_arrow()?;
    let entry = Field::new("entries", entries.data_type().clone(), false);
    let maps = MapArray::try_new(Arc::new(entry), offsets, entries, None, false).or_arrow()?;
    Ok(Arc::new(maps))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{edges, work};

    #[test]
    fn steps_follow_the_edges() -> Result<()> {
        let edges = edges(&[(0, 1), (1, 2), (3, 2), (2, 2)])?;
        let found = steps(&edges, 4, &[1, 2], true, &work()?)?;
        assert_eq!(found, [1, 2, 0, 1, FAR, 0, FAR, 1]);
        let found = steps(&edges, 4, &[1, 2], false, &work()?)?;
        assert_eq!(found, [1, 2, 0, 1, 1, 0, 2, 1]);
        assert!(steps(&edges, 4, &[], true, &work()?)?.is_empty());
        Ok(())
    }
}
