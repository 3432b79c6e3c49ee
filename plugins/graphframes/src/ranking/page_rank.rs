//! `pageRank`, as GraphX has it: for so many rounds, or until ranks hardly change; of all
//! vertices, or as seen from one. Ranks add up to the number of vertices, or to 1.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, Float64Array};
use datafusion::arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion_spark_connect::{Planned, Result};

use crate::engine::{EdgeList, Loaded, Work, compute};
use crate::error::{illegal_argument, require};
use crate::graph::Graph;
use crate::method::Method;
use crate::proto::PageRank;

/// The column of the result.
fn field() -> Field {
    Field::new("pagerank", DataType::Float64, false)
}

/// When to stop.
#[derive(Debug, Clone, Copy)]
enum Until {
    Rounds(usize),
    Tolerance(f64),
}

#[async_trait]
impl Method for PageRank {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        graph.vertex_schema_with(field()).map(Some)
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self { reset_probability, source_id, max_iter, tol } = self;
        let reset = *reset_probability;
        check_reset(reset)?;
        let until = match (max_iter, tol) {
            (Some(rounds), None) => Until::Rounds(check_rounds(*rounds)?),
            (None, Some(tolerance)) => {
                require(*tolerance >= 0.0, || {
                    format!("Tolerance must be no less than 0, but got {tolerance}")
                })?;
                Until::Tolerance(*tolerance)
            }
            (Some(_), Some(_)) | (None, None) => {
                return Err(illegal_argument(
                    "PageRank needs exactly one of maxIter and tol to be set.",
                ));
            }
        };
        let loaded = Loaded::new(graph).await?;
        let source = source_id.as_ref().map(|id| loaded.ids().find_named(Some(id)));
        let source = source.transpose()?.map(|source| source as usize);
        let (count, edges) = (loaded.len(), loaded.edges());
        let ranks = compute(graph.planner(), "page rank", move |work| {
            let mut ranks = match until {
                Until::Rounds(rounds) => in_rounds(&edges, count, reset, source, rounds, work)?,
                Until::Tolerance(tolerance) => {
                    converging(&edges, count, reset, source, tolerance, work)?
                }
            };
            normalise(&mut ranks, source.is_some());
            Ok(ranks)
        })
        .await?;
        let ranks: ArrayRef = Arc::new(Float64Array::from(ranks));
        loaded.with_column(field(), ranks).await
    }
}

/// # Errors
/// GraphX's, if it is no probability.
pub(super) fn check_reset(reset: f64) -> Result<()> {
    require((0.0..=1.0).contains(&reset), || {
        format!("Random reset probability must belong to [0, 1], but got {reset}")
    })
}

/// # Errors
/// GraphX's, if there is no round.
pub(super) fn check_rounds(rounds: i32) -> Result<usize> {
    let count = usize::try_from(rounds).unwrap_or_default();
    require(count > 0, || {
        format!("Number of iterations must be greater than 0, but got {rounds}")
    })?;
    Ok(count)
}

/// The share of its rank that a vertex gives along each edge.
///
/// # Errors
/// If memory runs out, or nobody waits any more.
pub(super) fn shares(edges: &EdgeList, count: usize, work: &Work) -> Result<Vec<f64>> {
    let mut shares = work.array(0.0, count)?;
    edges.for_each(work, |src, _, _| shares[src] += 1.0)?;
    shares.iter_mut().for_each(|share| *share = 1.0 / *share);
    Ok(shares)
}

