//! `crosstab`: how often each pair of values occurs, a row for each value of the
//! first column, a column for each of the second.

use std::sync::Arc;

use datafusion::arrow::array::AsArray as _;
use datafusion::arrow::datatypes::DataType;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, ExprFunctionExt as _, lit, when};

use super::super::aggregate;
use super::super::missing::columns;
use super::{column, item};
use crate::error::{Error, Result};
use crate::execute;
use crate::function::Typed;
use crate::function::cast::{CastMode, cast};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;

pub(in crate::relation) async fn plan(
    message: &proto::StatCrosstab,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::StatCrosstab { input: _, col1, col2 } = message;
    let input = context.input()?;
    let first = text(col1, context)?;
    let second = text(col2, context)?;
    let found = vec![item(col2.as_str(), second.clone())];
    let distinct = aggregate::grouped(context, input, vec![second.clone()], found)?;
    let (_, batches) = execute::collect(context.planner, &distinct).await?;
    let mut values: Vec<String> = Vec::new();
    for batch in &batches {
        values.extend(batch.column(0).as_string::<i32>().iter().flatten().map(str::to_owned));
    }
    values.sort_unstable();
    let mut list = vec![item(format!("{col1}_{col2}"), first.clone())];
    for value in values {
        let counted = count(lit(1_i64)).filter(second.clone().eq(lit(value.as_str()))).build()?;
        list.push(item(value, counted));
    }
    aggregate::grouped(context, input, vec![first], list)
}

/// The values as text, NULL as `null`.
fn text(name: &String, context: &RelationContext<'_, '_>) -> Result<Expr> {
    let input = context.input()?;
    let found = columns(input, std::slice::from_ref(name))?;
    let Some(entry) = found.first().map(Arc::clone) else {
        return Err(Error::internal("a name has a column"));
    };
    let value = column(&entry);
    let scope = context.scope(input);
    let text = cast(Typed::from(value.clone()), &DataType::Utf8, CastMode::Ansi, &scope)?;
    Ok(when(value.is_null(), lit("null")).otherwise(text.into_expr())?)
}
