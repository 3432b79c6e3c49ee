//! Session variables, and those of scripts.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

/// A variable.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) data_type: DataType,
    pub(crate) value: ScalarValue,
    pub(crate) default: ScalarValue,
}

type Frame = BTreeMap<String, Variable>;

/// All variables: the session's, and a frame for each block that a script is in.
#[derive(Debug)]
pub(crate) struct Variables(Mutex<Vec<Frame>>);

impl Default for Variables {
    fn default() -> Self {
        Self(Mutex::new(vec![Frame::new()]))
    }
}

impl Variables {
    fn lock(&self) -> MutexGuard<'_, Vec<Frame>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The innermost variable that a name begins with, and how many parts name it.
    pub(crate) fn find(&self, parts: &[String]) -> Option<(Variable, usize)> {
        let frames = self.lock();
        let skipped = qualifier(parts);
        let name = parts.get(skipped)?.to_lowercase();
        let mut frames = frames.iter().rev();
        let found = match skipped {
            0 => frames.find_map(|frame| frame.get(&name)),
            _ => frames.next_back().and_then(|frame| frame.get(&name)),
        };
        found.map(|variable| (variable.clone(), skipped + 1))
    }

    /// Puts a variable into the innermost frame; whether it was there.
    pub(crate) fn declare(&self, variable: Variable, replace: bool) -> bool {
        let mut frames = self.lock();
        let Some(frame) = frames.last_mut() else { return false };
        let key = variable.name.to_lowercase();
        if !replace && frame.contains_key(&key) {
            return true;
        }
        frame.insert(key, variable);
        false
    }

    /// Changes a variable that is there.
    pub(crate) fn set(&self, parts: &[String], value: ScalarValue) {
        let skipped = qualifier(parts);
        let Some(name) = parts.get(skipped).map(|name| name.to_lowercase()) else { return };
        let mut frames = self.lock();
        let mut frames = frames.iter_mut().rev();
        let found = match skipped {
            0 => frames.find_map(|frame| frame.get_mut(&name)),
            _ => frames.next_back().and_then(|frame| frame.get_mut(&name)),
        };
        if let Some(variable) = found {
            variable.value = value;
        }
    }

    /// Forgets a session variable; whether it was there.
    pub(crate) fn remove(&self, parts: &[String]) -> bool {
        let name = parts.last().map(|name| name.to_lowercase()).unwrap_or_default();
        self.lock().first_mut().is_some_and(|frame| frame.remove(&name).is_some())
    }

    /// Begins a block.
    pub(crate) fn enter(&self) {
        self.lock().push(Frame::new());
    }

    /// Ends blocks until so many frames are left.
    pub(crate) fn leave(&self, depth: usize) {
        self.lock().truncate(depth.max(1));
    }

    /// How many frames there are.
    pub(crate) fn depth(&self) -> usize {
        self.lock().len()
    }
}

/// How many parts stand before the name of a session variable.
fn qualifier(parts: &[String]) -> usize {
    let is = |at: usize, word: &str| {
        parts.get(at).is_some_and(|part: &String| part.eq_ignore_ascii_case(word))
    };
    match parts.len() {
        3.. if is(0, "system") && is(1, "session") => 2,
        2.. if is(0, "session") => 1,
        _ => 0,
    }
}
