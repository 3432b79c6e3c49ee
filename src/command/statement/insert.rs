//! `INSERT`.

use std::collections::HashMap;

use datafusion::arrow::datatypes::Schema;
use datafusion::common::Column;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::dml::InsertOp;
use datafusion::logical_expr::{Expr, lit};

use super::maintain::refuse_view;
use super::table::{refused, table_name};
use super::{known, quoted};
use crate::error::{Condition, Error, Result};
use crate::expression::plan;
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::{FieldNames, same_name};
use crate::planner::planned::Planned;
use crate::planner::scope::{Scope, Subqueries};
use crate::proto::data_type::Kind as TypeKind;
use crate::proto::expression::ExprType;
use crate::proto::relation::RelType;
use crate::proto::{DataType, Expression, Relation};
use crate::relation::select::Select;
use crate::sql;
use crate::sql::action::Insert;
use crate::table::{by_position, provider, target};

pub(super) async fn insert(planner: &SparkConnectPlanner, insert: &Insert) -> Result<()> {
    let known = known(planner, &insert.table)?;
    if let Some(known) = &known {
        refuse_view(known, "INSERT")?;
    }
    let name = table_name(planner, &insert.table)?;
    let target = target(planner, &name, &insert.table).await?;
    if insert.replace_where && target.definition.is_some() {
        return Err(refused(&target.name, "INSERT INTO ... REPLACE WHERE"));
    }
    let schema = target.schema(planner.session());
    let defaults = known.map(|known| defaults(&known.definition.schema)).unwrap_or_default();
    let places = Places::new(insert, &schema, &target.name.quoted())?;
    let query = with_defaults(&insert.query, &places, &defaults)?;
    let planned = planner.plan_relation(&query).await?;
    let rows = places.arranged(planner, insert, &planned, &schema, &defaults)?;
    let rows = by_position(planner, &rows, &target.name.quoted(), &schema)?;
    let mut options = HashMap::new();
    if insert.partition.iter().any(|(_, value)| value.is_some()) && insert.overwrite {
        options.insert("partitionOverwriteMode".to_owned(), "dynamic".to_owned());
    }
    let provider = provider(planner, &target, &options).await?;
    let operation = if insert.overwrite { InsertOp::Overwrite } else { InsertOp::Append };
    crate::table::insert(planner, provider.as_ref(), &rows, operation).await.map(drop)
}

/// The texts of the columns' defaults, by column.
fn defaults(schema: &DataType) -> HashMap<String, String> {
    let Some(TypeKind::Struct(columns)) = &schema.kind else { return HashMap::new() };
    let default = |field: &crate::proto::data_type::StructField| {
        let metadata: serde_json::Value = serde_json::from_str(field.metadata.as_deref()?).ok()?;
        let text = metadata.get("CURRENT_DEFAULT")?.as_str()?.to_owned();
        Some((field.name.to_lowercase(), text))
    };
    columns.fields.iter().filter_map(default).collect()
}

/// Which column of the table each column of the query is for.
struct Places<'i> {
    /// Names of the table's columns, in the order of the query's.
    columns: Vec<String>,
    /// Columns of a partition that the statement gives a value.
    fixed: Vec<(String, &'i Expression)>,
    table: String,
}

impl<'i> Places<'i> {
    fn new(insert: &'i Insert, schema: &Schema, table: &str) -> Result<Self> {
        let named = |name: &String| schema.fields().iter().find(|f| same_name(f.name(), name));
        let missing = |name: &String| {
            let own: Vec<_> = schema.fields().iter().map(|f| format!("`{}`", f.name())).collect();
            Error::analysis(
                Condition::UNRESOLVED_COLUMN_WITH_SUGGESTION,
                [("objectName", format!("`{name}`")), ("proposal", own.join(", "))],
            )
        };
        let mut fixed = Vec::new();
        for (name, value) in &insert.partition {
            let field = named(name).ok_or_else(|| missing(name))?;
            fixed.extend(value.as_ref().map(|value| (field.name().clone(), value)));
        }
        let is_fixed = |name: &str| fixed.iter().any(|(own, _): &(String, _)| same_name(own, name));
        let mut columns: Vec<String> = Vec::new();
        for name in &insert.columns {
            let field = named(name).ok_or_else(|| missing(name))?;
            if columns.contains(field.name()) {
                return Err(Error::analysis(
                    Condition::COLUMN_ALREADY_EXISTS,
                    [("columnName", format!("`{}`", field.name()))],
                ));
            }
            columns.push(field.name().clone());
        }
        if insert.columns.is_empty() {
            let all = schema.fields().iter().map(|field| field.name().clone());
            columns = all.filter(|name| !is_fixed(name)).collect();
        }
        Ok(Self { columns, fixed, table: table.to_owned() })
    }

