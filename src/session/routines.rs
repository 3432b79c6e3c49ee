//! Functions that SQL text made.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::sql::action::CreateFunction;

/// Functions by name: one part for temporary ones, catalog, database and name for
/// the others.
#[derive(Debug, Default)]
pub(crate) struct Routines(Mutex<BTreeMap<String, Arc<Routine>>>);

/// A function.
#[derive(Debug)]
pub(crate) struct Routine {
    pub(crate) function: CreateFunction,
    /// The name in full, as Spark shows it.
    pub(crate) shown: String,
}

impl Routines {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Routine>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The function of this whole name.
    pub(crate) fn get(&self, shown: &str) -> Option<Arc<Routine>> {
        self.lock().get(&shown.to_lowercase()).cloned()
    }

    /// Adds a function.
    pub(crate) fn put(&self, routine: Routine) {
        self.lock().insert(routine.shown.to_lowercase(), Arc::new(routine));
    }

    /// Forgets a function; whether it was there.
    pub(crate) fn remove(&self, shown: &str) -> bool {
        self.lock().remove(&shown.to_lowercase()).is_some()
    }

    /// All names.
    pub(crate) fn names(&self) -> Vec<String> {
        self.lock().values().map(|routine| routine.shown.clone()).collect()
    }
}
