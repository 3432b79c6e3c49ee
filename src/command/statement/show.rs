//! `SHOW`.

use super::answer::{Column, table, texts};
use super::maintain::{refuse_temporary_view, refuse_view};
use super::namespace::find;
use super::{SESSION, known, quoted, required};
use crate::catalog::{Database, catalog_not_found, find_catalog, list_partitions};
use crate::error::{Condition, Error, Result};
use crate::function::builtin_names;
use crate::planner::SparkConnectPlanner;
use crate::proto::Relation;
use crate::relation::catalog::pattern::Pattern;
use crate::relation::catalog::table_text::statement;
use crate::relation::read::table::GLOBAL_TEMP;
use crate::sql::action::{FunctionScope, Partition, Show};
use crate::types;

pub(super) async fn show(planner: &SparkConnectPlanner, show: &Show) -> Result<Relation> {
    match show {
        Show::Tables { namespace, pattern } => {
            let names = tables(planner, namespace.as_deref(), pattern.as_deref(), false)?;
            listed("tableName", names)
        }
        Show::Views { namespace, pattern } => {
            let names = tables(planner, namespace.as_deref(), pattern.as_deref(), true)?;
            listed("viewName", names)
        }
        Show::TableExtended { namespace, pattern } => {
            extended(planner, namespace.as_deref(), pattern)
        }
        Show::Namespaces { pattern } => {
            let pattern = Pattern::new(pattern.as_deref());
            let current = planner.session().current_catalog();
            let mut found = crate::catalog::databases(&planner.state(), &current)?;
            found.retain(|database| pattern.matches(&database.name));
            table(vec![texts("namespace", found.into_iter().map(|database| database.name))])
        }
        Show::Catalogs { pattern } => {
            let pattern = Pattern::new(pattern.as_deref());
            let mut names = planner.state().catalog_list().catalog_names();
            names.retain(|name| pattern.matches(name));
            names.sort();
            table(vec![texts("catalog", names)])
        }
        Show::CurrentNamespace => {
            let session = planner.session();
            table(vec![
                texts("catalog", [session.current_catalog()]),
                texts("namespace", [session.current_database()]),
            ])
        }
        Show::Columns { table } => columns(planner, table),
        Show::CreateTable { table, serde } => create_table(planner, table, *serde),
        Show::Properties { table, key } => properties(planner, table, key.as_deref()),
        Show::Partitions { table, partition } => partitions(planner, table, partition).await,
        Show::Functions { scope, pattern } => functions(planner, *scope, pattern.as_deref()),
    }
}

/// Namespace, name, and whether it is temporary.
type Listed = (String, String, bool);

fn tables(
    planner: &SparkConnectPlanner,
    namespace: Option<&[String]>,
    pattern: Option<&str>,
    views_only: bool,
) -> Result<Vec<Listed>> {
    let session = planner.session();
    let pattern = Pattern::new(pattern);
    let mut found: Vec<Listed> = Vec::new();
    let is_global =
        |name: &[String]| matches!(name, [only] if only.eq_ignore_ascii_case(GLOBAL_TEMP));
    match namespace {
        Some(name) if is_global(name) => {
            let names = session.global_views().names().into_iter();
            found.extend(names.map(|name| (GLOBAL_TEMP.to_owned(), name, true)));
        }
        _ => {
            let database = in_namespace(planner, namespace)?;
            let mut names = database.schema.table_names();
            names.sort();
            for name in names {
                let is_view = database
                    .own()
                    .and_then(|own| own.definition(&name))
                    .is_some_and(|definition| definition.is_view());
                if is_view || !views_only {
                    found.push((database.name.clone(), name, false));
                }
            }
        }
    }
    let names = session.views().names().into_iter();
    found.extend(names.map(|name| (String::new(), name, true)));
    found.retain(|(_, name, _)| pattern.matches(name));
    Ok(found)
}

fn in_namespace(planner: &SparkConnectPlanner, namespace: Option<&[String]>) -> Result<Database> {
    match namespace {
        Some([catalog, database]) if find_catalog(&planner.state(), catalog).is_none() => {
            let _ = database;
            Err(catalog_not_found(catalog))
        }
        Some(name) => find(planner, name),
        None => find(planner, &[planner.session().current_database()]),
    }
}

fn listed(name: &'static str, found: Vec<Listed>) -> Result<Relation> {
    table(vec![
        texts("namespace", found.iter().map(|(namespace, ..)| namespace.clone())),
        texts(name, found.iter().map(|(_, name, _)| name.clone())),
        Column::Flags("isTemporary", found.iter().map(|(.., temporary)| *temporary).collect()),
    ])
}

