//! What generators are made of.

use super::Typed;
use super::call::scalar;
use super::udf::known::{KNOWN, MAYBE};
use super::udf::nested;

/// The array's elements in structs with their positions.
pub(crate) fn positioned(array: Typed) -> Typed {
    scalar(&nested::POSITIONED, [array])
}

/// The value, of which Spark says that it may be NULL.
pub(crate) fn maybe(value: Typed) -> Typed {
    scalar(&MAYBE, [value])
}

/// The value, which is never NULL.
pub(crate) fn known(value: Typed) -> Typed {
    scalar(&KNOWN, [value])
}
