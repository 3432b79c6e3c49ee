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
use crate::source::options::Options;
use crate::source::{Encoding, FileTable, Format, Place, nullable};
use crate::types;

/// Time zone of timestamps in tables; sessions cast them to their own.
const TIME_ZONE: &str = "UTC";

/// The table that a definition describes.
///
/// # Errors
/// If its format or an option is not served; those of a foreign format's factory.
pub(crate) async fn open_table(
    definition: &TableDefinition,
    state: &SessionState,
) -> Result<Arc<dyn TableProvider>> {
    let options: HashMap<_, _> = definition.options.clone().into_iter().collect();
    if definition.is_view() {
        return Err(Error::unsupported("catalog.view_of_another_engine"));
    }
    if let Some(table) = open_files(definition)? {
        return Ok(Arc::new(table));
    }
    let foreign = Foreign {
        format: &definition.provider,
        schema: None,
        locations: vec![definition.location.clone()],
        partition_by: definition.partition_by.clone(),
        options,
    };
    foreign.read(state).await
}

/// The files of a table, if its format is built in.
///
/// # Errors
/// If the format or an option is not served.
pub(crate) fn open_files(definition: &TableDefinition) -> Result<Option<FileTable>> {
    let options: HashMap<_, _> = definition.options.clone().into_iter().collect();
    let format = Format::new(&definition.provider, &mut Options::reading(&options))?;
    let Some(format) = format else { return Ok(None) };
    let table = file_table(format, definition)?;
    let encoding = Encoding::new(&definition.provider, &mut Options::writing(&options))?;
    Ok(Some(match encoding {
        Some(encoding) => table.writable(encoding),
        None => table,
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
    Ok(FileTable::new(format, Arc::new(Schema::new(in_files)), folders, place))
}
