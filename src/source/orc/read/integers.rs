//! Whole numbers in runs, of the first or the second kind.

use super::stream::{Stream, signed};
use super::{corrupt, ready};
use crate::error::Result;

/// Whole numbers of a stream.
pub(super) struct Integers {
    stream: Stream,
    signed: bool,
    second: bool,
    /// The numbers of the last run, and how many of them were given.
    run: Vec<i64>,
    at: usize,
}

impl Integers {
    pub(super) fn new(stream: Stream, signed: bool, second: bool) -> Self {
        Self { stream, signed, second, run: Vec::new(), at: 0 }
    }

    /// # Errors
    /// If the stream ends early, or is malformed.
    pub(super) fn read(&mut self, count: usize) -> Result<Vec<i64>> {
        let mut numbers = Vec::with_capacity(ready(count));
        while numbers.len() < count {
            if self.at == self.run.len() {
                self.run.clear();
                self.at = 0;
                if self.second {
                    self.second_kind()?
                } else {
                    self.first_kind()?
                };
            }
            let end = self.run.len().min(self.at + count - numbers.len());
            numbers.extend_from_slice(&self.run[self.at..end]);
            self.at = end;
        }
        Ok(numbers)
    }

    fn number(&mut self) -> Result<i64> {
        let number = self.unsigned()?;
        Ok(self.with_sign(number))
    }

    fn unsigned(&mut self) -> Result<u64> {
        u64::try_from(self.stream.varint()?).map_err(|_| corrupt("a number is too long"))
    }

    fn with_sign(&self, number: u64) -> i64 {
        if self.signed { signed(number) } else { number as i64 }
    }

    /// Numbers at equal steps, or as they are.
    fn first_kind(&mut self) -> Result<()> {
        let control = self.stream.byte()?;
        if control < 128 {
            let step = i64::from(self.stream.byte()? as i8);
            let mut number = self.number()?;
            for _ in 0..usize::from(control) + 3 {
                self.run.push(number);
                number = number.wrapping_add(step);
            }
            return Ok(());
        }
        for _ in 0..256 - usize::from(control) {
            let number = self.number()?;
            self.run.push(number);
        }
        Ok(())
    }

    fn second_kind(&mut self) -> Result<()> {
        let control = self.stream.byte()?;
        match control >> 6 {
            0 => self.repeated(control),
            1 => self.direct(control),
            2 => self.patched(control),
            _ => self.steps(control),
        }
    }

    fn repeated(&mut self, control: u8) -> Result<()> {
        let number = self.whole_bytes(usize::from(control >> 3 & 7) + 1)?;
        let number = self.with_sign(number);
        self.run.extend(std::iter::repeat_n(number, usize::from(control & 7) + 3));
        Ok(())
    }

    fn direct(&mut self, control: u8) -> Result<()> {
        let (width, count) = self.header(control)?;
        let numbers = self.packed(width, count)?;
        for number in numbers {
            let number = self.with_sign(number);
            self.run.push(number);
        }
        Ok(())
    }

    /// Numbers above a base, of some of which the highest bits come after.
    fn patched(&mut self, control: u8) -> Result<()> {
        let (width, count) = self.header(control)?;
        let (third, fourth) = (self.stream.byte()?, self.stream.byte()?);
        let base_bytes = usize::from(third >> 5) + 1;
        let patch_width = width_of(third & 31);
        let gap_width = u32::from(fourth >> 5) + 1;
        let base = self.whole_bytes(base_bytes)?;
        let sign = 1_u64 << (8 * base_bytes - 1);
        let magnitude = (base & (sign - 1)) as i64;
        let base = if base & sign == 0 { magnitude } else { -magnitude };
        let mut numbers = self.packed(width, count)?;
        let entry_width = next_width(patch_width + gap_width);
        let patches = self.packed(entry_width, usize::from(fourth & 31))?;
        let mut at = 0_usize;
        for patch in patches {
            at = at.saturating_add(patch.checked_shr(patch_width).unwrap_or(0) as usize);
            let bits = patch & mask(patch_width);
            let number = numbers.get_mut(at).ok_or_else(|| corrupt("a patch is nowhere"))?;
            *number |= bits.checked_shl(width).unwrap_or(0);
        }
        self.run.extend(numbers.into_iter().map(|number| base.wrapping_add(number as i64)));
        Ok(())
    }

