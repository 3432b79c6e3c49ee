//! Functions over windows: ranking functions, and aggregates with an OVER.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions_window as df;
use datafusion::logical_expr::expr::{
    AggregateFunction, AggregateFunctionParams, NullTreatment, Sort, WindowFunction,
    WindowFunctionParams,
};
use datafusion::logical_expr::{
    Expr, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowFunctionDefinition, WindowUDF,
};

use super::call::{FunctionCall, unexpected_type};
use super::coerce::{Kind, canonical};
use super::counter::COUNTER_DIFF;
use super::operator::span::length;
use super::{Typed, cast, generated};
use crate::error::{Condition, Error, Result};
use crate::planner::scope::Scope;

/// What stands after OVER.
#[derive(Debug, Clone)]
pub(crate) struct WindowSpec {
    pub(crate) partition_by: Vec<Expr>,
    pub(crate) order_by: Vec<Sort>,
    pub(crate) frame: Option<WindowFrame>,
}

impl WindowSpec {
    /// The frame, by default up to the current row and its peers, or everything
    /// if there is no order.
    fn frame(&mut self) -> WindowFrame {
        let ordered = !self.order_by.is_empty();
        self.frame
            .take()
            .unwrap_or_else(|| WindowFrame::new(if ordered { Some(false) } else { None }))
    }

    /// Intervals in the order of their lengths, where the frame has no distances: Arrow
    /// finds no peers among intervals.
    fn countable(mut self, scope: &Scope<'_>) -> Result<Self> {
        let plain = |bound: &WindowFrameBound| match bound {
            WindowFrameBound::CurrentRow => true,
            WindowFrameBound::Preceding(by) | WindowFrameBound::Following(by) => by.is_null(),
        };
        let counts = |frame: &WindowFrame| {
            frame.units != WindowFrameUnits::Range
                || plain(&frame.start_bound) && plain(&frame.end_bound)
        };
        if !self.frame.as_ref().is_none_or(counts) {
            return Ok(self);
        }
        for sort in &mut self.order_by {
            let key = Typed::from(sort.expr.clone());
            if matches!(Kind::of(key.data_type(scope)?), Kind::DayTime | Kind::YearMonth) {
                sort.expr = length(&cast::normalised(&key, scope)?).into_expr();
            }
        }
        Ok(self)
    }

    fn require_order(&self, call: &FunctionCall) -> Result<()> {
        if !self.order_by.is_empty() {
            return Ok(());
        }
        let name = call.name.to_lowercase();
        Err(Error::analysis(
            Condition::WINDOW_FUNCTION_FRAME_NOT_ORDERED,
            [("funcName", name.clone()), ("wf", name)],
        ))
    }
}

/// Whether a function has no meaning without a window.
pub(super) fn is_window_only(name: &str) -> bool {
    matches!(
        name,
        "row_number"
            | "rank"
            | "dense_rank"
            | "percent_rank"
            | "cume_dist"
            | "ntile"
            | "lag"
            | "lead"
            | "nth_value"
            | "counter_diff"
    )
}

/// A function over a window.
///
/// # Errors
/// If the function is neither an aggregate nor one for windows.
pub(crate) fn over(call: &FunctionCall, spec: WindowSpec, scope: &Scope<'_>) -> Result<Typed> {
    let spec = spec.countable(scope)?;
    match call.name.to_ascii_lowercase().as_str() {
        "row_number" => ranking(call, spec, &df::row_number::row_number_udwf(), DataType::Int32),
        "rank" => ranking(call, spec, &df::rank::rank_udwf(), DataType::Int32),
        "dense_rank" => ranking(call, spec, &df::rank::dense_rank_udwf(), DataType::Int32),
        "percent_rank" => ranking(call, spec, &df::rank::percent_rank_udwf(), DataType::Float64),
        "cume_dist" => ranking(call, spec, &df::cume_dist::cume_dist_udwf(), DataType::Float64),
        "ntile" => ntile(call, spec, scope),
        "lag" => shifted(call, spec, &df::lead_lag::lag_udwf(), scope),
        "lead" => shifted(call, spec, &df::lead_lag::lead_udwf(), scope),
        "nth_value" => nth_value(call, spec, scope),
        "counter_diff" => counter_diff(call, spec, scope),
        "first" | "first_value" | "any_value" => {
            edge(call, spec, &df::nth_value::first_value_udwf(), scope)
        }
        "last" | "last_value" => edge(call, spec, &df::nth_value::last_value_udwf(), scope),
        _ => aggregate(call, spec, scope),
    }
}

