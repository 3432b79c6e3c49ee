//! `parallelPersonalizedPageRank`, as GraphX has it: ranks as seen from each of several
//! vertices, in one vector. All that is seen from one adds up to 1.

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion_spark_connect::{Planned, Result};

use super::page_rank::{check_reset, check_rounds, shares};
use crate::engine::{EdgeList, Loaded, Work, compute, vectors};
use crate::error::require;
use crate::graph::Graph;
use crate::method::Method;
use crate::proto::ParallelPersonalizedPageRank;

/// The column of the result.
const RANKS: &str = "pageranks";

#[async_trait]
impl Method for ParallelPersonalizedPageRank {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        graph.vertex_schema_with(vectors::field(RANKS)).map(Some)
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self { reset_probability, source_ids, max_iter } = self;
        let reset = *reset_probability;
        let rounds = check_rounds(*max_iter)?;
        check_reset(reset)?;
        require(!source_ids.is_empty(), || {
            format!("The list of sources must be non-empty, but got {source_ids:?}")
        })?;
        let loaded = Loaded::new(graph).await?;
        let ids = loaded.ids();
        let sources: Vec<_> = source_ids
            .iter()
            .map(|id| Ok(ids.find_named(Some(id))? as usize))
            .collect::<Result<_>>()?;
        let (count, edges) = (loaded.len(), loaded.edges());
        let ranks = compute(graph.planner(), "page ranks", move |work| {
            let ranks = ranks(&edges, count, reset, &sources, rounds, work)?;
            vectors::sparse(sources.len(), &ranks, work)
        })
        .await?;
        loaded.with_column(vectors::field(RANKS), ranks).await
    }
}

/// The ranks of a vertex are next to each other.
fn ranks(
    edges: &EdgeList,
    count: usize,
    reset: f64,
    sources: &[usize],
    rounds: usize,
    work: &Work,
) -> Result<Vec<f64>> {
    let width = sources.len();
    let shares = shares(edges, count, work)?;
    let mut ranks = work.array(0.0, count.saturating_mul(width))?;
    // If a vertex is named twice, only the last place is its own.
    let own = |at: usize| !sources[at + 1..].contains(&sources[at]);
    let starts: Vec<_> =
        (0..width).filter(|at| own(*at)).map(|at| sources[at] * width + at).collect();
    starts.iter().for_each(|start| ranks[*start] = 1.0);
    let mut received = work.array(0.0, ranks.len())?;
    for round in 0..rounds {
        work.step(round, rounds)?;
        received.fill(0.0);
        edges.for_each(work, |src, dst, _| {
            for at in 0..width {
                received[dst * width + at] += ranks[src * width + at] * shares[src];
            }
        })?;
        received.iter_mut().for_each(|rank| *rank *= 1.0 - reset);
        starts.iter().for_each(|start| received[*start] += reset);
        std::mem::swap(&mut ranks, &mut received);
    }
    normalise(&mut ranks, width);
    Ok(ranks)
}

/// What was lost at vertices that no edge leaves is given back in proportion.
fn normalise(ranks: &mut [f64], width: usize) {
    let mut sums = vec![0.0; width];
    for own in ranks.chunks(width) {
        sums.iter_mut().zip(own).for_each(|(sum, rank)| *sum += rank);
    }
    for own in ranks.chunks_mut(width) {
        let places = own.iter_mut().zip(&sums).filter(|(_, sum)| **sum != 0.0);
        places.for_each(|(rank, sum)| *rank /= sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{edges, work};

    #[test]
    fn each_source_sees_its_own_ranks() -> Result<()> {
        let edges = edges(&[(0, 1), (0, 2), (1, 2)])?;
        let found = ranks(&edges, 3, 0.2, &[0, 1], 1, &work()?)?;
        let expected = [0.2, 0.0, 0.4, 0.2, 0.4, 0.8];
        let apart = found.iter().zip(expected).any(|(a, b)| (a - b).abs() > 1e-12);
        assert!(!apart, "{found:?}");
        Ok(())
    }

    #[test]
    fn the_last_of_equal_sources_counts() -> Result<()> {
        let found = ranks(&edges(&[(0, 0)])?, 1, 0.2, &[0, 0], 3, &work()?)?;
        assert_eq!(found[0], 0.0);
        assert!((found[1] - 1.0).abs() < 1e-12);
        Ok(())
    }
}
