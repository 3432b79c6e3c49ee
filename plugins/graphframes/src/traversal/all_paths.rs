//! `all_paths`: every path of at most so many edges from one of some vertices to one of
//! others that comes by no vertex twice. Edges between the same vertices are one.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion_spark_connect::{Planned, Result};

use super::bfs::{ENDS, STARTS, flags, marked};
use crate::engine::{
    Adjacency, Direction, EdgeList, Loaded, SequenceWriter, Work, compute, sequences,
};
use crate::error::require;
use crate::graph::Graph;
use crate::method::Method;
use crate::proto::AllPaths;
use crate::structure::filtered;

#[async_trait]
impl Method for AllPaths {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        schema(graph).map(Some)
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self {
            from_expr,
            to_expr,
            edge_filter,
            max_path_length,
            is_directed,
            checkpoint_interval: _,
            use_local_checkpoints: _,
            storage_level: _,
        } = self;
        let most = u32::try_from(*max_path_length).unwrap_or_default();
        require(most > 0, || {
            format!("maxPathLength must be greater than 0, but was set to {max_path_length}")
        })?;
        let vertices = marked(graph, from_expr.as_ref(), to_expr.as_ref()).await?;
        let edges = match edge_filter {
            Some(_) => filtered(graph, graph.edges(), edge_filter.as_ref())?,
            None => graph.edges().clone(),
        };
        let loaded = Loaded::new(&graph.with(vertices, edges)).await?;
        let (starts, ends) = (flags(&loaded, STARTS).await?, flags(&loaded, ENDS).await?);
        let mut writer = SequenceWriter::new(
            graph.planner(),
            loaded.ids(),
            graph.id_type()?,
            schema(graph)?,
            |paths, _, lengths| {
                let steps = lengths.iter().map(|vertices| *vertices as i64 - 1);
                vec![paths, Arc::new(steps.collect::<Int64Array>()) as ArrayRef]
            },
        );
        let (edges, directed) = (loaded.edges(), *is_directed);
        let table = compute(graph.planner(), "all paths", move |work| {
            let search = Search::new(&edges, directed, ends, most, work)?;
            search.paths(&starts, work, |path| writer.push(path.iter().copied()))?;
            writer.finish()
        })
        .await?;
        table.planned()
    }
}

fn schema(graph: &Graph) -> Result<SchemaRef> {
    let path = sequences::field("path", &graph.id_type()?);
    Ok(Arc::new(Schema::new(vec![path, Field::new("len", DataType::Int64, false)])))
}

/// Paths between two looks at whether anybody waits, and steps between them.
const STRIDE: usize = 1 << 16;

struct Search {
    neighbours: Adjacency,
    ends: Vec<bool>,
    /// The steps that it takes from each vertex to an end, at least.
    left: Vec<u32>,
    most: u32,
}

impl Search {
    fn new(
        edges: &EdgeList,
        directed: bool,
        ends: Vec<bool>,
        most: u32,
        work: &Work,
    ) -> Result<Self> {
        let direction = if directed { Direction::Out } else { Direction::Both };
        let mut neighbours = Adjacency::new(ends.len(), edges, direction, work)?;
        neighbours.simplify();
        let mut left = work.array(u32::MAX, ends.len())?;
        left.iter_mut().zip(&ends).filter(|(_, end)| **end).for_each(|(left, _)| *left = 0);
        for step in 0..most {
            work.check()?;
            let mut changed = false;
            for vertex in 0..ends.len() {
                let near = |other: &u32| left[*other as usize] == step;
                if left[vertex] == u32::MAX && neighbours.of(vertex).iter().any(near) {
                    left[vertex] = step + 1;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        Ok(Self { neighbours, ends, left, most })
    }

    /// Depth first, in the order of vertices; only where an end can still be reached.
    fn paths(
        &self,
        starts: &[bool],
        work: &Work,
        mut found: impl FnMut(&[u32]) -> Result<()>,
    ) -> Result<()> {
        let count = self.ends.len();
        let mut on_path = work.array(false, count)?;
        let mut visits = 0_usize;
        for start in (0..count).filter(|vertex| starts[*vertex]) {
            work.step(start, count)?;
            on_path[start] = true;
            let mut path = vec![start as u32];
            // The place among its neighbours at which each vertex of the path is.
            let mut places = vec![0_usize];
            while let (Some(last), Some(place)) = (path.last(), places.last_mut()) {
                visits += 1;
                if visits.is_multiple_of(STRIDE) {
                    work.check()?;
                }
                let Some(next) = self.neighbours.of(*last as usize).get(*place).copied() else {
                    on_path[*last as usize] = false;
                    path.pop();
                    places.pop();
                    continue;
                };
                *place += 1;
                let steps = path.len() as u32;
                let near = self.left[next as usize].saturating_add(steps) <= self.most;
                if on_path[next as usize] || !near {
                    continue;
                }
                path.push(next);
                if self.ends[next as usize] {
                    found(&path)?;
                }
                on_path[next as usize] = true;
                places.push(0);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{edges, work};

    fn found(starts: &[usize], ends: &[usize], most: u32, directed: bool) -> Result<Vec<Vec<u32>>> {
        let edges =
            edges(&[(0, 1), (1, 2), (0, 3), (3, 2), (2, 4), (1, 0), (4, 0), (0, 1), (2, 2)])?;
        let flags = |own: &[usize]| (0..5).map(|at| own.contains(&at)).collect::<Vec<_>>();
        let mut paths = Vec::new();
        Search::new(&edges, directed, flags(ends), most, &work()?)?.paths(
            &flags(starts),
            &work()?,
            |path| {
                paths.push(path.to_vec());
                Ok(())
            },
        )?;
        Ok(paths)
    }

    #[test]
    fn no_vertex_twice() -> Result<()> {
        assert_eq!(found(&[0], &[2], 5, true)?, [[0, 1, 2], [0, 3, 2]]);
        assert_eq!(found(&[0], &[2], 1, true)?, [[0; 3]; 0]);
        assert_eq!(found(&[0], &[2], 2, false)?, [[0, 1, 2], [0, 3, 2], [0, 4, 2]]);
        Ok(())
    }

    #[test]
    fn ends_are_passed_and_starts_are_no_paths() -> Result<()> {
        let paths = found(&[0], &[2, 4, 0], 5, true)?;
        assert_eq!(paths, [vec![0, 1, 2], vec![0, 1, 2, 4], vec![0, 3, 2], vec![0, 3, 2, 4]]);
        Ok(())
    }
}
