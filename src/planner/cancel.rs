//! Cancellation of a request, seen by work that waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::Waker;

/// Wakers kept at most; further ones wake all, which look again and come back.
const WAKERS: usize = 64;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Cancel {
    cancelled: AtomicBool,
    wakers: Mutex<Vec<Waker>>,
}

impl Cancel {
    pub(crate) fn is_set(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    pub(crate) fn set(&self) {
        self.cancelled.store(true, Ordering::Release);
        self.take().into_iter().for_each(Waker::wake);
    }

    /// Has `waker` woken by [`Self::set`]. Whoever registers looks at
    /// [`Self::is_set`] after, not only before.
    pub(crate) fn wake_by(&self, waker: &Waker) {
        let mut wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        if wakers.iter().any(|held| held.will_wake(waker)) {
            return;
        }
        if wakers.len() == WAKERS {
            wakers.drain(..).for_each(Waker::wake);
        }
        wakers.push(waker.clone());
    }

    fn take(&self) -> Vec<Waker> {
        std::mem::take(&mut *self.wakers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
