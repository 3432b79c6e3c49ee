//! The families of functions.

mod aggregate;
pub(crate) mod collection;
pub(super) mod conditional;
mod operators;

use super::table::Build;

/// One family's lines.
pub(super) type Family = &'static [(&'static str, Build)];

/// All families.
pub(super) const ALL: &[Family] =
    &[operators::TABLE, conditional::TABLE, aggregate::TABLE, collection::TABLE];
