//! Tables by name: relations of this query, temporary views, catalogs.

use std::sync::Arc;

use datafusion::catalog::{CatalogProvider, CatalogProviderList, SchemaProvider, TableProvider};
use datafusion::common::TableReference;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::LogicalPlanBuilder;

use super::normal;
use crate::error::{Condition, Error, Result};
use crate::planner::columns::{Columns, quote_parts, same_name};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::sql;

/// The database of views that sessions share.
const GLOBAL_TEMP: &str = "global_temp";

pub(super) async fn plan(name: &str, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let parts = sql::parse_identifier(name)?;
    if let Some(planned) = named_here(&parts, context) {
        return Ok(planned);
    }
    let session = context.planner.session();
    let found = find(&parts, context).await?;
    let Some(Table { provider, path }) = found else {
        return Err(not_found(&parts));
    };
    let reference = quoted_table(&path);
    let plan = LogicalPlanBuilder::scan(reference, provider_as_source(provider), None)?.build()?;
    normal::leaf(plan, &path, &session.time_zone())
}

/// Only the table's own name: it is what plans show.
fn quoted_table(path: &[String]) -> TableReference {
    TableReference::bare(path.last().map(String::as_str).unwrap_or_default())
}

pub(super) fn not_found(parts: &[String]) -> Error {
    Error::analysis(
        Condition::TABLE_OR_VIEW_NOT_FOUND,
        [("relationName", quote_parts(parts.iter().map(String::as_str)))],
    )
}

/// A relation that the query or the session names.
fn named_here(parts: &[String], context: &RelationContext<'_, '_>) -> Option<Planned> {
    let session = context.planner.session();
    match parts {
        [name] => {
            let planned = context.env.by_name(name).cloned();
            let planned = planned.or_else(|| session.views().get(name));
            planned.map(|planned| renewed(&planned, std::slice::from_ref(name)))
        }
        [database, name] if same_name(database, GLOBAL_TEMP) => {
            let planned = session.global_views().get(name)?;
            Some(renewed(&planned, &[GLOBAL_TEMP.to_owned(), name.clone()]))
        }
        _ => None,
    }
}

/// The relation with columns of their own and no past, so that two uses of a
/// view are two relations.
fn renewed(planned: &Planned, qualifier: &[String]) -> Planned {
    let entries = planned.columns().entries().iter();
    let columns = entries.map(|entry| {
        entry
            .with_id(crate::planner::columns::ColumnId::fresh())
            .with_qualifier(Arc::from(qualifier))
    });
    Planned::leaf(Arc::clone(planned.plan()), Columns::new(columns.collect()))
}

struct Table {
    provider: Arc<dyn TableProvider>,
    /// Catalog, database and table.
    path: Vec<String>,
}

async fn find(parts: &[String], context: &RelationContext<'_, '_>) -> Result<Option<Table>> {
    let session = context.planner.session();
    let (catalog, database) = (session.current_catalog(), session.current_database());
    let candidates: Vec<[&str; 3]> = match parts {
        [table] => vec![[&catalog, &database, table]],
        [database, table] => vec![[&catalog, database, table]],
        [catalog, database, table] => vec![[catalog, database, table]],
        _ => return Ok(None),
    };
    let state = context.planner.state();
    let catalogs = state.catalog_list();
    for [catalog, database, table] in candidates {
        let Some((catalog, provider)) = catalog_of(catalogs.as_ref(), catalog) else { continue };
        let Some((database, schema)) = schema_of(provider.as_ref(), database) else { continue };
        if let Some((table, provider)) = table_of(schema.as_ref(), table).await? {
            let path = vec![catalog, database, table];
            return Ok(Some(Table { provider, path }));
        }
    }
    Ok(None)
}

/// The name itself, or one that differs in case only.
fn pick(names: &[String], wanted: &str) -> Option<String> {
    let exact = names.iter().find(|name| *name == wanted);
    exact.or_else(|| names.iter().find(|name| same_name(name, wanted))).cloned()
}

fn catalog_of(
    catalogs: &dyn CatalogProviderList,
    wanted: &str,
) -> Option<(String, Arc<dyn CatalogProvider>)> {
    if let Some(catalog) = catalogs.catalog(wanted) {
        return Some((wanted.to_owned(), catalog));
    }
    let name = pick(&catalogs.catalog_names(), wanted)?;
    let catalog = catalogs.catalog(&name)?;
    Some((name, catalog))
}

fn schema_of(
    catalog: &dyn CatalogProvider,
    wanted: &str,
) -> Option<(String, Arc<dyn SchemaProvider>)> {
    if let Some(schema) = catalog.schema(wanted) {
        return Some((wanted.to_owned(), schema));
    }
    let name = pick(&catalog.schema_names(), wanted)?;
    let schema = catalog.schema(&name)?;
    Some((name, schema))
}

async fn table_of(
    schema: &dyn SchemaProvider,
    wanted: &str,
) -> Result<Option<(String, Arc<dyn TableProvider>)>> {
    if let Some(table) = schema.table(wanted).await? {
        return Ok(Some((wanted.to_owned(), table)));
    }
    let Some(name) = pick(&schema.table_names(), wanted) else { return Ok(None) };
    Ok(schema.table(&name).await?.map(|table| (name, table)))
}
