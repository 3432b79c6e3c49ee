//! From a definition to DataFusion's table.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::catalog::TableProvider;
use datafusion::execution::SessionState;

use super::definition::TableDefinition;
use super::foreign::Foreign;
use crate::error::{Error, Result};
use crate::planner::columns::same_name;
use crate::record::Options;
use crate::source::{Encoding, FileTable, Format, Place, nullable};
use crate::types;

/// Time zone of timestamps in tables; sessions cast them to their own.
pub(super) const TIME_ZONE: &str = "UTC";

/// The table that a definition describes. Texts of times without a zone are in
/// `time_zone`.
///
/// # Errors
/// If its format or an option is not served; those of a foreign format's factory.
pub(crate) async fn open_table(
    definition: &TableDefinition,
    state: &SessionState,
    time_zone: &str,
) -> Result<Arc<dyn TableProvider>> {
    if definition.is_view() {
        return Err(Error::unsupported("catalog.view_of_another_engine"));
    }
    if let Some(table) = open_files(definition, time_zone)? {
        return Ok(Arc::new(table));
    }
    open_with(definition, &HashMap::new(), state).await
}

/// The table of a foreign format, with more options.
///
/// # Errors
/// Those of the format's factory.
pub(crate) async fn open_with(
    definition: &TableDefinition,
    options: &HashMap<String, String>,
    state: &SessionState,
) -> Result<Arc<dyn TableProvider>> {
    let own = definition.options.clone().into_iter();
    let given = options.iter().map(|(key, value)| (key.clone(), value.clone()));
    let foreign = Foreign {
        format: &definition.provider,
        schema: None,
        locations: vec![definition.location.clone()],
        partition_by: definition.partition_by.clone(),
        options: own.chain(given).collect(),
    };
    foreign.read(state).await
}

/// The files of a table, if its format is built in.
///
/// # Errors
/// If the format or an option is not served.
pub(crate) fn open_files(
    definition: &TableDefinition,
    time_zone: &str,
) -> Result<Option<FileTable>> {
    let options: HashMap<_, _> = definition.options.clone().into_iter().collect();
    let provider = &definition.provider;
    let format = Format::new(provider, &mut Options::reading(&options), time_zone)?;
    let Some(format) = format else { return Ok(None) };
    let table = file_table(format, definition)?;
    // Not every format that is read is written.
    let encoding = Encoding::new(provider, &mut Options::writing(&options), time_zone);
    Ok(Some(match encoding {
        Ok(Some(encoding)) => table.writable(encoding),
        Ok(None) | Err(_) => table,
    }))
}

/// The files of a table.
fn file_table(format: Format, definition: &TableDefinition) -> Result<FileTable> {
    let schema = types::to_schema(&definition.schema, TIME_ZONE)?;
    let schema = nullable(&schema);
    let is_folder =
        |field: &Field| definition.partition_by.iter().any(|name| same_name(name, field.name()));
    let (folders, in_files): (Vec<_>, Vec<_>) =
        schema.fields().iter().cloned().partition(|field| is_folder(field));
    let place = Place::Directory(definition.location.clone());
    let table = FileTable::new(format, Arc::new(Schema::new(in_files)), folders, place);
    let known = definition.partitions.clone();
    Ok(table.with_buckets(definition.buckets.clone()).with_known_partitions(known))
}