    /// A number, and the steps to the next ones, all up or all down.
    fn steps(&mut self, control: u8) -> Result<()> {
        let (width, count) = self.header(control)?;
        let is_even = control >> 1 & 31 == 0;
        let mut number = self.number()?;
        let first = signed(self.unsigned()?);
        self.run.push(number);
        if count > 1 {
            number = number.wrapping_add(first);
            self.run.push(number);
        }
        let more = count.saturating_sub(2);
        let steps =
            if is_even { vec![first.unsigned_abs(); more] } else { self.packed(width, more)? };
        for step in steps {
            let step = step as i64;
            number = if first < 0 { number.wrapping_sub(step) } else { number.wrapping_add(step) };
            self.run.push(number);
        }
        Ok(())
    }

    /// How many bits a number has, and how many numbers there are.
    fn header(&mut self, control: u8) -> Result<(u32, usize)> {
        let count = (usize::from(control & 1) << 8 | usize::from(self.stream.byte()?)) + 1;
        Ok((width_of(control >> 1 & 31), count))
    }

    fn whole_bytes(&mut self, count: usize) -> Result<u64> {
        let mut number = 0;
        for _ in 0..count {
            number = number << 8 | u64::from(self.stream.byte()?);
        }
        Ok(number)
    }

    /// Numbers of some bits each, the highest first, up to the end of a byte.
    fn packed(&mut self, width: u32, count: usize) -> Result<Vec<u64>> {
        let mut numbers = Vec::with_capacity(count);
        let (mut held, mut bits) = (0_u128, 0_u32);
        for _ in 0..count {
            while bits < width {
                held = held << 8 | u128::from(self.stream.byte()?);
                bits += 8;
            }
            bits -= width;
            numbers.push((held >> bits) as u64 & mask(width));
            held &= (1 << bits) - 1;
        }
        Ok(numbers)
    }
}

fn mask(width: u32) -> u64 {
    u64::MAX.checked_shr(64_u32.saturating_sub(width)).unwrap_or(0)
}

/// The number of bits that five bits stand for.
fn width_of(code: u8) -> u32 {
    match code {
        0..24 => u32::from(code) + 1,
        24 => 26,
        25 => 28,
        26 => 30,
        27 => 32,
        28 => 40,
        29 => 48,
        30 => 56,
        _ => 64,
    }
}

/// The next number of bits that five bits can stand for.
fn next_width(width: u32) -> u32 {
    (0..32).map(width_of).find(|next| *next >= width).unwrap_or(64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bytes::Bytes;

    use super::super::super::codec::Unpacker;
    use super::super::super::message::PostScript;
    use super::*;

    fn read(bytes: &[u8], signed: bool, second: bool, count: usize) -> Result<Vec<i64>> {
        let unpacker = Unpacker::new(&PostScript::default()).unwrap();
        let stream = Stream::new(Bytes::copy_from_slice(bytes), &unpacker);
        Integers::new(stream, signed, second).read(count)
    }

    // The examples of the format's specification.
    #[test]
    fn runs_of_the_first_kind() {
        assert_eq!(read(&[0x61, 0x00, 0x07], false, false, 100).unwrap(), vec![7; 100]);
        let down: Vec<i64> = (1..=100).rev().collect();
        assert_eq!(read(&[0x61, 0xff, 0x64], false, false, 100).unwrap(), down);
        let plain = [0xfb, 0x02, 0x03, 0x06, 0x07, 0x0b];
        assert_eq!(read(&plain, false, false, 5).unwrap(), [2, 3, 6, 7, 11]);
    }

    #[test]
    fn runs_of_the_second_kind() {
        assert_eq!(read(&[0x0a, 0x27, 0x10], false, true, 5).unwrap(), vec![10_000; 5]);
        let direct = [0x5e, 0x03, 0x5c, 0xa1, 0xab, 0x1e, 0xde, 0xad, 0xbe, 0xef];
        assert_eq!(read(&direct, false, true, 4).unwrap(), [23713, 43806, 57005, 48879]);
        let patched = [
            0x8e, 0x09, 0x2b, 0x21, 0x07, 0xd0, 0x1e, 0x00, 0x14, 0x70, 0x28, 0x32, 0x3c, 0x46,
            0x50, 0x5a, 0xfc, 0xe8,
        ];
        let numbers = [2030, 2000, 2020, 1_000_000, 2040, 2050, 2060, 2070, 2080, 2090];
        assert_eq!(read(&patched, false, true, 10).unwrap(), numbers);
        let steps = [0xc6, 0x09, 0x02, 0x02, 0x22, 0x42, 0x42, 0x46];
        let primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29];
        assert_eq!(read(&steps, false, true, 10).unwrap(), primes);
    }

    #[test]
    fn any_bytes_end_in_numbers_or_an_error() {
        for first in 0..=255_u8 {
            for rest in [0_u8, 1, 127, 128, 255] {
                let mut bytes = vec![rest; 40];
                bytes[0] = first;
                for second in [false, true] {
                    let _ = read(&bytes, true, second, 600);
                }
            }
        }
    }
}
