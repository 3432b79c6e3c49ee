//! Databases.

use std::collections::HashMap;

use super::{catalog, quoted};
use crate::catalog::{Database, catalog_not_found, find_catalog, find_database, schema_not_found};
use crate::error::{Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::proto;
use crate::proto::catalog::CatType;
use crate::sql::action::NamespaceChange;

/// The catalog and database that a name is of.
pub(super) fn parts<'n>(planner: &SparkConnectPlanner, name: &'n [String]) -> (String, &'n str) {
    match name {
        [catalog, database] => (catalog.clone(), database),
        [database] => (planner.session().current_catalog(), database),
        _ => (planner.session().current_catalog(), ""),
    }
}

/// The database of this name.
pub(super) fn find(planner: &SparkConnectPlanner, name: &[String]) -> Result<Database> {
    let (catalog, database) = parts(planner, name);
    let found = find_database(&planner.state(), &catalog, database);
    found.ok_or_else(|| schema_not_found(&catalog, database))
}

pub(super) async fn create(
    planner: &SparkConnectPlanner,
    name: &[String],
    if_not_exists: bool,
    properties: &HashMap<String, String>,
) -> Result<()> {
    let (_, database) = parts(planner, name);
    let db_name = quoted(&[database.to_owned()]);
    let properties = properties.clone();
    let question = proto::CreateDatabase { db_name, if_not_exists, properties };
    catalog(planner, CatType::CreateDatabase(question)).await.map(std::mem::drop)
}

pub(super) async fn drop(
    planner: &SparkConnectPlanner,
    name: &[String],
    if_exists: bool,
    cascade: bool,
) -> Result<()> {
    let question = proto::DropDatabase { db_name: quoted(name), if_exists, cascade };
    catalog(planner, CatType::DropDatabase(question)).await.map(std::mem::drop)
}

pub(super) fn alter(
    planner: &SparkConnectPlanner,
    name: &[String],
    change: &NamespaceChange,
) -> Result<()> {
    let database = find(planner, name)?;
    let Some(warehouse) = database.warehouse() else {
        return Err(Error::unsupported("sql.foreign_catalog"));
    };
    let mut definition = database.definition();
    match change {
        NamespaceChange::Properties(properties) => {
            definition.properties.extend(properties.clone());
        }
        NamespaceChange::Unset(keys) => {
            definition.properties.retain(|key, _| !keys.contains(key));
        }
        NamespaceChange::Location(location) => {
            definition.location = match location.contains(':') {
                true => location.clone(),
                false => format!("file:{location}"),
            };
        }
        NamespaceChange::Comment(text) => definition.comment.clone_from(text),
    }
    warehouse.put_database(definition)
}

pub(super) fn set_current(planner: &SparkConnectPlanner, name: &[String]) -> Result<()> {
    let session = planner.session();
    if let [only] = name
        && find_database(&planner.state(), &session.current_catalog(), only).is_none()
        && let Some((found, _)) = find_catalog(&planner.state(), only)
    {
        session.set_current(found, "default");
        return Ok(());
    }
    let database = find(planner, name)?;
    session.set_current(database.catalog, database.name);
    Ok(())
}

pub(super) async fn set_catalog(planner: &SparkConnectPlanner, name: &str) -> Result<()> {
    if find_catalog(&planner.state(), name).is_none() {
        return Err(catalog_not_found(name));
    }
    let question = proto::SetCurrentCatalog { catalog_name: name.to_owned() };
    catalog(planner, CatType::SetCurrentCatalog(question)).await.map(std::mem::drop)
}
