//! Whether bytes are a variant.

use super::value::{Value, Variant, malformed};
use crate::error::Result;
use crate::planner::grown::with_stack;

/// Whether the bytes can be read to the end, all that is inside included.
pub(crate) fn is_valid(value: &[u8], metadata: &[u8]) -> bool {
    Variant::new(value, metadata).and_then(|variant| variant.check()).is_ok()
}

impl Variant<'_> {
    /// Reads all that is inside once.
    ///
    /// # Errors
    /// If the bytes are no variant, or hold more values than they have bytes: values
    /// may lie within each other in bytes that nobody wrote with care, and a few of
    /// those would be more than any memory holds.
    pub(super) fn check(&self) -> Result<()> {
        let mut left = self.len();
        walk(self, &mut left)
    }
}

fn walk(variant: &Variant<'_>, left: &mut usize) -> Result<()> {
    *left = left.checked_sub(1).ok_or_else(malformed)?;
    match variant.read()? {
        Value::Object(object) => {
            object.iter().try_for_each(|entry| with_stack(|| walk(&entry?.1, left)))
        }
        Value::Array(array) => {
            array.iter().try_for_each(|value| with_stack(|| walk(&value?, left)))
        }
        _ => Ok(()),
    }
}
