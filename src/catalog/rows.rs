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

/// The partitions that have files, as `a=1/b=2`, in order.
///
/// # Errors
/// If the store fails.
pub(crate) async fn list_partitions(
    definition: &TableDefinition,
    state: &SessionState,
) -> Result<Vec<String>> {
    let paths = std::slice::from_ref(&definition.location);
    let listing = match source::list(paths, &source::Choice::default(), state.runtime_env()).await {
        Ok(listing) => listing,
        Err(Error::Analysis(_)) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let partitions = listing.files.iter().map(|file| {
        let segments = file.partitions.iter();
        let segments = segments.map(|(name, value)| source::path_segment(name, value.as_deref()));
        segments.collect::<Vec<_>>().join("/")
    });
    Ok(partitions.collect::<BTreeSet<_>>().into_iter().collect())
}
