//! Runs work on a stack that suffices for a plan of some depth: DataFusion's
//! optimiser, planner and streams recurse over plans.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use datafusion::physical_plan::ExecutionPlan;

/// Stack for a level of a plan, with room for builds without optimisation.
const LEVEL: usize = if cfg!(debug_assertions) { 64 * 1024 } else { 16 * 1024 };
/// What work on a plan takes besides.
const BASE: usize = 2 * 1024 * 1024;

/// Runs `work` with stack for a plan of `depth` levels.
pub(super) fn run<T>(depth: usize, work: impl FnOnce() -> T) -> T {
    let stack = BASE + depth.saturating_mul(LEVEL);
    stacker::maybe_grow(stack, stack, work)
}

/// A future or stream that is polled and dropped on such a stack.
pub(super) struct OnStack<F> {
    inner: Option<Pin<Box<F>>>,
    depth: usize,
}

impl<F> OnStack<F> {
    pub(super) fn new(depth: usize, inner: F) -> Self {
        Self { inner: Some(Box::pin(inner)), depth }
    }
}

impl<F: Future> Future for OnStack<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let depth = self.depth;
        match self.inner.as_mut() {
            Some(inner) => run(depth, || inner.as_mut().poll(context)),
            None => Poll::Pending,
        }
    }
}

impl<F> Drop for OnStack<F> {
    fn drop(&mut self) {
        let inner = self.inner.take();
        run(self.depth, || drop(inner));
    }
}

/// Levels of a physical plan, counted without recursion.
pub(super) fn depth(plan: &dyn ExecutionPlan) -> usize {
    let mut open = vec![(plan, 1)];
    let mut deepest = 1;
    while let Some((plan, depth)) = open.pop() {
        deepest = deepest.max(depth);
        let inputs = plan.children().into_iter().chain(super::hidden_input(plan));
        open.extend(inputs.map(|child| (child.as_ref(), depth + 1)));
    }
    deepest
}
