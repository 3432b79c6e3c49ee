//! `ALTER TABLE`, and changes of rows.

use std::sync::Arc;

use datafusion::common::Column;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::{ExecutionPlan, collect};

use super::maintain::{recover, refuse_temporary_view, refuse_view};
use super::namespace::find;
use super::partition;
use super::table::{refused, table_name};
use super::{Known, SESSION, WHOLE, known, quoted, required};
use crate::catalog::{TableName, name_of};
use crate::error::{Condition, Error, Result};
use crate::execute::kept::Kept;
use crate::expression::{plan, plan_condition};
use crate::function::Typed;
use crate::function::cast::coerced;
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::{quote_parts, same_name};
use crate::planner::planned::Planned;
use crate::planner::scope::{Scope, Subqueries};
use crate::proto;
use crate::proto::Expression;
use crate::proto::data_type::Kind as TypeKind;
use crate::sql::action::{Assignment, TableChange};
use crate::table::Target;

pub(super) async fn alter(
    planner: &SparkConnectPlanner,
    name: &[String],
    is_view: bool,
    change: &TableChange,
) -> Result<()> {
    if let ([view], TableChange::Rename(new)) = (name, change)
        && let Some(planned) = planner.session().views().get(view)
    {
        let new = new.last().map(String::as_str).unwrap_or_default();
        planner.session().views().create(new, planned, false)?;
        planner.session().views().remove(view);
        return Ok(());
    }
    if matches!(change, TableChange::RecoverPartitions) {
        refuse_temporary_view(planner, name, operation(change))?;
    }
    let path = if matches!(change, TableChange::Comment(_)) { WHOLE } else { SESSION };
    let known = required(planner, name, path)?;
    if !is_view && !matches!(change, TableChange::Rename(_)) {
        refuse_view(&known, operation(change))?;
    }
    if is_view && !known.definition.is_view() {
        return Err(Error::analysis(
            Condition::EXPECT_VIEW_NOT_TABLE,
            [
                ("tableName", quoted(&known.path())),
                ("operation", operation(change).replace("TABLE", "VIEW")),
            ],
        ));
    }
    carry_out(planner, &known, change).await
}

/// The change as Spark's errors name it.
fn operation(change: &TableChange) -> &'static str {
    match change {
        TableChange::Rename(_) => "ALTER TABLE ... RENAME TO",
        TableChange::AddColumns(_) => "ALTER TABLE ... ADD COLUMNS",
        TableChange::Refused("DROP COLUMN") => "ALTER TABLE ... DROP COLUMNS",
        TableChange::Refused("RENAME COLUMN") => "ALTER TABLE ... RENAME COLUMN",
        TableChange::Refused(_)
        | TableChange::ColumnComment(..)
        | TableChange::ColumnDefault(..) => "ALTER TABLE ... ALTER COLUMN",
        TableChange::Properties(_) => "ALTER TABLE ... SET TBLPROPERTIES",
        TableChange::Unset(_) => "ALTER TABLE ... UNSET TBLPROPERTIES",
        TableChange::Location(_) => "ALTER TABLE ... SET LOCATION ...",
        TableChange::Comment(_) => "COMMENT ON TABLE",
        TableChange::AddPartitions { .. } => "ALTER TABLE ... ADD PARTITION ...",
        TableChange::DropPartitions { .. } => "ALTER TABLE ... DROP PARTITION ...",
        TableChange::RecoverPartitions => "ALTER TABLE ... RECOVER PARTITIONS",
    }
}

