//! `RandomWalkEmbeddings`: walks at random as sentences, from which vectors are learnt.
//!
//! Walks are not written to files, so what names these has no effect, and walks that the
//! JVM library left in files are not read.

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion_spark_connect::{Error, Planned, Result};

use super::hash2vec::{Decay, Hash2Vec};
use super::walks::{Walks, draw};
use super::word2vec::Word2Vec;
use crate::engine::vectors::{self, check_values};
use crate::engine::{Adjacency, Direction, EdgeList, Ids, Loaded, Work, compute};
use crate::error::{illegal_argument, require};
use crate::graph::Graph;
use crate::method::Method;
use crate::proto::RandomWalkEmbeddings;

/// The column of the result.
const EMBEDDING: &str = "embedding";

#[async_trait]
impl Method for RandomWalkEmbeddings {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        graph.vertex_schema_with(vectors::field(EMBEDDING)).map(Some)
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let settings = Settings::read(self)?;
        let loaded = Loaded::new(graph).await?;
        let (ids, edges) = (loaded.ids(), loaded.edges());
        let embedding = compute(graph.planner(), "embeddings", move |work| {
            let Vectors { length, values, there } = settings.vectors(&ids, &edges, work)?;
            vectors::dense(length, values, there, work)
        })
        .await?;
        loaded.with_column(vectors::field(EMBEDDING), embedding).await
    }
}

/// Vectors by vertex, next to each other; some may be missing.
pub(super) struct Vectors {
    pub(super) length: usize,
    pub(super) values: Vec<f64>,
    pub(super) there: Vec<bool>,
}

impl Vectors {
    /// Zeros, all missing.
    ///
    /// # Errors
    /// If memory runs out.
    pub(super) fn new(count: usize, length: usize, work: &Work) -> Result<Self> {
        check_values(count.saturating_mul(length))?;
        let values = work.array(0.0, count * length)?;
        Ok(Self { length, values, there: work.array(false, count)? })
    }

    /// The vector of a vertex.
    pub(super) fn of(&mut self, vertex: usize) -> &mut [f64] {
        &mut self.values[vertex * self.length..(vertex + 1) * self.length]
    }
}

/// How vectors are learnt of walks.
#[derive(Debug, Clone, Copy)]
enum Model {
    Hash(Hash2Vec),
    Word(Word2Vec),
}

/// How neighbours add to a vector.
#[derive(Debug, Clone, Copy)]
struct Neighbours {
    most: usize,
    seed: i64,
}

/// What a client chose, checked.
#[derive(Debug, Clone, Copy)]
struct Settings {
    direction: Direction,
    most: usize,
    per_vertex: usize,
    length: usize,
    restart: f64,
    seed: i64,
    model: Model,
    neighbours: Option<Neighbours>,
}

impl Settings {
    fn read(message: &RandomWalkEmbeddings) -> Result<Self> {
        let RandomWalkEmbeddings {
            use_edge_direction,
            rw_model,
            rw_max_nbrs,
            rw_num_walks_per_node,
            rw_batch_size,
            rw_num_batches,
            rw_seed,
            rw_restart_probability,
            rw_temporary_prefix: _,
            rw_cached_walks,
            sequence_model,
            hash2vec_context_size: _,
            hash2vec_num_partitions: _,
            hash2vec_embeddings_dim: _,
            hash2vec_decay_function: _,
            hash2vec_gaussian_sigma: _,
            hash2vec_hashing_seed: _,
            hash2vec_sign_seed: _,
            hash2vec_do_l2_norm: _,
            hash2vec_safe_l2: _,
            word2vec_max_iter: _,
            word2vec_embeddings_dim: _,
            word2vec_window_size: _,
            word2vec_num_partitions: _,
            word2vec_min_count: _,
            word2vec_max_sentence_length: _,
            word2vec_seed: _,
            word2vec_step_size: _,
            aggregate_neighbors,
            aggregate_neighbors_max_nbrs,
            aggregate_neighbors_seed,
            clean_up_after_run: _,
        } = message;
        if !rw_cached_walks.is_empty() {
            return Err(Error::unsupported_because(
                "graphframes.rw_embeddings.cached_walks",
                "files of walks have no format that is known",
            ));
        }
        if rw_model != "rw_with_restart" {
            return Err(illegal_argument(format!("unsupported RW model {rw_model}")));
        }
        let model = match sequence_model.as_str() {
            "hash2vec" => Model::Hash(hash2vec(message)?),
            "word2vec" => Model::Word(word2vec(message)?),
            other => return Err(illegal_argument(format!("unsupported sequence model {other}"))),
        };
        let steps = positive("batchSize", *rw_batch_size)?;
        let restart = *rw_restart_probability;
        require((0.0..=1.0).contains(&restart), || {
            format!("restartProbability must be in [0, 1], but got {restart}")
        })?;
        let neighbours = match aggregate_neighbors {
            false => None,
            true => Some(Neighbours {
                most: positive("maxNbrs", *aggregate_neighbors_max_nbrs)?,
                seed: *aggregate_neighbors_seed,
            }),
        };
        Ok(Self {
            direction: if *use_edge_direction { Direction::Out } else { Direction::Both },
            most: positive("maxNbrs", *rw_max_nbrs)?,
            per_vertex: positive("numWalksPerNode", *rw_num_walks_per_node)?,
            length: steps.saturating_mul(positive("numBatches", *rw_num_batches)?),
            restart,
            seed: *rw_seed,
            model,
            neighbours,
        })
    }

