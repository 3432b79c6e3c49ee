//! `approx_quantile`: quantiles of columns of numbers, one row of arrays.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray as _, Float64Builder, ListBuilder};
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::ExprSchema as _;
use futures::StreamExt as _;

use super::super::local;
use super::super::missing::{Family, columns};
use super::super::select::Select;
use super::column;
use crate::error::{AtField as _, Error, Result};
use crate::execute;
use crate::function::Typed;
use crate::function::cast::coerced;
use crate::function::udaf::quantiles::Quantiles;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;

pub(in crate::relation) async fn plan(
    message: &proto::StatApproxQuantile,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::StatApproxQuantile { input: _, cols, probabilities, relative_error } = message;
    if relative_error.is_nan() || *relative_error < 0.0 {
        return Err(Error::requirement(format!(
            "Relative Error must be non-negative but got {relative_error:?}"
        )));
    }
    if let Some(wrong) = probabilities.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(Error::requirement(format!(
            "percentile should be in the range [0.0, 1.0], not {wrong:?}"
        )));
    }
    let numbers = numbers(context, cols)?;
    let mut sketches: Vec<_> = cols.iter().map(|_| Quantiles::new(*relative_error)).collect();
    let mut rows = execute::stream(context.planner, &numbers).await?;
    while let Some(batch) = rows.batches.next().await {
        context.planner.check_cancelled()?;
        let batch = batch?;
        for (sketch, array) in sketches.iter_mut().zip(batch.columns()) {
            let values = array.as_primitive::<Float64Type>().iter().flatten();
            values.filter(|value| !value.is_nan()).for_each(|value| sketch.insert(value));
        }
    }
    let answers = sketches.iter_mut().map(|sketch| {
        sketch.compress();
        sketch.query(probabilities).unwrap_or_default()
    });
    answer(answers)
}

/// The columns as doubles.
fn numbers(context: &RelationContext<'_, '_>, names: &[String]) -> Result<Planned> {
    let input = context.input()?;
    let scope = context.scope(input);
    let mut select = Select::new(input, context.field_names());
    for name in names {
        for entry in columns(input, std::slice::from_ref(name)).at("cols")? {
            let own = input.df_schema().data_type(entry.column())?;
            if Family::of(own) != Family::Number {
                let own = crate::types::scala_name(own);
                return Err(Error::requirement(format!(
                    "Quantile calculation for column {name} with data type {own} is not supported."
                )));
            }
            let number = coerced(&Typed::from(column(&entry)), &DataType::Float64, &scope)?;
            select.compute(entry.name(), number.into_expr(), None);
        }
    }
    select.finish()
}

fn answer(columns: impl Iterator<Item = Vec<f64>>) -> Result<Planned> {
    let element = Arc::new(Field::new_list_field(DataType::Float64, false));
    let inner = ListBuilder::new(Float64Builder::new()).with_field(Arc::clone(&element));
    let list = Arc::new(Field::new_list_field(DataType::List(element), false));
    let mut lists = ListBuilder::new(inner).with_field(Arc::clone(&list));
    for quantiles in columns {
        lists.values().values().append_slice(&quantiles);
        lists.values().append(true);
    }
    lists.append(true);
    let field = Field::new("approx_quantile", DataType::List(list), false);
    let schema = Arc::new(Schema::new(vec![field]));
    let column: ArrayRef = Arc::new(lists.finish());
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![column])
        .map_err(|error| Error::internal(error.to_string()))?;
    local::rows(schema, vec![batch])
}
