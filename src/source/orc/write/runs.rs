//! Bytes, bits and whole numbers in runs of the first kind, which all readers know.

/// How short a run may be.
const SHORTEST: usize = 3;
const LONGEST: usize = 130;
/// How many values stand as they are at a time.
const PLAIN: usize = 128;

/// Bytes in runs.
pub(super) fn of_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut written = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let run = repeated(&bytes[at..]);
        if run >= SHORTEST {
            written.extend([(run - SHORTEST) as u8, bytes[at]]);
            at += run;
            continue;
        }
        let rest = &bytes[at..bytes.len().min(at + PLAIN)];
        let count = (1..rest.len()).find(|end| repeated(&rest[*end..]) >= SHORTEST);
        let count = count.unwrap_or(rest.len());
        written.push((256 - count) as u8);
        written.extend_from_slice(&rest[..count]);
        at += count;
    }
    written
}

/// How often the first byte stands there, up to the longest run.
fn repeated(bytes: &[u8]) -> usize {
    bytes.iter().take(LONGEST).take_while(|byte| **byte == bytes[0]).count()
}

/// Bits, eight to a byte, the first one highest.
#[derive(Debug, Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    count: usize,
}

impl Bits {
    pub(super) fn push(&mut self, bit: bool) {
        let place = self.count % 8;
        if place == 0 {
            self.bytes.push(0);
        }
        if let Some(last) = self.bytes.last_mut()
            && bit
        {
            *last |= 0x80 >> place;
        }
        self.count += 1;
    }

    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The bits so far, in runs.
    pub(super) fn take(&mut self) -> Vec<u8> {
        of_bytes(&std::mem::take(self).bytes)
    }
}

/// Whole numbers in runs; lengths and the like have no sign.
pub(super) fn of_integers(numbers: &[i64], signed: bool) -> Vec<u8> {
    let mut written = Vec::new();
    let mut at = 0;
    while at < numbers.len() {
        let (run, step) = steps(&numbers[at..]);
        if run >= SHORTEST {
            written.extend([(run - SHORTEST) as u8, step as u8]);
            number(numbers[at], signed, &mut written);
            at += run;
            continue;
        }
        let rest = &numbers[at..numbers.len().min(at + PLAIN)];
        let count = (1..rest.len()).find(|end| steps(&rest[*end..]).0 >= SHORTEST);
        let count = count.unwrap_or(rest.len());
        written.push((256 - count) as u8);
        rest[..count].iter().for_each(|own| number(*own, signed, &mut written));
        at += count;
    }
    written
}

/// How many numbers are at equal steps, up to the longest run, and the step.
fn steps(numbers: &[i64]) -> (usize, i8) {
    let step = |pair: &[i64]| pair[1].checked_sub(pair[0]).and_then(|step| i8::try_from(step).ok());
    let Some(first) = numbers.get(..2).and_then(step) else { return (1, 0) };
    let pairs = numbers.windows(2).take(LONGEST - 1);
    (1 + pairs.take_while(|pair| step(pair) == Some(first)).count(), first)
}

fn number(own: i64, signed: bool, into: &mut Vec<u8>) {
    let own = if signed { (own << 1) ^ (own >> 63) } else { own };
    varint((own as u64).into(), into);
}

/// A wide number, its sign in the last bit.
pub(super) fn wide(own: i128, into: &mut Vec<u8>) {
    varint(((own << 1) ^ (own >> 127)) as u128, into);
}

fn varint(mut own: u128, into: &mut Vec<u8>) {
    while own > 0x7f {
        into.push(own as u8 | 0x80);
        own >>= 7;
    }
    into.push(own as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    // The examples of the format's specification.
    #[test]
    fn runs_are_those_of_the_format() {
        assert_eq!(of_integers(&[7; 100], false), [0x61, 0x00, 0x07]);
        let down: Vec<i64> = (1..=100).rev().collect();
        assert_eq!(of_integers(&down, false), [0x61, 0xff, 0x64]);
        assert_eq!(of_integers(&[2, 3, 6, 7, 11], false), [0xfb, 0x02, 0x03, 0x06, 0x07, 0x0b]);
        assert_eq!(of_bytes(&[0; 100]), [0x61, 0x00]);
        assert_eq!(of_bytes(&[0x44, 0x45]), [0xfe, 0x44, 0x45]);
        let mut bits = Bits::default();
        [true, false, false].into_iter().for_each(|bit| bits.push(bit));
        assert_eq!(bits.take(), [0xff, 0x80]);
    }
}
