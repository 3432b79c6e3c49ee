//! Rows into tables.

mod checks;
mod columns;
mod generated;
mod insert;
mod layout;
mod options;
mod schema;
mod sink;
mod writer;

pub(crate) use checks::{GENERATED, check_rules};
pub(crate) use generated::with_generated;
pub(crate) use layout::Layout;
pub(crate) use options::{Existing, Writing};
pub(crate) use schema::{delta_fields, metadata_actions, with_columns};
pub(crate) use sink::insert;
pub(crate) use writer::{TableWriter, Written};
