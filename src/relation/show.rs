//! `show_string`, `html_string` and `tail`: relations that need rows to be planned.

use std::collections::VecDeque;
use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use futures::StreamExt as _;

use super::limit::{node, not_negative};
use super::local;
use crate::error::{AtField as _, Error, Result};
use crate::execute;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::types::show::{html_string, show_string};

pub(super) async fn show(
    message: &proto::ShowString,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::ShowString { input: _, num_rows, truncate, vertical } = message;
    let (rows, cut) = (count(*num_rows), count(*truncate));
    let (schema, batches) = head(context, rows).await?;
    text("show_string", show_string(&batches, &schema, rows, cut, *vertical)?)
}

pub(super) async fn html(
    message: &proto::HtmlString,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::HtmlString { input: _, num_rows, truncate } = message;
    let (rows, cut) = (count(*num_rows), count(*truncate));
    let (schema, batches) = head(context, rows).await?;
    text("html_string", html_string(&batches, &schema, rows, cut)?)
}

/// Negative numbers are none, and no more rows are shown than an array may hold.
fn count(value: i32) -> usize {
    usize::try_from(value).unwrap_or(0).min((i32::MAX - 15) as usize)
}

/// The first rows, and one more if there are more.
async fn head(
    context: &RelationContext<'_, '_>,
    rows: usize,
) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    let input = context.input()?;
    let fetch = i64::try_from(rows).unwrap_or(i64::MAX).saturating_add(1);
    let limited = Planned::passing(input, node(input, None, Some(fetch)));
    execute::collect(context.planner, &limited).await
}

fn text(name: &str, text: String) -> Result<Planned> {
    let schema = Arc::new(Schema::new(vec![Field::new(name, DataType::Utf8, false)]));
    let column = Arc::new(StringArray::from(vec![text]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![column])
        .map_err(|error| Error::internal(error.to_string()))?;
    local::rows(schema, vec![batch])
}

/// The last rows, of which no more are ever held.
pub(super) async fn tail(
    message: &proto::Tail,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::Tail { input: _, limit } = message;
    let wanted = usize::try_from(not_negative("tail", *limit).at("limit")?).unwrap_or(usize::MAX);
    let input = context.input()?;
    let mut rows = execute::stream(context.planner, input).await?;
    let mut kept: VecDeque<RecordBatch> = VecDeque::new();
    let mut count = 0;
    while let Some(batch) = rows.batches.next().await {
        context.planner.check_cancelled()?;
        let batch = batch?;
        count += batch.num_rows();
        kept.push_back(batch);
        while kept.front().is_some_and(|first| count - first.num_rows() >= wanted) {
            count -= kept.pop_front().map_or(0, |first| first.num_rows());
        }
    }
    if let Some(first) = kept.front_mut() {
        let surplus = count.saturating_sub(wanted);
        *first = first.slice(surplus, first.num_rows() - surplus);
    }
    local::rows(rows.schema, kept.into())
}
