//! How far a request is while it is being planned: plugins may run for long before
//! there is a plan whose rows could be counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// See the module. Steps of the work that is going on now; all zero if nobody told.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    pub(crate) fn set(&self, done: u64, total: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// Steps done, and steps in all as far as known.
    #[cfg(feature = "server")]
    pub(crate) fn get(&self) -> (u64, u64) {
        let done = self.done.load(Ordering::Relaxed);
        (done, self.total.load(Ordering::Relaxed).max(done))
    }
}
