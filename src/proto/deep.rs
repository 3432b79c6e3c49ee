//! A value that may be nested deeper than the stack is large.

use std::collections::HashMap;
use std::fmt;
use std::mem;
use std::ops::{Deref, DerefMut};

use datafusion::logical_expr::LogicalPlan;

/// Stack that dropping or cloning takes a level of nesting, with room to spare
/// for builds without optimisation.
const LEVEL: usize = 4 * 1024;
/// Stack for a value whose depth nobody measured.
const UNKNOWN: usize = 64 * 1024 * 1024;
/// Stack that is there anyway, on every thread.
const ALWAYS_THERE: usize = 64 * 1024;

/// A value that is dropped and cloned on a stack grown to its depth.
///
/// Rust drops nested boxes by recursion, so that a plan of thousands of
/// operators, dropped on a thread with a small stack, ends the process. What
/// [`decode`](super::decode) returns is therefore held in a `Deep`, which reads
/// like the value itself.
///
/// ```
/// use datafusion_spark_connect::proto::{Deep, Relation};
///
/// let relation = Deep::new(Relation::default());
/// assert!(relation.rel_type.is_none());
/// ```
pub struct Deep<T: Default> {
    value: T,
    stack: usize,
}

impl<T: Default> Deep<T> {
    /// Holds a value of unknown depth.
    pub fn new(value: T) -> Self {
        Self { value, stack: UNKNOWN }
    }

    /// Holds a value that is at most `depth` levels deep.
    pub fn with_depth(value: T, depth: usize) -> Self {
        Self { value, stack: depth.saturating_mul(LEVEL) }
    }

    /// Takes the value out: whoever has it now must mind its depth.
    pub fn into_inner(mut self) -> T {
        self.take().0
    }

    /// The value and its stack; what stays behind is flat.
    fn take(&mut self) -> (T, usize) {
        (mem::take(&mut self.value), mem::take(&mut self.stack))
    }

    /// Turns the value into another that is no deeper.
    pub fn map<U: Default>(mut self, change: impl FnOnce(T) -> U) -> Deep<U> {
        let (value, stack) = self.take();
        Deep { value: change(value), stack }
    }

    /// Runs `work`, which may recurse over the value, on a stack that suffices
    /// for it.
    pub fn with<R>(&self, work: impl FnOnce(&T) -> R) -> R {
        on_stack(self.stack, || work(&self.value))
    }
}

impl Deep<LogicalPlan> {
    /// Holds a plan, its depth measured.
    pub fn plan(plan: LogicalPlan) -> Self {
        Self::measured_plan(plan).0
    }

    /// The same, and the plan's depth.
    pub(crate) fn measured_plan(plan: LogicalPlan) -> (Self, usize) {
        let depth = plan_depth(&plan);
        (Self::with_depth(plan, depth), depth)
    }
}

/// Levels of inputs, counted without recursion; a plan that several others share
/// is counted once.
fn plan_depth(plan: &LogicalPlan) -> usize {
    let mut depths: HashMap<*const LogicalPlan, usize> = HashMap::new();
    let mut open = vec![(plan, false)];
    while let Some((plan, inputs_done)) = open.pop() {
        if depths.contains_key(&std::ptr::from_ref(plan)) {
            continue;
        }
        let inputs = plan.inputs();
        if inputs_done {
            let depth_of = |input: &&LogicalPlan| depths.get(&std::ptr::from_ref(*input)).copied();
            let below = inputs.iter().filter_map(depth_of).max().unwrap_or(0);
            depths.insert(plan, below + 1);
        } else {
            open.push((plan, true));
            open.extend(inputs.into_iter().map(|input| (input, false)));
        }
    }
    depths.get(&std::ptr::from_ref(plan)).copied().unwrap_or(0)
}

/// Runs `work` with at least `stack` bytes of stack.
pub(super) fn on_stack<R>(stack: usize, work: impl FnOnce() -> R) -> R {
    if stack <= ALWAYS_THERE {
        return work();
    }
    stacker::maybe_grow(stack + ALWAYS_THERE, stack + 2 * ALWAYS_THERE, work)
}

impl<T: Default> Drop for Deep<T> {
    fn drop(&mut self) {
        if self.stack <= ALWAYS_THERE {
            return;
        }
        let (value, stack) = self.take();
        on_stack(stack, || drop(value));
    }
}

impl<T: Default> Deref for Deep<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Default> DerefMut for Deep<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: Default + Clone> Clone for Deep<T> {
    fn clone(&self) -> Self {
        Self { value: self.with(T::clone), stack: self.stack }
    }
}

impl<T: Default + PartialEq> PartialEq for Deep<T> {
    fn eq(&self, other: &Self) -> bool {
        on_stack(self.stack.min(other.stack), || self.value == other.value)
    }
}

impl<T: Default + fmt::Debug> fmt::Debug for Deep<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        on_stack(self.stack.saturating_mul(4), || self.value.fmt(f))
    }
}

impl<T: Default> From<T> for Deep<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use datafusion::logical_expr::{LogicalPlanBuilder, lit};

    use super::*;

    #[test]
    fn plans_that_share_inputs_are_measured_once() {
        let mut plan = LogicalPlanBuilder::empty(true).project([lit(1)]).unwrap().build().unwrap();
        for _ in 0..64 {
            let both = LogicalPlanBuilder::from(plan.clone()).union(plan).unwrap();
            plan = both.build().unwrap();
        }
        assert!(plan_depth(&plan) >= 66);
    }

    #[test]
    fn deep_plans_are_dropped_on_small_stacks() {
        let build = || {
            let mut builder = LogicalPlanBuilder::empty(true);
            for _ in 0..5_000 {
                builder = builder.filter(lit(true)).unwrap();
            }
            drop(Deep::plan(builder.build().unwrap()));
        };
        let small = std::thread::Builder::new().stack_size(512 * 1024);
        small.spawn(build).unwrap().join().unwrap();
    }
}
