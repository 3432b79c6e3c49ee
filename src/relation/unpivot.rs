//! `unpivot`: columns turned into rows of a name and a value.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, ExprSchema as _, ScalarValue};
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::{Expr, Filter, LogicalPlan, LogicalPlanBuilder};

use super::filter::through;
use super::select::Select;
use super::set_op::mixes_text;
use crate::error::{AtField as _, Condition, Error, Result};
use crate::expression::{NamedExpr, plan as plan_expression, plan_list};
use crate::function::cast::coerced;
use crate::function::coerce::common_type;
use crate::function::generated::known;
use crate::function::{FunctionCall, Typed, call};
use crate::planner::columns::Columns;
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::scope::Scope;
use crate::planner::walk::RelationContext;
use crate::proto::expression::ExprType;
use crate::proto::{self, Expression};
use crate::types::arrow_sql_name;

const PAIRS: &str = "#pairs";

/// Columns whose values make a row, and the name of the row.
struct Set {
    name: String,
    values: Vec<NamedExpr>,
}

/// What SQL text says beside the sets.
struct Marks {
    names: Vec<String>,
    without_nulls: bool,
}

pub(super) fn plan(message: &proto::Unpivot, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let proto::Unpivot { input: _, ids, values, variable_column_name, value_column_name } = message;
    let input = context.input()?;
    let scope = context.scope(input);
    let mut marks = Marks { names: vec![value_column_name.clone()], without_nulls: false };
    let implicit = matches!(ids.as_slice(), [only] if marked(only, "#others").is_some());
    let mut ids = match implicit {
        true => Vec::new(),
        false => plan_list(ids, &scope).at("ids")?,
    };
    let sets = match values {
        Some(proto::unpivot::Values { values }) => sets(values, &mut marks, &scope).at("values")?,
        None => others(input, &ids).into_iter().map(Set::single).collect(),
    };
    if implicit {
        let taken: Vec<_> = sets.iter().flat_map(|set| set.values.clone()).collect();
        ids = others(input, &taken);
    }
    if sets.is_empty() {
        return Err(Error::analysis(Condition::UNPIVOT_REQUIRES_VALUE_COLUMNS, []));
    }
    if let Some(set) = sets.iter().find(|set| set.values.len() != marks.names.len()) {
        let names = marks.names.join(", ");
        let _ = set;
        return Err(Error::analysis(Condition::UNPIVOT_VALUE_SIZE_MISMATCH, [("names", names)]));
    }
    let unpivoted = rows(input, &ids, sets, &marks, variable_column_name, context)?;
    match marks.without_nulls {
        true => without_nulls(&unpivoted, marks.names.len()),
        false => Ok(unpivoted),
    }
}

impl Set {
    fn single(value: NamedExpr) -> Self {
        Self { name: value.name.clone(), values: vec![value] }
    }
}

/// The sets of columns, and what SQL text has put among them.
fn sets(list: &[Expression], marks: &mut Marks, scope: &Scope<'_>) -> Result<Vec<Set>> {
    let mut sets = Vec::new();
    for item in list {
        let (inner, alias) = match &item.expr_type {
            Some(ExprType::Alias(alias)) => {
                (alias.expr.as_deref().unwrap_or(item), alias.name.first())
            }
            _ => (item, None),
        };
        if let Some(names) = marked(item, "#names") {
            let text = |name: &Expression| {
                Some(plan_expression(name, scope).ok()?.as_literal()?.try_as_str()??.to_owned())
            };
            marks.names = names.iter().filter_map(text).collect();
        } else if marked(item, "#without_nulls").is_some() {
            marks.without_nulls = true;
        } else if let Some(columns) = marked(inner, "#columns") {
            let values = plan_list(columns, scope)?;
            if values.iter().any(|value| value.entry.is_none()) {
                return Err(no_columns(&values));
            }
            let names: Vec<_> = values.iter().map(|value| value.name.as_str()).collect();
            let name = alias.cloned().unwrap_or_else(|| names.join("_"));
            sets.push(Set { name, values });
        } else {
            let values = plan_list(std::slice::from_ref(item), scope)?;
            sets.extend(values.into_iter().map(Set::single));
        }
    }
    Ok(sets)
}

fn no_columns(values: &[NamedExpr]) -> Error {
    let shown = |value: &NamedExpr| format!("\"{} AS {}\"", value.expr.human_display(), value.name);
    let shown: Vec<_> = values.iter().filter(|value| value.entry.is_none()).map(shown).collect();
    Error::analysis(
        Condition::UNPIVOT_REQUIRES_ATTRIBUTES,
        [
            ("given", "value".to_owned()),
            ("empty", "id".to_owned()),
            ("expressions", shown.join(", ")),
        ],
    )
}

