//! word2vec as Spark's MLlib has it: skip-grams, and a tree of vertices in place of a list
//! of all of them. One thread learns, so vectors are the same every time.

use datafusion_spark_connect::Result;

use super::random_walks::Vectors;
use super::walks::Walks;
use crate::engine::{Chance, Work};
use crate::error::require;

/// What there is to choose.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word2Vec {
    pub(super) rounds: usize,
    pub(super) dimensions: usize,
    /// How far to look, before and after, at most.
    pub(super) window: usize,
    /// How often a vertex has to be met on walks.
    pub(super) least: usize,
    pub(super) longest: usize,
    pub(super) seed: i64,
    pub(super) rate: f64,
}

/// What a sum is at most, before and after 0, to learn of it.
const FARTHEST: f32 = 6.0;
/// Vertices between two changes of the rate.
const STRIDE: usize = 10_000;
/// The part of the rate that is left in the end.
const SLOWEST: f64 = 1e-4;

impl Word2Vec {
    /// The vectors of the vertices that are met often enough.
    ///
    /// # Errors
    /// If there is none, memory runs out, or nobody waits any more.
    pub(super) fn vectors(&self, walks: &Walks, work: &Work) -> Result<Vectors> {
        let vocabulary = Vocabulary::new(walks, self.least, work)?;
        require(!vocabulary.counts.is_empty(), || {
            "The vocabulary size should be > 0. You may need to check the setting of minCount, \
             which could be large enough to remove all your words in sentences."
                .to_owned()
        })?;
        let mut net = Net::new(&vocabulary, self, work)?;
        let mut chance = Chance::new(self.seed, 1);
        let (mut done, mut rate) = (0_usize, self.rate);
        let total = vocabulary.counts.iter().sum::<usize>().saturating_mul(self.rounds);
        let mut words = Vec::new();
        for _ in 0..self.rounds {
            walks.for_each(work, |walk| {
                words.clear();
                words.extend(walk.iter().filter_map(|vertex| vocabulary.word(*vertex)));
                for sentence in words.chunks(self.longest) {
                    let before = done / STRIDE;
                    done += sentence.len();
                    if done / STRIDE != before {
                        let left = 1.0 - done as f64 / (total as f64 + 1.0);
                        rate = self.rate * left.max(SLOWEST);
                    }
                    net.learn(sentence, self.window, rate as f32, &mut chance);
                }
            })?;
        }
        let mut vectors = Vectors::new(walks.vertices(), self.dimensions, work)?;
        for vertex in 0..walks.vertices() {
            let Some(word) = vocabulary.word(vertex as u32) else { continue };
            vectors.there[vertex] = true;
            let own = net.words.chunks(self.dimensions).nth(word).unwrap_or_default();
            vectors.of(vertex).iter_mut().zip(own).for_each(|(to, from)| *to = f64::from(*from));
        }
        Ok(vectors)
    }
}

/// Vertices as words, the most frequent first.
struct Vocabulary {
    words: Vec<u32>,
    counts: Vec<usize>,
}

/// No word.
const RARE: u32 = u32::MAX;

impl Vocabulary {
    fn new(walks: &Walks, least: usize, work: &Work) -> Result<Self> {
        let mut met = work.array(0_usize, walks.vertices())?;
        walks.for_each(work, |walk| walk.iter().for_each(|vertex| met[*vertex as usize] += 1))?;
        let mut order = work.array(0_u32, met.len())?;
        order.iter_mut().zip(0..).for_each(|(vertex, at)| *vertex = at);
        order.retain(|vertex| met[*vertex as usize] >= least.max(1));
        order.sort_by_key(|vertex| std::cmp::Reverse(met[*vertex as usize]));
        let mut words = work.array(RARE, met.len())?;
        (0..).zip(&order).for_each(|(word, vertex)| words[*vertex as usize] = word);
        let counts = order.into_iter().map(|vertex| met[vertex as usize]).collect();
        Ok(Self { words, counts })
    }

    fn word(&self, vertex: u32) -> Option<usize> {
        let word = self.words.get(vertex as usize).copied().filter(|word| *word != RARE);
        word.map(|word| word as usize)
    }
}

