//! Functions over windows.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::expr::Sort;
use datafusion::logical_expr::{Expr, WindowFrame, WindowFrameBound, WindowFrameUnits};

use super::{plan_sort_orders, plan_typed, unresolved_function};
use crate::error::{AtField, Condition, Error, Required, Result};
use crate::function::coerce::Kind;
use crate::function::{Typed, WindowSpec};
use crate::planner::scope::Scope;
use crate::proto::Expression;
use crate::proto::expression::Window;
use crate::proto::expression::window::WindowFrame as FrameMessage;
use crate::proto::expression::window::window_frame::frame_boundary::Boundary;
use crate::proto::expression::window::window_frame::{FrameBoundary, FrameType};
use crate::types::variant::holds_variant;

pub(super) fn plan(message: &Window, scope: &Scope<'_>) -> Result<Typed> {
    let Window { window_function, partition_spec, order_spec, frame_spec } = message;
    let function =
        unresolved_function::required_call(window_function.as_deref(), "window_function")?;
    let call = unresolved_function::call_in(function, scope)?;
    let partition_by =
        partition_spec.iter().map(|key| partition_key(key, scope)).collect::<Result<Vec<_>>>()?;
    let order_by = plan_sort_orders(order_spec, scope)?;
    let frame = frame_spec.as_deref().map(|spec| frame(spec, &order_by, scope)).transpose()?;
    let spec = WindowSpec { partition_by, order_by, frame };
    super::blame::told(crate::function::over(&call, spec, scope), function, scope)
}

/// A key of PARTITION BY, which is no variant.
fn partition_key(key: &Expression, scope: &Scope<'_>) -> Result<Expr> {
    let value = plan_typed(key, scope)?;
    let own = value.data_type(scope)?;
    if holds_variant(own) {
        return Err(Error::analysis(
            Condition::EXPRESSION_TYPE_IS_NOT_ORDERABLE,
            [
                ("expr", format!("\"{}\"", value.expr().human_display())),
                ("exprType", format!("\"{}\"", crate::types::arrow_sql_name(own))),
            ],
        ));
    }
    Ok(value.into_expr())
}

fn frame(message: &FrameMessage, order_by: &[Sort], scope: &Scope<'_>) -> Result<WindowFrame> {
    let FrameMessage { frame_type, lower, upper } = message;
    let units = match FrameType::try_from(*frame_type).unwrap_or(FrameType::Undefined) {
        FrameType::Row => WindowFrameUnits::Rows,
        FrameType::Range => WindowFrameUnits::Range,
        FrameType::Undefined => {
            return Err(Error::missing_field("frame_type").at("frame_spec").at("window"));
        }
    };
    let planned = |message: &Option<_>, end| bound(message.as_deref(), end, units, order_by, scope);
    if units == WindowFrameUnits::Range {
        check_key(message, order_by, scope)?;
    }
    let lower = planned(lower, End::Lower).at("lower")?;
    let upper = planned(upper, End::Upper).at("upper")?;
    if is_backwards(&lower, &upper) {
        let name = super::naming::frame(message, scope)?;
        return Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON,
            [("sqlExpr", format!("\"{name}\"")), ("comparison", "less than or equal".to_owned())],
        ));
    }
    Ok(WindowFrame::new_bounds(units, lower, upper))
}

/// What distances are counted in.
const DISTANCES: &str = "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" \
    or \"INTERVAL\")";

/// Distances are between numbers or times: the one key that they are counted from.
fn check_key(message: &FrameMessage, order_by: &[Sort], scope: &Scope<'_>) -> Result<()> {
    let is_distance = |bound: &Option<Box<FrameBoundary>>| {
        let boundary = bound.as_deref().and_then(|bound| bound.boundary.as_ref());
        matches!(boundary, Some(Boundary::Value(_)))
    };
    let location = match (is_distance(&message.lower), is_distance(&message.upper)) {
        (true, _) => "lower",
        (false, true) => "upper",
        (false, false) => return Ok(()),
    };
    let [key] = order_by else { return Ok(()) };
    let key = Typed::from(key.expr.clone());
    match Kind::of(key.data_type(scope)?) {
        Kind::String | Kind::Boolean | Kind::Binary => {}
        _ => return Ok(()),
    }
    let name = super::naming::frame_of_distances(message, scope)?;
    let key_type = crate::types::arrow_sql_name(key.data_type(scope)?);
    Err(Error::analysis(
        Condition::DATATYPE_MISMATCH_SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE,
        [
            ("sqlExpr", format!("\"{name}\"")),
            ("location", location.to_owned()),
            ("exprType", format!("\"{key_type}\"")),
            ("expectedType", DISTANCES.to_owned()),
        ],
    ))
}

#[derive(Clone, Copy)]
enum End {
    Lower,
    Upper,
}

