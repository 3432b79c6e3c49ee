//! Room for results that may grow far beyond their arguments, such as `repeat`'s: a
//! few characters of SQL must not take the machine's memory.

use datafusion::common::{DataFusionError, Result};

/// The most bytes that one evaluation of a function may give: what the 32-bit offsets
/// of Arrow's strings reach.
const MOST_BYTES: usize = i32::MAX as usize;

/// What a function's result holds so far.
#[derive(Debug, Default)]
pub(crate) struct Growth(usize);

impl Growth {
    /// Adds `bytes`, before or after they are made.
    ///
    /// # Errors
    /// If the result is then larger than one array of strings can be.
    pub(crate) fn add(&mut self, bytes: usize) -> Result<()> {
        self.0 = self.0.saturating_add(bytes);
        fits(self.0)
    }
}

/// # Errors
/// If no array of strings holds as many bytes.
pub(crate) fn fits(bytes: usize) -> Result<()> {
    if bytes <= MOST_BYTES {
        return Ok(());
    }
    Err(DataFusionError::ResourcesExhausted(format!(
        "a function's result of {bytes} bytes is larger than the {MOST_BYTES} that a batch of rows \
         may hold"
    )))
}

/// What a value takes beside its place in an array.
pub(crate) trait Bytes {
    fn bytes(&self) -> usize;
}

impl Bytes for bool {
    fn bytes(&self) -> usize {
        0
    }
}

impl Bytes for i32 {
    fn bytes(&self) -> usize {
        0
    }
}

impl Bytes for String {
    fn bytes(&self) -> usize {
        self.len()
    }
}

impl Bytes for Vec<String> {
    fn bytes(&self) -> usize {
        self.iter().map(|part| part.len() + size_of::<String>()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_has_an_end() {
        let mut growth = Growth::default();
        assert!(growth.add(MOST_BYTES).is_ok());
        assert!(growth.add(1).is_err());
        assert!(fits(usize::MAX).is_err());
    }
}