fn window(
    function: impl Into<WindowFunctionDefinition>,
    arguments: Vec<Expr>,
    mut spec: WindowSpec,
    null_treatment: Option<NullTreatment>,
) -> Expr {
    let window_frame = spec.frame();
    Expr::WindowFunction(Box::new(WindowFunction {
        fun: function.into(),
        params: WindowFunctionParams {
            args: arguments,
            partition_by: spec.partition_by,
            order_by: spec.order_by,
            window_frame,
            filter: None,
            null_treatment,
            distinct: false,
        },
    }))
}

/// Functions of the position only; their frame is fixed.
fn ranking(
    call: &FunctionCall,
    mut spec: WindowSpec,
    udf: &Arc<WindowUDF>,
    data_type: DataType,
) -> Result<Typed> {
    // Ranks take arguments, which are the sort keys once more.
    if !call.arguments.is_empty() && !call.name.to_ascii_lowercase().ends_with("rank") {
        return Err(call.wrong_number("0"));
    }
    spec.require_order(call)?;
    fixed_frame(call, &mut spec)?;
    let value = window(Arc::clone(udf), Vec::new(), spec, None);
    Ok(as_type(value, data_type))
}

/// DataFusion counts in unsigned numbers, Spark in INT.
fn as_type(value: Expr, data_type: DataType) -> Typed {
    match data_type {
        DataType::Int32 => cast::plain(Typed::from(value), &data_type),
        _ => Typed::new(value, data_type),
    }
}

/// Ranking functions look at the rows up to the current one, and nothing else may
/// be said.
fn fixed_frame(call: &FunctionCall, spec: &mut WindowSpec) -> Result<()> {
    let usual = WindowFrame::new_bounds(
        WindowFrameUnits::Rows,
        WindowFrameBound::Preceding(ScalarValue::UInt64(None)),
        WindowFrameBound::CurrentRow,
    );
    match spec.frame.replace(usual) {
        Some(given) if Some(&given) != spec.frame.as_ref() => Err(Error::analysis(
            Condition::INVALID_WINDOW_FRAME,
            [("wf", call.name.to_lowercase()), ("required", "ROWS UNBOUNDED PRECEDING".to_owned())],
        )),
        _ => Ok(()),
    }
}

fn ntile(call: &FunctionCall, mut spec: WindowSpec, scope: &Scope<'_>) -> Result<Typed> {
    let buckets = match call.arguments.as_slice() {
        [] => Typed::literal(1_i64.into()),
        [buckets] => {
            positive(call, buckets, "buckets", "(0, 2147483647]")?;
            cast::coerced(buckets, &DataType::Int64, scope)?
        }
        _ => return Err(call.wrong_number("[0, 1]")),
    };
    spec.require_order(call)?;
    fixed_frame(call, &mut spec)?;
    let value = window(df::ntile::ntile_udwf(), vec![buckets.into_expr()], spec, None);
    Ok(as_type(value, DataType::Int32))
}

/// Refuses a constant that is NULL or below one.
fn positive(call: &FunctionCall, value: &Typed, name: &str, range: &str) -> Result<()> {
    match value.as_literal().map(|value| value.cast_to(&DataType::Int64)) {
        Some(Ok(ScalarValue::Int64(Some(number)))) if number > 0 => Ok(()),
        Some(Ok(number)) => {
            Err(super::constant::out_of_range(call, name, range, &number.to_string()))
        }
        Some(Err(_)) | None => Ok(()),
    }
}

