//! A future that grows the stack before it is polled, so that plans nested in
//! plans (SQL in a relation, a plugin's nested message) cannot exhaust it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Stack that must be left before a poll, bytes.
const RED_ZONE: usize = 512 * 1024;
/// Stack to add when less is left, bytes.
const SEGMENT: usize = 4 * 1024 * 1024;

/// Runs `work` with enough stack for one level of recursion.
pub(crate) fn with_stack<T>(work: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(RED_ZONE, SEGMENT, work)
}

/// Runs `work` with at least `room` bytes of stack beyond what one level takes.
pub(crate) fn with_room<T>(room: usize, work: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(RED_ZONE + room, SEGMENT + room, work)
}

/// See the module.
pub(crate) struct Grown<F: ?Sized> {
    inner: Pin<Box<F>>,
    room: usize,
}

impl<F> Grown<F> {
    pub(crate) fn new(inner: F) -> Self {
        Self { inner: Box::pin(inner), room: 0 }
    }
}

impl<F: ?Sized> Grown<F> {
    /// As [`with_room`].
    pub(crate) fn with_room(room: usize, inner: Pin<Box<F>>) -> Self {
        Self { inner, room }
    }
}

impl<F: Future + ?Sized> Future for Grown<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let room = self.room;
        with_room(room, || self.inner.as_mut().poll(context))
    }
}
