//! `svdPlusPlus`, as GraphX has it: users (where edges begin) and items (where they end)
//! as vectors that tell how a user rates an item.
//!
//! GraphX starts all vertices from the same vectors, drawn anew each time; here they are
//! the same each time. What the library calls the loss is the mean of the ratings, for
//! that is what GraphX returns in its place.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, Float64Array, ListArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use datafusion_spark_connect::{Planned, Result};

use crate::engine::vectors::check_values;
use crate::engine::{Chance, EdgeList, Loaded, Work, compute};
use crate::error::OrArrow as _;
use crate::graph::Graph;
use crate::method::Method;
use crate::proto::{DropIsolatedVertices, SvdPlusPlus};

/// The column of ratings.
const WEIGHT: &str = "weight";

#[async_trait]
impl Method for SvdPlusPlus {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        let own = graph.vertex_schema()?;
        let fields: Fields = own.fields().iter().cloned().chain(fields().map(Arc::new)).collect();
        Ok(Some(Arc::new(Schema::new(fields))))
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        // Vertices without ratings are not in the result.
        let vertices = DropIsolatedVertices {}.run(graph).await?;
        let rated = graph.with(vertices, graph.edges().clone());
        let loaded = Loaded::weighted(&rated, Some(WEIGHT)).await?;
        let (count, edges, settings) = (loaded.len(), loaded.edges(), *self);
        let columns = compute(graph.planner(), "svd++", move |work| {
            let mut model = Model::new(count, &edges, &settings, work)?;
            model.train(&edges, &settings, work)?;
            model.columns(work)
        })
        .await?;
        let columns = fields().into_iter().zip(columns).collect();
        loaded.with_columns(columns, |own, new| [own, new].concat()).await
    }
}

/// The columns of the result, after the vertices'.
fn fields() -> [Field; 5] {
    let vector = DataType::List(element());
    [
        Field::new("column1", vector.clone(), true),
        Field::new("column2", vector, true),
        Field::new("column3", DataType::Float64, false),
        Field::new("column4", DataType::Float64, false),
        Field::new("loss", DataType::Float64, false),
    ]
}

fn element() -> Arc<Field> {
    Arc::new(Field::new("element", DataType::Float64, false))
}

/// What is known of all vertices; vectors are next to each other.
struct Model {
    rank: usize,
    mean: f64,
    /// Of users what they like, of items what they are.
    explicit: Vec<f64>,
    /// Of items what it says of a user to rate them; of users what theirs say, in sum.
    implicit: Vec<f64>,
    biases: Vec<f64>,
    norms: Vec<f64>,
}

impl Model {
    fn new(count: usize, edges: &EdgeList, settings: &SvdPlusPlus, work: &Work) -> Result<Self> {
        let rank = usize::try_from(settings.rank).unwrap_or_default();
        check_values(count.saturating_mul(rank))?;
        let mut chance = Chance::new(0, 0);
        let mut draw = || (0..rank).map(|_| chance.unit()).collect::<Vec<_>>();
        let mut same = |work: &Work| -> Result<Vec<f64>> {
            let mut values = work.array(0.0, count * rank)?;
            let own = draw();
            values.chunks_mut(rank.max(1)).for_each(|place| place.copy_from_slice(&own));
            Ok(values)
        };
        let mut model = Self {
            rank,
            mean: 0.0,
            explicit: same(work)?,
            implicit: same(work)?,
            biases: work.array(0.0, count)?,
            norms: work.array(0.0, count)?,
        };
        model.start(edges, work)?;
        Ok(model)
    }

    /// Biases are by how much a vertex' ratings differ from all; norms are of how many
    /// ratings there are.
    fn start(&mut self, edges: &EdgeList, work: &Work) -> Result<()> {
        let mut sum = 0.0;
        edges.for_each(work, |src, dst, rating| {
            sum += rating;
            for vertex in [src, dst] {
                self.norms[vertex] += 1.0;
                self.biases[vertex] += rating;
            }
        })?;
        self.mean = sum / edges.len() as f64;
        let all = self.biases.iter_mut().zip(&mut self.norms);
        for (bias, norm) in all.filter(|(_, norm)| **norm > 0.0) {
            *bias = *bias / *norm - self.mean;
            *norm = 1.0 / norm.sqrt();
        }
        Ok(())
    }

    fn train(&mut self, edges: &EdgeList, settings: &SvdPlusPlus, work: &Work) -> Result<()> {
        let rounds = usize::try_from(settings.max_iter).unwrap_or_default();
        let mut explicit = work.array(0.0, self.explicit.len())?;
        let mut implicit = work.array(0.0, self.implicit.len())?;
        let mut biases = work.array(0.0, self.biases.len())?;
        let mut rates = work.array(false, self.biases.len())?;
        for round in 0..rounds {
            work.step(round, rounds)?;
            self.gather(edges, &mut implicit, &mut rates, work)?;
            explicit.fill(0.0);
            implicit.fill(0.0);
            biases.fill(0.0);
            edges.for_each(work, |src, dst, rating| {
                let updates = (&mut explicit[..], &mut implicit[..], &mut biases[..]);
                self.learn(src, dst, rating, settings, updates);
            })?;
            let add = |to: &mut Vec<f64>, more: &[f64]| {
                to.iter_mut().zip(more).for_each(|(value, more)| *value += more);
            };
            add(&mut self.explicit, &explicit);
            add(&mut self.implicit, &implicit);
            add(&mut self.biases, &biases);
        }
        self.judge(edges, settings, work)
    }