/// `lag` and `lead`.
fn shifted(
    call: &FunctionCall,
    spec: WindowSpec,
    udf: &Arc<WindowUDF>,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let (value, rest) = match call.arguments.split_first() {
        Some((value, rest)) if rest.len() <= 2 => (value, rest),
        _ => return Err(call.wrong_number("[1, 3]")),
    };
    spec.require_order(call)?;
    if spec.frame.is_some() {
        return Err(Error::analysis(
            Condition::CANNOT_SPECIFY_WINDOW_FRAME,
            [("prettyName", call.name.to_lowercase())],
        ));
    }
    let mut values = vec![value];
    let fallback = rest.get(1).filter(|value| value.as_literal().is_none_or(|v| !v.is_null()));
    values.extend(fallback);
    let (values, data_type) = super::family::conditional::unified(call, &values, scope)?;
    if let [_, fallback] = values.as_slice()
        && fallback.as_literal().is_none()
    {
        return shifted_or(call, spec, udf, values, scope);
    }
    let certain = values.len() == 2 && none_is_nullable(&values, scope)?;
    let mut values = values.into_iter().map(Typed::into_expr);
    let mut arguments: Vec<Expr> = values.by_ref().take(1).collect();
    let offset = rest.first().map_or_else(
        || Ok(Typed::literal(1_i64.into())),
        |offset| cast::coerced(offset, &DataType::Int64, scope),
    )?;
    arguments.push(offset.into_expr());
    arguments.extend(values);
    let treatment = call.ignore_nulls.then_some(NullTreatment::IgnoreNulls);
    let value = Typed::new(window(Arc::clone(udf), arguments, spec, treatment), data_type);
    Ok(if certain { generated::known(value) } else { value })
}

/// The same with a value of the row for where there is no other row, which DataFusion
/// does not take: whether there is one is asked for by itself.
fn shifted_or(
    call: &FunctionCall,
    spec: WindowSpec,
    udf: &Arc<WindowUDF>,
    values: Vec<Typed>,
    scope: &Scope<'_>,
) -> Result<Typed> {
    if call.ignore_nulls {
        return Err(Error::unsupported(format!("function.{}.computed_default", call.name)));
    }
    let certain = none_is_nullable(&values, scope)?;
    let mut values = values.into_iter();
    let (Some(value), Some(fallback)) = (values.next(), values.next()) else {
        return Err(call.wrong_number("[1, 3]"));
    };
    let offset = call.arguments.get(1).cloned().unwrap_or_else(|| Typed::literal(1_i64.into()));
    let asked = |value: Typed, none: Option<i64>| {
        let mut arguments = vec![value, offset.clone()];
        arguments.extend(none.map(|none| Typed::literal(none.into())));
        shifted(&FunctionCall::new(call.name.as_str(), arguments), spec.clone(), udf, scope)
    };
    let there = asked(Typed::literal(1_i64.into()), Some(0))?;
    let other = asked(value, None)?;
    let absent = FunctionCall::new("==", [there, Typed::literal(0_i64.into())]);
    let absent = super::call(&absent, scope)?;
    let value = super::call(&FunctionCall::new("if", [absent, fallback, other]), scope)?;
    Ok(if certain { generated::known(value) } else { value })
}

