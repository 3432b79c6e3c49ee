//! Comparisons and logic of values that are of one plain type: most there are. Their
//! sides are not copied, so that chains of thousands cost no more than they are long.

use std::ops::ControlFlow;

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::Operator;

use super::binary;
use crate::function::Typed;
use crate::function::call::FunctionCall;
use crate::planner::scope::Scope;

/// The value of such a call; any other is given back.
pub(crate) fn plain(call: FunctionCall, scope: &Scope<'_>) -> ControlFlow<Typed, FunctionCall> {
    let Some(operator) = operator(&call.name) else { return ControlFlow::Continue(call) };
    let is_logic = matches!(operator, Operator::And | Operator::Or);
    let count = call.arguments.len();
    if count < 2 || count > 2 && !is_logic || call.plain().is_err() {
        return ControlFlow::Continue(call);
    }
    let mut types = call.arguments.iter().map(|argument| argument.data_type(scope));
    let Some(Ok(first)) = types.next() else { return ControlFlow::Continue(call) };
    let is_right = match is_logic {
        true => *first == DataType::Boolean,
        false => first.is_numeric() || matches!(first, DataType::Utf8 | DataType::Boolean),
    };
    if !is_right || !types.all(|other| other.is_ok_and(|other| other == first)) {
        return ControlFlow::Continue(call);
    }
    let sides = call.arguments.into_iter();
    let joined = sides.reduce(|left, right| binary(left, operator, right, DataType::Boolean));
    // There are two at least.
    ControlFlow::Break(joined.unwrap_or_else(|| Typed::literal(false.into())))
}

fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "=" | "==" => Operator::Eq,
        "<>" | "!=" => Operator::NotEq,
        "<" => Operator::Lt,
        "<=" => Operator::LtEq,
        ">" => Operator::Gt,
        ">=" => Operator::GtEq,
        "and" => Operator::And,
        "or" => Operator::Or,
        _ => return None,
    })
}
