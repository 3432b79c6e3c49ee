//! Names of what is done with intervals, which depend on what they are.

use crate::error::Result;
use crate::expression::plan_typed;
use crate::function::coerce::Kind;
use crate::planner::scope::Scope;
use crate::proto::Expression;
use crate::proto::expression::ExprType;
use crate::proto::expression::literal::LiteralType;

/// The name of a product or a quotient of an interval, or of a bucket of time; none
/// where the plain name is right.
pub(super) fn of_interval(
    function: &str,
    arguments: &[Expression],
    texts: &[String],
    scope: &Scope<'_>,
) -> Result<Option<String>> {
    let kind = |argument: &Expression| -> Result<Kind> {
        crate::planner::grown::with_stack(|| {
            let value = plan_typed(argument, scope)?;
            value.data_type(scope).map(Kind::of)
        })
    };
    match (function, arguments, texts) {
        ("*" | "/", [left, right], [a, b]) if may_be_interval(left) || may_be_interval(right) => {
            let known = |side: &Expression| match may_be_interval(side) {
                true => kind(side),
                false => Ok(Kind::Other),
            };
            let (left, right) = (known(left)?, known(right)?);
            let swapped = !left.is_interval() && right.is_interval();
            let (interval, a, b) = if swapped { (right, b, a) } else { (left, a, b) };
            Ok(match (interval, function) {
                (Kind::Calendar, "*") => Some(format!("multiply_interval({a}, {b})")),
                (Kind::Calendar, _) => Some(format!("divide_interval({a}, {b})")),
                (_, "*") if swapped => Some(format!("({a} * {b})")),
                _ => None,
            })
        }
        ("time_bucket", [_, time], [size, text]) => Ok(Some(match kind(time)? {
            Kind::TimestampNtz => {
                format!("time_bucket({size}, {text}, TIMESTAMP_NTZ '1970-01-01 00:00:00')")
            }
            _ => format!("time_bucket({size}, {text}, TIMESTAMP '1970-01-01 00:00:00')"),
        })),
        _ => Ok(None),
    }
}

/// Whether it is worth while to ask for the type: a deep expression would be planned at
/// each of its levels.
fn may_be_interval(expression: &Expression) -> bool {
    match expression.expr_type.as_ref() {
        Some(ExprType::UnresolvedFunction(call)) => {
            call.function_name.to_ascii_lowercase().contains("interval")
                || call.arguments.iter().any(is_interval_literal)
        }
        Some(ExprType::UnresolvedAttribute(_) | ExprType::Cast(_)) => true,
        _ => is_interval_literal(expression),
    }
}

fn is_interval_literal(expression: &Expression) -> bool {
    match expression.expr_type.as_ref() {
        Some(ExprType::Literal(literal)) => matches!(
            literal.literal_type,
            Some(
                LiteralType::DayTimeInterval(_)
                    | LiteralType::YearMonthInterval(_)
                    | LiteralType::CalendarInterval(_)
            )
        ),
        _ => false,
    }
}
