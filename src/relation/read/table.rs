//! Tables by name: relations of this query, temporary views, catalogs.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::LogicalPlanBuilder;

use super::{normal, view};
use crate::catalog::{
    Foreign, TableDefinition, find_database, open_files, open_table, open_with, table_not_found,
};
use crate::error::Result;
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::{Columns, same_name};
use crate::planner::planned::Planned;
use crate::planner::walk::{RelationContext, Step};
use crate::record::options::refuse_all;
use crate::session::{Namespace, Session};
use crate::source::FileTable;
use crate::sql;

/// The database of views that sessions share.
pub(crate) const GLOBAL_TEMP: &str = "global_temp";

pub(super) fn plan<'a>(
    name: &str,
    options: &'a HashMap<String, String>,
    context: &'a RelationContext<'a, '_>,
) -> Result<Step<'a>> {
    let parts = sql::parse_identifier(name)?;
    if let Some(planned) = named_here(&parts, context) {
        refuse_all(options)?;
        return Ok(Step::Ready(planned));
    }
    let planner = context.planner;
    Ok(Step::Later(Box::pin(async move { of_catalog(&parts, options, planner).await })))
}

/// The rows of a table that is in a catalog.
///
/// # Errors
/// `TABLE_OR_VIEW_NOT_FOUND`.
pub(in crate::relation) async fn by_name(
    name: &str,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    of_catalog(&sql::parse_identifier(name)?, &HashMap::new(), planner).await
}

/// The rows of a table or view. What is rarely awaited is boxed: a table that is there
/// should not pay for the space of the others.
async fn of_catalog(
    parts: &[String],
    options: &HashMap<String, String>,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let session = planner.session();
    if !options.is_empty()
        && let Some(provider) = Box::pin(foreign_with(parts, options, session)).await?
    {
        return rows(provider, Arc::from(parts), session);
    }
    refuse_all(options)?;
    match find(parts, session).await? {
        None => match Box::pin(by_path(parts, planner)).await? {
            Some(provider) => rows(provider, Arc::from(parts), session),
            None => Err(table_not_found(session, parts)),
        },
        Some(Table { kind: Found::View(definition), path }) => {
            let planned = Box::pin(view::plan(&definition, planner)).await?;
            Ok(renewed(&planned, &path))
        }
        Some(Table { kind: Found::Rows(provider), path }) => {
            let provider = match provider.downcast_ref::<FileTable>() {
                Some(files) => Arc::new(files.clone().with_facts()),
                None => provider,
            };
            rows(provider, path, session)
        }
    }
}

fn rows(
    provider: Arc<dyn TableProvider>,
    path: Arc<[String]>,
    session: &Session,
) -> Result<Planned> {
    let source = provider_as_source(provider);
    let plan = LogicalPlanBuilder::scan(quoted_table(&path), source, None)?.build()?;
    normal::leaf(plan, path, &session.time_zone())
}

/// A table of the catalog whose format takes options, with these.
async fn foreign_with(
    parts: &[String],
    options: &HashMap<String, String>,
    session: &Session,
) -> Result<Option<Arc<dyn TableProvider>>> {
    let Some(definition) = definition(parts, session) else { return Ok(None) };
    if definition.is_view() || open_files(&definition, &session.time_zone())?.is_some() {
        return Ok(None);
    }
    open_with(&definition, options, &session.state()).await.map(Some)
}

/// What the catalog knows of a table.
fn definition(parts: &[String], session: &Session) -> Option<Arc<TableDefinition>> {
    let current = session.namespace();
    let [catalog, database, table] = in_full(parts, &current)?;
    let database = find_database(&session.state(), catalog, database)?;
    let name = database.table_name(table)?;
    database.own().and_then(|own| own.definition(&name))
}

/// A format and a path, where a database and a table would be: a format of the embedder
/// or of a plugin.
async fn by_path(
    parts: &[String],
    planner: &SparkConnectPlanner,
) -> Result<Option<Arc<dyn TableProvider>>> {
    let [format, path] = parts else { return Ok(None) };
    let state = planner.state();
    let foreign = Foreign {
        format,
        schema: None,
        locations: vec![path.clone()],
        partition_by: Vec::new(),
        options: HashMap::new(),
    };
    match foreign.check_known(&state) {
        Ok(()) => foreign.read(&state).await.map(Some),
        Err(_) => Ok(None),
    }
}

/// Only the table's own name: it is what plans show.
fn quoted_table(path: &[String]) -> TableReference {
    TableReference::bare(path.last().map(String::as_str).unwrap_or_default())
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

/// A table of a catalog.
pub(crate) struct Table {
    pub(crate) kind: Found,
    /// Catalog, database and table.
    pub(crate) path: Arc<[String]>,
}

/// What a name of a catalog stands for.
pub(crate) enum Found {
    Rows(Arc<dyn TableProvider>),
    View(Arc<TableDefinition>),
}

/// The table or view of a catalog that has this name.
///
/// # Errors
/// Those of the catalog.
pub(crate) async fn find(parts: &[String], session: &Session) -> Result<Option<Table>> {
    let current = session.namespace();
    let Some([catalog, database, table]) = in_full(parts, &current) else { return Ok(None) };
    let state = session.state();
    let Some(database) = find_database(&state, catalog, database) else { return Ok(None) };
    let Some(name) = database.table_name(table) else { return Ok(None) };
    let definition = database.own().and_then(|own| own.definition(&name));
    let kind = match definition {
        Some(definition) if definition.is_view() => Found::View(definition),
        Some(definition) => {
            let zone = session.time_zone();
            Found::Rows(Box::pin(open_table(&definition, &state, &zone)).await?)
        }
        None => match database.schema.table(&name).await? {
            Some(provider) => Found::Rows(provider),
            None => return Ok(None),
        },
    };
    Ok(Some(Table { kind, path: database.into_path(name) }))
}

/// Catalog, database and table of a name, with the current ones where it has none.
fn in_full<'n>(parts: &'n [String], current: &'n Namespace) -> Option<[&'n str; 3]> {
    let (catalog, database) = (current.catalog.as_str(), current.database.as_str());
    Some(match parts {
        [table] => [catalog, database, table],
        [database, table] => [catalog, database, table],
        [catalog, database, table] => [catalog, database, table],
        _ => return None,
    })
}
