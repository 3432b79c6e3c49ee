//! Rows of a file, from its bytes.

mod bits;
mod column;
mod file;
mod fit;
mod integers;
mod leaf;
mod nested;
mod stream;
mod stripe;

use super::corrupt;

pub(in crate::source) use file::decoder;

/// How many rows a batch has.
const BATCH: usize = 8192;

/// How many values there is room made for before they are read: what a file says of their
/// number need not be true.
const AT_ONCE: usize = 1 << 16;

fn ready(count: usize) -> usize {
    count.min(AT_ONCE)
}
