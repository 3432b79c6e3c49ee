//! The lengths of windows.

use datafusion::arrow::datatypes::DataType;

use crate::error::{Condition, Error, Result};
use crate::function::constant::out_of_range;
use crate::function::{FunctionCall, Typed, display_call};
use crate::proto::Expression;
use crate::proto::expression::ExprType;
use crate::proto::expression::literal::LiteralType;
use crate::sql;

/// Microseconds: how long windows are, how far apart, and where they start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spans {
    length: i64,
    slide: i64,
    offset: i64,
}

impl Spans {
    /// Of one to three constants.
    ///
    /// # Errors
    /// For what is no constant or no time.
    pub(super) fn of(arguments: &[Expression]) -> Result<Self> {
        let micros = arguments.iter().map(micros).collect::<Result<Vec<_>>>()?;
        let length = micros.first().copied().unwrap_or_default();
        let slide = micros.get(1).copied().unwrap_or(length);
        Ok(Self { length, slide, offset: micros.get(2).copied().unwrap_or_default() })
    }

    pub(super) fn is_tumbling(self) -> bool {
        self.length == self.slide
    }

    pub(super) fn literals(self) -> [Typed; 3] {
        [self.length, self.slide, self.offset].map(|micros| Typed::literal(micros.into()))
    }

    /// # Errors
    /// Where Spark finds them to contradict each other.
    pub(super) fn check(self, call: &FunctionCall) -> Result<()> {
        let Self { length, slide, offset } = self;
        for (name, value) in [("`window_duration`", length), ("`slide_duration`", slide)] {
            if value <= 0 {
                let range = format!("(0, {}]", i64::MAX);
                return Err(out_of_range(call, name, &range, &format!("{value}L")));
            }
        }
        if slide > length {
            let sides = [("`slide_duration`", slide), ("`window_duration`", length)];
            return Err(violated(call, "<=", sides));
        }
        match offset.checked_abs() {
            Some(distance) if distance < slide => Ok(()),
            distance => {
                let distance = distance.unwrap_or(i64::MAX);
                let sides = [("`abs(start_time)`", distance), ("`slide_duration`", slide)];
                Err(violated(call, "<", sides))
            }
        }
    }
}

fn violated(call: &FunctionCall, constraint: &str, sides: [(&str, i64); 2]) -> Error {
    let [(left, left_value), (right, right_value)] = sides;
    Error::analysis(
        Condition::DATATYPE_MISMATCH_PARAMETER_CONSTRAINT_VIOLATION,
        [
            ("sqlExpr", display_call(call)),
            ("leftExprName", left.to_owned()),
            ("leftExprValue", format!("{left_value}L")),
            ("constraint", constraint.to_owned()),
            ("rightExprName", right.to_owned()),
            ("rightExprValue", format!("{right_value}L")),
        ],
    )
}

/// A number of microseconds, or a text that is an interval.
fn micros(argument: &Expression) -> Result<i64> {
    let Some(ExprType::Literal(literal)) = &argument.expr_type else { return Err(no_literal()) };
    match &literal.literal_type {
        Some(LiteralType::Integer(micros)) => Ok(i64::from(*micros)),
        Some(LiteralType::Long(micros)) => Ok(*micros),
        Some(LiteralType::String(text)) => {
            let interval = sql::interval_of(text).ok_or_else(|| no_interval(text))?;
            match interval.months {
                0 => interval.whole_micros().ok_or_else(|| no_interval(text)),
                _ => {
                    Err(Error::analysis(Condition::WINDOW_OF_MONTHS, [("interval", text.clone())]))
                }
            }
        }
        _ => Err(no_literal()),
    }
}

fn no_literal() -> Error {
    Error::analysis(Condition::WINDOW_OF_NO_LITERAL, [("funcName", "window".to_owned())])
}

fn no_interval(text: &str) -> Error {
    let shown = format!("'{text}'");
    Error::analysis(Condition::CANNOT_PARSE_INTERVAL, [("intervalString", shown)])
}

/// Whether values of this type are lengths of time that dates can be moved by.
pub(super) fn is_calendar(data_type: &DataType) -> bool {
    use datafusion::arrow::datatypes::IntervalUnit::MonthDayNano;
    matches!(data_type, DataType::Interval(MonthDayNano))
}
