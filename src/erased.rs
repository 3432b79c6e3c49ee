//! Values behind a pointer that tells compilers of other crates nothing of them.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A shared value whose type does not show through: that a future which holds one may
/// move between threads is then plain, where else a compiler walks over all types of
/// plans and messages, for each future of each plugin.
pub(crate) struct Erased<T>(Arc<dyn DerefMut<Target = T> + Send + Sync>);

impl<T: Send + Sync + 'static> Erased<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Arc::new(Held(value)))
    }
}

impl<T> Erased<T> {
    /// The value, if nobody else holds it.
    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        Arc::get_mut(&mut self.0).map(|held| &mut **held)
    }
}

impl<T> Clone for Erased<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for Erased<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Erased<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

struct Held<T>(T);

impl<T> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Held<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}
