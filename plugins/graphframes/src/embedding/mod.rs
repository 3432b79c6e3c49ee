//! Vertices as vectors.

mod hash2vec;
mod random_walks;
mod svd_plus_plus;
mod walks;
mod word2vec;