/// Vectors of words, and of the forks of the tree that has them for leaves.
struct Net {
    dimensions: usize,
    words: Vec<f32>,
    forks: Vec<f32>,
    /// Above each word and each fork after them: the fork, and whether it is its second.
    above: Vec<(u32, bool)>,
    change: Vec<f32>,
}

impl Net {
    fn new(vocabulary: &Vocabulary, settings: &Word2Vec, work: &Work) -> Result<Self> {
        let dimensions = settings.dimensions;
        let count = vocabulary.counts.len();
        let mut words = work.array(0.0_f32, count.saturating_mul(dimensions))?;
        let mut chance = Chance::new(settings.seed, 0);
        words.iter_mut().for_each(|value| {
            *value = (chance.unit() as f32 - 0.5) / dimensions as f32;
        });
        let forks = work.array(0.0_f32, words.len())?;
        let above = tree(&vocabulary.counts, work)?;
        Ok(Self { dimensions, words, forks, above, change: vec![0.0; dimensions] })
    }

    fn learn(&mut self, sentence: &[usize], window: usize, rate: f32, chance: &mut Chance) {
        for (at, word) in sentence.iter().enumerate() {
            let far = window - chance.below(window);
            let near = at.saturating_sub(far)..(at + far + 1).min(sentence.len());
            for place in near.filter(|place| *place != at) {
                self.pull(sentence[place], *word, rate);
            }
        }
    }

    /// Makes the vector of one word tell the way to another in the tree.
    fn pull(&mut self, from: usize, to: usize, rate: f32) {
        let Self { dimensions, words, forks, above, change } = self;
        let own = &mut words[from * *dimensions..(from + 1) * *dimensions];
        change.fill(0.0);
        let (count, mut node) = (above.len().div_ceil(2), to);
        while let Some((fork, second)) = above.get(node).copied() {
            let fork = fork as usize;
            let at = (fork - count) * *dimensions;
            let other = &mut forks[at..at + *dimensions];
            let sum: f32 = own.iter().zip(&*other).map(|(a, b)| a * b).sum();
            if sum.abs() < FARTHEST {
                let likely = 1.0 / (1.0 + (-sum).exp());
                let step = (1.0 - f32::from(u8::from(second)) - likely) * rate;
                for ((change, other), own) in change.iter_mut().zip(other).zip(&*own) {
                    *change += step * *other;
                    *other += step * own;
                }
            }
            node = fork;
        }
        own.iter_mut().zip(change).for_each(|(own, change)| *own += *change);
    }
}

/// Huffman's tree: the rarer, the deeper. Words come first and forks after them, the last
/// of which is the root, above which is nothing.
fn tree(counts: &[usize], work: &Work) -> Result<Vec<(u32, bool)>> {
    let count = counts.len();
    let all = (2 * count).saturating_sub(1);
    let mut above = work.array((0_u32, false), all.saturating_sub(1))?;
    let mut sums = work.array(0_usize, all)?;
    sums[..count].copy_from_slice(counts);
    // Words are taken from the rarest on, forks in the order in which they were made.
    let (mut words, mut forks) = (count, count);
    for fork in count..all {
        for second in [false, true] {
            let word = words.checked_sub(1);
            let rarer = |word: usize| forks >= fork || sums[word] < sums[forks];
            let node = match word.filter(|word| rarer(*word)) {
                Some(word) => {
                    words = word;
                    word
                }
                None => {
                    forks += 1;
                    forks - 1
                }
            };
            sums[fork] += sums[node];
            above[node] = (fork as u32, second);
        }
    }
    Ok(above)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::work;

    #[test]
    fn the_rarer_the_deeper() -> Result<()> {
        let above = tree(&[10, 5, 2, 1, 1], &work()?)?;
        let depth = |mut node: usize| {
            let mut depth = 0;
            while let Some((fork, _)) = above.get(node) {
                (node, depth) = (*fork as usize, depth + 1);
            }
            depth
        };
        assert_eq!((0..5).map(depth).collect::<Vec<_>>(), [1, 2, 3, 4, 4]);
        assert!(tree(&[3], &work()?)?.is_empty());
        Ok(())
    }
}
