//! Loops on a thread of their own: they can be stopped, tell how far they are, and take
//! memory out of the session's pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use datafusion::common::runtime::SpawnedTask;
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion_spark_connect::{Error, Result, SparkConnectPlanner};

/// What a loop gets. Memory that it took is given back when it ends.
pub(crate) struct Work {
    planner: SparkConnectPlanner,
    memory: MemoryReservation,
    abandoned: Arc<AtomicBool>,
}

impl Work {
    pub(crate) fn new(planner: &SparkConnectPlanner, name: &str) -> Self {
        let state = planner.state();
        let memory =
            MemoryConsumer::new(format!("graph {name}")).register(&state.runtime_env().memory_pool);
        Self { planner: planner.clone(), memory, abandoned: Arc::default() }
    }

    /// # Errors
    /// If nobody waits for the result any more: call it at least every few million steps.
    pub(crate) fn check(&self) -> Result<()> {
        match self.abandoned.load(Ordering::Relaxed) {
            true => Err(Error::Cancelled),
            false => self.planner.check_cancelled(),
        }
    }

    /// Begins step `done` of at most `total`: tells the client, and stops if nobody waits.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub(crate) fn step(&self, done: usize, total: usize) -> Result<()> {
        self.planner.report_progress(done as u64, total as u64);
        self.check()
    }

    /// Takes memory out of the session's pool.
    ///
    /// # Errors
    /// If it has no more: the client sees `UNABLE_TO_ACQUIRE_MEMORY`.
    pub(crate) fn reserve(&self, bytes: usize) -> Result<()> {
        Ok(self.memory.try_grow(bytes)?)
    }

    /// Gives back some of the memory that was taken.
    pub(crate) fn release(&self, bytes: usize) {
        // No more than there is: what is left goes back when this is dropped.
        self.memory.shrink(bytes.min(self.memory.size()));
    }

    /// An array of this many equal values, its memory taken out of the session's pool.
    ///
    /// # Errors
    /// As [`Self::reserve`].
    pub(crate) fn array<T: Clone>(&self, value: T, length: usize) -> Result<Vec<T>> {
        self.reserve(length.saturating_mul(size_of::<T>()))?;
        Ok(vec![value; length])
    }
}

/// Runs a loop on a thread of its own. It is told to stop when the future is dropped.
///
/// # Errors
/// Those of the loop, and if it panics.
pub(crate) async fn compute<T: Send + 'static>(
    planner: &SparkConnectPlanner,
    name: &str,
    work: impl FnOnce(&Work) -> Result<T> + Send + 'static,
) -> Result<T> {
    let context = Work::new(planner, name);
    let _stop = Stop(Arc::clone(&context.abandoned));
    let task = SpawnedTask::spawn_blocking(move || work(&context));
    task.join().await.map_err(|error| DataFusionError::ExecutionJoin(Box::new(error)))?
}

/// Has the loop stop when its future is dropped.
struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
