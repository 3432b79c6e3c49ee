//! DELETE, UPDATE and MERGE: files with rows that change are written anew.

mod assign;
mod delete;
mod hooks;
mod merge;
mod rewrite;
mod row_id;
mod scan;
mod spill;
mod target;
mod update;

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};

pub(crate) use delete::{Deletion, count, delete, deletion};
pub(crate) use hooks::Change;
pub(crate) use merge::merge;
pub(crate) use target::Target;
pub(crate) use update::update;

pub(crate) fn affected_schema() -> SchemaRef {
    counts(&["num_affected_rows"])
}

pub(crate) fn merge_schema() -> SchemaRef {
    counts(&["num_affected_rows", "num_updated_rows", "num_deleted_rows", "num_inserted_rows"])
}

/// The schema of a row of counts.
pub(crate) fn counts(names: &[&str]) -> SchemaRef {
    let field = |name: &&str| Field::new(*name, DataType::Int64, true);
    Arc::new(Schema::new(names.iter().map(field).collect::<Vec<_>>()))
}
