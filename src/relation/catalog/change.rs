//! Making and dropping tables and views.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use datafusion::error::DataFusionError;
use datafusion::physical_plan::collect;

use super::rows::{flag, nothing};
use super::table::defined;
use crate::catalog::{
    Database, Kind, TableName, drop_table as drop_with_rows, find_database, not_found_within,
    recover, remove_rows, table_name,
};
use crate::error::{Condition, Error, Result};
use crate::execute::kept::Kept;
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::quote_parts;
use crate::planner::planned::Planned;
use crate::proto;
use crate::relation::read;
use crate::sql;
use crate::table::{NewTable, WhenThere};

pub(super) async fn create_external(
    question: &proto::CreateExternalTable,
    planner: &SparkConnectPlanner,
    plan_id: Option<i64>,
) -> Result<Planned> {
    let proto::CreateExternalTable { table_name, path, source, schema, options } = question;
    let create = proto::CreateTable {
        table_name: table_name.clone(),
        path: path.clone(),
        source: source.clone(),
        description: None,
        schema: schema.clone(),
        options: options.clone(),
    };
    self::create(&create, planner, plan_id).await
}

/// Tables that relations of this session made: one that is planned again makes none.
#[derive(Default)]
struct Made(Mutex<HashSet<(i64, String)>>);

