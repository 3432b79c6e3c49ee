//! Definitions of databases and tables, in memory and as files of a directory.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use datafusion::prelude::SessionContext;
use serde_json::{Value, json};

use super::definition::{TableDefinition, pairs};
use super::provider::WarehouseCatalog;
use crate::error::{Error, Result};
use crate::source::KnownPartitions;

/// The database that is always there.
const DEFAULT: &str = "default";
/// Where definitions are, below the warehouse's directory.
const DEFINITIONS: &str = "_definitions";

/// A database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DatabaseDefinition {
    pub(crate) name: String,
    pub(crate) comment: String,
    pub(crate) location: String,
    pub(crate) properties: BTreeMap<String, String>,
}

/// A directory of databases and tables, which sessions share.
///
/// Definitions are kept as files beside the tables, so that another server on the same
/// directory finds them. Names are compared, and kept, in lower case.
#[derive(Debug)]
pub struct Warehouse {
    directory: PathBuf,
    /// Whether the directory goes with the warehouse.
    temporary: bool,
    databases: RwLock<BTreeMap<String, Held>>,
}

#[derive(Debug)]
struct Held {
    definition: DatabaseDefinition,
    tables: BTreeMap<String, Arc<TableDefinition>>,
}

impl Warehouse {
    /// The warehouse in a directory, which is made if it is not there.
    ///
    /// # Errors
    /// If the directory cannot be made or read.
    pub fn open(directory: impl AsRef<Path>) -> Result<Arc<Self>> {
        Self::load(directory.as_ref(), false).map(Arc::new)
    }

    /// A warehouse in a directory of its own, which is removed with it.
    ///
    /// # Errors
    /// If the directory cannot be made.
    pub fn temporary() -> Result<Arc<Self>> {
        use std::hash::{BuildHasher as _, RandomState};
        let name = format!("spark-warehouse-{:016x}", RandomState::new().hash_one(0_u8));
        Self::load(&std::env::temp_dir().join(name), true).map(Arc::new)
    }

    fn load(directory: &Path, temporary: bool) -> Result<Self> {
        let directory = std::path::absolute(directory).map_err(|error| fault(directory, &error))?;
        let definitions = directory.join(DEFINITIONS);
        fs::create_dir_all(&definitions).map_err(|error| fault(&definitions, &error))?;
        let mut databases = BTreeMap::new();
        for (name, path) in entries(&definitions)? {
            if let Some(held) = load_database(&path)? {
                databases.insert(name, held);
            }
        }
        let warehouse = Self { directory, temporary, databases: RwLock::new(databases) };
        if warehouse.database(DEFAULT).is_none() {
            let location = file_url(&warehouse.directory);
            warehouse.put_database(DatabaseDefinition {
                name: DEFAULT.to_owned(),
                comment: "default database".to_owned(),
                location,
                properties: BTreeMap::new(),
            })?;
        }
        Ok(warehouse)
    }

    /// Offers the tables to a context, as the catalog `spark_catalog`.
    pub fn register(self: &Arc<Self>, context: &SessionContext) {
        let catalog = WarehouseCatalog::new(Arc::clone(self), context);
        context.register_catalog(WarehouseCatalog::NAME, Arc::new(catalog));
    }

    /// Where tables are kept, as a URL.
    pub fn location(&self) -> String {
        file_url(&self.directory)
    }

