//! Tables, views and their columns.

use datafusion::arrow::datatypes::Schema;

use super::database;
use super::pattern::Pattern;
use super::rows::{flag, flags, lists, rows, texts};
use crate::catalog::{Database, Kind, find_database, not_found_within, table_name};
use crate::error::{Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::same_name;
use crate::planner::planned::Planned;
use crate::proto;
use crate::relation::read::table::{Found, GLOBAL_TEMP, find};
use crate::session::Session;
use crate::{sql, types};

/// A table or view as a row.
struct Row {
    name: String,
    catalog: Option<String>,
    namespace: Vec<String>,
    description: Option<String>,
    kind: &'static str,
}

impl Row {
    fn temporary(name: String, namespace: &[&str]) -> Self {
        let namespace = namespace.iter().map(|part| (*part).to_owned()).collect();
        Self { name, catalog: None, namespace, description: None, kind: "TEMPORARY" }
    }

    fn of(database: &Database, name: String) -> Self {
        let definition = database.own().and_then(|own| own.definition(&name));
        Self {
            catalog: Some(database.catalog.clone()),
            namespace: vec![database.name.clone()],
            description: definition.as_ref().and_then(|known| known.comment.clone()),
            kind: definition.map_or(Kind::Managed.name(), |known| known.kind.name()),
            name,
        }
    }
}

fn of_tables(tables: Vec<Row>) -> Result<Planned> {
    rows(vec![
        texts("name", true, tables.iter().map(|table| Some(table.name.clone()))),
        texts("catalog", true, tables.iter().map(|table| table.catalog.clone())),
        lists("namespace", tables.iter().map(|table| Some(table.namespace.clone()))),
        texts("description", true, tables.iter().map(|table| table.description.clone())),
        texts("tableType", true, tables.iter().map(|table| Some(table.kind.to_owned()))),
        flags("isTemporary", tables.iter().map(|table| table.kind == "TEMPORARY")),
    ])
}

/// The database asked for; none is that of global temporary views.
fn asked(name: Option<&str>, planner: &SparkConnectPlanner) -> Result<Option<Database>> {
    match name {
        Some(name) if same_name(name, GLOBAL_TEMP) => Ok(None),
        Some(name) => database::find(name, planner).map(Some),
        None => {
            let session = planner.session();
            let (catalog, name) = (session.current_catalog(), session.current_database());
            let found = find_database(&planner.state(), &catalog, &name);
            found.map(Some).ok_or_else(|| crate::catalog::schema_not_found(&catalog, &name))
        }
    }
}

fn of_database(
    name: Option<&str>,
    pattern: Option<&str>,
    planner: &SparkConnectPlanner,
    wanted: impl Fn(&Row) -> bool,
) -> Result<Planned> {
    let pattern = Pattern::new(pattern);
    let session = planner.session();
    let mut found = match asked(name, planner)? {
        Some(database) => {
            let mut names = database.schema.table_names();
            names.sort();
            names.into_iter().map(|name| Row::of(&database, name)).collect::<Vec<_>>()
        }
        None => {
            let names = session.global_views().names().into_iter();
            names.map(|name| Row::temporary(name, &[GLOBAL_TEMP])).collect()
        }
    };
    found.extend(session.views().names().into_iter().map(|name| Row::temporary(name, &[])));
    found.retain(|row| pattern.matches(&row.name) && wanted(row));
    of_tables(found)
}

pub(super) async fn list(
    question: &proto::ListTables,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::ListTables { db_name, pattern } = question;
    of_database(db_name.as_deref(), pattern.as_deref(), planner, |_| true)
}

pub(super) fn list_views(
    question: &proto::ListViews,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::ListViews { db_name, pattern } = question;
    let is_view = |row: &Row| row.kind == "TEMPORARY" || row.kind == Kind::View.name();
    of_database(db_name.as_deref(), pattern.as_deref(), planner, is_view)
}

/// The parts of a table's name, behind a database's if there is one.
fn parts_of(name: &str, database: Option<&str>, session: &Session) -> Result<Vec<String>> {
    let Some(database) = database else { return sql::parse_identifier(name) };
    Ok(vec![session.current_catalog(), database.to_owned(), name.to_owned()])
}

/// A temporary view of this name.
fn temporary(parts: &[String], session: &Session) -> Option<(Row, Planned)> {
    match parts {
        [name] => {
            let planned = session.views().get(name)?;
            Some((Row::temporary(name.to_lowercase(), &[]), planned))
        }
        [.., database, name] if same_name(database, GLOBAL_TEMP) => {
            let planned = session.global_views().get(name)?;
            Some((Row::temporary(name.to_lowercase(), &[GLOBAL_TEMP]), planned))
        }
        _ => None,
    }
}

pub(super) async fn get(
    question: &proto::GetTable,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::GetTable { table_name: name, db_name } = question;
    let session = planner.session();
    let parts = parts_of(name, db_name.as_deref(), session)?;
    if let Some((row, _)) = temporary(&parts, session) {
        return of_tables(vec![row]);
    }
    let (database, table) = located(&parts, session).ok_or_else(|| missing(session, &parts))?;
    of_tables(vec![Row::of(&database, table)])
}

/// Functions are no tables: they are not on the path that is searched.
fn missing(session: &Session, parts: &[String]) -> Error {
    not_found_within(session, parts, "`system`.`session`, ")
}

fn located(parts: &[String], session: &Session) -> Option<(Database, String)> {
    let name = crate::catalog::name_of(session, parts.to_vec()).ok()?;
    let database = find_database(&session.state(), &name.catalog, &name.database)?;
    let table = database.table_name(&name.table)?;
    Some((database, table))
}

pub(super) fn exists(
    question: &proto::TableExists,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::TableExists { table_name: name, db_name } = question;
    let session = planner.session();
    let parts = parts_of(name, db_name.as_deref(), session)?;
    flag(temporary(&parts, session).is_some() || located(&parts, session).is_some())
}

pub(super) async fn columns(
    question: &proto::ListColumns,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::ListColumns { table_name: name, db_name } = question;
    let session = planner.session();
    let parts = parts_of(name, db_name.as_deref(), session)?;
    if let Some((_, planned)) = temporary(&parts, session) {
        return of_columns(planned.schema()?.as_ref(), &[], &[]);
    }
    let definition = located(&parts, session)
        .and_then(|(database, table)| database.own().and_then(|own| own.definition(&table)));
    if let Some(definition) = definition.filter(|known| !types::is_empty_struct(&known.schema)) {
        let schema = types::to_schema(&definition.schema, &session.time_zone())?;
        let buckets = definition.buckets.as_ref();
        let bucketed_by = buckets.map(|buckets| buckets.columns.as_slice()).unwrap_or_default();
        return of_columns(&schema, &definition.partition_by, bucketed_by);
    }
    match find(&parts, session).await? {
        Some(table) => match table.kind {
            Found::Rows(provider) => of_columns(provider.schema().as_ref(), &[], &[]),
            Found::View(definition) => {
                let schema = types::to_schema(&definition.schema, &session.time_zone())?;
                of_columns(&schema, &[], &[])
            }
        },
        None => Err(missing(session, &parts)),
    }
}

fn of_columns(schema: &Schema, partition_by: &[String], bucketed_by: &[String]) -> Result<Planned> {
    let fields = schema.fields();
    let names = fields.iter().map(|field| types::from_field(field));
    let names = names.collect::<Result<Vec<_>>>()?;
    let is_partition = |name: &str| partition_by.iter().any(|own| same_name(own, name));
    let is_bucket = |name: &str| bucketed_by.iter().any(|own| same_name(own, name));
    rows(vec![
        texts("name", true, fields.iter().map(|field| Some(field.name().clone()))),
        texts("description", true, fields.iter().map(|field| types::comment(field))),
        texts("dataType", true, names.iter().map(|name| Some(types::simple_string(name)))),
        flags("nullable", fields.iter().map(|field| field.is_nullable())),
        flags("isPartition", fields.iter().map(|field| is_partition(field.name()))),
        flags("isBucket", fields.iter().map(|field| is_bucket(field.name()))),
        flags("isCluster", fields.iter().map(|_| false)),
    ])
}

/// The definition of a table of the warehouse, by its name as text.
pub(super) fn defined(
    text: &str,
    planner: &SparkConnectPlanner,
) -> Result<(Database, std::sync::Arc<crate::catalog::TableDefinition>)> {
    let session = planner.session();
    let name = table_name(session, text)?;
    let parts = sql::parse_identifier(text)?;
    let missing = || missing(session, &parts);
    let database = find_database(&planner.state(), &name.catalog, &name.database);
    let database = database.ok_or_else(missing)?;
    let table = database.table_name(&name.table).ok_or_else(missing)?;
    match database.own().and_then(|own| own.definition(&table)) {
        Some(definition) => Ok((database, definition)),
        None => Err(Error::unsupported("catalog.table_elsewhere")),
    }
}
