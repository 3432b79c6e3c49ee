//! Bytes and bits in runs.

use datafusion::arrow::array::BooleanBufferBuilder;
use datafusion::arrow::buffer::BooleanBuffer;

use super::stream::Stream;
use super::{AT_ONCE, ready};
use crate::error::Result;

/// Bytes: one that is repeated, or some as they are.
pub(super) struct ByteRuns {
    stream: Stream,
    /// How many of the run are left.
    left: usize,
    /// The byte that the run repeats.
    repeated: Option<u8>,
}

impl ByteRuns {
    pub(super) fn new(stream: Stream) -> Self {
        Self { stream, left: 0, repeated: None }
    }

    pub(super) fn next(&mut self) -> Result<u8> {
        if self.left == 0 {
            let control = self.stream.byte()?;
            (self.left, self.repeated) = match control {
                0..128 => (usize::from(control) + 3, Some(self.stream.byte()?)),
                128.. => (256 - usize::from(control), None),
            };
        }
        self.left -= 1;
        match self.repeated {
            Some(byte) => Ok(byte),
            None => self.stream.byte(),
        }
    }

    pub(super) fn read(&mut self, count: usize) -> Result<Vec<i8>> {
        let mut bytes = Vec::with_capacity(ready(count));
        for _ in 0..count {
            bytes.push(self.next()? as i8);
        }
        Ok(bytes)
    }
}

/// Bits in such bytes, the highest first.
pub(super) struct Bits {
    bytes: ByteRuns,
    byte: u8,
    left: u8,
}

impl Bits {
    pub(super) fn new(stream: Stream) -> Self {
        Self { bytes: ByteRuns::new(stream), byte: 0, left: 0 }
    }

    pub(super) fn read(&mut self, count: usize) -> Result<BooleanBuffer> {
        let mut bits = BooleanBufferBuilder::new(count.min(AT_ONCE));
        for _ in 0..count {
            if self.left == 0 {
                (self.byte, self.left) = (self.bytes.next()?, 8);
            }
            self.left -= 1;
            bits.append(self.byte >> self.left & 1 == 1);
        }
        Ok(bits.finish())
    }
}
