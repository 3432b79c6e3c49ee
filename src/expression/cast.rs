//! `CAST`, `TRY_CAST` and their types.

use std::borrow::Cow;

use super::plan_typed;
use crate::error::{AtField, Error, Required, Result};
use crate::function::Typed;
use crate::function::cast::{CastMode, cast, session_mode};
use crate::planner::scope::Scope;
use crate::proto::expression::cast::{CastToType, EvalMode};
use crate::proto::{DataType, expression::Cast};

pub(super) fn plan(message: &Cast, scope: &Scope<'_>) -> Result<Typed> {
    let Cast { expr, eval_mode, cast_to_type } = message;
    let value = plan_typed(expr.as_deref().required("expr").at("cast")?, scope)?;
    let to = target(cast_to_type.as_ref())?;
    let to = crate::types::to_arrow(&to, &scope.planner().session().time_zone())?;
    let mode = match eval_mode_of(*eval_mode)? {
        EvalMode::Unspecified => session_mode(scope),
        EvalMode::Legacy => CastMode::Legacy,
        EvalMode::Ansi => CastMode::Ansi,
        EvalMode::Try => CastMode::Try,
    };
    cast(value, &to, mode, scope)
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
