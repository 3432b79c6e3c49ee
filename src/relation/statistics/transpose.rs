//! `transpose`: rows become columns, named by the values of an index column.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::{ExprSchema as _, ScalarValue};
use datafusion::logical_expr::{Expr, ExprSchemable as _, Filter, LogicalPlan};

use super::super::filter::through;
use super::super::select::Select;
use super::super::sort::sorted;
use super::super::{limit, local};
use super::column;
use crate::error::{AtField as _, Condition, Error, Result};
use crate::execute;
use crate::expression;
use crate::function::Typed;
use crate::function::cast::{CastMode, cast, coerced};
use crate::function::coerce::{Kind, decimal_of, wider_number};
use crate::planner::columns::ColumnEntry;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::types::arrow_sql_name;

const MAX_VALUES: &str = "spark.sql.transposeMaxValues";

pub(in crate::relation) async fn plan(
    message: &proto::Transpose,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::Transpose { input: _, index_columns } = message;
    let input = context.input()?;
    let index = index(context, index_columns).at("index_columns")?;
    let others = input.columns().entries().iter();
    let others: Vec<_> = others.filter(|entry| column(entry) != index).collect();
    let common = common_type(input, &others)?;
    let rows = ordered(context, index, &others, &common)?;
    let most = limit_of(context.planner.session().conf().get_option(MAX_VALUES));
    let fetch = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    let few = Planned::passing(&rows, limit::node(&rows, None, Some(fetch)));
    let (_, batches) = execute::collect(context.planner, &few).await?;
    if batches.iter().map(RecordBatch::num_rows).sum::<usize>() > most {
        return Err(Error::analysis(
            Condition::TRANSPOSE_EXCEED_ROW_LIMIT,
            [("maxValues", most.to_string()), ("config", MAX_VALUES.to_owned())],
        ));
    }
    turned(&batches, &others, &common)
}

fn limit_of(configured: Option<String>) -> usize {
    configured.and_then(|value| value.parse().ok()).unwrap_or(500)
}

/// The index column: the one named, or the first.
fn index(context: &RelationContext<'_, '_>, named: &[proto::Expression]) -> Result<Expr> {
    let input = context.input()?;
    let scope = context.scope(input);
    let index = match (named, input.columns().entries().first()) {
        ([], Some(first)) => column(first),
        ([], None) => return Err(Error::invalid_plan("there are no columns to transpose")),
        ([only], _) => expression::plan(only, &scope)?,
        _ => return Err(not_allowed("Only one index column is allowed")),
    };
    let own = index.get_type(input.df_schema().as_ref())?;
    if !matches!(index, Expr::Column(_)) {
        return Err(not_allowed("Index column must be an atomic attribute"));
    }
    if own.is_nested() {
        let name = crate::types::scala_name(&own);
        return Err(not_allowed(&format!(
            "Index column must be of atomic type, but found: {name}"
        )));
    }
    Ok(index)
}

fn not_allowed(reason: &str) -> Error {
    Error::analysis(Condition::TRANSPOSE_INVALID_INDEX_COLUMN, [("reason", reason.to_owned())])
}

/// The tightest type that all columns have; no value changes for it.
fn common_type(input: &Planned, others: &[&Arc<ColumnEntry>]) -> Result<DataType> {
    let mut common: Option<DataType> = None;
    for entry in others {
        let own = input.df_schema().data_type(entry.column())?.clone();
        common = Some(match common {
            None => own,
            Some(before) => tightest(&before, &own).ok_or_else(|| {
                Error::analysis(
                    Condition::TRANSPOSE_NO_LEAST_COMMON_TYPE,
                    [
                        ("dt1", format!("\"{}\"", arrow_sql_name(&before))),
                        ("dt2", format!("\"{}\"", arrow_sql_name(&own))),
                    ],
                )
            })?,
        });
    }
    Ok(common.unwrap_or(DataType::Utf8))
}

fn tightest(a: &DataType, b: &DataType) -> Option<DataType> {
    if crate::function::coerce::same(a, b) || b.is_null() {
        return Some(a.clone());
    }
    if a.is_null() {
        return Some(b.clone());
    }
    let (a_kind, b_kind) = (Kind::of(a), Kind::of(b));
    match (a_kind == Kind::Decimal, b_kind == Kind::Decimal) {
        (false, false) if a_kind.is_numeric() && b_kind.is_numeric() => wider_number(a, b),
        (true, false) => is_wider(a, b).then(|| a.clone()),
        (false, true) => is_wider(b, a).then(|| b.clone()),
        _ => None,
    }
}

/// Whether a decimal holds every value of an integral type.
fn is_wider(decimal: &DataType, integral: &DataType) -> bool {
    let digits = match integral {
        DataType::Int8 => 3,
        DataType::Int16 => 5,
        DataType::Int32 => 10,
        DataType::Int64 => 20,
        _ => return false,
    };
    let DataType::Decimal128(precision, scale) = decimal else { return false };
    decimal_of(decimal).is_some() && i16::from(*precision) - i16::from(*scale) >= digits
}

/// Index (as text) and values, by the index; rows without an index are left out.
fn ordered(
    context: &RelationContext<'_, '_>,
    index: Expr,
    others: &[&Arc<ColumnEntry>],
    common: &DataType,
) -> Result<Planned> {
    let input = context.input()?;
    let there = Filter::try_new(index.clone().is_not_null(), Arc::clone(input.plan()))?;
    let there = through(input, LogicalPlan::Filter(there));
    let order = vec![index.clone().sort(true, true)];
    let ordered = through(&there, sorted(Arc::clone(there.plan()), order));
    let scope = context.scope(&ordered);
    let text = cast(Typed::from(index), &DataType::Utf8, CastMode::Ansi, &scope)?;
    let values = others.iter().map(|entry| coerced(&Typed::from(column(entry)), common, &scope));
    let values = values.collect::<Result<Vec<_>>>()?;
    let mut select = Select::new(&ordered, context.field_names());
    select.compute("#index", text.into_expr(), None);
    for (entry, value) in others.iter().zip(values) {
        select.compute(entry.name(), value.into_expr(), None);
    }
    select.finish()
}

fn turned(
    batches: &[RecordBatch],
    others: &[&Arc<ColumnEntry>],
    common: &DataType,
) -> Result<Planned> {
    let keys: Vec<&str> = others.iter().map(|entry| entry.name()).collect();
    let mut fields = vec![Field::new("key", DataType::Utf8, false)];
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(StringArray::from(keys))];
    for batch in batches {
        let Some((names, values)) = batch.columns().split_first() else { continue };
        let names = names.as_string::<i32>();
        for row in 0..batch.num_rows() {
            let cells = values.iter().map(|array| Ok(ScalarValue::try_from_array(array, row)?));
            let cells = cells.collect::<Result<Vec<_>>>()?;
            arrays.push(match cells.is_empty() {
                true => datafusion::arrow::array::new_empty_array(common),
                false => ScalarValue::iter_to_array(cells)?,
            });
            let array_type = arrays.last().map_or(common, |array| array.data_type()).clone();
            fields.push(Field::new(names.value(row), array_type, true));
        }
    }
    let schema = Arc::new(Schema::new(fields));
    let options = RecordBatchOptions::new().with_row_count(Some(others.len()));
    let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options)
        .map_err(|error| Error::internal(error.to_string()))?;
    local::rows(schema, vec![batch])
}
