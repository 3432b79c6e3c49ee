//! `grouping(a)` and `grouping_id(a, b)`: stand-ins, which an aggregation over
//! grouping sets replaces by bits of its own column.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result as DfResult;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};

use super::plan_typed;
use crate::error::{Condition, Error, Result};
use crate::function::{FunctionCall, Typed};
use crate::planner::scope::Scope;
use crate::proto::Expression;

/// The name by which Spark's grouping id can be named as a column.
pub(super) const COLUMN: &str = "grouping__id";

/// The stand-in, if this is a call of one of the two.
pub(super) fn plan(
    name: &str,
    arguments: &[Expression],
    scope: &Scope<'_>,
) -> Result<Option<Typed>> {
    let is_id = name.eq_ignore_ascii_case("grouping_id");
    if !is_id && !name.eq_ignore_ascii_case("grouping") {
        return Ok(None);
    }
    let keys = arguments.iter().map(|key| plan_typed(key, scope)).collect::<Result<Vec<_>>>()?;
    if !is_id && keys.len() != 1 {
        return Err(Error::analysis(
            Condition::WRONG_NUM_ARGS,
            [
                ("functionName", "`grouping`".to_owned()),
                ("expectedNum", "1".to_owned()),
                ("actualNum", FunctionCall::new(name, keys).arguments.len().to_string()),
            ],
        ));
    }
    Ok(Some(stand_in(is_id, keys.into_iter().map(Typed::into_expr).collect())))
}

/// `grouping__id`.
pub(super) fn column() -> Typed {
    stand_in(true, Vec::new())
}

fn stand_in(is_id: bool, keys: Vec<Expr>) -> Typed {
    let signature = Signature::variadic_any(Volatility::Immutable);
    let signature =
        if keys.is_empty() { Signature::nullary(Volatility::Immutable) } else { signature };
    let function = Grouping { is_id, signature };
    let data_type = function.data_type();
    Typed::new(ScalarUDF::new_from_impl(function).call(keys), data_type)
}

/// What a stand-in stands for: whether for the whole id, and of which keys.
pub(crate) fn asked(expr: &Expr) -> Option<(bool, &[Expr])> {
    let Expr::ScalarFunction(call) = expr else { return None };
    let function = call.func.inner().downcast_ref::<Grouping>()?;
    Some((function.is_id, &call.args))
}

/// # Errors
/// What Spark says where there are no grouping sets.
pub(crate) fn misplaced() -> Error {
    Error::analysis(Condition::UNSUPPORTED_GROUPING_EXPRESSION, [])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Grouping {
    is_id: bool,
    signature: Signature,
}

impl Grouping {
    fn data_type(&self) -> DataType {
        if self.is_id { DataType::Int64 } else { DataType::Int8 }
    }
}

impl ScalarUDFImpl for Grouping {
    fn name(&self) -> &str {
        if self.is_id { "grouping_id" } else { "grouping" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> DfResult<DataType> {
        Ok(self.data_type())
    }

    fn return_field_from_args(&self, _args: ReturnFieldArgs<'_>) -> DfResult<FieldRef> {
        Ok(Arc::new(Field::new(self.name(), self.data_type(), false)))
    }

    fn invoke_with_args(&self, _args: ScalarFunctionArgs) -> DfResult<ColumnarValue> {
        Err(DataFusionError::External(Box::new(misplaced())))
    }
}