fn marked<'e>(item: &'e Expression, mark: &str) -> Option<&'e [Expression]> {
    match &item.expr_type {
        Some(ExprType::UnresolvedFunction(call)) if call.function_name == mark => {
            Some(&call.arguments)
        }
        _ => None,
    }
}

/// A row of ids, name and values for each set.
fn rows(
    input: &Planned,
    ids: &[NamedExpr],
    sets: Vec<Set>,
    marks: &Marks,
    variable: &str,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let scope = context.scope(input);
    let mut common = Vec::new();
    for at in 0..marks.names.len() {
        let column: Vec<_> = sets.iter().map(|set| set.values[at].clone()).collect();
        common.push(value_type(&column, input)?);
    }
    // Every row gets an array of pairs, which becomes a row for each pair.
    let made = |name: &str, parts: Vec<Typed>| call(&FunctionCall::new(name, parts), &scope);
    let text = |text: String| Typed::literal(ScalarValue::from(text));
    let pairs = sets.into_iter().map(|set| {
        let mut fields = vec![text("name".to_owned()), text(set.name)];
        for (at, (value, common)) in set.values.into_iter().zip(&common).enumerate() {
            let value = coerced(&Typed::from(value.expr), common, &scope)?;
            fields.extend([text(format!("value{at}")), value]);
        }
        made("named_struct", fields)
    });
    let pairs = made("array", pairs.collect::<Result<Vec<_>>>()?)?.into_expr();
    let mut select = Select::new(input, context.field_names());
    ids.iter().for_each(|id| select.add(id));
    select.compute(PAIRS, pairs, None);
    let arrays = select.finish()?;
    let unnested = unnest(&arrays)?;
    let mut select = Select::new(&unnested, context.field_names());
    let (pairs, ids) = match unnested.columns().entries() {
        [ids @ .., pairs] => (Typed::from(Expr::Column(pairs.column().clone())), ids),
        [] => return Err(Error::internal("the pairs are gone")),
    };
    ids.iter().for_each(|id| select.pass(id));
    let pairs = known(pairs).into_expr();
    select.compute(variable, get_field(pairs.clone(), "name"), None);
    for (at, name) in marks.names.iter().enumerate() {
        select.compute(name, get_field(pairs.clone(), format!("value{at}")), None);
    }
    select.finish()
}

/// The rows of which at least one value is there.
fn without_nulls(unpivoted: &Planned, values: usize) -> Result<Planned> {
    let entries = unpivoted.columns().entries();
    let values = entries.iter().rev().take(values);
    let there = values.map(|entry| Expr::Column(entry.column().clone()).is_not_null());
    let Some(predicate) = there.reduce(Expr::or) else { return Ok(unpivoted.clone()) };
    let filter = Filter::try_new(predicate, Arc::clone(unpivoted.plan()))?;
    Ok(through(unpivoted, LogicalPlan::Filter(filter)))
}

/// All columns that are no ids.
fn others(input: &Planned, ids: &[NamedExpr]) -> Vec<NamedExpr> {
    let is_id = |expr: &Expr| ids.iter().any(|id| id.expr == *expr);
    let columns = input.columns().entries().iter().map(super::select::passing);
    columns.filter(|column| !is_id(&column.expr)).collect()
}

fn value_type(values: &[NamedExpr], input: &Planned) -> Result<DataType> {
    use datafusion::logical_expr::ExprSchemable as _;
    let schema: &dyn datafusion::common::ExprSchema = input.df_schema().as_ref();
    let types = values.iter().map(|value| Ok(value.expr.get_type(schema)?));
    let types = types.collect::<Result<Vec<_>>>()?;
    common_type(&types).filter(|_| !mixes_text(&types)).ok_or_else(|| {
        let mut listed: Vec<String> = Vec::new();
        for (value, data_type) in values.iter().zip(&types) {
            listed.push(format!("\"{}\" (`{}`)", arrow_sql_name(data_type), value.name));
        }
        Error::analysis(Condition::UNPIVOT_VALUE_DATA_TYPE_MISMATCH, [("types", listed.join(", "))])
    })
}

/// One row for each element of the last column.
pub(super) fn unnest(arrays: &Planned) -> Result<Planned> {
    let Some(pairs) = arrays.columns().entries().last() else {
        return Err(Error::internal("the pairs are gone"));
    };
    let builder = LogicalPlanBuilder::new_from_arc(Arc::clone(arrays.plan()));
    let plan = builder.unnest_column(pairs.column().clone())?.build()?;
    let columns: Vec<_> = arrays.columns().entries().to_vec();
    let last = Column::from_name(&pairs.column().name);
    debug_assert!(plan.schema().field_from_column(&last).is_ok());
    let inputs = vec![Input::plain(arrays)];
    let columns = Columns::from_shared(columns);
    Ok(Planned::node(Arc::new(plan), columns, inputs, Shape::Opaque))
}
