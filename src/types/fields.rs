//! The fields of intervals, which Arrow's types do not say.

use datafusion::arrow::datatypes::{DataType as ArrowType, Field, IntervalUnit};

use super::{DAY_TO_SECOND, YEAR_TO_MONTH, from_field, interval_fields, of, to_field};
use crate::error::Result;
use crate::proto::data_type::{self, Kind};

/// The first and the last field of an interval, as the protocol counts them.
pub(crate) type IntervalFields = (i32, i32);

/// Those of a column; none if it is no interval of months or of days.
pub(crate) fn fields_of(field: &Field) -> Option<IntervalFields> {
    match from_field(field).ok()?.kind? {
        Kind::DayTimeInterval(i) => {
            Some(interval_fields(i.start_field, i.end_field, DAY_TO_SECOND))
        }
        Kind::YearMonthInterval(i) => {
            Some(interval_fields(i.start_field, i.end_field, YEAR_TO_MONTH))
        }
        _ => None,
    }
}

/// A column of an Arrow type, which has these fields if it is an interval.
pub(crate) fn interval_field(
    name: &str,
    data_type: &ArrowType,
    fields: Option<IntervalFields>,
    nullable: bool,
) -> Result<Field> {
    let Some((start, end)) = fields else {
        return Ok(Field::new(name, data_type.clone(), nullable));
    };
    let (start_field, end_field) = (Some(start), Some(end));
    let kind = match data_type {
        ArrowType::Duration(_) => Kind::DayTimeInterval(data_type::DayTimeInterval {
            start_field,
            end_field,
            type_variation_reference: 0,
        }),
        ArrowType::Interval(IntervalUnit::YearMonth) => {
            Kind::YearMonthInterval(data_type::YearMonthInterval {
                start_field,
                end_field,
                type_variation_reference: 0,
            })
        }
        other => return Ok(Field::new(name, other.clone(), nullable)),
    };
    to_field(name, &of(kind), nullable, None, "UTC")
}
