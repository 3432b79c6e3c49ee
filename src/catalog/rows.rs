//! The rows that a table owns: dropping them, and the partitions they are in.

use std::collections::BTreeSet;

use datafusion::error::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::object_store::ObjectStoreExt as _;

use super::definition::{Kind, TableDefinition};
use super::lookup::Database;
use crate::error::{Error, Result};
use crate::source;

/// Forgets a table, and its rows if it owns them.
///
/// # Errors
/// If that fails.
pub(crate) async fn drop_table(
    state: &SessionState,
    database: &Database,
    table: &str,
) -> Result<()> {
    let Some(warehouse) = database.warehouse() else {
        database.schema.deregister_table(table)?;
        return Ok(());
    };
    if let Some(definition) = warehouse.remove_table(&database.name, table)?
        && definition.kind == Kind::Managed
    {
        remove_rows(&definition, state).await?;
    }
    Ok(())
}

/// Removes all files of a table.
///
/// # Errors
/// If the store fails.
pub(crate) async fn remove_rows(definition: &TableDefinition, state: &SessionState) -> Result<()> {
    let url = source::location(&definition.location)?;
    let store = state.runtime_env().object_store(&url)?;
    for object in source::objects(store.as_ref(), url.prefix()).await? {
        store.delete(&object.location).await.map_err(DataFusionError::from)?;
    }
    if url.scheme() == "file" {
        let _ = std::fs::remove_dir_all(format!("/{}", url.prefix()));
    }
    Ok(())
}

/// The partitions of a table, as `a=1/b=2`, in order.
///
/// # Errors
/// If the store fails.
pub(crate) async fn list_partitions(
    definition: &TableDefinition,
    state: &SessionState,
) -> Result<BTreeSet<String>> {
    match &definition.partitions {
        Some(known) => Ok(known.folders()),
        None => find_partitions(definition, state).await,
    }
}

/// The partitions that have folders.
///
/// # Errors
/// If the store fails.
pub(crate) async fn find_partitions(
    definition: &TableDefinition,
    state: &SessionState,
) -> Result<BTreeSet<String>> {
    let paths = std::slice::from_ref(&definition.location);
    let listing = match source::list(paths, &source::Choice::default(), state.runtime_env()).await {
        Ok(listing) => listing,
        Err(Error::Analysis(_)) => return Ok(BTreeSet::new()),
        Err(error) => return Err(error),
    };
    let files = listing.files.iter().filter(|file| !file.partitions.is_empty());
    let mut found: BTreeSet<_> = files.map(|file| source::folder(&file.partitions)).collect();
    found.extend(empty_folders(&definition.location, definition.partition_by.len()));
    Ok(found)
}

/// Folders of partitions without rows, in a table of one partition column.
fn empty_folders(location: &str, depth: usize) -> Vec<String> {
    let Some(path) = location.strip_prefix("file:").filter(|_| depth == 1) else {
        return Vec::new();
    };
    let entries = std::fs::read_dir(format!("/{}", path.trim_start_matches('/')));
    let entries = entries.into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    let names = folders.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| name.contains('=')).collect()
}

/// Takes partitions for those of a table that have folders, and those for none of it
/// that have none, as asked for.
///
/// # Errors
/// If the store fails.
pub(crate) async fn recover(
    definition: &TableDefinition,
    state: &SessionState,
    add: bool,
    drop: bool,
) -> Result<()> {
    let Some(known) = &definition.partitions else { return Ok(()) };
    let found = find_partitions(definition, state).await?;
    known.change(|known| {
        if drop {
            known.retain(|folder| found.contains(folder));
        }
        if add {
            known.extend(found);
        }
    })
}