fn bound(
    message: Option<&FrameBoundary>,
    end: End,
    units: WindowFrameUnits,
    order_by: &[Sort],
    scope: &Scope<'_>,
) -> Result<WindowFrameBound> {
    let unbounded = ScalarValue::UInt64(None);
    match message.and_then(|m| m.boundary.as_ref()).required("boundary")? {
        Boundary::CurrentRow(_) => Ok(WindowFrameBound::CurrentRow),
        Boundary::Unbounded(_) => Ok(match end {
            End::Lower => WindowFrameBound::Preceding(unbounded),
            End::Upper => WindowFrameBound::Following(unbounded),
        }),
        Boundary::Value(value) => match units {
            WindowFrameUnits::Rows => rows(value, scope),
            _ => range(value, order_by, scope),
        },
    }
}

fn constant(expression: &Expression, scope: &Scope<'_>) -> Result<ScalarValue> {
    let value = plan_typed(expression, scope)?;
    crate::function::folded(&value, scope)?
        .ok_or_else(|| Error::analysis(Condition::INVALID_WINDOW_FRAME_BOUND, []))
}

/// A number of rows: before the current one if negative.
fn rows(expression: &Expression, scope: &Scope<'_>) -> Result<WindowFrameBound> {
    let value = constant(expression, scope)?;
    let Ok(ScalarValue::Int64(Some(offset))) = value.cast_to(&DataType::Int64) else {
        return Err(Error::invalid_plan("a frame of rows is bounded by whole numbers"));
    };
    Ok(match offset {
        0 => WindowFrameBound::CurrentRow,
        offset if offset < 0 => {
            WindowFrameBound::Preceding(ScalarValue::UInt64(Some(offset.unsigned_abs())))
        }
        offset => WindowFrameBound::Following(ScalarValue::UInt64(Some(offset.unsigned_abs()))),
    })
}

/// A distance in values of the one sort key.
fn range(
    expression: &Expression,
    order_by: &[Sort],
    scope: &Scope<'_>,
) -> Result<WindowFrameBound> {
    let value = constant(expression, scope)?;
    let [key] = order_by else {
        return Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_RANGE_FRAME_MULTI_ORDER,
            [("sqlExpr", "\"RANGE\"".to_owned()), ("orderSpec", String::new())],
        ));
    };
    let key_type = Typed::from(key.expr.clone()).data_type(scope)?.clone();
    let (negative, magnitude) = magnitude(&value, &key_type)?;
    Ok(match (magnitude, negative) {
        (None, _) => WindowFrameBound::CurrentRow,
        (Some(magnitude), true) => WindowFrameBound::Preceding(magnitude),
        (Some(magnitude), false) => WindowFrameBound::Following(magnitude),
    })
}

/// A signed distance taken apart; none if it is zero. Dates count in days.
fn magnitude(value: &ScalarValue, key: &DataType) -> Result<(bool, Option<ScalarValue>)> {
    if let Ok(ScalarValue::Int64(Some(offset))) = value.cast_to(&DataType::Int64)
        && value.data_type().is_integer()
    {
        if offset == 0 {
            return Ok((false, None));
        }
        let absolute = i64::try_from(offset.unsigned_abs()).unwrap_or(i64::MAX);
        let distance = match key {
            DataType::Date32 => {
                let days = i32::try_from(absolute).unwrap_or(i32::MAX);
                ScalarValue::new_interval_dt(days, 0)
            }
            key => ScalarValue::Int64(Some(absolute)).cast_to(key)?,
        };
        return Ok((offset < 0, Some(distance)));
    }
    match value {
        ScalarValue::DurationMicrosecond(Some(micros)) => {
            let nanos = micros.unsigned_abs().saturating_mul(1000);
            let nanos = i64::try_from(nanos).unwrap_or(i64::MAX);
            let distance = ScalarValue::new_interval_mdn(0, 0, nanos);
            Ok((*micros < 0, (*micros != 0).then_some(distance)))
        }
        ScalarValue::IntervalYearMonth(Some(months)) => {
            let distance = ScalarValue::new_interval_mdn(months.saturating_abs(), 0, 0);
            Ok((*months < 0, (*months != 0).then_some(distance)))
        }
        number => {
            let zero = ScalarValue::new_zero(&number.data_type())?;
            let negative = number < &zero;
            let absolute = if negative { number.arithmetic_negate()? } else { number.clone() };
            Ok((negative, (number != &zero).then_some(absolute.cast_to(key)?)))
        }
    }
}

/// Whether the frame would end before it starts.
fn is_backwards(lower: &WindowFrameBound, upper: &WindowFrameBound) -> bool {
    use WindowFrameBound::{CurrentRow, Following, Preceding};
    match (lower, upper) {
        (Following(_), CurrentRow | Preceding(_)) | (CurrentRow, Preceding(_)) => true,
        (Preceding(a), Preceding(b)) => !a.is_null() && !b.is_null() && a < b,
        (Following(a), Following(b)) => !a.is_null() && !b.is_null() && a > b,
        _ => false,
    }
}