    /// Where a database of this name is kept.
    pub(crate) fn location_of(&self, database: &str) -> String {
        file_url(&self.directory.join(format!("{database}.db")))
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<String, Held>> {
        self.databases.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Held>> {
        self.databases.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn database_names(&self) -> Vec<String> {
        self.read().keys().cloned().collect()
    }

    pub(crate) fn database(&self, name: &str) -> Option<DatabaseDefinition> {
        self.read().get(&name.to_lowercase()).map(|held| held.definition.clone())
    }

    pub(crate) fn table_names(&self, database: &str) -> Vec<String> {
        let databases = self.read();
        let held = databases.get(&database.to_lowercase());
        held.map(|held| held.tables.keys().cloned().collect()).unwrap_or_default()
    }

    pub(crate) fn table(&self, database: &str, name: &str) -> Option<Arc<TableDefinition>> {
        let databases = self.read();
        databases.get(&database.to_lowercase())?.tables.get(&name.to_lowercase()).cloned()
    }

    /// Adds a database, or changes one.
    ///
    /// # Errors
    /// If it cannot be written down.
    pub(crate) fn put_database(&self, definition: DatabaseDefinition) -> Result<()> {
        let name = definition.name.to_lowercase();
        let mut databases = self.write();
        let DatabaseDefinition { name: shown, comment, location, properties } = &definition;
        let text = json!({
            "name": shown,
            "comment": comment,
            "location": location,
            "properties": properties,
        });
        self.save(&name, None, &text.to_string())?;
        match databases.get_mut(&name) {
            Some(held) => held.definition = definition,
            None => {
                databases.insert(name, Held { definition, tables: BTreeMap::new() });
            }
        }
        Ok(())
    }

    /// Adds a table, or changes one; its database must be there.
    ///
    /// # Errors
    /// If it cannot be written down.
    pub(crate) fn put_table(&self, database: &str, mut definition: TableDefinition) -> Result<()> {
        let database = database.to_lowercase();
        let name = definition.name.to_lowercase();
        let mut databases = self.write();
        let Some(held) = databases.get_mut(&database) else {
            return Err(Error::internal(format!("there is no database {database}")));
        };
        let file = partitions_file(&self.definition_path(&database, Some(&name)));
        if let Some(known) =
            definition.partitions.take_if(|known| known.file() != Some(file.as_path()))
        {
            let known = known.kept_at(file.clone()).map_err(|error| fault(&file, &error))?;
            definition.partitions = Some(Arc::new(known));
        }
        self.save(&database, Some(&name), &definition.to_json())?;
        held.tables.insert(name, Arc::new(definition));
        Ok(())
    }

    /// Forgets a table; its definition if it was there.
    ///
    /// # Errors
    /// If that cannot be written down.
    pub(crate) fn remove_table(
        &self,
        database: &str,
        name: &str,
    ) -> Result<Option<Arc<TableDefinition>>> {
        let (database, name) = (database.to_lowercase(), name.to_lowercase());
        let mut databases = self.write();
        let Some(held) = databases.get_mut(&database) else { return Ok(None) };
        if !held.tables.contains_key(&name) {
            return Ok(None);
        }
        let path = self.definition_path(&database, Some(&name));
        fs::remove_file(&path).map_err(|error| fault(&path, &error))?;
        let _ = fs::remove_file(partitions_file(&path));
        Ok(held.tables.remove(&name))
    }

    /// Forgets a database and its tables.
    ///
    /// # Errors
    /// If that cannot be written down.
    pub(crate) fn remove_database(&self, name: &str) -> Result<()> {
        let name = name.to_lowercase();
        let mut databases = self.write();
        if databases.remove(&name).is_some() {
            let path = self.directory.join(DEFINITIONS).join(encoded(&name));
            fs::remove_dir_all(&path).map_err(|error| fault(&path, &error))?;
        }
        Ok(())
    }

    fn definition_path(&self, database: &str, table: Option<&str>) -> PathBuf {
        let folder = self.directory.join(DEFINITIONS).join(encoded(database));
        match table {
            None => folder.join("database.json"),
            Some(table) => folder.join("tables").join(format!("{}.json", encoded(table))),
        }
    }

    /// Writes a definition beside the old one and puts it in its place.
    fn save(&self, database: &str, table: Option<&str>, text: &str) -> Result<()> {
        let path = self.definition_path(database, table);
        let new = path.with_extension("new");
        let folder = path.parent().unwrap_or(&self.directory);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&new, text))
            .and_then(|()| fs::rename(&new, &path))
            .map_err(|error| fault(&path, &error))
    }
}

impl Drop for Warehouse {
    fn drop(&mut self) {
        if self.temporary {
            let _ = fs::remove_dir_all(&self.directory);
        }
    }
}

fn load_database(folder: &Path) -> Result<Option<Held>> {
    let Ok(text) = fs::read_to_string(folder.join("database.json")) else { return Ok(None) };
    let invalid = || Error::internal(format!("no definition of a database: {text}"));
    let value: Value = serde_json::from_str(&text).map_err(|_| invalid())?;
    let string = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let definition = DatabaseDefinition {
        name: string("name").ok_or_else(invalid)?,
        comment: string("comment").unwrap_or_default(),
        location: string("location").ok_or_else(invalid)?,
        properties: pairs(value.get("properties")),
    };
    let mut tables = BTreeMap::new();
    let folder = folder.join("tables");
    for (_, path) in if folder.is_dir() { entries(&folder)? } else { Vec::new() } {
        if path.extension().is_some_and(|extension| extension == "json") {
            let text = fs::read_to_string(&path).map_err(|error| fault(&path, &error))?;
            let mut table = TableDefinition::from_json(&text)?;
            if table.partitions.is_some() {
                let file = partitions_file(&path);
                let known = KnownPartitions::load(file.clone());
                table.partitions = Some(Arc::new(known.map_err(|error| fault(&file, &error))?));
            }
            tables.insert(table.name.to_lowercase(), Arc::new(table));
        }
    }
    Ok(Some(Held { definition, tables }))
}

/// Where the partitions are written down that a table knows of.
fn partitions_file(definition: &Path) -> PathBuf {
    definition.with_extension("partitions")
}

fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let listed = fs::read_dir(folder).map_err(|error| fault(folder, &error))?;
    let entries = listed.map(|entry| {
        let entry = entry.map_err(|error| fault(folder, &error))?;
        Ok((decoded(&entry.file_name().to_string_lossy()), entry.path()))
    });
    entries.collect()
}