    /// What the items of each user say of it.
    fn gather(
        &mut self,
        edges: &EdgeList,
        sums: &mut [f64],
        rates: &mut [bool],
        work: &Work,
    ) -> Result<()> {
        let rank = self.rank;
        sums.fill(0.0);
        rates.fill(false);
        edges.for_each(work, |src, dst, _| {
            rates[src] = true;
            for at in 0..rank {
                sums[src * rank + at] += self.implicit[dst * rank + at];
            }
        })?;
        for vertex in (0..rates.len()).filter(|vertex| rates[*vertex]) {
            let own = vertex * rank..(vertex + 1) * rank;
            let (explicit, sums) = (&self.explicit[own.clone()], &sums[own.clone()]);
            for (implicit, (explicit, sum)) in
                self.implicit[own].iter_mut().zip(explicit.iter().zip(sums))
            {
                *implicit = explicit + self.norms[vertex] * sum;
            }
        }
        Ok(())
    }

    /// By how much a rating differs from what the model says.
    fn error(&self, user: usize, item: usize, rating: f64, settings: &SvdPlusPlus) -> f64 {
        let rank = self.rank;
        let likes = &self.implicit[user * rank..(user + 1) * rank];
        let is = &self.explicit[item * rank..(item + 1) * rank];
        let product: f64 = likes.iter().zip(is).map(|(a, b)| a * b).sum();
        let said = self.mean + self.biases[user] + self.biases[item] + product;
        rating - said.max(settings.min_value).min(settings.max_value)
    }

    /// Adds what one rating teaches.
    fn learn(
        &self,
        user: usize,
        item: usize,
        rating: f64,
        settings: &SvdPlusPlus,
        (explicit, implicit, biases): (&mut [f64], &mut [f64], &mut [f64]),
    ) {
        let SvdPlusPlus {
            rank: _,
            max_iter: _,
            min_value: _,
            max_value: _,
            gamma1,
            gamma2,
            gamma6,
            gamma7,
        } = settings;
        let error = self.error(user, item, rating, settings);
        for at in 0..self.rank {
            let (u, i) = (user * self.rank + at, item * self.rank + at);
            let (p, q) = (self.explicit[u], self.explicit[i]);
            explicit[u] += (error * q - gamma7 * p) * gamma2;
            explicit[i] += (error * self.implicit[u] - gamma7 * q) * gamma2;
            // Users get it too, as in GraphX; the next round does away with it.
            let y = (error * self.norms[user] * q - gamma7 * self.implicit[i]) * gamma2;
            implicit[u] += y;
            implicit[i] += y;
        }
        biases[user] += (error - gamma6 * self.biases[user]) * gamma1;
        biases[item] += (error - gamma6 * self.biases[item]) * gamma1;
    }

    /// Items have the sum of their errors' squares in place of the norm.
    fn judge(&mut self, edges: &EdgeList, settings: &SvdPlusPlus, work: &Work) -> Result<()> {
        let mut errors = work.array(None::<f64>, self.norms.len())?;
        edges.for_each(work, |src, dst, rating| {
            *errors[dst].get_or_insert(0.0) += self.error(src, dst, rating, settings).powi(2);
        })?;
        for (norm, error) in self.norms.iter_mut().zip(errors) {
            *norm = error.unwrap_or(*norm);
        }
        Ok(())
    }

    /// The columns of the result.
    fn columns(self, work: &Work) -> Result<Vec<ArrayRef>> {
        let Self { rank, mean, explicit, implicit, biases, norms } = self;
        let count = norms.len();
        work.reserve(count * size_of::<f64>())?;
        let lists = |values: Vec<f64>| -> Result<ArrayRef> {
            let offsets = OffsetBuffer::from_repeated_length(rank, count);
            let values = Arc::new(Float64Array::from(values));
            Ok(Arc::new(ListArray::try_new(element(), offsets, values, None).or_arrow()?))
        };
        Ok(vec![
            lists(explicit)?,
            lists(implicit)?,
            Arc::new(Float64Array::from(biases)),
            Arc::new(Float64Array::from(norms)),
            Arc::new(Float64Array::from(vec![mean; count])),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{weighted, work};

    fn settings(max_iter: i32) -> SvdPlusPlus {
        SvdPlusPlus {
            rank: 3,
            max_iter,
            min_value: 0.0,
            max_value: 5.0,
            gamma1: 0.007,
            gamma2: 0.007,
            gamma6: 0.005,
            gamma7: 0.015,
        }
    }

    #[test]
    fn errors_get_smaller() -> Result<()> {
        let edges = weighted(&[(0, 3, 5.0), (0, 4, 1.0), (1, 3, 4.0), (2, 4, 2.0), (2, 3, 4.5)])?;
        let error = |rounds| -> Result<f64> {
            let mut model = Model::new(6, &edges, &settings(rounds), &work()?)?;
            assert!((model.mean - 3.3).abs() < 1e-12);
            model.train(&edges, &settings(rounds), &work()?)?;
            Ok(model.norms[3] + model.norms[4])
        };
        let (few, many) = (error(2)?, error(200)?);
        assert!(many < few / 2.0, "{few} {many}");
        Ok(())
    }
}
