//! Windows that last as long as rows follow one another closely.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, ScalarValue};
use datafusion::functions::core::expr_fn::get_field;
use datafusion::functions_aggregate::{min_max, sum};
use datafusion::logical_expr::expr::{Sort, WindowFunction};
use datafusion::logical_expr::{
    Expr, ExprFunctionExt as _, LogicalPlan, LogicalPlanBuilder, WindowFrame, WindowFrameBound,
    WindowFrameUnits, lit, when,
};

use super::{filtered, instant, with_span};
use crate::error::{Condition, Error, Result};
use crate::expression::plan_typed;
use crate::expression::time_window::{SESSION_NAME, metadata, metadata_of};
use crate::function::time_window::SPAN;
use crate::function::{FunctionCall, Typed, call, to_calendar};
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::scope::Scope;
use crate::planner::walk::RelationContext;
use crate::proto::Expression;
use crate::proto::expression::UnresolvedFunction;

/// A session for each row alone: from its time on, for as long as the gap.
pub(super) fn each(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    message: &UnresolvedFunction,
) -> Result<Planned> {
    let scope = context.scope(input);
    let [time, gap] = message.arguments.as_slice() else {
        let all = vec![Typed::literal(1_i32.into()); message.arguments.len()];
        return Err(FunctionCall::new(SESSION_NAME, all).wrong_number("2"));
    };
    let gap = gap_of(gap, &scope)?;
    let shown = FunctionCall::new(SESSION_NAME, [plan_typed(time, &scope)?, gap.clone()]);
    let start = instant(&shown, &scope)?;
    let end = call(&FunctionCall::new("+", [start.clone(), gap]), &scope)?;
    let (start, end) = (start.into_expr(), end.into_expr());
    let is_some = start.clone().is_not_null().and(end.clone().gt(start.clone()));
    with_span(context, &filtered(input, is_some)?, SPAN.call(vec![start, end]), true)
}

/// How far apart rows of one session may be. A text that is none is NULL.
fn gap_of(gap: &Expression, scope: &Scope<'_>) -> Result<Typed> {
    let gap = plan_typed(gap, scope)?;
    let data_type = gap.data_type(scope)?.clone();
    match data_type {
        DataType::Utf8 | DataType::Utf8View => Ok(to_calendar(gap)),
        other if super::constants::is_calendar(&other) => Ok(gap),
        other => {
            let name = crate::types::arrow_sql_name(&other);
            Err(Error::analysis(Condition::SESSION_OF_NO_INTERVAL, [("dt", name)]))
        }
    }
}

/// The input of a grouping by sessions, where those of rows alone are made into those of
/// all rows of a group.
///
/// # Errors
/// For grouping sets.
pub(in crate::relation) fn merged(
    input: &Planned,
    keys: &[Expr],
    is_one_set: bool,
) -> Result<Planned> {
    let is_session = |key: &&Expr| {
        matches!(key, Expr::Column(_))
            && metadata_of(key, input).is_some_and(|text| text == metadata(true))
    };
    let Some(Expr::Column(session)) = keys.iter().find(is_session) else {
        return Ok(input.clone());
    };
    if !is_one_set {
        return Err(Error::unsupported("function.session_window.grouping_sets"));
    }
    let others = keys.iter().filter(|key| !is_session(key)).cloned().collect();
    let plan = joined_rows(input, session, others)?;
    let columns = input.columns().clone();
    Ok(Planned::node(Arc::new(plan), columns, vec![Input::plain(input)], Shape::Same))
}

/// Numbers the sessions of each group in time, and gives all rows of one the whole of it.
fn joined_rows(input: &Planned, session: &Column, keys: Vec<Expr>) -> Result<LogicalPlan> {
    let [start, end, before, new, number] =
        ["#start", "#end", "#before", "#new", "#session"].map(col);
    let all = input.df_schema().columns();
    let part = |name: &str| get_field(Expr::Column(session.clone()), name);
    let kept = all.iter().cloned().map(Expr::Column);
    let ends = kept.chain([part("start").alias("#start"), part("end").alias("#end")]);
    let in_time =
        || vec![Sort::new(start.clone(), true, true), Sort::new(new.clone(), false, true)];
    let earlier = rows_until(WindowFrameBound::Preceding(ScalarValue::UInt64(Some(1))));
    let so_far = rows_until(WindowFrameBound::CurrentRow);
    let latest_end =
        over(min_max::max_udaf(), end.clone(), &keys, in_time()[..1].to_vec(), earlier)?;
    let is_new = when(before.clone().is_null().or(start.clone().gt(before)), lit(1_i64));
    let count = over(sum::sum_udaf(), new.clone(), &keys, in_time(), so_far)?;
    let of_session: Vec<Expr> = keys.iter().cloned().chain([number]).collect();
    let all_rows = || rows_until(WindowFrameBound::Following(ScalarValue::UInt64(None)));
    let first = over(min_max::min_udaf(), start.clone(), &of_session, Vec::new(), all_rows())?;
    let last = over(min_max::max_udaf(), end, &of_session, Vec::new(), all_rows())?;
    let whole = SPAN.call(vec![col("#first"), col("#last")]);
    let output = all.iter().map(|column| match column == session {
        true => super::noted(whole.clone(), &session.name, true),
        false => Expr::Column(column.clone()),
    });
    let builder = LogicalPlanBuilder::new_from_arc(Arc::clone(input.plan())).project(ends)?;
    let builder = builder.window([latest_end.alias("#before")])?;
    let fields = builder.schema().columns().into_iter().map(Expr::Column);
    let numbered = fields.chain([is_new.clone().otherwise(lit(0_i64))?.alias("#new")]);
    let builder = builder.project(numbered.collect::<Vec<_>>())?;
    let builder = builder.window([count.alias("#session")])?;
    let builder = builder.window([first.alias("#first"), last.alias("#last")])?;
    Ok(builder.project(output.collect::<Vec<_>>())?.build()?)
}

fn col(name: &str) -> Expr {
    Expr::Column(Column::from_name(name))
}

fn rows_until(end: WindowFrameBound) -> WindowFrame {
    let start = WindowFrameBound::Preceding(ScalarValue::UInt64(None));
    WindowFrame::new_bounds(WindowFrameUnits::Rows, start, end)
}

fn over(
    function: Arc<datafusion::logical_expr::AggregateUDF>,
    value: Expr,
    keys: &[Expr],
    order: Vec<Sort>,
    frame: WindowFrame,
) -> Result<Expr> {
    let function = Expr::from(WindowFunction::new(function, vec![value]));
    Ok(function.partition_by(keys.to_vec()).order_by(order).window_frame(frame).build()?)
}
