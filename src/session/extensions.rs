//! State of plugins, one value a type.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// See the module.
#[derive(Default)]
pub(super) struct Extensions(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Extensions {
    /// The value of type `T`. `init` runs without the lock, so that it may ask for
    /// other values; of two that race the first one in stays.
    pub(super) fn get_or_init<T: Any + Send + Sync>(&self, init: impl FnOnce() -> T) -> Arc<T> {
        if let Some(value) = self.get() {
            return value;
        }
        let value = Arc::new(init());
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = held.entry(TypeId::of::<T>()).or_insert_with(|| Arc::clone(&value) as _);
        Arc::clone(entry).downcast().unwrap_or(value)
    }

    fn get<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(&TypeId::of::<T>()).cloned().and_then(|value| value.downcast().ok())
    }
}