async fn carry_out(
    planner: &SparkConnectPlanner,
    known: &Known,
    change: &TableChange,
) -> Result<()> {
    let mut definition = known.definition.clone();
    match change {
        TableChange::Rename(new) => return rename(planner, known, new),
        TableChange::Refused(operation) => {
            let path = known.path();
            let name = TableName {
                catalog: path[0].clone(),
                database: path[1].clone(),
                table: path[2].clone(),
            };
            return Err(refused(&name, operation));
        }
        TableChange::AddColumns(columns) => add_columns(&mut definition.schema, columns)?,
        TableChange::ColumnComment(column, text) => {
            set_metadata(&mut definition.schema, column, "comment", Some(text))?;
        }
        TableChange::ColumnDefault(column, text) => {
            set_metadata(&mut definition.schema, column, "CURRENT_DEFAULT", text.as_ref())?;
        }
        TableChange::Properties(properties) => definition.properties.extend(properties.clone()),
        TableChange::Unset(keys) => {
            definition.properties.retain(|key, _| !keys.contains(key));
        }
        TableChange::Location(location) => {
            definition.location = match location.contains(':') {
                true => location.clone(),
                false => format!("file:{location}"),
            };
        }
        TableChange::Comment(text) => definition.comment.clone_from(text),
        TableChange::AddPartitions { partitions, if_not_exists } => {
            partition::add(planner, known, partitions, *if_not_exists)?;
            Kept::of(planner.session()).forget_rows(None).await;
            return Ok(());
        }
        TableChange::DropPartitions { partitions, if_exists } => {
            partition::drop_all(planner, known, partitions, *if_exists)?;
            Kept::of(planner.session()).forget_rows(None).await;
            return Ok(());
        }
        TableChange::RecoverPartitions => {
            let operation = "ALTER TABLE RECOVER PARTITIONS";
            return recover(planner, known, operation, (true, false)).await;
        }
    }
    known.put(definition)
}

fn rename(planner: &SparkConnectPlanner, known: &Known, new: &[String]) -> Result<()> {
    let full = name_of(planner.session(), new.to_vec())?;
    if self::known(planner, new)?.is_some() {
        return Err(Error::analysis(
            Condition::TABLE_OR_VIEW_ALREADY_EXISTS,
            [("relationName", quote_parts([full.database.as_str(), &full.table]))],
        ));
    }
    let target = find(planner, &[full.catalog.clone(), full.database.clone()])?;
    let Some(warehouse) = known.database.warehouse() else {
        return Err(Error::unsupported("sql.foreign_catalog"));
    };
    let mut definition = known.definition.clone();
    definition.name = full.table;
    let database = target.name.clone();
    warehouse.put_table(&database, definition)?;
    warehouse.remove_table(&known.database.name, &known.definition.name).map(drop)
}

fn add_columns(schema: &mut proto::DataType, added: &proto::DataType) -> Result<()> {
    let (Some(TypeKind::Struct(own)), Some(TypeKind::Struct(added))) =
        (schema.kind.as_mut(), added.kind.as_ref())
    else {
        return Err(Error::internal("a table's schema is a struct"));
    };
    for field in &added.fields {
        if own.fields.iter().any(|other| same_name(&other.name, &field.name)) {
            return Err(Error::analysis(
                Condition::COLUMN_ALREADY_EXISTS,
                [("columnName", format!("`{}`", field.name.to_lowercase()))],
            ));
        }
        own.fields.push(field.clone());
    }
    Ok(())
}

fn set_metadata(
    schema: &mut proto::DataType,
    column: &str,
    key: &str,
    text: Option<&String>,
) -> Result<()> {
    let Some(TypeKind::Struct(own)) = schema.kind.as_mut() else {
        return Err(Error::internal("a table's schema is a struct"));
    };
    let names: Vec<_> = own.fields.iter().map(|field| format!("`{}`", field.name)).collect();
    let Some(field) = own.fields.iter_mut().find(|field| same_name(&field.name, column)) else {
        return Err(Error::analysis(
            Condition::UNRESOLVED_COLUMN_WITH_SUGGESTION,
            [("objectName", format!("`{column}`")), ("proposal", names.join(", "))],
        ));
    };
    let metadata = field.metadata.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let mut metadata: serde_json::Map<String, serde_json::Value> = metadata.unwrap_or_default();
    match text {
        Some(text) => drop(metadata.insert(key.to_owned(), text.as_str().into())),
        None => drop(metadata.remove(key)),
    }
    field.metadata = Some(serde_json::Value::Object(metadata).to_string());
    Ok(())
}

/// The text of a constant.
pub(super) fn text_of(planner: &SparkConnectPlanner, value: &Expression) -> Result<Option<String>> {
    let row = crate::relation::one_row();
    let subqueries = Subqueries::new();
    let scope = Scope::new(planner, &row, &subqueries);
    let typed = Typed::from(plan(value, &scope)?);
    let Some(value) = typed.as_literal() else {
        return Err(Error::unsupported("sql.computed_partition"));
    };
    Ok((!value.is_null()).then(|| value.to_string()))
}

