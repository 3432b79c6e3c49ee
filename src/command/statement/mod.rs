//! Statements of SQL text that the protocol has no message for.

mod answer;
mod change;
mod describe;
mod insert;
mod maintain;
mod namespace;
mod partition;
mod routine;
mod script;
mod setting;
mod show;
mod table;
mod variable;
mod view;

pub(super) use table::{refused, table_name};

use futures::future::BoxFuture;

use crate::catalog::{Database, TableDefinition, find_database, name_of};
use crate::error::{Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::quote_parts;
use crate::planner::output::CommandOutput;
use crate::planner::planned::Planned;
use crate::proto::catalog::CatType;
use crate::proto::relation::RelType;
use crate::proto::{Catalog, Relation, WriteOperation};
use crate::sql::Statement;
use crate::sql::action::{Action, Object};

/// Carries a statement out; the relation that it answers with, if it has rows.
pub(super) fn run<'a>(
    planner: &'a SparkConnectPlanner,
    action: &'a Action,
) -> BoxFuture<'a, Result<Option<Relation>>> {
    Box::pin(carry_out(planner, action))
}

async fn carry_out(planner: &SparkConnectPlanner, action: &Action) -> Result<Option<Relation>> {
    match action {
        Action::CreateTable(new) => table::create(planner, new).await.map(none),
        Action::CreateView(new) => view::create(planner, new).await.map(none),
        Action::ViewOfFiles { name, replace, is_global, source } => {
            view::of_files(planner, name, *replace, *is_global, source).await.map(none)
        }
        Action::Drop { kind: Object::Namespace, name, if_exists, cascade } => {
            namespace::drop(planner, name, *if_exists, *cascade).await.map(none)
        }
        Action::Drop { kind, name, if_exists, cascade: _ } => {
            table::drop(planner, *kind, name, *if_exists).await.map(none)
        }
        Action::CreateNamespace { name, if_not_exists, properties } => {
            namespace::create(planner, name, *if_not_exists, properties).await.map(none)
        }
        Action::AlterNamespace { name, change } => {
            namespace::alter(planner, name, change).map(none)
        }
        Action::AlterTable { name, is_view, change } => {
            change::alter(planner, name, *is_view, change).await.map(none)
        }
        Action::Insert(insert) => insert::insert(planner, insert).await.map(none),
        Action::InsertDirectory(write) => write_files(planner, write).await.map(none),
        Action::Delete { table, condition } => {
            change::delete(planner, table, condition.as_ref()).await.map(none)
        }
        Action::Update { table, assignments, condition } => {
            change::update(planner, table, assignments, condition.as_ref()).await.map(none)
        }
        Action::Merge(message) => super::merge::run(planner, message).await.map(|_| None),
        Action::Use(name) => namespace::set_current(planner, name).map(none),
        Action::SetCatalog(name) => namespace::set_catalog(planner, name).await.map(none),
        Action::Show(show) => show::show(planner, show).await.map(Some),
        Action::Describe(describe) => describe::describe(planner, describe).await.map(Some),
        Action::Set { key, value } => {
            setting::set(planner, key.as_deref(), value.as_deref()).map(Some)
        }
        Action::SetTimeZone(zone) => setting::time_zone(planner, zone).map(Some),
        Action::Reset(key) => setting::reset(planner, key.as_deref()).map(none),
        Action::Declare(declare) => variable::declare(planner, declare).await.map(none),
        Action::SetVariables { names, values } => {
            variable::set(planner, names, values).await.map(none)
        }
        Action::DropVariable { name, if_exists } => {
            variable::drop(planner, name, *if_exists).map(none)
        }
        Action::Explain { mode, statement } => explain(planner, *mode, statement).await.map(Some),
        Action::Cache { name, query, level, lazy } => {
            let level = level.as_deref();
            maintain::cache(planner, name, query.as_deref(), level, *lazy).await.map(none)
        }
        Action::Uncache { name, if_exists } => {
            maintain::uncache(planner, name, *if_exists).await.map(none)
        }
        Action::ClearCache => maintain::clear(planner).await.map(none),
        Action::Refresh(name) => maintain::refresh(planner, name.as_ref()).await.map(none),
        Action::Truncate { name } => maintain::truncate(planner, name).await.map(none),
        Action::Analyze { name } => maintain::analyze(planner, name.as_ref()).await.map(none),
        Action::Repair { name, operation, add, drop } => {
            maintain::repair(planner, name, operation, (*add, *drop)).await.map(none)
        }
        Action::CreateFunction(new) => routine::create(planner, new).map(none),
        Action::DropFunction { name, temporary, if_exists } => {
            routine::drop(planner, name, *temporary, *if_exists).map(none)
        }
        Action::Execute(execute) => variable::execute(planner, execute).await,
        Action::Script(block) => script::run_block(planner, block).await,
    }
}

