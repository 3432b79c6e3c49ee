//! Finding databases and tables by the names that users write.

use std::sync::Arc;

use datafusion::catalog::{CatalogProvider, SchemaProvider};
use datafusion::execution::SessionState;

use super::provider::WarehouseSchema;
use super::store::{DatabaseDefinition, Warehouse};
use crate::error::{Condition, Error, Result};
use crate::planner::columns::{quote_parts, same_name};
use crate::session::Session;
use crate::sql;

/// A database, of the warehouse or of an embedder's catalog.
#[derive(Clone)]
pub(crate) struct Database {
    pub(crate) catalog: String,
    pub(crate) name: String,
    pub(crate) schema: Arc<dyn SchemaProvider>,
}

impl Database {
    /// The warehouse that it is a database of.
    pub(crate) fn warehouse(&self) -> Option<&Arc<Warehouse>> {
        self.own().map(|own| &own.warehouse)
    }

    /// The provider, if it is the warehouse's.
    pub(crate) fn own(&self) -> Option<&WarehouseSchema> {
        self.schema.downcast_ref::<WarehouseSchema>()
    }

    /// What is known of it.
    pub(crate) fn definition(&self) -> DatabaseDefinition {
        let own = self.warehouse().and_then(|warehouse| warehouse.database(&self.name));
        own.unwrap_or_else(|| DatabaseDefinition {
            name: self.name.clone(),
            comment: String::new(),
            location: String::new(),
            properties: Default::default(),
        })
    }

    /// The table's name as the database has it.
    pub(crate) fn table_name(&self, wanted: &str) -> Option<String> {
        if self.schema.table_exist(wanted) {
            return Some(match self.own() {
                Some(_) => wanted.to_lowercase(),
                None => wanted.to_owned(),
            });
        }
        pick(&self.schema.table_names(), wanted)
    }

    /// Catalog, database and the name of a table in it.
    pub(crate) fn into_path(self, table: String) -> Arc<[String]> {
        Arc::from([self.catalog, self.name, table])
    }

    /// Catalog, database and a name in it.
    pub(crate) fn path(&self, table: &str) -> Vec<String> {
        vec![self.catalog.clone(), self.name.clone(), table.to_owned()]
    }
}

/// Catalog, database and table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableName {
    /// The catalog.
    pub catalog: String,
    /// The database: DataFusion's schema.
    pub database: String,
    /// The table.
    pub table: String,
}

impl TableName {
    /// The name in backquotes.
    pub fn quoted(&self) -> String {
        quote_parts([self.catalog.as_str(), &self.database, &self.table])
    }
}

/// The whole name of a table, with the session's catalog and database where the text
/// has none.
///
/// # Errors
/// If the text is no name, or has too many parts.
pub(crate) fn table_name(session: &Session, text: &str) -> Result<TableName> {
    name_of(session, sql::parse_identifier(text)?)
}

/// The same for a name in parts.
///
/// # Errors
/// If there are too many parts.
pub(crate) fn name_of(session: &Session, parts: Vec<String>) -> Result<TableName> {
    let shown = parts.join(".");
    let mut parts = parts.into_iter().rev();
    let mut next = || parts.next();
    let (table, database, catalog) = (next(), next(), next());
    if parts.next().is_some() {
        return Err(Error::analysis(
            Condition::CATALOG_FOR_IDENTIFIER_NOT_FOUND,
            [("quote", shown)],
        ));
    }
    Ok(TableName {
        catalog: catalog.unwrap_or_else(|| session.current_catalog()),
        database: database.unwrap_or_else(|| session.current_database()),
        table: table.unwrap_or_default(),
    })
}

/// The database of this name.
pub(crate) fn find_database(state: &SessionState, catalog: &str, name: &str) -> Option<Database> {
    let (catalog, provider) = find_catalog(state, catalog)?;
    let (name, schema) = schema_of(provider.as_ref(), name)?;
    Some(Database { catalog, name, schema })
}

/// The catalog of this name, and the name as it was registered.
pub(crate) fn find_catalog(
    state: &SessionState,
    wanted: &str,
) -> Option<(String, Arc<dyn CatalogProvider>)> {
    let catalogs = state.catalog_list();
    if let Some(provider) = catalogs.catalog(wanted) {
        return Some((wanted.to_owned(), provider));
    }
    let name = pick(&catalogs.catalog_names(), wanted)?;
    let provider = catalogs.catalog(&name)?;
    Some((name, provider))
}

/// All databases of a catalog.
///
/// # Errors
/// `CATALOG_NOT_FOUND`.
pub(crate) fn databases(state: &SessionState, catalog: &str) -> Result<Vec<Database>> {
    let found = find_catalog(state, catalog);
    let (catalog, provider) = found.ok_or_else(|| catalog_not_found(catalog))?;
    let mut names = provider.schema_names();
    names.sort();
    let databases = names.into_iter().filter_map(|name| {
        let schema = provider.schema(&name)?;
        Some(Database { catalog: catalog.clone(), name, schema })
    });
    Ok(databases.collect())
}

/// The name itself, or one that differs in case only.
fn pick(names: &[String], wanted: &str) -> Option<String> {
    let exact = names.iter().find(|name| *name == wanted);
    exact.or_else(|| names.iter().find(|name| same_name(name, wanted))).cloned()
}

fn schema_of(
    catalog: &dyn CatalogProvider,
    wanted: &str,
) -> Option<(String, Arc<dyn SchemaProvider>)> {
    if let Some(schema) = catalog.schema(wanted) {
        let name = schema.downcast_ref::<WarehouseSchema>().map(|own| own.name.clone());
        return Some((name.unwrap_or_else(|| wanted.to_owned()), schema));
    }
    let name = pick(&catalog.schema_names(), wanted)?;
    let schema = catalog.schema(&name)?;
    Some((name, schema))
}

/// `CATALOG_NOT_FOUND`.
pub(crate) fn catalog_not_found(name: &str) -> Error {
    Error::analysis(
        Condition::CATALOG_NOT_FOUND,
        [("catalogName", quote_parts([name])), ("config", format!("\"spark.sql.catalog.{name}\""))],
    )
}

/// `SCHEMA_NOT_FOUND`.
pub(crate) fn schema_not_found(catalog: &str, name: &str) -> Error {
    Error::analysis(Condition::SCHEMA_NOT_FOUND, [("schemaName", quote_parts([catalog, name]))])
}

/// `TABLE_OR_VIEW_NOT_FOUND` for a name as it was written.
pub(crate) fn table_not_found(session: &Session, parts: &[String]) -> Error {
    not_found_within(session, parts, "`system`.`builtin`, `system`.`session`, ")
}

/// The same, for what looks no names up among functions; `before` is the part of the
/// search path before the current database.
pub(crate) fn not_found_within(session: &Session, parts: &[String], before: &str) -> Error {
    let current = [session.current_catalog(), session.current_database()];
    let current = quote_parts(current.iter().map(String::as_str));
    Error::analysis(
        Condition::TABLE_OR_VIEW_NOT_FOUND,
        [
            ("relationName", quote_parts(parts.iter().map(String::as_str))),
            ("searchPath", format!("[{before}{current}]")),
        ],
    )
}
