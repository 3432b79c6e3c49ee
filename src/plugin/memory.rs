//! What plugins answered: a relation with effects is asked for once, however often
//! a client sends it.
//!
//! Clients send a relation anew with every request that it is part of: for its
//! schema, for its rows, inside others. Spark remembers the plan of a relation by
//! its message and plan id, and libraries count on that: a relation may be a MERGE.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use prost_types::Any;

use crate::planner::planned::Planned;

/// Answers kept that could be made again.
const KEPT: usize = 128;
/// Answers kept that changed data.
const KEPT_CHANGES: usize = 1024;
/// Bytes of messages kept with answers that could be made again.
const KEPT_BYTES: usize = 64 << 20;

/// The place of an answer. Whoever holds the lock makes it; others wait.
pub(super) type Slot = Arc<futures::lock::Mutex<Option<Planned>>>;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<VecDeque<Remembered>>);

#[derive(Debug)]
struct Remembered {
    plan_id: i64,
    extension: Any,
    changes: bool,
    slot: Slot,
}

impl Memory {
    /// The place for the answer to a relation; it is the last to be forgotten from
    /// now on.
    pub(super) fn slot(&self, plan_id: i64, extension: &Any, changes: bool) -> Slot {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |r: &Remembered| r.plan_id == plan_id && r.extension == *extension;
        // The latest are asked for again most.
        if let Some(at) = held.iter().rposition(same) {
            let slot = Arc::clone(&held[at].slot);
            if let Some(found) = held.remove(at) {
                held.push_back(found);
            }
            return slot;
        }
        let slot = Slot::default();
        let remembered =
            Remembered { plan_id, extension: extension.clone(), changes, slot: Arc::clone(&slot) };
        held.push_back(remembered);
        forget(&mut held, changes);
        slot
    }
}

/// What plugins answered to one request that only translate: the latest, and those before.
/// Most requests have one.
#[derive(Debug, Default)]
pub(crate) struct Answers(Mutex<(Option<Answer>, VecDeque<Answer>)>);

#[derive(Debug)]
struct Answer {
    plan_id: i64,
    /// The message, after its type's name.
    message: Box<[u8]>,
    planned: Planned,
}

impl Answers {
    pub(super) fn find(&self, plan_id: i64, extension: &Any) -> Option<Planned> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (latest, earlier) = &*held;
        let mut latest_first = latest.iter().chain(earlier.iter().rev());
        let found = latest_first.find(|answer| answer.is_to(plan_id, extension));
        found.map(|answer| answer.planned.clone())
    }

    pub(super) fn keep(&self, plan_id: i64, extension: &Any, planned: &Planned) {
        let message = [extension.type_url.as_bytes(), &extension.value].concat().into();
        let answer = Answer { plan_id, message, planned: planned.clone() };
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (latest, earlier) = &mut *held;
        earlier.extend(latest.replace(answer));
        let all = latest.iter().chain(earlier.iter());
        let mut bytes: usize = all.map(|answer| answer.message.len()).sum();
        while earlier.len() >= KEPT || bytes > KEPT_BYTES {
            let Some(oldest) = earlier.pop_front() else { break };
            bytes -= oldest.message.len();
        }
    }
}

impl Answer {
    fn is_to(&self, plan_id: i64, extension: &Any) -> bool {
        let Any { type_url, value } = extension;
        self.plan_id == plan_id
            && self.message.len() == type_url.len() + value.len()
            && self.message.starts_with(type_url.as_bytes())
            && self.message.ends_with(value)
    }
}

/// Forgets the oldest of a kind while there are too many of it. An answer that is
/// being made is not counted as old.
fn forget(held: &mut VecDeque<Remembered>, changes: bool) {
    let kind = |r: &&Remembered| r.changes == changes;
    loop {
        let count = held.iter().filter(kind).count();
        let bytes: usize = held.iter().filter(kind).map(|r| r.extension.value.len()).sum();
        let over = match changes {
            true => count > KEPT_CHANGES,
            false => count > 1 && (count > KEPT || bytes > KEPT_BYTES),
        };
        let idle = |r: &Remembered| r.changes == changes && Arc::strong_count(&r.slot) == 1;
        match held.iter().position(idle) {
            Some(oldest) if over => drop(held.remove(oldest)),
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use datafusion::logical_expr::LogicalPlan;

    use super::*;
    use crate::planner::columns::Columns;

    fn any(value: usize) -> Any {
        Any { type_url: "x/y.Z".to_owned(), value: value.to_be_bytes().to_vec() }
    }

    fn len(memory: &Memory) -> usize {
        memory.0.lock().map_or(0, |held| held.len())
    }

    #[test]
    fn one_relation_has_one_place() {
        let memory = Memory::default();
        let first = memory.slot(1, &any(7), false);
        assert!(Arc::ptr_eq(&first, &memory.slot(1, &any(7), false)));
        assert!(!Arc::ptr_eq(&first, &memory.slot(2, &any(7), false)));
        assert!(!Arc::ptr_eq(&first, &memory.slot(1, &any(8), false)));
    }

    #[test]
    fn the_oldest_are_forgotten_but_not_what_changed_data() {
        let memory = Memory::default();
        let changed = memory.slot(0, &any(0), true);
        let busy = memory.slot(1, &any(1), false);
        for at in 2..1000 {
            memory.slot(1, &any(at), false);
        }
        assert_eq!(len(&memory), KEPT + 1);
        assert!(Arc::ptr_eq(&changed, &memory.slot(0, &any(0), true)));
        assert!(Arc::ptr_eq(&busy, &memory.slot(1, &any(1), false)));
    }

    #[test]
    fn answers_are_those_to_the_same_message() {
        let answers = Answers::default();
        let planned = Planned::leaf(LogicalPlan::default(), Columns::default());
        for at in 0..KEPT + 1 {
            answers.keep(1, &any(at), &planned);
        }
        assert!(answers.find(1, &any(KEPT)).is_some());
        assert!(answers.find(1, &any(0)).is_none(), "the oldest is forgotten");
        assert!(answers.find(2, &any(KEPT)).is_none());
        let other = Any { type_url: "x/y.Y".to_owned(), ..any(KEPT) };
        assert!(answers.find(1, &other).is_none());
    }

    #[test]
    fn large_answers_are_forgotten_sooner() {
        let answers = Answers::default();
        let planned = Planned::leaf(LogicalPlan::default(), Columns::default());
        let large = |at: u8| Any { type_url: String::new(), value: vec![at; KEPT_BYTES / 2] };
        (0..3).for_each(|at| answers.keep(1, &large(at), &planned));
        assert!(answers.find(1, &large(0)).is_none());
        assert!(answers.find(1, &large(1)).is_some() && answers.find(1, &large(2)).is_some());
    }

    #[test]
    fn large_messages_are_forgotten_sooner() {
        let memory = Memory::default();
        for at in 0..5_u8 {
            let value = vec![at; KEPT_BYTES / 2];
            memory.slot(1, &Any { type_url: String::new(), value }, false);
        }
        assert_eq!(len(&memory), 2);
    }
}