/// Answers with the rows of the table.
pub(super) async fn create(
    question: &proto::CreateTable,
    planner: &SparkConnectPlanner,
    plan_id: Option<i64>,
) -> Result<Planned> {
    let proto::CreateTable { table_name: name, path, source, description, schema, options } =
        question;
    let made = planner.session().get_or_init(Made::default);
    let key = plan_id.map(|plan_id| (plan_id, name.clone()));
    let is_made = key.as_ref().is_some_and(|key| lock(&made.0).contains(key));
    if !is_made {
        let mut options = options.clone();
        let option = options.remove("path");
        let schema = schema.clone().filter(|schema| !crate::types::is_empty_struct(schema));
        let table = NewTable {
            provider: source.clone().filter(|source| !source.is_empty()),
            location: path.clone().filter(|path| !path.is_empty()).or(option),
            schema,
            options: options.into_iter().collect(),
            comment: description.clone().filter(|text| !text.is_empty()),
            ..NewTable::new(table_name(planner.session(), name)?, WhenThere::Fail)
        };
        crate::table::create(planner, table).await?;
        lock(&made.0).extend(key);
    }
    read::table::by_name(name, planner).await
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn drop_temp_view(
    question: &proto::DropTempView,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::DropTempView { view_name } = question;
    flag(!planner.is_for_schema() && planner.session().views().remove(view_name))
}

pub(super) fn drop_global_temp_view(
    question: &proto::DropGlobalTempView,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::DropGlobalTempView { view_name } = question;
    flag(!planner.is_for_schema() && planner.session().global_views().remove(view_name))
}

/// Takes the partitions that are there for the table's own.
pub(super) async fn recover_partitions(
    question: &proto::RecoverPartitions,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::RecoverPartitions { table_name } = question;
    if let [view] = sql::parse_identifier(table_name)?.as_slice()
        && planner.session().views().get(view).is_some()
    {
        return Err(not_of_views(std::slice::from_ref(view)));
    }
    let (database, definition) = defined(table_name, planner)?;
    let path = database.path(&definition.name);
    if definition.is_view() {
        return Err(not_of_views(&path));
    }
    if definition.partition_by.is_empty() {
        return Err(Error::analysis(
            Condition::NOT_A_PARTITIONED_TABLE,
            [
                ("operation", "ALTER TABLE RECOVER PARTITIONS".to_owned()),
                ("tableIdentWithDB", quote_parts(path.iter().map(String::as_str))),
            ],
        ));
    }
    if !planner.is_for_schema() {
        recover(&definition, &planner.state(), true, false).await?;
        Kept::of(planner.session()).forget_rows(None).await;
    }
    nothing()
}

fn not_of_views(name: &[String]) -> Error {
    Error::analysis(
        Condition::EXPECT_TABLE_NOT_VIEW,
        [
            ("viewName", quote_parts(name.iter().map(String::as_str))),
            ("operation", "recoverPartitions()".to_owned()),
        ],
    )
}

/// A table or view of a catalog, by its name as text; an error names it in full.
fn located(text: &str, planner: &SparkConnectPlanner) -> Result<(Database, String)> {
    let name = table_name(planner.session(), text)?;
    let missing = |name: &TableName| {
        let parts = [&*name.catalog, &name.database, &name.table].map(str::to_owned);
        not_found_within(planner.session(), &parts, "")
    };
    let database = find_database(&planner.state(), &name.catalog, &name.database);
    let database = database.ok_or_else(|| missing(&name))?;
    let table = database.table_name(&name.table).ok_or_else(|| missing(&name))?;
    Ok((database, table))
}

pub(super) async fn drop_table(
    question: &proto::DropTable,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    // There is no trash that rows could go to first.
    let proto::DropTable { table_name, if_exists, purge: _ } = question;
    if planner.is_for_schema() {
        return nothing();
    }
    let session = planner.session();
    if let [name] = sql::parse_identifier(table_name)?.as_slice()
        && session.views().remove(name)
    {
        return nothing();
    }
    match located(table_name, planner) {
        Ok((database, table)) => drop_with_rows(&planner.state(), &database, &table).await?,
        Err(Error::Analysis(_)) if *if_exists => {}
        Err(error) => return Err(error),
    }
    nothing()
}

pub(super) fn drop_view(
    question: &proto::DropView,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::DropView { view_name, if_exists } = question;
    if planner.is_for_schema() {
        return nothing();
    }
    let session = planner.session();
    if let [name] = sql::parse_identifier(view_name)?.as_slice()
        && session.views().remove(name)
    {
        return nothing();
    }
    let (database, name) = match located(view_name, planner) {
        Ok(found) => found,
        Err(Error::Analysis(_)) if *if_exists => return nothing(),
        Err(error) => return Err(error),
    };
    let definition = database.own().and_then(|own| own.definition(&name));
    let kind = definition.map_or(Kind::Managed, |definition| definition.kind);
    if kind != Kind::View {
        return Err(Error::analysis(
            Condition::WRONG_COMMAND_FOR_OBJECT_TYPE,
            [
                ("operation", "DROP VIEW".to_owned()),
                ("requiredType", "VIEW or METRIC_VIEW".to_owned()),
                ("objectName", database.path(&name).join(".")),
                ("foundType", kind.name().to_owned()),
                ("alternative", "DROP TABLE".to_owned()),
            ],
        ));
    }
    if let Some(warehouse) = database.warehouse() {
        warehouse.remove_table(&database.name, &name)?;
    }
    nothing()
}

pub(super) async fn truncate(
    question: &proto::TruncateTable,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::TruncateTable { table_name } = question;
    let (_, definition) = defined(table_name, planner)?;
    let of_files = crate::source::is_built_in(&definition.provider);
    match planner.is_for_schema() {
        true => {}
        false if of_files => remove_rows(&definition, &planner.state()).await?,
        false => truncate_foreign(table_name, planner).await?,
    }
    Kept::of(planner.session()).forget_rows(None).await;
    nothing()
}

/// Tables of other formats are emptied by their provider, if it can.
async fn truncate_foreign(text: &str, planner: &SparkConnectPlanner) -> Result<()> {
    let name = table_name(planner.session(), text)?;
    let parts = sql::parse_identifier(text)?;
    let target = crate::table::target(planner, &name, &parts).await?;
    let state = planner.state();
    let plan = target.provider.truncate(state.as_ref()).await.map_err(|error| match error {
        DataFusionError::NotImplemented(_) => Error::analysis(
            Condition::TABLE_OPERATION,
            [("tableName", name.quoted()), ("operation", "TRUNCATE".to_owned())],
        ),
        other => other.into(),
    })?;
    collect(plan, state.task_ctx()).await?;
    Ok(())
}

/// Statistics are read off the files: there is nothing to gather.
pub(super) fn analyze(
    question: &proto::AnalyzeTable,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let proto::AnalyzeTable { table_name, no_scan: _ } = question;
    defined(table_name, planner)?;
    nothing()
}
