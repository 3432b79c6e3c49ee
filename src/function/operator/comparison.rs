//! Comparisons: `= <=> < <= > >= <>` and IN.

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::{Expr, Operator};

use super::{binary, both, different_types};
use crate::error::{Condition, Error, Result};
use crate::function::call::{FunctionCall, display_call, quoted_type, scalar_of};
use crate::function::coerce::{self, Kind};
use crate::function::udf::certain::CERTAIN;
use crate::function::{Typed, cast, meeting};
use crate::planner::scope::Scope;
use crate::types::variant::are_fields;
use datafusion::common::tree_node::{Transformed, TreeNode};

macro_rules! comparisons {
    ($($name:ident $operator:ident;)*) => {
        $(pub(crate) fn $name(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
            compare(call, Operator::$operator, scope)
        })*
    };
}

comparisons! {
    equal Eq;
    not_equal NotEq;
    less Lt;
    less_or_equal LtEq;
    greater Gt;
    greater_or_equal GtEq;
}

/// `a <=> b`: never NULL, which DataFusion does not tell.
pub(crate) fn null_safe_equal(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let same = compare(call, Operator::IsNotDistinctFrom, scope)?;
    Ok(scalar_of(&CERTAIN, [same], DataType::Boolean))
}

/// The condition with its null-safe comparisons as joins look for them.
pub(crate) fn bare(condition: Expr) -> Result<Expr> {
    let bare = condition.transform_up(|expr| match expr {
        Expr::ScalarFunction(mut call) if call.func.name() == CERTAIN.name() => {
            match call.args.pop() {
                Some(same) => Ok(Transformed::yes(same)),
                None => Ok(Transformed::no(Expr::ScalarFunction(call))),
            }
        }
        other => Ok(Transformed::no(other)),
    })?;
    Ok(bare.data)
}

fn compare(call: &FunctionCall, operator: Operator, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    let [left, right] = call.arguments()?;
    let (a, b) = (left.data_type(scope)?, right.data_type(scope)?);
    if coerce::same(a, b) && is_orderable(a) && !coerce::fields_differ(a, b) {
        return Ok(binary(left.clone(), operator, right.clone(), DataType::Boolean));
    }
    let Some(common) = meeting::compared(a, b) else { return Err(different_types(call, scope)) };
    if !is_orderable(&common) {
        return Err(no_order(call, &common));
    }
    let (left, right) = both(left, right, &common, scope)?;
    let right = cast::exact(right, &common, scope)?;
    Ok(binary(left, operator, right, DataType::Boolean))
}

/// Spark's error for values that cannot be compared.
pub(crate) fn no_order(call: &FunctionCall, data_type: &DataType) -> Error {
    let name = if call.name == "==" { "=".to_owned() } else { call.name.to_lowercase() };
    Error::analysis(
        Condition::DATATYPE_MISMATCH_INVALID_ORDERING_TYPE,
        [
            ("sqlExpr", display_call(call)),
            ("functionName", format!("`{name}`")),
            ("dataType", quoted_type(data_type)),
        ],
    )
}

/// Maps, variants and calendar intervals have no order, not even equality.
pub(crate) fn is_orderable(data_type: &DataType) -> bool {
    match data_type {
        DataType::Struct(fields) if !are_fields(fields) => {
            fields.iter().all(|field| is_orderable(field.data_type()))
        }
        other => match Kind::of(other) {
            Kind::Map | Kind::Calendar | Kind::Variant | Kind::Other => false,
            Kind::Array => {
                coerce::element(other).is_some_and(|element| is_orderable(element.data_type()))
            }
            _ => true,
        },
    }
}

/// `between(a, low, high)`.
pub(crate) fn between(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    let [value, low, high] = call.arguments()?;
    value.may_be_copied()?;
    let at_least = FunctionCall::new(">=", [value.clone(), low.clone()]);
    let at_most = FunctionCall::new("<=", [value.clone(), high.clone()]);
    let (at_least, at_most) =
        (greater_or_equal(&at_least, scope)?, less_or_equal(&at_most, scope)?);
    Ok(binary(at_least, Operator::And, at_most, DataType::Boolean))
}

/// `value IN (list)`.
pub(crate) fn is_in(call: &FunctionCall, scope: &Scope<'_>) -> Result<Typed> {
    call.plain()?;
    let Some((value, list)) = call.arguments.split_first() else {
        return Err(call.wrong_number("> 0"));
    };
    let types = call.arguments.iter().map(|argument| argument.data_type(scope).cloned());
    let types = types.collect::<Result<Vec<_>>>()?;
    let Some(common) = coerce::common_type(&types) else {
        return Err(mismatched(call, &types));
    };
    if Kind::of(&common) == Kind::Variant {
        return Err(no_order(call, &common));
    }
    let value = cast::coerced(value, &common, scope)?.into_expr();
    let list = list
        .iter()
        .map(|item| cast::coerced(item, &common, scope).map(Typed::into_expr))
        .collect::<Result<Vec<_>>>()?;
    let list = Expr::InList(InList::new(Box::new(value), list, false));
    Ok(Typed::new(list, DataType::Boolean))
}

/// Spark's error for arguments that should be of one type.
pub(crate) fn mismatched(call: &FunctionCall, types: &[DataType]) -> Error {
    let names: Vec<_> = types.iter().map(quoted_type).collect();
    Error::analysis(
        Condition::DATATYPE_MISMATCH_DATA_DIFF_TYPES,
        [
            ("sqlExpr", display_call(call)),
            ("functionName", format!("`{}`", call.name.to_lowercase())),
            ("dataType", format!("[{}]", names.join(", "))),
        ],
    )
}
