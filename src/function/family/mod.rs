//! The families of functions.

mod aggregate;
mod clock;
pub(crate) mod collection;
pub(super) mod conditional;
mod datetime;
mod gathered;
mod json;
mod math;
mod misc;
mod moments;
mod nested;
mod operators;
mod record;
mod sequence;
mod session;
#[cfg(feature = "sketches")]
mod sketch;
mod string;
mod structs;
mod text;
pub(crate) mod variant;
mod xpath;

use super::table::Build;

pub(crate) use math::rounded_decimal;

/// One family's lines.
pub(super) type Family = &'static [(&'static str, Build)];

/// The families of sketches, if they are built.
#[cfg(feature = "sketches")]
pub(super) const SKETCHES: &[Family] = sketch::TABLES;
#[cfg(not(feature = "sketches"))]
pub(super) const SKETCHES: &[Family] = &[];

/// All other families.
pub(super) const ALL: &[Family] = &[
    operators::TABLE,
    conditional::TABLE,
    aggregate::TABLE,
    gathered::TABLE,
    json::TABLE,
    record::TABLE,
    xpath::TABLE,
    variant::TABLE,
    collection::TABLE,
    string::TABLE,
    text::TABLE,
    math::TABLE,
    datetime::TABLE,
    clock::TABLE,
    moments::TABLE,
    misc::TABLE,
    nested::TABLE,
    session::TABLE,
    session::CRYPTO,
];
