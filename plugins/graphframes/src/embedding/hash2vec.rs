//! hash2vec: the vector of a vertex counts who is near it on walks. A hash says at which
//! place a vertex is counted, another whether up or down, and who is farther away counts
//! less.

use datafusion_spark_connect::Result;

use super::random_walks::Vectors;
use super::walks::Walks;
use crate::engine::{Work, mixed};

/// How much less a vertex counts that is farther away.
#[derive(Debug, Clone, Copy)]
pub(super) enum Decay {
    Constant,
    /// A bell of this width.
    Gaussian(f64),
}

/// What there is to choose.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hash2Vec {
    /// How far to look, before and after.
    pub(super) context: usize,
    pub(super) dimensions: usize,
    pub(super) decay: Decay,
    pub(super) place_seed: i64,
    pub(super) sign_seed: i64,
    pub(super) normalise: bool,
    /// Whether vectors of nothing but zeros stay that when normalised.
    pub(super) safe: bool,
}

impl Hash2Vec {
    /// The vectors of the vertices on walks.
    ///
    /// # Errors
    /// If memory runs out, or nobody waits any more.
    pub(super) fn vectors(&self, walks: &Walks, work: &Work) -> Result<Vectors> {
        let Self { context, dimensions, decay, normalise, safe, .. } = *self;
        let mut vectors = Vectors::new(walks.vertices(), dimensions, work)?;
        let mut places = work.array((0_usize, 0.0_f64), walks.vertices())?;
        for (place, key) in places.iter_mut().zip(&walks.keys) {
            *place = self.place(*key);
        }
        let weights: Vec<f64> = (0..=context.min(walks.length)).map(|far| decay.of(far)).collect();
        walks.for_each(work, |walk| {
            for (at, vertex) in walk.iter().enumerate() {
                let own = vectors.of(*vertex as usize);
                for (far, weight) in weights.iter().enumerate().skip(1) {
                    let (before, after) = (at.checked_sub(far), at.checked_add(far));
                    let near = [before, after].into_iter().flatten();
                    for other in near.filter_map(|near| walk.get(near)) {
                        let (place, sign) = places[*other as usize];
                        own[place] += sign * weight;
                    }
                }
            }
            walk.iter().for_each(|vertex| vectors.there[*vertex as usize] = true);
        })?;
        if normalise {
            for own in vectors.values.chunks_mut(dimensions) {
                let norm = own.iter().map(|value| value * value).sum::<f64>().sqrt();
                if norm > 0.0 || !safe {
                    own.iter_mut().for_each(|value| *value /= norm);
                }
            }
        }
        Ok(vectors)
    }

    fn place(&self, key: u64) -> (usize, f64) {
        let hash = |seed: i64| mixed(key ^ mixed(seed as u64));
        let place = (u128::from(hash(self.place_seed)) * self.dimensions as u128) >> 64;
        let sign = if hash(self.sign_seed) & 1 == 0 { 1.0 } else { -1.0 };
        (place as usize, sign)
    }
}

impl Decay {
    fn of(self, far: usize) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Gaussian(width) => (-(far as f64 / width).powi(2) / 2.0).exp(),
        }
    }
}