    fn vectors(&self, ids: &Ids, edges: &EdgeList, work: &Work) -> Result<Vectors> {
        let keys: Vec<_> =
            ids.longs(work)?.into_iter().map(|long| long.unwrap_or_default() as u64).collect();
        let mut neighbours = Adjacency::new(ids.len(), edges, self.direction, work)?;
        draw(&mut neighbours, self.most, self.seed, &keys, work)?;
        let Self { per_vertex, length, restart, seed, .. } = *self;
        work.reserve(length.saturating_mul(size_of::<u32>()))?;
        let walks = Walks { neighbours, keys, per_vertex, length, restart, seed };
        let vectors = match &self.model {
            Model::Hash(model) => model.vectors(&walks, work)?,
            Model::Word(model) => model.vectors(&walks, work)?,
        };
        let Some(Neighbours { most, seed }) = self.neighbours else { return Ok(vectors) };
        let mut neighbours = Adjacency::new(ids.len(), edges, self.direction, work)?;
        draw(&mut neighbours, most, seed, &walks.keys, work)?;
        joined(&vectors, &neighbours, work)
    }
}

fn positive(name: &str, number: i32) -> Result<usize> {
    let count = usize::try_from(number).unwrap_or_default();
    require(count > 0, || format!("{name} must be greater than 0, but got {number}"))?;
    Ok(count)
}

fn hash2vec(m: &RandomWalkEmbeddings) -> Result<Hash2Vec> {
    let decay = match m.hash2vec_decay_function.as_str() {
        "constant" => Decay::Constant,
        "gaussian" => {
            let width = m.hash2vec_gaussian_sigma;
            require(width > 0.0, || format!("gaussianSigma must be > 0, but got {width}"))?;
            Decay::Gaussian(width)
        }
        other => return Err(illegal_argument(format!("unsupported decay function {other}"))),
    };
    Ok(Hash2Vec {
        context: positive("contextSize", m.hash2vec_context_size)?,
        dimensions: positive("embeddingsDim", m.hash2vec_embeddings_dim)?,
        decay,
        place_seed: i64::from(m.hash2vec_hashing_seed),
        sign_seed: i64::from(m.hash2vec_sign_seed),
        normalise: m.hash2vec_do_l2_norm,
        safe: m.hash2vec_safe_l2,
    })
}

fn word2vec(m: &RandomWalkEmbeddings) -> Result<Word2Vec> {
    let rate = m.word2vec_step_size;
    require(rate > 0.0, || format!("stepSize must be > 0, but got {rate}"))?;
    Ok(Word2Vec {
        rounds: positive("maxIter", m.word2vec_max_iter)?,
        dimensions: positive("embeddingsDim", m.word2vec_embeddings_dim)?,
        window: positive("windowSize", m.word2vec_window_size)?,
        least: usize::try_from(m.word2vec_min_count).unwrap_or_default(),
        longest: positive("maxSentenceLength", m.word2vec_max_sentence_length)?,
        seed: m.word2vec_seed,
        rate,
    })
}

