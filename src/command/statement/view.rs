//! Views: their queries are kept as text.

use std::time::{SystemTime, UNIX_EPOCH};

use super::table::table_name;
use super::{SESSION, known, quoted};
use crate::catalog::{Kind, TableDefinition, find_database, schema_not_found};
use crate::error::{Condition, Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::proto::Relation;
use crate::proto::data_type::Kind as TypeKind;
use crate::sql::action::CreateView;
use crate::types;

pub(super) async fn create(planner: &SparkConnectPlanner, new: &CreateView) -> Result<()> {
    let session = planner.session();
    if let ([name], true) = (new.name.as_slice(), new.alter)
        && session.views().get(name).is_some()
    {
        let planned = planner.plan_relation(&new.query).await?;
        return session.views().create(name, planned, true);
    }
    let planned = planner.for_schema().plan_relation(&new.query).await?;
    let name = table_name(planner, &new.name)?;
    let database = find_database(&planner.state(), &name.catalog, &name.database);
    let database = database.ok_or_else(|| schema_not_found(&name.catalog, &name.database))?;
    match known(planner, &new.name)? {
        Some(there) if !there.definition.is_view() && (new.replace || new.alter) => {
            return Err(Error::analysis(
                Condition::EXPECT_VIEW_NOT_TABLE,
                [
                    ("tableName", quoted(&there.path())),
                    ("operation", "CREATE OR REPLACE VIEW".to_owned()),
                ],
            ));
        }
        Some(_) if new.if_not_exists => return Ok(()),
        Some(_) if !new.replace => {
            return Err(Error::analysis(
                Condition::TABLE_OR_VIEW_ALREADY_EXISTS,
                [("relationName", name.quoted())],
            ));
        }
        None if new.alter => {
            return Err(crate::catalog::not_found_within(session, &new.name, SESSION));
        }
        _ => {}
    }
    let definition = TableDefinition {
        schema: schema(new, &planned, &name.quoted())?,
        name: name.table,
        kind: Kind::View,
        provider: String::new(),
        location: String::new(),
        partition_by: Vec::new(),
        partitions: None,
        buckets: None,
        options: Default::default(),
        properties: new.properties.clone(),
        comment: new.comment.clone(),
        text: Some(new.text.clone()),
        text_namespace: vec![session.current_catalog(), session.current_database()],
        created: milliseconds(),
    };
    match database.warehouse() {
        Some(warehouse) => warehouse.put_table(&database.name, definition),
        None => Err(Error::unsupported("sql.foreign_catalog")),
    }
}

fn milliseconds() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or_default()
}

/// The query's columns under the names that the view gives them.
fn schema(new: &CreateView, planned: &Planned, name: &str) -> Result<crate::proto::DataType> {
    let mut schema = types::from_schema(planned.schema()?.as_ref())?;
    let Some(TypeKind::Struct(columns)) = schema.kind.as_mut() else { return Ok(schema) };
    if new.columns.is_empty() {
        return Ok(schema);
    }
    if new.columns.len() != columns.fields.len() {
        let condition = match new.columns.len() > columns.fields.len() {
            true => Condition::CREATE_VIEW_NOT_ENOUGH_DATA_COLUMNS,
            false => Condition::CREATE_VIEW_TOO_MANY_DATA_COLUMNS,
        };
        let listed = |names: Vec<String>| {
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        let own = new.columns.iter().map(|(name, _)| name.clone()).collect();
        return Err(Error::analysis(
            condition,
            [
                ("viewName", name.to_owned()),
                ("viewColumns", listed(own)),
                ("dataColumns", listed(planned.columns().names().map(str::to_owned).collect())),
            ],
        ));
    }
    for (field, (name, comment)) in columns.fields.iter_mut().zip(&new.columns) {
        field.name.clone_from(name);
        if let Some(comment) = comment {
            field.metadata = Some(serde_json::json!({ "comment": comment }).to_string());
        }
    }
    Ok(schema)
}

/// A temporary view of files.
pub(super) async fn of_files(
    planner: &SparkConnectPlanner,
    name: &str,
    replace: bool,
    is_global: bool,
    source: &Relation,
) -> Result<()> {
    let planned = planner.plan_relation(source).await?;
    let session = planner.session();
    let views = if is_global { session.global_views() } else { session.views() };
    views.create(name, planned, replace)
}