fn none_is_nullable(values: &[Typed], scope: &Scope<'_>) -> Result<bool> {
    for value in values {
        if value.is_nullable(scope)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn nth_value(call: &FunctionCall, spec: WindowSpec, scope: &Scope<'_>) -> Result<Typed> {
    let (value, n, ignore) = match call.arguments.as_slice() {
        [value, n] => (value, n, false),
        [value, n, flag] => {
            (value, n, matches!(flag.as_literal(), Some(ScalarValue::Boolean(Some(true)))))
        }
        _ => return Err(call.wrong_number("[2, 3]")),
    };
    let data_type = value.data_type(scope)?.clone();
    positive(call, n, "offset", "(0, 9223372036854775807]")?;
    let n = cast::coerced(n, &DataType::Int64, scope)?;
    let arguments = vec![value.expr().clone(), n.into_expr()];
    let treatment = (call.ignore_nulls || ignore).then_some(NullTreatment::IgnoreNulls);
    let udf = df::nth_value::nth_value_udwf();
    Ok(Typed::new(window(udf, arguments, spec, treatment), data_type))
}

/// `counter_diff(value, start?)`, in the order of the window's rows.
fn counter_diff(call: &FunctionCall, mut spec: WindowSpec, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    let Some(value) = call.arguments.first() else {
        return Err(Error::analysis(
            Condition::REQUIRED_PARAMETER_NOT_FOUND,
            [
                ("routineName", "`counter_diff`".to_owned()),
                ("parameterName", "`value`".to_owned()),
                ("index", "0".to_owned()),
            ],
        ));
    };
    if call.arguments.len() > 2 {
        return Err(call.wrong_number("[1, 2]"));
    }
    let own = match Kind::of(value.data_type(scope)?) {
        Kind::Null => DataType::Float64,
        kind if kind.is_numeric() => canonical(value.data_type(scope)?),
        _ => return Err(unexpected_type(call, 0, "NUMERIC", scope)),
    };
    let mut arguments = vec![cast::coerced(value, &own, scope)?.into_expr()];
    if let Some(start) = call.arguments.get(1) {
        match Kind::of(start.data_type(scope)?) {
            Kind::Timestamp | Kind::TimestampNtz => {
                arguments.push(cast::normalised(start, scope)?.into_expr());
            }
            Kind::Null => {}
            _ => return Err(unexpected_type(call, 1, "TIMESTAMP\" or \"TIMESTAMP_NTZ", scope)),
        }
    }
    spec.require_order(call)?;
    fixed_frame(call, &mut spec)?;
    Ok(Typed::new(window(Arc::clone(&COUNTER_DIFF), arguments, spec, None), own))
}

/// `first_value` and `last_value`, perhaps with `ignoreNulls` as an argument.
fn edge(
    call: &FunctionCall,
    spec: WindowSpec,
    udf: &Arc<WindowUDF>,
    scope: &Scope<'_>,
) -> Result<Typed> {
    let (value, ignore) = match call.arguments.as_slice() {
        [value] => (value, false),
        [value, flag] => {
            (value, matches!(flag.as_literal(), Some(ScalarValue::Boolean(Some(true)))))
        }
        _ => return Err(call.wrong_number("[1, 2]")),
    };
    let data_type = value.data_type(scope)?.clone();
    let treatment = (call.ignore_nulls || ignore).then_some(NullTreatment::IgnoreNulls);
    let value = window(Arc::clone(udf), vec![value.expr().clone()], spec, treatment);
    Ok(Typed::new(value, data_type))
}

/// An aggregate over the frame.
fn aggregate(call: &FunctionCall, mut spec: WindowSpec, scope: &Scope<'_>) -> Result<Typed> {
    if call.distinct {
        return Err(Error::analysis(
            Condition::DISTINCT_WINDOW_FUNCTION_UNSUPPORTED,
            [("windowExpr", call.name.to_lowercase())],
        ));
    }
    let aggregated = super::call(call, scope)?;
    let data_type = aggregated.data_type(scope)?.clone();
    let (aggregated, outer) = match aggregated.into_expr() {
        Expr::Cast(cast) => (*cast.expr, Some(cast.field.data_type().clone())),
        other => (other, None),
    };
    let Expr::AggregateFunction(AggregateFunction { func, params }) = aggregated else {
        return Err(Error::analysis(
            Condition::UNSUPPORTED_EXPR_FOR_WINDOW,
            [("sqlExpr", format!("\"{}\"", call.name.to_lowercase()))],
        ));
    };
    let AggregateFunctionParams { args, distinct, filter, order_by, null_treatment } = params;
    if !order_by.is_empty() {
        return Err(Error::unsupported("function.within_group.over"));
    }
    let window_frame = spec.frame();
    let value = Expr::WindowFunction(Box::new(WindowFunction {
        fun: func.into(),
        params: WindowFunctionParams {
            args,
            partition_by: spec.partition_by,
            order_by: spec.order_by,
            window_frame,
            filter,
            null_treatment,
            distinct,
        },
    }));
    Ok(match outer {
        Some(outer) => cast::plain(Typed::from(value), &outer),
        None => Typed::new(value, data_type),
    })
}
