//! Tables and files that rows are written into: making them, fitting rows to their
//! columns, writing.

mod align;
mod create;
mod insert;
mod save;

pub(crate) use align::{by_known_names, by_name, by_position};
pub use create::{NewTable, WhenThere};
pub(crate) use create::{create, create_as};
pub(crate) use insert::{Target, find, insert, provider, target};
pub(crate) use save::{Save, save};

use crate::catalog::{TableName, find_database, schema_not_found, table_name};
use crate::error::Result;
use crate::planner::SparkConnectPlanner;

impl SparkConnectPlanner {
    /// The whole name of a table, with the session's catalog and database where the
    /// text has none.
    ///
    /// # Errors
    /// If the text is no name.
    pub fn table_name(&self, text: &str) -> Result<TableName> {
        table_name(self.session(), text)
    }

    /// Where a table of this name has its rows, unless it is told otherwise.
    ///
    /// # Errors
    /// `SCHEMA_NOT_FOUND`.
    pub fn table_location(&self, name: &TableName) -> Result<String> {
        let database = find_database(&self.state(), &name.catalog, &name.database);
        let database = database.ok_or_else(|| schema_not_found(&name.catalog, &name.database))?;
        Ok(format!("{}/{}", database.definition().location, name.table.to_lowercase()))
    }

    /// Puts a table into the catalog; whether it was made. Without a schema it gets a
    /// name only: the rows are there already, at its location.
    ///
    /// # Errors
    /// `TABLE_OR_VIEW_ALREADY_EXISTS`, `SCHEMA_NOT_FOUND`, and those of the format.
    pub async fn create_table(&self, table: NewTable) -> Result<bool> {
        create(self, table).await
    }
}