/// The vector of each vertex, and after it the mean of its neighbours'.
fn joined(vectors: &Vectors, neighbours: &Adjacency, work: &Work) -> Result<Vectors> {
    let Vectors { length, values, there } = vectors;
    let own = |vertex: usize| &values[vertex * length..(vertex + 1) * length];
    let mut all = Vectors::new(there.len(), 2 * length, work)?;
    for vertex in (0..there.len()).filter(|vertex| there[*vertex]) {
        all.there[vertex] = true;
        let (first, second) = all.of(vertex).split_at_mut(*length);
        first.copy_from_slice(own(vertex));
        let near = neighbours.of(vertex).iter().map(|other| *other as usize);
        let mut count = 0.0;
        for other in near.filter(|other| there[*other]) {
            count += 1.0;
            second.iter_mut().zip(own(other)).for_each(|(sum, value)| *sum += value);
        }
        if count > 0.0 {
            second.iter_mut().for_each(|sum| *sum /= count);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{ArrayRef, Int64Array};
    use datafusion::arrow::datatypes::DataType;

    use super::*;
    use crate::engine::testing::{edges, work};

    fn settings(model: Model) -> Settings {
        Settings {
            direction: Direction::Both,
            most: 50,
            per_vertex: 20,
            length: 40,
            restart: 0.1,
            seed: 42,
            model,
            neighbours: None,
        }
    }

    /// Two groups of eight in which all know each other, an edge between them, one alone.
    fn vectors(settings: Settings) -> Result<Vectors> {
        let mut ids = Ids::new(&DataType::Int64)?;
        let array: ArrayRef = Arc::new(Int64Array::from_iter_values(0..17));
        ids.add(&array, &work()?)?;
        let pairs = |from: u32| (from..from + 8).flat_map(move |a| (from..a).map(move |b| (a, b)));
        let pairs: Vec<_> = pairs(0).chain(pairs(8)).chain([(0, 8)]).collect();
        settings.vectors(&ids, &edges(&pairs)?, &work()?)
    }

    /// How alike vertices are, of 2 and 3 of one group and of 2 and 12 of different ones.
    fn alike(vectors: &Vectors) -> (f64, f64) {
        let own = |at: usize| &vectors.values[at * vectors.length..(at + 1) * vectors.length];
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let cosine = |a, b| {
            let (a, b) = (own(a), own(b));
            product(a, b) / (product(a, a) * product(b, b)).sqrt()
        };
        (cosine(2, 3), cosine(2, 12))
    }

    fn hash() -> Model {
        Model::Hash(Hash2Vec {
            context: 5,
            dimensions: 64,
            decay: Decay::Gaussian(1.0),
            place_seed: 42,
            sign_seed: 18,
            normalise: true,
            safe: true,
        })
    }

    fn word() -> Model {
        Model::Word(Word2Vec {
            rounds: 3,
            dimensions: 16,
            window: 5,
            least: 5,
            longest: 1000,
            seed: 42,
            rate: 0.025,
        })
    }

    #[test]
    fn groups_are_alike() -> Result<()> {
        for model in [hash(), word()] {
            let found = vectors(settings(model))?;
            assert!(found.there[..16].iter().all(|there| *there) && !found.there[16]);
            let (near, far) = alike(&found);
            assert!(near > far + 0.3, "{model:?}: {near} {far}");
            assert_eq!(found.values, vectors(settings(model))?.values);
        }
        Ok(())
    }

    #[test]
    fn neighbours_follow() -> Result<()> {
        let alone = vectors(settings(hash()))?;
        let neighbours = Some(Neighbours { most: 3, seed: 1 });
        let mut found = vectors(Settings { neighbours, ..settings(hash()) })?;
        assert_eq!(found.length, 128);
        assert_eq!(found.of(5)[..64], alone.values[5 * 64..6 * 64]);
        let (near, far) = alike(&found);
        assert!(near > far + 0.3, "{near} {far}");
        Ok(())
    }
}
