//! The families of functions.

mod aggregate;
pub(crate) mod collection;
pub(super) mod conditional;
mod datetime;
mod math;
mod misc;
mod operators;
mod string;

use super::table::Build;

pub(crate) use math::rounded_decimal;

/// One family's lines.
pub(super) type Family = &'static [(&'static str, Build)];

/// All families.
pub(super) const ALL: &[Family] = &[
    operators::TABLE,
    conditional::TABLE,
    aggregate::TABLE,
    collection::TABLE,
    string::TABLE,
    math::TABLE,
    datetime::TABLE,
    misc::TABLE,
];
