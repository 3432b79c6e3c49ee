//! `window` and `session_window`: calls that give a row the span of time that it is in,
//! or several rows one each. As in Spark, the span is a column beneath the relation that
//! calls for it, by the name of the function, and there is one at most.

mod constants;
mod session;

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::metadata::FieldMetadata;
use datafusion::common::{Column, UnnestOptions};
use datafusion::logical_expr::{Expr, Filter, LogicalPlan, LogicalPlanBuilder, Projection};

use super::filter::through;
use super::one_row;
use crate::error::{Condition, Error, Result};
use crate::expression::plan_typed;
use crate::expression::time_window::{SESSION_NAME, WINDOW_NAME, before_end, is_span, metadata};
use crate::function::time_window::{WINDOW, WINDOWS};
use crate::function::{FunctionCall, Typed, implicit, unexpected_type};
use crate::planner::columns::{ColumnEntry, Columns};
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::scope::Scope;
use crate::planner::walk::RelationContext;
use crate::proto::expression::UnresolvedFunction;
use crate::types::METADATA_KEY;

pub(super) use session::merged;

/// Puts the span that the calls of a relation ask for beneath the relation.
///
/// # Errors
/// If there are two, or their arguments will not do.
pub(crate) fn beside(
    context: &mut RelationContext<'_, '_>,
    calls: &[UnresolvedFunction],
) -> Result<()> {
    let Some((call, others)) = calls.split_first() else { return Ok(()) };
    if others.iter().any(|other| other != call) {
        return Err(Error::analysis(Condition::SEVERAL_TIME_WINDOWS, []));
    }
    let input = match context.inputs.as_slice() {
        [] => one_row(),
        [input] => input.clone(),
        _ => return Err(Error::unsupported("function.window.join")),
    };
    let is_session = call.function_name.eq_ignore_ascii_case(SESSION_NAME);
    let planned = match is_session {
        true => session::each(context, &input, call)?,
        false => tumbling_or_sliding(context, &input, call)?,
    };
    context.inputs = vec![planned];
    Ok(())
}

fn tumbling_or_sliding(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    message: &UnresolvedFunction,
) -> Result<Planned> {
    let scope = context.scope(input);
    let [time, spans @ ..] = message.arguments.as_slice() else {
        return Err(FunctionCall::new(WINDOW_NAME, Vec::<Typed>::new()).wrong_number("[2, 3, 4]"));
    };
    if !(1..=3).contains(&spans.len()) {
        let all = vec![Typed::literal(1_i32.into()); message.arguments.len()];
        return Err(FunctionCall::new(WINDOW_NAME, all).wrong_number("[2, 3, 4]"));
    }
    let spans = constants::Spans::of(spans)?;
    let time = plan_typed(time, &scope)?;
    let literals = spans.literals();
    let shown = FunctionCall::new(WINDOW_NAME, [time.clone()].into_iter().chain(literals.clone()));
    let time = instant(&shown, &scope)?;
    spans.check(&shown)?;
    let filtered = filtered(input, time.expr().clone().is_not_null())?;
    let arguments = [time].into_iter().chain(literals);
    if spans.is_tumbling() {
        let window = WINDOW.call(arguments.map(Typed::into_expr).collect());
        return with_span(context, &filtered, window, false);
    }
    let windows = WINDOWS.call(arguments.map(Typed::into_expr).collect());
    with_span_each(context, &filtered, windows)
}

/// The time that windows are of: of what is a window itself, its last instant.
fn instant(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    const TAKES: &str = "(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\" or \"STRUCT<start: TIMESTAMP, end: TIMESTAMP>\" or \"STRUCT<start: TIMESTAMP_NTZ, end: TIMESTAMP_NTZ>";
    let Some(time) = call.arguments.first() else { return Err(call.wrong_number("[2, 3, 4]")) };
    match time.data_type(scope)? {
        DataType::Timestamp(..) => Ok(time.clone()),
        DataType::Struct(_) if is_span(time.expr(), scope.input()) => before_end(time),
        DataType::Utf8 | DataType::Utf8View | DataType::Date32 | DataType::Null => {
            let zone = scope.planner().session().time_zone();
            implicit(call, 0, &DataType::Timestamp(TimeUnit::Microsecond, Some(zone)), scope)
        }
        _ => Err(unexpected_type(call, 0, TAKES, scope)),
    }
}

fn filtered(input: &Planned, predicate: Expr) -> Result<Planned> {
    let filter = Filter::try_new(predicate, Arc::clone(input.plan()))?;
    Ok(through(input, LogicalPlan::Filter(filter)))
}

/// The columns of `input`, and the span.
fn with_span(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    span: Expr,
    is_session: bool,
) -> Result<Planned> {
    let name = if is_session { SESSION_NAME } else { WINDOW_NAME };
    let field = field_name(context, input, name);
    let plan = projected(input, span, &field, is_session)?;
    Ok(seen(input, plan, name, field))
}

/// The columns of `input`, once for each of the spans of a row.
fn with_span_each(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    spans: Expr,
) -> Result<Planned> {
    let field = field_name(context, input, WINDOW_NAME);
    let plan = projected(input, spans, &field, false)?;
    let column = Column::from_name(&field);
    let plan = LogicalPlanBuilder::new(plan)
        .unnest_column_with_options(column.clone(), UnnestOptions::default())?
        .build()?;
    // What unnests knows nothing of metadata.
    let columns = input.df_schema().columns().into_iter().map(Expr::Column);
    let span = noted(Expr::Column(column), &field, false);
    let plan = Projection::try_new(columns.chain([span]).collect(), Arc::new(plan))?;
    Ok(seen(input, LogicalPlan::Projection(plan), WINDOW_NAME, field))
}

fn field_name(context: &RelationContext<'_, '_>, input: &Planned, name: &str) -> String {
    let mut names = context.field_names();
    names.take_fields(input.df_schema());
    names.take(name)
}

fn projected(input: &Planned, span: Expr, field: &str, is_session: bool) -> Result<LogicalPlan> {
    let columns = input.df_schema().columns().into_iter().map(Expr::Column);
    let exprs = columns.chain([noted(span, field, is_session)]).collect();
    Ok(LogicalPlan::Projection(Projection::try_new(exprs, Arc::clone(input.plan()))?))
}

fn noted(span: Expr, field: &str, is_session: bool) -> Expr {
    let metadata = HashMap::from([(METADATA_KEY.to_owned(), metadata(is_session).to_owned())]);
    span.alias_with_metadata(field, Some(FieldMetadata::from(metadata)))
}

/// The relation with the span in reach by its name, but not part of what `*` stands for.
fn seen(input: &Planned, plan: LogicalPlan, name: &str, field: String) -> Planned {
    let span = Arc::new(ColumnEntry::new(name, Column::from_name(field)));
    let hidden = [span].into_iter().chain(input.columns().hidden().iter().cloned()).collect();
    let columns = Columns::with_hidden(input.columns().entries().to_vec(), hidden);
    Planned::node(Arc::new(plan), columns, vec![Input::plain(input)], Shape::Same)
}
