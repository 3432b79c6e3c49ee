//! `freq_items`: values that occur often, perhaps with some that do not. The
//! algorithm is that of Karp, Schenker and Papadimitriou, as in Spark.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, ListArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::ScalarValue;
use futures::StreamExt as _;

use super::super::local;
use super::super::missing::columns;
use super::super::select::Select;
use crate::error::{AtField as _, Error, Result};
use crate::execute;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;

const SUPPORT: f64 = 0.01;
const LOWEST_SUPPORT: f64 = 1e-4;

pub(in crate::relation) async fn plan(
    message: &proto::StatFreqItems,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::StatFreqItems { input: _, cols, support } = message;
    let support = support.unwrap_or(SUPPORT);
    if !(LOWEST_SUPPORT..=1.0).contains(&support) {
        return Err(Error::requirement(format!(
            "Support must be in [1e-4, 1], but got {}.",
            crate::types::display::double_text(support)
        )));
    }
    let input = context.input()?;
    let targets = columns(input, cols).at("cols")?;
    let mut select = Select::new(input, context.field_names());
    targets.iter().for_each(|entry| select.pass(entry));
    let selected = select.finish()?;
    let size = (1.0 / support) as usize;
    let mut counters: Vec<_> = targets.iter().map(|_| Counter::new(size)).collect();
    let mut rows = execute::stream(context.planner, &selected).await?;
    while let Some(batch) = rows.batches.next().await {
        context.planner.check_cancelled()?;
        let batch = batch?;
        for (counter, array) in counters.iter_mut().zip(batch.columns()) {
            for row in 0..array.len() {
                counter.add(ScalarValue::try_from_array(array, row)?);
            }
        }
    }
    answer(&rows.schema, counters)
}

/// Counts at most `size` values; what is rare makes room.
struct Counter {
    size: usize,
    counts: HashMap<ScalarValue, i64>,
    /// Values in the order in which they came.
    order: Vec<ScalarValue>,
}

impl Counter {
    fn new(size: usize) -> Self {
        Self { size, counts: HashMap::new(), order: Vec::new() }
    }

    fn add(&mut self, value: ScalarValue) {
        if let Some(count) = self.counts.get_mut(&value) {
            *count += 1;
            return;
        }
        self.counts.insert(value.clone(), 1);
        self.order.push(value);
        if self.counts.len() <= self.size {
            return;
        }
        let least = self.counts.values().copied().min().unwrap_or(0);
        self.counts.retain(|_, count| {
            *count -= least;
            *count > 0
        });
        let counts = &self.counts;
        self.order.retain(|value| counts.contains_key(value));
    }

    /// The values that are left: NULL first, then in order where there is one.
    fn values(mut self) -> Vec<ScalarValue> {
        self.order.sort_by(|a, b| {
            b.is_null()
                .cmp(&a.is_null())
                .then(a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal))
        });
        self.order
    }
}

fn answer(schema: &Schema, counters: Vec<Counter>) -> Result<Planned> {
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (field, counter) in schema.fields().iter().zip(counters) {
        let values = counter.values();
        let values = match values.is_empty() {
            true => datafusion::arrow::array::new_empty_array(field.data_type()),
            false => ScalarValue::iter_to_array(values)?,
        };
        let element = Arc::new(Field::new_list_field(field.data_type().clone(), true));
        let offsets = OffsetBuffer::from_lengths([values.len()]);
        let list = ListArray::try_new(element, offsets, values, None)
            .map_err(|error| Error::internal(error.to_string()))?;
        let name = format!("{}_freqItems", field.name());
        fields.push(Field::new(name, list.data_type().clone(), false));
        arrays.push(Arc::new(list));
    }
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)
        .map_err(|error| Error::internal(error.to_string()))?;
    local::rows(schema, vec![batch])
}
