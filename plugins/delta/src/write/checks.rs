//! What every row of a table must keep: NOT NULL, CHECK constraints, invariants, and
//! values that are what generated columns generate.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, AsArray as _};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::common::ToDFSchema as _;
use datafusion::logical_expr::{EmptyRelation, Expr, LogicalPlan};
use datafusion::physical_expr::PhysicalExpr;
use datafusion_spark_connect::{Error, Planned, Result, SparkConnectPlanner};
use deltalake::kernel::{MetadataValue, StructField};
use serde_json::Value;

use super::layout::Layout;
use crate::error::{OrArrow as _, invariant};

/// Field metadata that says how a column is generated.
pub(crate) const GENERATED: &str = "delta.generationExpression";
const CONSTRAINT: &str = "delta.constraints.";
const INVARIANT: &str = "delta.invariants";

/// See the module.
#[derive(Debug, Clone, Default)]
pub(crate) struct Checks {
    /// Columns that must not be NULL, by place.
    not_null: Vec<(usize, String)>,
    conditions: Vec<Check>,
}

#[derive(Debug, Clone)]
struct Check {
    name: String,
    text: String,
    condition: Arc<dyn PhysicalExpr>,
}

impl Checks {
    /// What a table asks of its rows.
    pub(crate) fn of(layout: &Layout, planner: &SparkConnectPlanner) -> Result<Self> {
        let not_null = layout
            .columns
            .fields()
            .enumerate()
            .filter(|(_, field)| !field.is_nullable())
            .map(|(at, field)| (at, field.name().clone()))
            .collect();
        let columns = columns(&layout.spark)?;
        let mut texts: Vec<(String, String)> = Vec::new();
        for (key, text) in layout.metadata.configuration() {
            if let Some(name) = key.strip_prefix(CONSTRAINT) {
                texts.push((name.to_owned(), text.clone()));
            }
        }
        texts.sort();
        for field in layout.columns.fields() {
            texts.extend(invariant_of(field).map(|text| ("EXPRESSION".to_owned(), text)));
            texts.extend(generated(field).map(|text| {
                let column = quoted(field.name());
                ("Generated Column".to_owned(), format!("{column} <=> ({text})"))
            }));
        }
        let check = |(name, text): (String, String)| {
            let condition =
                physical(&planner.plan_sql_expression(&text, &columns)?, &columns, planner)?;
            Ok(Check { name, text, condition })
        };
        let conditions = texts.into_iter().map(check).collect::<Result<_>>()?;
        Ok(Self { not_null, conditions })
    }

    /// # Errors
    /// `DELTA_NOT_NULL_CONSTRAINT_VIOLATED` and `DELTA_VIOLATE_CONSTRAINT_WITH_VALUES`.
    pub(crate) fn run(&self, rows: &RecordBatch) -> Result<()> {
        for (at, name) in &self.not_null {
            if rows.columns().get(*at).is_some_and(|column| column.logical_null_count() > 0) {
                return Err(invariant(
                    "DELTA_NOT_NULL_CONSTRAINT_VIOLATED",
                    "23502",
                    format!("NOT NULL constraint violated for column: {name}."),
                    &[("columnName", name)],
                ));
            }
        }
        for check in &self.conditions {
            let values = check.condition.evaluate(rows)?.into_array(rows.num_rows())?;
            let held = values.as_boolean();
            let broken = (0..held.len()).find(|at| held.is_null(*at) || !held.value(*at));
            if let Some(at) = broken {
                return Err(check.broken(rows, at)?);
            }
        }
        Ok(())
    }
}

impl Check {
    fn broken(&self, rows: &RecordBatch, at: usize) -> Result<Error> {
        let mut values = String::new();
        for (field, column) in rows.schema().fields().iter().zip(rows.columns()) {
            let value = match column.is_null(at) {
                true => "null".to_owned(),
                false => array_value_to_string(column, at).or_arrow()?,
            };
            values.push_str(&format!("\n - {} : {value}", field.name()));
        }
        let (name, text) = (&self.name, &self.text);
        Ok(invariant(
            "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES",
            "23001",
            format!("CHECK constraint {name} ({text}) violated by row with values:{values}"),
            &[("constraintName", name), ("expression", text), ("values", values.trim_start())],
        ))
    }
}

/// # Errors
/// If a rule of the table does not make sense.
pub(crate) fn check_rules(layout: &Layout, planner: &SparkConnectPlanner) -> Result<()> {
    Checks::of(layout, planner).map(|_| ())
}

/// The columns of a table, to plan expressions over.
pub(crate) fn columns(schema: &SchemaRef) -> Result<Planned> {
    let schema = Arc::clone(schema).to_dfschema_ref()?;
    let none = EmptyRelation { produce_one_row: false, schema };
    Ok(Planned::from(LogicalPlan::EmptyRelation(none)))
}

/// An expression over batches of those columns.
pub(crate) fn physical(
    expr: &Expr,
    columns: &Planned,
    planner: &SparkConnectPlanner,
) -> Result<Arc<dyn PhysicalExpr>> {
    Ok(planner.state().create_physical_expr(expr.clone(), columns.df_schema())?)
}

/// How a column is generated, in SQL.
pub(crate) fn generated(field: &StructField) -> Option<String> {
    match field.metadata().get(GENERATED)? {
        MetadataValue::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn invariant_of(field: &StructField) -> Option<String> {
    let MetadataValue::String(text) = field.metadata().get(INVARIANT)? else { return None };
    let value: Value = serde_json::from_str(text).ok()?;
    value.pointer("/expression/expression")?.as_str().map(str::to_owned)
}

pub(crate) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
