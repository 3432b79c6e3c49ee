//! Temporary views: planned relations by name.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use crate::error::{Condition, Error, Result};
use crate::planner::planned::Planned;

/// Temporary views; names are compared without regard to case.
#[derive(Debug, Default)]
pub struct Views(RwLock<BTreeMap<String, (String, Planned)>>);

impl Views {
    /// The relation that a view stands for.
    pub fn get(&self, name: &str) -> Option<Planned> {
        let views = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if views.is_empty() {
            return None;
        }
        views.get(&name.to_lowercase()).map(|(_, planned)| planned.clone())
    }

    /// Creates a view, or gives one another meaning if `replace` is set.
    ///
    /// # Errors
    /// `TEMP_TABLE_OR_VIEW_ALREADY_EXISTS` if it is there and must not be replaced.
    pub fn create(&self, name: &str, planned: Planned, replace: bool) -> Result<()> {
        let mut views = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let key = name.to_lowercase();
        if !replace && views.contains_key(&key) {
            let name = crate::planner::columns::quote_parts([name]);
            return Err(Error::analysis(
                Condition::TEMP_TABLE_OR_VIEW_ALREADY_EXISTS,
                [("relationName", name)],
            ));
        }
        views.insert(key, (name.to_owned(), planned));
        Ok(())
    }

    /// Drops a view; whether it was there.
    pub fn remove(&self, name: &str) -> bool {
        let mut views = self.0.write().unwrap_or_else(PoisonError::into_inner);
        views.remove(&name.to_lowercase()).is_some()
    }

    /// The names as they were given, sorted.
    pub fn names(&self) -> Vec<String> {
        let views = self.0.read().unwrap_or_else(PoisonError::into_inner);
        views.values().map(|(name, _)| name.clone()).collect()
    }
}

impl Clone for Views {
    fn clone(&self) -> Self {
        Self(RwLock::new(self.0.read().unwrap_or_else(PoisonError::into_inner).clone()))
    }
}
