//! `powerIterationClustering`, as Spark's MLlib has it: vertices of edges as numbers on a
//! line, which similar ones pull towards each other, then k-means of these.
//!
//! Where MLlib draws the first numbers, they follow from the ids here; and k-means is the
//! best there is.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, Int32Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion_spark_connect::{Error, Planned, Result, SparkError};

use super::clusters::clusters;
use crate::engine::{Chance, EdgeList, Ids, Loaded, Work, compute};
use crate::error::{illegal_argument, require};
use crate::graph::{Graph, ID};
use crate::method::Method;
use crate::proto::PowerIterationClustering;

/// The column of the result.
fn field() -> Field {
    Field::new("cluster", DataType::Int32, false)
}

#[async_trait]
impl Method for PowerIterationClustering {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        let id = Field::new(ID, ends(graph).await?.id_type()?, false);
        Ok(Some(Arc::new(Schema::new(vec![id, field()]))))
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self { k, max_iter, weight_col } = self;
        let most = usize::try_from(*k).unwrap_or_default();
        if most < 2 {
            return Err(illegal_argument(format!(
                "PowerIterationClustering parameter k given invalid value {k}."
            )));
        }
        let rounds = usize::try_from(*max_iter);
        require(rounds.is_ok(), || {
            format!("PowerIterationClustering parameter maxIter given invalid value {max_iter}.")
        })?;
        let rounds = rounds.unwrap_or_default();
        let loaded = Loaded::weighted(&ends(graph).await?, weight_col.as_deref()).await?;
        let (ids, edges) = (loaded.ids(), loaded.edges());
        let found = compute(graph.planner(), "power iteration", move |work| {
            let values = values(&ids, &edges, rounds, work)?;
            clusters(&values, most, work)
        })
        .await?;
        let found: ArrayRef = Arc::new(Int32Array::from(found));
        let id = |(field, array): (Arc<Field>, ArrayRef)| {
            (Arc::new(field.as_ref().clone().with_nullable(false)), array)
        };
        loaded
            .with_columns(vec![(field(), found)], |own, new| {
                own.into_iter().map(id).chain(new).collect()
            })
            .await
    }
}

/// The graph of the vertices that edges lead to or from, but not only by themselves.
async fn ends(graph: &Graph) -> Result<Graph> {
    let query = "select distinct id from (select src as id from edges where src <> dst union all \
                 select dst as id from edges where src <> dst) order by id";
    let vertices = graph.sql(query, &[]).await?;
    Ok(graph.with(vertices, graph.edges().clone()))
}

/// A number of each vertex.
fn values(ids: &Ids, edges: &EdgeList, rounds: usize, work: &Work) -> Result<Vec<f64>> {
    let count = ids.len();
    let degrees = degrees(count, edges, work)?;
    let mut values = work.array(0.0, count)?;
    for (value, id) in values.iter_mut().zip(ids.longs(work)?) {
        *value = Chance::new(0, id.unwrap_or_default() as u64).normal();
    }
    normalise(&mut values);
    let tolerance = (1e-5 / count as f64).max(1e-8);
    let mut next = work.array(0.0, count)?;
    let mut last = f64::MAX;
    for round in 0..rounds {
        work.step(round, rounds)?;
        next.fill(0.0);
        edges.for_each(work, |src, dst, weight| {
            if src != dst {
                next[src] += weight / degrees[src] * values[dst];
                next[dst] += weight / degrees[dst] * values[src];
            }
        })?;
        normalise(&mut next);
        let moved: f64 = next.iter().zip(&values).map(|(a, b)| (a - b).abs()).sum();
        std::mem::swap(&mut values, &mut next);
        let settled = (moved - last).abs() <= tolerance;
        last = moved;
        if settled {
            break;
        }
    }
    Ok(values)
}

/// What the edges of each vertex weigh, and at least something.
fn degrees(count: usize, edges: &EdgeList, work: &Work) -> Result<Vec<f64>> {
    let mut degrees = work.array(0.0, count)?;
    let mut negative = None;
    edges.for_each(work, |src, dst, weight| {
        if weight < 0.0 {
            negative = negative.or(Some(weight));
        }
        if src != dst {
            degrees[src] += weight;
            degrees[dst] += weight;
        }
    })?;
    match negative {
        Some(weight) => Err(bad_similarity(weight)),
        None => {
            degrees.iter_mut().for_each(|degree| *degree = degree.max(f64::EPSILON));
            Ok(degrees)
        }
    }
}

fn bad_similarity(weight: f64) -> Error {
    let text = format!("Similarity must be nonnegative but found {weight:?}.");
    let classes = [
        "org.apache.spark.SparkException",
        "java.lang.Exception",
        "java.lang.Throwable",
        "java.lang.Object",
    ];
    SparkError::custom("", "", text).with_class_names(classes.map(str::to_owned)).into()
}

/// So that sizes add up to 1.
fn normalise(values: &mut [f64]) {
    let norm: f64 = values.iter().map(|value| value.abs()).sum();
    if norm > 0.0 {
        values.iter_mut().for_each(|value| *value /= norm);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{edges, work};

    #[test]
    fn weights_are_not_negative() -> Result<()> {
        let mut ids = Ids::new(&DataType::Int64)?;
        let array: ArrayRef = Arc::new(datafusion::arrow::array::Int64Array::from(vec![0, 1, 2]));
        ids.add(&array, &work()?)?;
        let found = values(&ids, &edges(&[(0, 1), (1, 2), (2, 2)])?, 5, &work()?)?;
        assert!((found.iter().map(|value| value.abs()).sum::<f64>() - 1.0).abs() < 1e-9);
        assert_eq!(degrees(3, &edges(&[(0, 1), (1, 1)])?, &work()?)?, [1.0, 1.0, f64::EPSILON]);
        Ok(())
    }
}
