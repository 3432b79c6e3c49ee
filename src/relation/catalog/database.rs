//! Catalogs and databases.

use std::collections::BTreeMap;

use super::pattern::Pattern;
use super::rows::{flag, nothing, rows, texts};
use crate::catalog::{
    Database, DatabaseDefinition, catalog_not_found, databases, find_catalog, find_database,
    schema_not_found, table_name,
};
use crate::error::{Condition, Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::{quote_parts, same_name};
use crate::planner::planned::Planned;
use crate::proto;
use crate::relation::read::table::GLOBAL_TEMP;
use crate::sql;

pub(super) fn set_current(
    question: &proto::SetCurrentDatabase,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::SetCurrentDatabase { db_name } = question;
    let session = planner.session();
    let catalog = session.current_catalog();
    let parts = sql::parse_identifier(db_name)?;
    let [name] = parts.as_slice() else {
        return Err(not_found(&catalog, &parts));
    };
    let database = find_database(&planner.state(), &catalog, name);
    let database = database.ok_or_else(|| schema_not_found(&catalog, name))?;
    if !planner.is_for_schema() {
        session.set_current(database.catalog, database.name);
    }
    nothing()
}

fn not_found(catalog: &str, parts: &[String]) -> Error {
    let all = [catalog].into_iter().chain(parts.iter().map(String::as_str));
    Error::analysis(Condition::SCHEMA_NOT_FOUND, [("schemaName", quote_parts(all))])
}

pub(super) fn set_current_catalog(
    question: &proto::SetCurrentCatalog,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::SetCurrentCatalog { catalog_name } = question;
    let state = planner.state();
    let found = find_catalog(&state, catalog_name);
    let (name, provider) = found.ok_or_else(|| catalog_not_found(catalog_name))?;
    let session = planner.session();
    if !planner.is_for_schema() && name != session.current_catalog() {
        let mut names = provider.schema_names();
        names.sort();
        let default = names.iter().find(|name| *name == "default").or(names.first());
        session.set_current(name, default.cloned().unwrap_or_default());
    }
    nothing()
}

pub(super) fn list_catalogs(
    question: &proto::ListCatalogs,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::ListCatalogs { pattern } = question;
    let pattern = Pattern::new(pattern.as_deref());
    let mut names = planner.state().catalog_list().catalog_names();
    names.retain(|name| pattern.matches(name));
    names.sort();
    let none = names.iter().map(|_| None).collect::<Vec<_>>();
    rows(vec![texts("name", true, names.into_iter().map(Some)), texts("description", true, none)])
}

pub(super) fn list(
    question: &proto::ListDatabases,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::ListDatabases { pattern } = question;
    let pattern = Pattern::new(pattern.as_deref());
    let mut found = databases(&planner.state(), &planner.session().current_catalog())?;
    found.retain(|database| pattern.matches(&database.name));
    of_databases(&found)
}

fn of_databases(found: &[Database]) -> Result<Planned> {
    let known = found.iter().map(Database::definition).collect::<Vec<_>>();
    rows(vec![
        texts("name", true, found.iter().map(|database| Some(database.name.clone()))),
        texts("catalog", true, found.iter().map(|database| Some(database.catalog.clone()))),
        texts("description", true, known.iter().map(|database| Some(database.comment.clone()))),
        texts("locationUri", true, known.iter().map(|database| Some(database.location.clone()))),
    ])
}

/// The database that a text of one or two parts names.
pub(super) fn find(text: &str, planner: &SparkConnectPlanner) -> Result<Database> {
    let state = planner.state();
    let current = planner.session().current_catalog();
    let parts = sql::parse_identifier(text)?;
    let found = match parts.as_slice() {
        [name] => find_database(&state, &current, name),
        [catalog, name] if find_catalog(&state, catalog).is_some() => {
            find_database(&state, catalog, name)
        }
        _ => None,
    };
    found.ok_or_else(|| match parts.as_slice() {
        [catalog, name] if find_catalog(&state, catalog).is_some() => {
            schema_not_found(catalog, name)
        }
        _ => not_found(&current, &parts),
    })
}

pub(super) fn get(question: &proto::GetDatabase, planner: &SparkConnectPlanner) -> Result<Planned> {
    let proto::GetDatabase { db_name } = question;
    of_databases(&[find(db_name, planner)?])
}

pub(super) fn exists(
    question: &proto::DatabaseExists,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::DatabaseExists { db_name } = question;
    flag(same_name(db_name, GLOBAL_TEMP) || find(db_name, planner).is_ok())
}

pub(super) fn create(
    question: &proto::CreateDatabase,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::CreateDatabase { db_name, if_not_exists, properties } = question;
    if planner.is_for_schema() {
        return nothing();
    }
    let name = table_name(planner.session(), db_name)?.table;
    let catalog = planner.session().current_catalog();
    let default = find_database(&planner.state(), &catalog, "default");
    let Some(warehouse) = default.as_ref().and_then(Database::warehouse) else {
        return Err(Error::unsupported("catalog.create_database_elsewhere"));
    };
    if warehouse.database(&name).is_some() {
        if *if_not_exists {
            return nothing();
        }
        return Err(Error::analysis(
            Condition::SCHEMA_ALREADY_EXISTS,
            [("schemaName", quote_parts([name.as_str()]))],
        ));
    }
    let mut properties: BTreeMap<_, _> = properties.clone().into_iter().collect();
    let location = properties.remove("location").map(|location| match location.contains(':') {
        true => location,
        false => format!("file:{location}"),
    });
    let name = name.to_lowercase();
    warehouse.put_database(DatabaseDefinition {
        location: location.unwrap_or_else(|| warehouse.location_of(&name)),
        name,
        comment: properties.remove("comment").unwrap_or_default(),
        properties,
    })?;
    nothing()
}

pub(super) async fn drop(
    question: &proto::DropDatabase,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::DropDatabase { db_name, if_exists, cascade } = question;
    if planner.is_for_schema() {
        return nothing();
    }
    let database = match find(db_name, planner) {
        Ok(database) => database,
        Err(Error::Analysis(_)) if *if_exists => return nothing(),
        Err(error) => return Err(error),
    };
    if database.name == "default" {
        return Err(Error::analysis(
            Condition::UNSUPPORTED_FEATURE_DROP_DATABASE,
            [("database", quote_parts([database.catalog.as_str(), "default"]))],
        ));
    }
    let Some(warehouse) = database.warehouse() else {
        return Err(Error::unsupported("catalog.drop_database_elsewhere"));
    };
    let tables = warehouse.table_names(&database.name);
    if !tables.is_empty() && !cascade {
        return Err(Error::analysis(
            Condition::SCHEMA_NOT_EMPTY,
            [("schemaName", quote_parts([database.name.as_str()]))],
        ));
    }
    for table in tables {
        crate::catalog::drop_table(&planner.state(), &database, &table).await?;
    }
    warehouse.remove_database(&database.name)?;
    let session = planner.session();
    if session.current_database() == database.name {
        session.set_current(session.current_catalog(), "default");
    }
    nothing()
}
