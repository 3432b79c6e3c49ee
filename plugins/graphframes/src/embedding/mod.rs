//! Vertices as vectors.

mod random_walks;
mod svd_plus_plus;