fn fault(path: &Path, error: &std::io::Error) -> Error {
    let text = format!("{}: {error}", path.display());
    datafusion::error::DataFusionError::IoError(std::io::Error::new(error.kind(), text)).into()
}

fn file_url(path: &Path) -> String {
    format!("file:{}", path.display())
}

/// A name as a file's name: what is not plain becomes `%` and its code.
fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let parts = name.bytes().map(|byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02x}"),
    });
    parts.collect()
}

fn decoded(name: &str) -> String {
    let bytes = name.as_bytes();
    let mut plain = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| name.get(at + 1..at + 3)).flatten();
        let byte = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        plain.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::definition::Kind;
    use super::*;

    #[test]
    fn definitions_are_found_again() {
        let directory = std::env::temp_dir().join(format!("warehouse-{}", std::process::id()));
        let warehouse = Warehouse::open(&directory).unwrap();
        let location = warehouse.location_of("wëird/db");
        warehouse
            .put_database(DatabaseDefinition {
                name: "wëird/db".to_owned(),
                comment: String::new(),
                location,
                properties: BTreeMap::new(),
            })
            .unwrap();
        let table = TableDefinition {
            name: "t".to_owned(),
            kind: Kind::Managed,
            provider: "parquet".to_owned(),
            location: String::new(),
            schema: crate::sql::parse_schema("a int").unwrap(),
            partition_by: Vec::new(),
            partitions: None,
            buckets: None,
            options: BTreeMap::new(),
            properties: BTreeMap::new(),
            comment: None,
            text: None,
            text_namespace: Vec::new(),
            created: 0,
        };
        warehouse.put_table("wëird/db", table.clone()).unwrap();
        drop(warehouse);
        let again = Warehouse::open(&directory).unwrap();
        assert_eq!(again.database_names(), ["default", "wëird/db"]);
        assert_eq!(again.table("WËIRD/DB", "T").as_deref(), Some(&table));
        assert!(again.remove_table("wëird/db", "t").unwrap().is_some());
        fs::remove_dir_all(directory).unwrap();
    }
}