/// So many rounds, in each of which all vertices give.
fn in_rounds(
    edges: &EdgeList,
    count: usize,
    reset: f64,
    source: Option<usize>,
    rounds: usize,
    work: &Work,
) -> Result<Vec<f64>> {
    let shares = shares(edges, count, work)?;
    let of = |vertex: usize, value: f64| match source {
        Some(source) if source != vertex => 0.0,
        _ => value,
    };
    let mut ranks = work.array(1.0, count)?;
    ranks.iter_mut().enumerate().for_each(|(vertex, rank)| *rank = of(vertex, 1.0));
    let mut received = work.array(0.0, count)?;
    for round in 0..rounds {
        work.step(round, rounds)?;
        received.fill(0.0);
        edges.for_each(work, |src, dst, _| received[dst] += ranks[src] * shares[src])?;
        for (vertex, rank) in ranks.iter_mut().enumerate() {
            *rank = of(vertex, reset) + (1.0 - reset) * received[vertex];
        }
    }
    Ok(ranks)
}

/// Until no rank changes by more than the tolerance: vertices give what they got more in
/// the round before, if it is more than that.
fn converging(
    edges: &EdgeList,
    count: usize,
    reset: f64,
    source: Option<usize>,
    tolerance: f64,
    work: &Work,
) -> Result<Vec<f64>> {
    let shares = shares(edges, count, work)?;
    let first = match source {
        Some(_) => 0.0,
        None => (1.0 - reset) * (reset / (1.0 - reset)),
    };
    let mut ranks = work.array(first, count)?;
    let mut gained = work.array(first, count)?;
    if let Some(source) = source {
        ranks[source] = 1.0;
        gained[source] = 1.0;
    }
    let mut received = work.array(None::<f64>, count)?;
    for round in 0.. {
        work.step(round, round + 1)?;
        received.fill(None);
        let mut any = false;
        edges.for_each(work, |src, dst, _| {
            if gained[src] > tolerance {
                *received[dst].get_or_insert(0.0) += gained[src] * shares[src];
                any = true;
            }
        })?;
        if !any {
            break;
        }
        for (vertex, received) in received.iter().enumerate() {
            let more = (1.0 - reset) * received.unwrap_or_default();
            ranks[vertex] += more;
            // Who got nothing gives nothing in the next round.
            gained[vertex] = if received.is_some() { more } else { 0.0 };
        }
    }
    Ok(ranks)
}

/// What was lost at vertices that no edge leaves is given back in proportion.
fn normalise(ranks: &mut [f64], personalised: bool) {
    let sum: f64 = ranks.iter().sum();
    let wanted = if personalised { 1.0 } else { ranks.len() as f64 };
    ranks.iter_mut().for_each(|rank| *rank *= wanted / sum);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{edges, work};

    fn close(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        let apart = found.iter().zip(expected).any(|(a, b)| (a - b).abs() > 1e-9);
        assert!(!apart, "{found:?} is not {expected:?}");
    }

    #[test]
    fn one_round() -> Result<()> {
        let edges = edges(&[(0, 1), (0, 2), (1, 2)])?;
        let ranks = in_rounds(&edges, 3, 0.15, None, 1, &work()?)?;
        close(&ranks, &[0.15, 0.15 + 0.85 * 0.5, 0.15 + 0.85 * 1.5]);
        let ranks = in_rounds(&edges, 3, 0.15, Some(0), 1, &work()?)?;
        close(&ranks, &[0.15, 0.85 * 0.5, 0.85 * 0.5]);
        Ok(())
    }

    #[test]
    fn both_ways_of_stopping_lead_to_the_same_ranks() -> Result<()> {
        let edges = edges(&[(0, 1), (1, 2), (2, 0), (2, 3), (3, 1)])?;
        for source in [None, Some(2)] {
            let mut fixed = in_rounds(&edges, 4, 0.15, source, 200, &work()?)?;
            let mut free = converging(&edges, 4, 0.15, source, 1e-15, &work()?)?;
            normalise(&mut fixed, source.is_some());
            normalise(&mut free, source.is_some());
            close(&fixed, &free);
        }
        Ok(())
    }

    #[test]
    fn ranks_add_up() {
        let mut ranks = [0.15, 0.15, 0.7];
        normalise(&mut ranks, false);
        close(&ranks, &[0.45, 0.45, 2.1]);
        normalise(&mut ranks, true);
        close(&ranks, &[0.15, 0.15, 0.7]);
    }
}
