//! Files as tables: formats and their options, listings with partition folders,
//! scans and writes.

mod buckets;
mod format;
mod known;
mod listing;
mod local;
#[cfg(feature = "orc")]
mod orc;
mod parquet;
mod partition;
mod range;
mod read;
mod scan;
mod sink;
mod strings;
mod table;
mod upload;
mod variants;
mod write;

pub use buckets::Buckets;
pub(crate) use format::Format;
pub(crate) use known::KnownPartitions;
pub(crate) use listing::{Choice, file_url, list, location, objects, shown};
pub(crate) use local::LocalTable;
pub(crate) use partition::{folder, path_segment};
pub(crate) use range::RangeTable;
pub(crate) use strings::{StringTable, infer as infer_texts};
pub(crate) use table::{FileTable, Place};
pub(crate) use write::Encoding;

pub(crate) use scan::FACTS;
use scan::FileFact;

use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::LogicalPlan;

use crate::error::{Condition, Error, Result};
use crate::record;
use crate::types::arrow_sql_name;

/// Files may lack any value, whatever they declare.
pub(crate) fn nullable(schema: &Schema) -> SchemaRef {
    Arc::new(Schema::new(record::nullable_fields(schema.fields())))
}

/// Whether files of this format are tables here, whatever the options.
pub(crate) fn is_built_in(format: &str) -> bool {
    const FORMATS: &[&str] =
        &["avro", "binaryfile", "csv", "json", "orc", "parquet", "text", "xml"];
    FORMATS.contains(&format.to_lowercase().as_str())
}

/// `UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE`.
fn cannot_hold(field: &Field, format: &str) -> Error {
    Error::analysis(
        Condition::UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE,
        [
            ("columnName", format!("`{}`", field.name())),
            ("columnType", format!("\"{}\"", arrow_sql_name(field.data_type()))),
            ("format", format.to_owned()),
        ],
    )
}

/// What a table of ours holds, if two of them can be told to be one; none if only
/// the very same table is.
pub(crate) fn identity(table: &dyn TableProvider) -> Option<String> {
    let table = table as &dyn std::any::Any;
    if let Some(local) = table.downcast_ref::<LocalTable>() {
        return local.identity();
    }
    if let Some(range) = table.downcast_ref::<RangeTable>() {
        return Some(range.identity());
    }
    table.downcast_ref::<FileTable>().map(FileTable::identity)
}

/// Whether who reads `table` may read what was written to another; without one,
/// whether the rows can change at all.
pub(crate) fn may_be_read(table: &dyn TableProvider, written: Option<&dyn TableProvider>) -> bool {
    let table = table as &dyn std::any::Any;
    if table.is::<LocalTable>() || table.is::<RangeTable>() {
        return false;
    }
    let files = table.downcast_ref::<FileTable>();
    let written = written.and_then(|table| (table as &dyn std::any::Any).downcast_ref());
    match (files, written) {
        (Some(files), Some(written)) => files.overlaps(written),
        _ => true,
    }
}

/// The tables of files that a plan reads, those of its subqueries too.
///
/// # Errors
/// None that is known; walking a plan may have some.
pub(crate) fn file_tables(plan: &LogicalPlan) -> Result<Vec<FileTable>> {
    let mut tables = Vec::new();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node
            && let Ok(table) = source_as_provider(&scan.source)
            && let Some(table) = (table.as_ref() as &dyn std::any::Any).downcast_ref::<FileTable>()
        {
            tables.push(table.clone());
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(tables)
}