/// The table, and its rows for expressions to name.
async fn rows_of(planner: &SparkConnectPlanner, name: &[String]) -> Result<(Target, Planned)> {
    if let Some(known) = known(planner, name)? {
        refuse_view(&known, "DELETE")?;
    }
    let full = table_name(planner, name)?;
    let target = crate::table::target(planner, &full, name).await?;
    let table =
        proto::read::NamedTable { unparsed_identifier: quoted(name), options: Default::default() };
    let read = proto::Read {
        is_streaming: false,
        read_type: Some(proto::read::ReadType::NamedTable(table)),
    };
    let relation =
        proto::Relation { common: None, rel_type: Some(proto::relation::RelType::Read(read)) };
    Ok((target, planner.plan_relation(&relation).await?))
}

/// The condition over the table's own columns, without qualifiers.
fn filters(
    planner: &SparkConnectPlanner,
    rows: &Planned,
    condition: Option<&Expression>,
) -> Result<Vec<Expr>> {
    let subqueries = Subqueries::new();
    let scope = Scope::new(planner, rows, &subqueries);
    let filter = condition.map(|condition| plan_condition(condition, &scope)).transpose()?;
    filter.into_iter().map(unqualified).collect()
}

fn unqualified(expr: Expr) -> Result<Expr> {
    let bare = expr.transform_up(|node| {
        Ok(match node {
            Expr::Column(column) => Transformed::yes(Expr::Column(Column::from_name(column.name))),
            other => Transformed::no(other),
        })
    })?;
    Ok(bare.data)
}

/// `DELETE`: done by the table's provider, if it can.
pub(super) async fn delete(
    planner: &SparkConnectPlanner,
    name: &[String],
    condition: Option<&Expression>,
) -> Result<()> {
    let (target, rows) = rows_of(planner, name).await?;
    let filters = filters(planner, &rows, condition)?;
    let state = planner.state();
    let plan = target.provider.delete_from(state.as_ref(), filters).await;
    let plan = plan.map_err(|error| not_done(error, &target, "DELETE"))?;
    done(planner, &target, plan).await
}

/// `UPDATE`, likewise.
pub(super) async fn update(
    planner: &SparkConnectPlanner,
    name: &[String],
    assignments: &[Assignment],
    condition: Option<&Expression>,
) -> Result<()> {
    let (target, rows) = rows_of(planner, name).await?;
    let filters = filters(planner, &rows, condition)?;
    let values = assigned(planner, &target, &rows, assignments)?;
    let state = planner.state();
    let plan = target.provider.update(state.as_ref(), values, filters).await;
    let plan = plan.map_err(|error| not_done(error, &target, "UPDATE TABLE"))?;
    done(planner, &target, plan).await
}

/// Columns of the table and their new values.
fn assigned(
    planner: &SparkConnectPlanner,
    target: &Target,
    rows: &Planned,
    assignments: &[Assignment],
) -> Result<Vec<(String, Expr)>> {
    let subqueries = Subqueries::new();
    let scope = Scope::new(planner, rows, &subqueries);
    let schema = target.schema(planner.session());
    let mut values = Vec::new();
    for Assignment { column, value } in assignments {
        let own = column.last().map(String::as_str).unwrap_or_default();
        let field = schema.fields().iter().find(|field| same_name(field.name(), own));
        let field =
            field.ok_or_else(|| crate::planner::scope::unresolved(column, rows.columns()))?;
        let value = Typed::from(plan(value, &scope)?);
        let value = coerced(&value, field.data_type(), &scope)?.into_expr();
        values.push((field.name().clone(), unqualified(value)?));
    }
    Ok(values)
}

async fn done(
    planner: &SparkConnectPlanner,
    target: &Target,
    plan: Arc<dyn ExecutionPlan>,
) -> Result<()> {
    let done = collect(plan, planner.state().task_ctx()).await;
    Kept::of(planner.session()).forget_rows(Some(target.provider.as_ref())).await;
    done?;
    Ok(())
}

fn not_done(error: DataFusionError, target: &Target, operation: &str) -> Error {
    match error {
        DataFusionError::NotImplemented(_) => refused(&target.name, operation),
        other => other.into(),
    }
}
