//! Names of functions over windows.

use super::{name, sort_order};
use crate::error::{Required, Result};
use crate::expression::string;
use crate::planner::scope::Scope;
use crate::proto::Expression;
use crate::proto::expression::window::WindowFrame;
use crate::proto::expression::window::window_frame::frame_boundary::Boundary;
use crate::proto::expression::window::window_frame::{FrameBoundary, FrameType};
use crate::proto::expression::{ExprType, Window};

pub(super) fn text(message: &Window, scope: &Scope<'_>) -> Result<String> {
    let Window { window_function, partition_spec, order_spec, frame_spec } = message;
    let function = window_function.as_deref().required("window_function")?;
    let bare = bare_name(function, scope)?;
    let mut parts = Vec::new();
    if !partition_spec.is_empty() {
        let keys = partition_spec.iter().map(|key| name(key, scope));
        parts.push(format!("PARTITION BY {}", keys.collect::<Result<Vec<_>>>()?.join(", ")));
    }
    if !order_spec.is_empty() {
        let orders = order_spec.iter().map(|order| sort_order(order, scope));
        parts.push(format!("ORDER BY {}", orders.collect::<Result<Vec<_>>>()?.join(", ")));
    }
    parts.push(match (bare.as_deref(), frame_spec.as_deref()) {
        (Some("lag" | "lead"), _) => offset_frame(function, scope)?,
        (_, Some(frame)) => frame_text(frame, scope)?,
        (
            Some("row_number" | "rank" | "dense_rank" | "percent_rank" | "ntile" | "counter_diff"),
            None,
        ) => "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW".to_owned(),
        (_, None) if order_spec.is_empty() => {
            "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING".to_owned()
        }
        (_, None) => "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW".to_owned(),
    });
    let function_text = match bare.as_deref() {
        Some("nth_value") if arguments(function).len() == 3 => nth_value(function, scope)?,
        Some("lag" | "lead") => offset_function(function, scope)?,
        _ => name(function, scope)?,
    };
    Ok(format!("{function_text} OVER ({})", parts.join(" ")))
}

/// The function's name in lower case, if it is a plain call.
fn bare_name(function: &Expression, scope: &Scope<'_>) -> Result<Option<String>> {
    Ok(match function.expr_type.as_ref() {
        Some(ExprType::UnresolvedFunction(call)) => Some(call.function_name.to_lowercase()),
        Some(ExprType::CallFunction(call)) => Some(call.function_name.to_lowercase()),
        Some(ExprType::ExpressionString(text)) => {
            bare_name(&string::parse(text, scope)?.expression, scope)?
        }
        _ => None,
    })
}

fn arguments(function: &Expression) -> &[Expression] {
    match function.expr_type.as_ref() {
        Some(ExprType::UnresolvedFunction(call)) => &call.arguments,
        Some(ExprType::CallFunction(call)) => &call.arguments,
        _ => &[],
    }
}

/// `nth_value(a, 2) ignore nulls`: the flag shows as words.
fn nth_value(function: &Expression, scope: &Scope<'_>) -> Result<String> {
    let given = arguments(function).iter().map(|argument| name(argument, scope));
    let given = given.collect::<Result<Vec<_>>>()?;
    let ignored = if given[2] == "true" { " ignore nulls" } else { "" };
    Ok(format!("nth_value({}, {}){ignored}", given[0], given[1]))
}

/// `lag(a, 1, NULL)`: the defaults show.
fn offset_function(function: &Expression, scope: &Scope<'_>) -> Result<String> {
    let given = arguments(function).iter().map(|argument| name(argument, scope));
    let mut given = given.collect::<Result<Vec<_>>>()?;
    if given.len() == 1 {
        given.push("1".to_owned());
    }
    if given.len() == 2 {
        given.push("NULL".to_owned());
    }
    let bare = bare_name(function, scope)?.unwrap_or_default();
    Ok(format!("{bare}({})", given.join(", ")))
}

fn offset_frame(function: &Expression, scope: &Scope<'_>) -> Result<String> {
    let offset = match arguments(function).get(1) {
        Some(offset) => name(offset, scope)?,
        None => "1".to_owned(),
    };
    let lag = bare_name(function, scope)?.as_deref() == Some("lag");
    let at = match (lag, offset.strip_prefix('-')) {
        (false, _) => offset,
        (true, Some(positive)) => positive.to_owned(),
        (true, None) => format!("-{offset}"),
    };
    Ok(format!("ROWS BETWEEN {at} FOLLOWING AND {at} FOLLOWING"))
}

/// A frame's text whose distances have the sign that the message gives them.
pub(super) fn frame_of_distances(frame: &WindowFrame, scope: &Scope<'_>) -> Result<String> {
    let text = |bound: &Option<Box<FrameBoundary>>, side| {
        let value = bound.as_deref().and_then(|bound| bound.boundary.as_ref());
        let Some(Boundary::Value(value)) = value else {
            return boundary(bound.as_deref(), side, scope);
        };
        let value = name(value, scope)?;
        Ok(match value.strip_prefix('-') {
            Some(positive) => format!("(- {positive}) FOLLOWING"),
            None => format!("{value} FOLLOWING"),
        })
    };
    let (lower, upper) = (text(&frame.lower, "PRECEDING")?, text(&frame.upper, "FOLLOWING")?);
    Ok(format!("RANGE BETWEEN {lower} AND {upper}"))
}

pub(super) fn frame_text(frame: &WindowFrame, scope: &Scope<'_>) -> Result<String> {
    let units = match FrameType::try_from(frame.frame_type).unwrap_or(FrameType::Undefined) {
        FrameType::Row => "ROWS",
        FrameType::Range | FrameType::Undefined => "RANGE",
    };
    let lower = boundary(frame.lower.as_deref(), "PRECEDING", scope)?;
    let upper = boundary(frame.upper.as_deref(), "FOLLOWING", scope)?;
    Ok(format!("{units} BETWEEN {lower} AND {upper}"))
}

fn boundary(bound: Option<&FrameBoundary>, side: &str, scope: &Scope<'_>) -> Result<String> {
    Ok(match bound.and_then(|bound| bound.boundary.as_ref()).required("boundary")? {
        Boundary::CurrentRow(_) => "CURRENT ROW".to_owned(),
        Boundary::Unbounded(_) => format!("UNBOUNDED {side}"),
        Boundary::Value(value) => {
            let text = name(value, scope)?;
            match text.strip_prefix('-') {
                Some(positive) => format!("{positive} PRECEDING"),
                None => format!("{text} FOLLOWING"),
            }
        }
    })
}