fn extended(
    planner: &SparkConnectPlanner,
    namespace: Option<&[String]>,
    pattern: &str,
) -> Result<Relation> {
    let found = tables(planner, namespace, Some(pattern), false)?;
    let text = |(namespace, name, temporary): &Listed| {
        if *temporary {
            return Ok(format!("Table: {name}\nType: VIEW\n\n"));
        }
        let known = known(planner, &[namespace.clone(), name.clone()])?;
        let Some(known) = known else { return Ok(format!("Table: {name}\n\n")) };
        let lines = super::describe::details(&known);
        let lines = lines.into_iter().map(|(key, value)| format!("{key}: {value}\n"));
        let tree = types::tree_string(&known.definition.schema, None);
        Ok(format!("{}Schema: {tree}\n", lines.collect::<String>()))
    };
    let information = found.iter().map(text).collect::<Result<Vec<_>>>()?;
    table(vec![
        texts("namespace", found.iter().map(|(namespace, ..)| namespace.clone())),
        texts("tableName", found.iter().map(|(_, name, _)| name.clone())),
        Column::Flags("isTemporary", found.iter().map(|(.., temporary)| *temporary).collect()),
        texts("information", information),
    ])
}

fn columns(planner: &SparkConnectPlanner, name: &[String]) -> Result<Relation> {
    if let [view] = name
        && let Some(planned) = planner.session().views().get(view)
    {
        let names = planned.columns().names().map(str::to_owned).collect::<Vec<_>>();
        return table(vec![texts("col_name", names)]);
    }
    let known = required(planner, name, SESSION)?;
    table(vec![texts("col_name", types::field_names(&known.definition.schema))])
}

fn create_table(planner: &SparkConnectPlanner, name: &[String], serde: bool) -> Result<Relation> {
    let operation = "SHOW CREATE TABLE";
    if let [view] = name
        && planner.session().views().get(view).is_some()
    {
        return Err(Error::analysis(
            Condition::EXPECT_PERMANENT_VIEW_NOT_TEMP,
            [("viewName", quoted(name)), ("operation", operation.to_owned())],
        ));
    }
    let known = required(planner, name, SESSION)?;
    let path = known.path();
    if serde {
        return Err(Error::analysis(
            Condition::SHOW_CREATE_TABLE_AS_SERDE,
            [("tableName", quoted(&path))],
        ));
    }
    let shown = match known.definition.is_view() {
        true => path[1..].join("."),
        false => path.join("."),
    };
    table(vec![texts("createtab_stmt", [statement(&shown, &known.definition)])])
}

fn properties(
    planner: &SparkConnectPlanner,
    name: &[String],
    key: Option<&str>,
) -> Result<Relation> {
    if let [view] = name
        && planner.session().views().get(view).is_some()
    {
        return table(vec![texts("key", []), texts("value", [])]);
    }
    let known = required(planner, name, SESSION)?;
    let all = &known.definition.properties;
    let pairs: Vec<(String, String)> = match key {
        None => all.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        Some(key) => {
            let shown = known.path().join(".");
            let none = || format!("Table {shown} does not have property: {key}");
            vec![(key.to_owned(), all.get(key).cloned().unwrap_or_else(none))]
        }
    };
    let (keys, values): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    table(vec![texts("key", keys), texts("value", values)])
}

async fn partitions(
    planner: &SparkConnectPlanner,
    name: &[String],
    partition: &Partition,
) -> Result<Relation> {
    refuse_temporary_view(planner, name, "SHOW PARTITIONS")?;
    let known = required(planner, name, SESSION)?;
    refuse_view(&known, "SHOW PARTITIONS")?;
    if known.definition.partition_by.is_empty() {
        return Err(Error::analysis(
            Condition::PARTITION_SCHEMA_IS_EMPTY,
            [("name", quoted(&known.path()))],
        ));
    }
    let mut wanted = Vec::new();
    for (column, value) in partition {
        if let Some(value) = value {
            let text = super::change::text_of(planner, value)?;
            wanted.push(crate::source::path_segment(column, text.as_deref()));
        }
    }
    let found = list_partitions(&known.definition, &planner.state()).await?;
    let mut found = Vec::from_iter(found);
    found.retain(|partition| {
        let segments: Vec<&str> = partition.split('/').collect();
        wanted.iter().all(|segment| segments.contains(&segment.as_str()))
    });
    table(vec![texts("partition", found)])
}

fn functions(
    planner: &SparkConnectPlanner,
    scope: FunctionScope,
    pattern: Option<&str>,
) -> Result<Relation> {
    let pattern = Pattern::new(pattern);
    let mut names: Vec<String> = Vec::new();
    if scope != FunctionScope::User {
        names.extend(builtin_names().map(str::to_owned));
    }
    if scope != FunctionScope::System {
        names.extend(super::routine::routines(planner).names());
    }
    names.retain(|name| pattern.matches(name.rsplit('.').next().unwrap_or_default()));
    names.sort();
    names.dedup();
    table(vec![texts("function", names)])
}
