//! `as_of_join`: beside each row of the left the nearest of the right.

use datafusion::common::{JoinType, ScalarValue};
use datafusion::logical_expr::Expr;

use super::join::kind_by_name;
use super::join::ranked::{Choice, Ranked};
use crate::error::{AtField as _, Condition, Error, Required as _, Result};
use crate::expression::plan_typed;
use crate::function::folded;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto::{self, Expression};
use crate::sql::build::{balanced, call, not};

/// Where the nearest row is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Backward,
    Forward,
    Nearest,
}

pub(super) fn plan(
    message: &proto::AsOfJoin,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::AsOfJoin {
        left: _,
        right: _,
        left_as_of,
        right_as_of,
        join_expr,
        using_columns,
        join_type,
        tolerance,
        allow_exact_matches,
        direction,
    } = message;
    let left = left_as_of.as_ref().required("left_as_of")?;
    let right = right_as_of.as_ref().required("right_as_of")?;
    let join_type = join_type_of(join_type)?;
    let direction = direction_of(direction)?;
    let ranked = Ranked::new(context)?;
    let near = Near { left, right, direction, exact: *allow_exact_matches };
    let mut conditions = vec![ranked.value(&near.condition(tolerance.as_ref()))?];
    if let Some(tolerance) = tolerance {
        check_tolerance(tolerance, &ranked, context)?;
    }
    if let Some(condition) = join_expr {
        conditions.push(ranked.sides.condition(condition, context).at("join_expr")?);
    }
    for name in using_columns {
        conditions.push(ranked.equal(name)?);
    }
    let condition = conditions.into_iter().reduce(Expr::and);
    let choice = Choice { rank: near.distance(), ascending: true, count: 1, last_first: true };
    ranked.best(join_type, condition, &choice)
}

fn join_type_of(text: &str) -> Result<JoinType> {
    match kind_by_name(text)? {
        "Inner" => Ok(JoinType::Inner),
        "LeftOuter" => Ok(JoinType::Left),
        other => Err(Error::requirement(format!("Unsupported as-of join type {other}"))),
    }
}

fn direction_of(text: &str) -> Result<Direction> {
    match text.to_lowercase().as_str() {
        "backward" => Ok(Direction::Backward),
        "forward" => Ok(Direction::Forward),
        "nearest" => Ok(Direction::Nearest),
        _ => Err(Error::analysis(
            Condition::AS_OF_JOIN_UNSUPPORTED_DIRECTION,
            [
                ("direction", text.to_owned()),
                ("supported", "'forward', 'backward', 'nearest'".to_owned()),
            ],
        )),
    }
}

/// What is compared, and how.
struct Near<'m> {
    left: &'m Expression,
    right: &'m Expression,
    direction: Direction,
    exact: bool,
}

impl Near<'_> {
    fn left(&self) -> Expression {
        self.left.clone()
    }

    fn right(&self) -> Expression {
        self.right.clone()
    }

    /// Which rows of the right come into question.
    fn condition(&self, tolerance: Option<&Expression>) -> Expression {
        let there = |value| call("isnotnull", vec![value]);
        let mut all = vec![there(self.left()), there(self.right())];
        let above = if self.exact { ">=" } else { ">" };
        let below = if self.exact { "<=" } else { "<" };
        match self.direction {
            Direction::Backward => all.push(call(above, vec![self.left(), self.right()])),
            Direction::Forward => all.push(call(below, vec![self.left(), self.right()])),
            Direction::Nearest if self.exact => {}
            Direction::Nearest => all.push(not(call("==", vec![self.left(), self.right()]))),
        }
        if let Some(tolerance) = tolerance {
            if self.direction != Direction::Forward {
                let least = call("-", vec![self.left(), tolerance.clone()]);
                all.push(call(above, vec![self.right(), least]));
            }
            if self.direction != Direction::Backward {
                let most = call("+", vec![self.left(), tolerance.clone()]);
                all.push(call(below, vec![self.right(), most]));
            }
        }
        balanced("and", all).unwrap_or_default()
    }

    /// How far a row of the right is.
    fn distance(&self) -> Expression {
        let back = call("-", vec![self.left(), self.right()]);
        let on = call("-", vec![self.right(), self.left()]);
        match self.direction {
            Direction::Backward => back,
            Direction::Forward => on,
            Direction::Nearest => {
                call("if", vec![call(">", vec![self.left(), self.right()]), back, on])
            }
        }
    }
}

/// A tolerance is a constant, and not negative.
fn check_tolerance(
    tolerance: &Expression,
    ranked: &Ranked<'_, '_, '_>,
    context: &RelationContext<'_, '_>,
) -> Result<()> {
    let scope = context.scope(&ranked.sides.together);
    let unfoldable = || Error::analysis(Condition::AS_OF_JOIN_TOLERANCE_IS_UNFOLDABLE, []);
    let value = plan_typed(tolerance, &scope)?;
    let value = folded(&value, &scope)?.ok_or_else(unfoldable)?;
    let zero = match &value {
        ScalarValue::IntervalYearMonth(_) => ScalarValue::IntervalYearMonth(Some(0)),
        ScalarValue::DurationMicrosecond(_) => ScalarValue::DurationMicrosecond(Some(0)),
        ScalarValue::IntervalMonthDayNano(_) => return Ok(()),
        other if other.data_type().is_numeric() => ScalarValue::new_zero(&other.data_type())?,
        _ => return Ok(()),
    };
    if value.is_null() || value.partial_cmp(&zero).is_none_or(|order| order.is_ge()) {
        return Ok(());
    }
    Err(Error::analysis(Condition::AS_OF_JOIN_TOLERANCE_IS_NON_NEGATIVE, []))
}
