//! Data that clients send ahead of the plans that name it.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::error::{Condition, Error, Result};

/// Artifacts of a session by name, bounded in size.
///
/// The protocol names blocks of local data `cache/<hash>`.
#[derive(Debug, Clone)]
pub struct Artifacts {
    held: Arc<RwLock<Held>>,
    limit: usize,
}

#[derive(Debug, Default)]
struct Held {
    by_name: HashMap<String, Arc<[u8]>>,
    bytes: usize,
}

impl Artifacts {
    pub(super) fn new(limit: usize) -> Self {
        Self { held: Arc::default(), limit }
    }

    /// The bytes of an artifact.
    pub fn get(&self, name: &str) -> Option<Arc<[u8]>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.by_name.get(name).cloned()
    }

    /// The bytes that a plan refers to by their hash.
    pub fn cached(&self, hash: &str) -> Option<Arc<[u8]>> {
        self.get(&format!("cache/{hash}"))
    }

    /// Keeps an artifact for as long as the session lives.
    ///
    /// # Errors
    /// If the session holds too much already.
    pub fn insert(&self, name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Result<()> {
        let bytes = bytes.into();
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let size = held.bytes.saturating_add(bytes.len());
        if size > self.limit {
            let limit = self.limit.to_string();
            return Err(Error::analysis(Condition::ARTIFACTS_TOO_LARGE, [("limit", limit)]));
        }
        let replaced = held.by_name.insert(name.into(), bytes);
        held.bytes = size - replaced.map_or(0, |bytes| bytes.len());
        Ok(())
    }
}
