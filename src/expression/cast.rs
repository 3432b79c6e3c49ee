//! `CAST`, `TRY_CAST` and their types.

use std::borrow::Cow;

use datafusion::common::ScalarValue;

use super::plan_typed;
use crate::error::{AtField, Error, Required, Result};
use crate::function::Typed;
use crate::function::cast::{CastMode, cast_to_field, session_mode};
use crate::planner::scope::Scope;
use crate::proto::data_type::Kind;
use crate::proto::expression::cast::{CastToType, EvalMode};
use crate::proto::{DataType, expression::Cast};

pub(super) fn plan(message: &Cast, scope: &Scope<'_>) -> Result<Typed> {
    let Cast { expr, eval_mode, cast_to_type } = message;
    let value = plan_typed(expr.as_deref().required("expr").at("cast")?, scope)?;
    let to = target(cast_to_type.as_ref())?;
    let zone = scope.planner().session().time_zone();
    let to = crate::types::to_field("cast", &to, true, None, &zone)?;
    let mode = match eval_mode_of(*eval_mode)? {
        EvalMode::Unspecified => session_mode(scope),
        EvalMode::Legacy => CastMode::Legacy,
        EvalMode::Ansi => CastMode::Ansi,
        EvalMode::Try => CastMode::Try,
    };
    match timestamp_literal(message, &value, scope) {
        Some(literal) => Ok(literal),
        None => cast_to_field(value, &to, mode, scope),
    }
}

/// `TIMESTAMP '..'` comes as text under a cast, since it means another instant in
/// another time zone; it is a constant all the same.
pub(super) fn timestamp_literal(message: &Cast, value: &Typed, scope: &Scope<'_>) -> Option<Typed> {
    let is_timestamp = match message.cast_to_type.as_ref()? {
        CastToType::Type(DataType { kind: Some(Kind::Timestamp(_)) }) => true,
        CastToType::Type(_) | CastToType::TypeStr(_) => false,
    };
    if !is_timestamp || message.eval_mode != EvalMode::Ansi as i32 {
        return None;
    }
    let text = value.as_literal().and_then(ScalarValue::try_as_str).flatten()?;
    let zone = scope.planner().session().time_zone();
    let micros = crate::function::parse_timestamp(text, &zone)?;
    Some(Typed::literal(ScalarValue::TimestampMicrosecond(Some(micros), Some(zone))))
}

pub(super) fn eval_mode_of(mode: i32) -> Result<EvalMode> {
    EvalMode::try_from(mode).map_err(|_| Error::invalid_plan("unknown eval_mode").at("cast"))
}

/// The type a cast goes to, given as such or as text.
pub(super) fn target(to: Option<&CastToType>) -> Result<Cow<'_, DataType>> {
    match to.required("cast_to_type").at("cast")? {
        CastToType::Type(data_type) => Ok(Cow::Borrowed(data_type)),
        CastToType::TypeStr(text) => crate::sql::parse_data_type(text).map(Cow::Owned),
    }
}