fn none((): ()) -> Option<Relation> {
    None
}

/// Carries out what a text says; the relation that it answers with.
async fn run_statement(
    planner: &SparkConnectPlanner,
    statement: &Statement,
) -> Result<Option<Relation>> {
    match statement {
        Statement::Query(query) => Ok(Some(Relation::clone(query))),
        Statement::Command(command) => {
            Box::pin(super::run(planner, command)).await?;
            Ok(None)
        }
        Statement::Action(action) => run(planner, action).await,
    }
}

/// Asks a question of the catalog, or has it changed.
async fn catalog(planner: &SparkConnectPlanner, question: CatType) -> Result<Planned> {
    let message = Catalog { cat_type: Some(question) };
    let relation = Relation { common: None, rel_type: Some(RelType::Catalog(message)) };
    planner.plan_relation(&relation).await
}

async fn write_files(planner: &SparkConnectPlanner, write: &WriteOperation) -> Result<()> {
    super::write::run(planner, write).await.map(drop::<CommandOutput>)
}

async fn explain(
    planner: &SparkConnectPlanner,
    mode: i32,
    statement: &Statement,
) -> Result<Relation> {
    let text = match statement {
        Statement::Query(query) => {
            let planned = planner.for_schema().plan_relation(query).await?;
            crate::analyze::explain::explain(planner, &planned, mode).await?
        }
        Statement::Command(_) | Statement::Action(_) => {
            "== Physical Plan ==\nExecute command\n".to_owned()
        }
    };
    answer::table(vec![answer::Column::Texts("plan", true, vec![Some(text)])])
}

/// A name as text that parses to it again.
fn quoted(name: &[String]) -> String {
    quote_parts(name.iter().map(String::as_str))
}

/// A table of the warehouse, or a view of it.
struct Known {
    database: Database,
    definition: TableDefinition,
}

impl Known {
    fn path(&self) -> Vec<String> {
        self.database.path(&self.definition.name)
    }

    fn put(&self, definition: TableDefinition) -> Result<()> {
        match self.database.warehouse() {
            Some(warehouse) => warehouse.put_table(&self.database.name, definition),
            None => Err(Error::unsupported("sql.foreign_catalog")),
        }
    }
}

/// The table of this name, if the warehouse has it.
fn known(planner: &SparkConnectPlanner, name: &[String]) -> Result<Option<Known>> {
    let full = name_of(planner.session(), name.to_vec())?;
    let database = find_database(&planner.state(), &full.catalog, &full.database);
    let Some(database) = database else { return Ok(None) };
    let Some(table) = database.table_name(&full.table) else { return Ok(None) };
    let definition = database.own().and_then(|own| own.definition(&table));
    Ok(definition
        .map(|definition| Known { database, definition: TableDefinition::clone(&definition) }))
}

/// The same; an error if there is none. `path` is what of the search path names the
/// error before the current database.
fn required(planner: &SparkConnectPlanner, name: &[String], path: &str) -> Result<Known> {
    let missing = || crate::catalog::not_found_within(planner.session(), name, path);
    known(planner, name)?.ok_or_else(missing)
}

/// Where names of tables are looked for.
const SESSION: &str = "`system`.`session`, ";
/// The same, where functions could be named too.
const WHOLE: &str = "`system`.`builtin`, `system`.`session`, ";
