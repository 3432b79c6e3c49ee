//! What methods that loop stand on: tables and edges that spill, ids as numbers, threads
//! that can be stopped.

mod adjacency;
mod chance;
mod edges;
mod ids;
mod loaded;
pub(crate) mod sequences;
mod table;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod vectors;
mod work;

use datafusion::execution::memory_pool::{MemoryLimit, MemoryReservation};
use datafusion::execution::runtime_env::RuntimeEnv;

pub(crate) use adjacency::{Adjacency, Direction};
pub(crate) use chance::{Chance, mixed};
pub(crate) use edges::EdgeList;
pub(crate) use ids::Ids;
pub(crate) use loaded::Loaded;
pub(crate) use sequences::SequenceWriter;
pub(crate) use table::Table;
pub(crate) use work::{Work, compute};

/// Takes memory for rows or edges out of the session's pool, if there is enough for them.
/// They can go to disk instead, and results are kept for long: so they leave half of the
/// pool to work that cannot.
fn try_keep(env: &RuntimeEnv, reservation: &MemoryReservation, bytes: usize) -> bool {
    let pool = &env.memory_pool;
    let room = match pool.memory_limit() {
        MemoryLimit::Finite(limit) => pool.reserved().saturating_add(bytes) <= limit / 2,
        MemoryLimit::Infinite | MemoryLimit::Unknown => true,
    };
    room && reservation.try_grow(bytes).is_ok()
}
