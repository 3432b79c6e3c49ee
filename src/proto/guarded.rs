//! Bytes that end early when the stack runs out, so that prost's recursion ends
//! in an error and not in an overflow.

use std::cell::Cell;

use prost::bytes::Buf;

/// Stack that must be left, bytes: one level of decoding, and what a thread
/// needs to report the error.
pub(super) const RESERVE: usize = 128 * 1024;

/// Levels of nesting that every thread has the stack for: half of what is reserved.
const FLAT: usize = 8;

/// See the module.
pub(super) struct Guarded<'b> {
    bytes: &'b [u8],
    exhausted: &'b Cell<bool>,
    /// Whether the stack may run out at all.
    watched: bool,
    /// What was left when the stack was last looked at.
    granted: Cell<usize>,
}

impl<'b> Guarded<'b> {
    /// `exhausted` is set once the stack was short: whatever was decoded then
    /// lacks its end. The message is at most `depth` levels deep.
    pub(super) fn new(bytes: &'b [u8], exhausted: &'b Cell<bool>, depth: usize) -> Self {
        Self { bytes, exhausted, watched: depth > FLAT, granted: Cell::new(usize::MAX) }
    }
}

impl Buf for Guarded<'_> {
    /// prost asks before it descends, and takes 0 for the end. The stack is
    /// looked at once a position: callers that have asked may rely on the answer.
    fn remaining(&self) -> usize {
        let left = self.bytes.len();
        if !self.watched {
            return left;
        }
        if self.granted.get() != left {
            self.granted.set(left);
            if stacker::remaining_stack().is_some_and(|stack| stack < RESERVE) {
                self.exhausted.set(true);
            }
        }
        if self.exhausted.get() { 0 } else { left }
    }

    fn chunk(&self) -> &[u8] {
        self.bytes
    }

    fn advance(&mut self, count: usize) {
        self.bytes = self.bytes.get(count..).unwrap_or_default();
    }

    /// Never panics, as the provided method may.
    fn get_u8(&mut self) -> u8 {
        let first = self.bytes.first().copied().unwrap_or_default();
        self.advance(1);
        first
    }
}
