//! The bytes of a stream, unpacked as they are read.

use bytes::{Buf as _, Bytes};

use super::super::codec::Unpacker;
use super::super::corrupt;
use crate::error::Result;

/// See the module.
pub(super) struct Stream {
    packed: Bytes,
    unpacker: Unpacker,
    block: Bytes,
}

impl Stream {
    pub(super) fn new(packed: Bytes, unpacker: &Unpacker) -> Self {
        Self { packed, unpacker: unpacker.clone(), block: Bytes::new() }
    }

    /// The bytes at hand; none at the end.
    fn block(&mut self) -> Result<&mut Bytes> {
        while self.block.is_empty() && !self.packed.is_empty() {
            self.block = self.unpacker.next(&mut self.packed)?;
        }
        Ok(&mut self.block)
    }

    /// # Errors
    /// If there is none.
    pub(super) fn byte(&mut self) -> Result<u8> {
        let block = self.block()?;
        if block.is_empty() {
            return Err(corrupt("a stream ends early"));
        }
        Ok(block.get_u8())
    }

    /// Adds so many bytes.
    ///
    /// # Errors
    /// If there are fewer.
    pub(super) fn take(&mut self, mut count: usize, into: &mut Vec<u8>) -> Result<()> {
        while count > 0 {
            let block = self.block()?;
            if block.is_empty() {
                return Err(corrupt("a stream ends early"));
            }
            let taken = block.split_to(count.min(block.len()));
            into.extend_from_slice(&taken);
            count -= taken.len();
        }
        Ok(())
    }

    /// A number whose bytes tell by their first bit whether more follow.
    ///
    /// # Errors
    /// If it is longer than such numbers are.
    pub(super) fn varint(&mut self) -> Result<u128> {
        let mut number = 0;
        for at in 0..19 {
            let byte = self.byte()?;
            let bits = u128::from(byte & 0x7f);
            let shift = 7 * at;
            if at == 18 && bits > 3 {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(corrupt("a number is too long"))
    }
}

/// The number whose sign is in its last bit.
pub(super) fn signed(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// The number whose sign is in its last bit.
pub(super) fn signed_wide(number: u128) -> i128 {
    (number >> 1) as i128 ^ -((number & 1) as i128)
}
