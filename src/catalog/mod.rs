//! Databases and tables that outlive a query: definitions in a warehouse directory,
//! offered to DataFusion as a catalog.

mod definition;
mod foreign;
mod lookup;
mod open;
mod provider;
mod rows;
mod store;

pub(crate) use definition::{Kind, TableDefinition};
pub(crate) use foreign::{Existing, Foreign};
pub use lookup::TableName;
pub(crate) use lookup::{
    Database, catalog_not_found, databases, find_catalog, find_database, name_of, not_found_within,
    schema_not_found, table_name, table_not_found,
};
pub(crate) use open::{open_files, open_table, open_with};
pub(crate) use rows::{drop_table, find_partitions, list_partitions, recover, remove_rows};
pub(crate) use store::DatabaseDefinition;
pub use store::Warehouse;
