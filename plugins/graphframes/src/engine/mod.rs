//! What methods that loop stand on: tables and edges that spill, ids as numbers, threads
//! that can be stopped.

mod adjacency;
mod edges;
mod ids;
mod loaded;
mod table;
#[cfg(test)]
pub(crate) mod testing;
mod work;

pub(crate) use adjacency::{Adjacency, Direction};
pub(crate) use edges::EdgeList;
pub(crate) use ids::Ids;
pub(crate) use loaded::Loaded;
pub(crate) use table::Table;
pub(crate) use work::{Work, compute};
