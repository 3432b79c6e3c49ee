//! Keys of maps as names of members: values as Spark stores them, whatever formats there
//! are for values elsewhere.

use datafusion::arrow::array::{Array, AsArray as _};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, DurationMicrosecondType, Field, IntervalUnit, IntervalYearMonthType,
    Time64NanosecondType, TimeUnit, TimestampMicrosecondType,
};

use crate::error::{Error, Result};
use crate::planner::grown::with_stack;
use crate::types::display::ValueFormatter;

/// # Errors
/// `Unsupported` for what Spark has no stable text for.
pub(super) fn text(field: &Field, column: &dyn Array, row: usize) -> Result<String> {
    if column.is_null(row) || column.data_type() == &DataType::Null {
        return Ok("null".to_owned());
    }
    Ok(match column.data_type() {
        DataType::Date32 => column.as_primitive::<Date32Type>().value(row).to_string(),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            column.as_primitive::<TimestampMicrosecondType>().value(row).to_string()
        }
        DataType::Duration(TimeUnit::Microsecond) => {
            column.as_primitive::<DurationMicrosecondType>().value(row).to_string()
        }
        DataType::Time64(TimeUnit::Nanosecond) => {
            column.as_primitive::<Time64NanosecondType>().value(row).to_string()
        }
        DataType::Interval(IntervalUnit::YearMonth) => {
            column.as_primitive::<IntervalYearMonthType>().value(row).to_string()
        }
        DataType::Struct(fields) => {
            let members = fields.iter().zip(column.as_struct().columns());
            let members = members.map(|(field, own)| with_stack(|| text(field, own.as_ref(), row)));
            joined(members)?
        }
        DataType::List(element) => {
            let elements = column.as_list::<i32>().value(row);
            let texts =
                (0..elements.len()).map(|at| with_stack(|| text(element, elements.as_ref(), at)));
            joined(texts)?
        }
        plain
            if plain.is_nested() || matches!(plain, DataType::Interval(_)) || is_binary(plain) =>
        {
            let name = crate::types::arrow_sql_name(plain).to_lowercase();
            return Err(Error::unsupported(format!("record.json.key.{name}")));
        }
        _ => ValueFormatter::new(field)?.text(column, row)?,
    })
}

fn is_binary(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
}

fn joined(texts: impl Iterator<Item = Result<String>>) -> Result<String> {
    Ok(format!("[{}]", texts.collect::<Result<Vec<_>>>()?.join(",")))
}
