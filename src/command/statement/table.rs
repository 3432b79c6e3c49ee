//! `CREATE TABLE` and `DROP`.

use super::{Known, WHOLE, catalog, known, quoted, required};
use crate::catalog::{TableName, name_of};
use crate::error::{Condition, Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::same_name;
use crate::proto;
use crate::proto::catalog::CatType;
use crate::sql::action::{CreateTable, Object};
use crate::table::{NewTable, WhenThere};
use crate::types;

pub(super) async fn create(planner: &SparkConnectPlanner, new: &CreateTable) -> Result<()> {
    let name = table_name(planner, &new.name)?;
    check(new, &name)?;
    let when_there = match (new.if_not_exists, new.replace) {
        (true, _) => WhenThere::Keep,
        (false, true) => WhenThere::Replace,
        (false, false) => WhenThere::Fail,
    };
    let mut options = new.options.clone();
    let location = new.location.clone().or_else(|| options.remove("path"));
    let mut table = NewTable {
        provider: new.provider.clone(),
        location,
        schema: new.columns.clone(),
        partition_by: new.partition_by.clone(),
        options,
        properties: new.properties.clone(),
        comment: new.comment.clone(),
        ..NewTable::new(name, when_there)
    };
    if let Some(like) = &new.like {
        let Known { definition, .. } = required(planner, like, WHOLE)?;
        table.schema = Some(definition.schema);
        table.partition_by = definition.partition_by;
        if table.provider.is_none() && !definition.provider.is_empty() {
            table.provider = Some(definition.provider);
            table.options = definition.options;
        }
    }
    match &new.query {
        Some(query) => {
            let planned = planner.plan_relation(query).await?;
            crate::table::create_as(planner, table, &planned).await.map(|_| ())
        }
        None => {
            if table.schema.is_none() && table.location.is_none() && is_files(&table) {
                table.schema = Some(types::empty_struct());
            }
            crate::table::create(planner, table).await.map(|_| ())
        }
    }
}

fn is_files(table: &NewTable) -> bool {
    let formats = ["parquet", "csv", "json", "orc", "text"];
    table.provider.as_ref().is_none_or(|own| formats.contains(&own.to_lowercase().as_str()))
}

/// A table's whole name; it has a database and at most a catalog before it.
pub(in crate::command) fn table_name(
    planner: &SparkConnectPlanner,
    parts: &[String],
) -> Result<TableName> {
    if parts.len() == 3 && crate::catalog::find_catalog(&planner.state(), &parts[0]).is_none()
        || parts.len() > 3
    {
        return Err(Error::analysis(
            Condition::REQUIRES_SINGLE_PART_NAMESPACE,
            [("sessionCatalog", "spark_catalog".to_owned()), ("identifier", quoted(parts))],
        ));
    }
    name_of(planner.session(), parts.to_vec())
}

fn check(new: &CreateTable, name: &TableName) -> Result<()> {
    if new.external && new.location.is_none() && !new.options.contains_key("path") {
        return Err(Error::analysis(Condition::CREATE_EXTERNAL_TABLE_WITHOUT_LOCATION, []));
    }
    let foreign = new.provider.as_ref().is_some_and(|own| own.eq_ignore_ascii_case("delta"));
    if new.generated && !foreign {
        return Err(refused(name, "generated columns"));
    }
    if new.replace && !foreign {
        let operation = match new.query {
            Some(_) => "REPLACE TABLE AS SELECT",
            None => "REPLACE TABLE",
        };
        return Err(refused(name, operation));
    }
    let Some(schema) = &new.columns else { return Ok(()) };
    let names = types::field_names(schema);
    for (at, own) in names.iter().enumerate() {
        if names[..at].iter().any(|other| same_name(other, own)) {
            return Err(Error::analysis(
                Condition::COLUMN_ALREADY_EXISTS,
                [("columnName", format!("`{}`", own.to_lowercase()))],
            ));
        }
    }
    let missing =
        new.partition_by.iter().find(|column| !names.iter().any(|own| same_name(own, column)));
    match missing {
        None => Ok(()),
        Some(column) => Err(Error::analysis(
            Condition::COLUMN_NOT_DEFINED_IN_TABLE,
            [
                ("colType", "partition".to_owned()),
                ("colName", format!("`{column}`")),
                ("tableName", name.quoted()),
                ("tableCols", quoted(&names).replace("`.`", "`, `")),
            ],
        )),
    }
}

/// Spark's error for what tables of files do not do.
pub(in crate::command) fn refused(name: &TableName, operation: &str) -> Error {
    // Which exception it is follows from where Spark finds out.
    let condition = match operation {
        "UPDATE TABLE" | "MERGE INTO TABLE" => Condition::TABLE_OPERATION_AT_RUN_TIME,
        _ => Condition::TABLE_OPERATION,
    };
    let parameters = [("tableName", name.quoted()), ("operation", operation.to_owned())];
    Error::analysis(condition, parameters)
}

pub(super) async fn drop(
    planner: &SparkConnectPlanner,
    kind: Object,
    name: &[String],
    if_exists: bool,
) -> Result<()> {
    if let [database, view] = name
        && same_name(database, crate::relation::read::table::GLOBAL_TEMP)
    {
        let there = planner.session().global_views().remove(view);
        return match there || if_exists {
            true => Ok(()),
            false => Err(crate::catalog::not_found_within(planner.session(), name, "")),
        };
    }
    let text = quoted(name);
    let is_view = known(planner, name)?.is_some_and(|known| known.definition.is_view());
    let question = match kind {
        Object::Table if !is_view => {
            CatType::DropTable(proto::DropTable { table_name: text, if_exists, purge: false })
        }
        _ => CatType::DropView(proto::DropView { view_name: text, if_exists }),
    };
    let dropped = catalog(planner, question).await;
    match dropped {
        Err(Error::Analysis(_)) if if_exists && known(planner, name)?.is_none() => Ok(()),
        other => other.map(std::mem::drop),
    }
}