    /// The query's columns as those of the table, in its order.
    fn arranged(
        &self,
        planner: &SparkConnectPlanner,
        insert: &Insert,
        planned: &Planned,
        schema: &Schema,
        defaults: &HashMap<String, String>,
    ) -> Result<Planned> {
        let entries = planned.columns().entries();
        if insert.by_name {
            self.refuse_extra(planned, schema)?;
        } else if entries.len() != self.columns.len() {
            return Err(self.wrong_width(planned));
        }
        let subqueries = Subqueries::new();
        let scope = Scope::new(planner, planned, &subqueries);
        let mut select = Select::new(planned, FieldNames::default());
        for field in schema.fields() {
            let at = match insert.by_name {
                true => entries.iter().position(|entry| same_name(entry.name(), field.name())),
                false => self.columns.iter().position(|name| name == field.name()),
            };
            let fixed = self.fixed.iter().find(|(name, _)| name == field.name());
            let value = match (at, fixed) {
                (Some(at), _) => Expr::Column(Column::clone(entries[at].column())),
                (None, Some((_, value))) => plan(value, &scope)?,
                (None, None) => match defaults.get(&field.name().to_lowercase()) {
                    Some(text) => plan(&sql::parse_expression(text)?.expression, &scope)?,
                    None => lit(ScalarValue::try_from(field.data_type())?),
                },
            };
            select.compute(field.name(), value, None);
        }
        select.finish()
    }

    fn refuse_extra(&self, planned: &Planned, schema: &Schema) -> Result<()> {
        let is_there =
            |name: &&str| schema.fields().iter().any(|field| same_name(field.name(), name));
        let extra: Vec<_> = planned.columns().names().filter(|name| !is_there(name)).collect();
        if extra.is_empty() {
            return Ok(());
        }
        let extra: Vec<_> = extra.iter().map(|name| format!("`{name}`")).collect();
        Err(Error::analysis(
            Condition::EXTRA_COLUMNS_FOR_TABLE,
            [("tableName", self.table.clone()), ("extraColumns", extra.join(", "))],
        ))
    }

    fn wrong_width(&self, planned: &Planned) -> Error {
        let condition = match planned.columns().len() < self.columns.len() {
            true => Condition::INSERT_NOT_ENOUGH_DATA_COLUMNS,
            false => Condition::INSERT_TOO_MANY_DATA_COLUMNS,
        };
        let list = |names: Vec<String>| {
            names.iter().map(|name| quoted(std::slice::from_ref(name))).collect::<Vec<_>>()
        };
        let data = planned.columns().names().map(str::to_owned).collect();
        Error::analysis(
            condition,
            [
                ("tableName", self.table.clone()),
                ("tableColumns", list(self.columns.clone()).join(", ")),
                ("dataColumns", list(data).join(", ")),
            ],
        )
    }
}

/// The query, with `DEFAULT` in the rows of VALUES replaced.
fn with_defaults(
    query: &Relation,
    places: &Places<'_>,
    defaults: &HashMap<String, String>,
) -> Result<Relation> {
    let mut query = query.clone();
    if let Some(RelType::UnresolvedTableValuedFunction(values)) = query.rel_type.as_mut()
        && values.function_name == "#values"
    {
        for row in &mut values.arguments {
            let Some(ExprType::UnresolvedFunction(cells)) = row.expr_type.as_mut() else {
                continue;
            };
            for (cell, name) in cells.arguments.iter_mut().zip(&places.columns) {
                if !is_default(cell) {
                    continue;
                }
                let text = defaults.get(&name.to_lowercase()).map_or("NULL", String::as_str);
                *cell = sql::parse_expression(text)?.expression;
            }
        }
    }
    Ok(query)
}

fn is_default(cell: &Expression) -> bool {
    matches!(&cell.expr_type, Some(ExprType::UnresolvedAttribute(name))
        if name.unparsed_identifier.eq_ignore_ascii_case("default"))
}
