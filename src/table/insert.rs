//! Writing rows into a table that is there.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::logical_expr::dml::InsertOp;

use crate::catalog::{
    Database, TableDefinition, TableName, find_database, open_files, open_table, open_with,
    table_not_found,
};
use crate::error::{Error, Result};
use crate::execute;
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::record::Options;
use crate::session::Session;

/// A table to write into.
pub(crate) struct Target {
    pub(crate) name: TableName,
    pub(crate) provider: Arc<dyn TableProvider>,
    /// What is known of it, if it is the warehouse's.
    pub(crate) definition: Option<Arc<TableDefinition>>,
}

impl Target {
    /// Whether its format is not one of Spark's own: it says itself what it takes.
    pub(crate) fn is_foreign(&self) -> bool {
        let files =
            |known: &Arc<TableDefinition>| open_files(known, "UTC").is_ok_and(|f| f.is_some());
        self.definition.as_ref().is_some_and(|known| !files(known))
    }

    /// The columns, in types of the session's time zone.
    pub(crate) fn schema(&self, session: &Session) -> SchemaRef {
        let schema = self.provider.schema();
        Arc::new(crate::relation::normal_schema(&schema, &session.time_zone()))
    }
}

/// The table of this name, if there is one.
///
/// # Errors
/// If it is a view, or cannot be opened.
pub(crate) async fn find(
    planner: &SparkConnectPlanner,
    name: &TableName,
) -> Result<Option<Target>> {
    let state = planner.state();
    let Some(database) = find_database(&state, &name.catalog, &name.database) else {
        return Ok(None);
    };
    let Some(table) = database.table_name(&name.table) else { return Ok(None) };
    let definition = database.own().and_then(|own| own.definition(&table));
    let provider = match &definition {
        Some(definition) if definition.is_view() => {
            return Err(Error::unsupported("write.into_view"));
        }
        Some(definition) => {
            let time_zone = planner.session().time_zone();
            Some(open_table(definition, &state, &time_zone).await?)
        }
        None => database.schema.table(&table).await?,
    };
    let name = full(&database, table);
    Ok(provider.map(|provider| Target { name, provider, definition }))
}

fn full(database: &Database, table: String) -> TableName {
    TableName { catalog: database.catalog.clone(), database: database.name.clone(), table }
}

/// The table of this name.
///
/// # Errors
/// `TABLE_OR_VIEW_NOT_FOUND`, with the name as it was written.
pub(crate) async fn target(
    planner: &SparkConnectPlanner,
    name: &TableName,
    parts: &[String],
) -> Result<Target> {
    let found = find(planner, name).await?;
    found.ok_or_else(|| table_not_found(planner.session(), parts))
}

/// Writes the rows of `input`, whose columns are the table's.
///
/// # Errors
/// If running the plan or writing fails.
pub(crate) async fn insert(
    planner: &SparkConnectPlanner,
    provider: &dyn TableProvider,
    input: &Planned,
    operation: InsertOp,
) -> Result<u64> {
    execute::insert(planner, provider, input, operation).await
}

/// The table, set up to be written into with these options.
///
/// # Errors
/// If an option is not served; those of a foreign format.
pub(crate) async fn provider(
    planner: &SparkConnectPlanner,
    target: &Target,
    options: &HashMap<String, String>,
) -> Result<Arc<dyn TableProvider>> {
    let mut known = Options::writing(options);
    let mode = known.take("partitionoverwritemode");
    let Some(definition) = target.definition.as_deref() else {
        return Ok(Arc::clone(&target.provider));
    };
    match open_files(definition, &planner.session().time_zone())? {
        Some(files) => {
            let dynamic = overwrites_dynamically(planner.session(), mode.as_deref());
            Ok(Arc::new(files.with_dynamic_overwrite(dynamic)))
        }
        None => open_with(definition, options, &planner.state()).await,
    }
}

/// Whether overwriting touches only the partitions that get rows.
pub(crate) fn overwrites_dynamically(session: &Session, option: Option<&str>) -> bool {
    let conf = session.conf().get_option("spark.sql.sources.partitionOverwriteMode");
    let mode = option.map(str::to_owned).or(conf);
    mode.is_some_and(|mode| mode.eq_ignore_ascii_case("dynamic"))
}
