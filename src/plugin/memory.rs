//! Relations with side effects are planned once, whatever a client asks of them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::planner::planned::Planned;

/// How many relations a session remembers.
const SIZE: usize = 64;

/// A relation's place in the memory; held locked while it is planned, so that two
/// requests at once plan it once.
pub(super) type Slot = Arc<futures::lock::Mutex<Option<Planned>>>;

/// The relations of a session that plugins with side effects planned, the newest
/// last.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<VecDeque<(Vec<u8>, Slot)>>);

impl Memory {
    /// The slot of the relation with this key; the oldest is forgotten for it.
    pub(super) fn slot(&self, key: Vec<u8>) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = slots.iter().position(|(own, _)| *own == key) {
            if let Some(found) = slots.remove(at) {
                let slot = Arc::clone(&found.1);
                slots.push_back(found);
                return slot;
            }
        }
        let slot = Slot::default();
        slots.push_back((key, Arc::clone(&slot)));
        if slots.len() > SIZE {
            slots.pop_front();
        }
        slot
    }
}
