//! Which values of a file Spark reads as which type.

use datafusion::arrow::datatypes::{DataType, IntervalUnit, TimeUnit};

use super::super::message::Kind;
use super::super::types::Node;

/// Whether values that are read as `own` are cast to `wanted` as Spark casts them: those
/// that do not fit are null.
pub(super) fn is_cast(node: &Node, own: &DataType, wanted: &DataType) -> bool {
    use DataType::{Binary, Boolean, Decimal128, Float32, Float64, Utf8};
    if let (Kind::Int | Kind::Long, Some(spark)) = (node.kind, &node.spark) {
        return is_own(spark, wanted);
    }
    match (own, wanted) {
        (own, Boolean) => own.is_integer(),
        (Boolean, wanted) => wanted.is_integer(),
        (own, Utf8) => own.is_integer(),
        (own, Float32 | Float64) => own.is_numeric(),
        (own, Decimal128(..)) => own.is_integer() || is_decimal(own),
        (Utf8, Binary) => true,
        (own, wanted) if wanted.is_integer() => own.is_numeric() && !is_decimal(own),
        _ => false,
    }
}

fn is_decimal(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Decimal128(..))
}

/// Whether it is the type of Spark's that is kept as whole numbers.
fn is_own(spark: &str, wanted: &DataType) -> bool {
    let is_of_months =
        matches!(spark, "interval year" | "interval month") || spark == "interval year to month";
    match wanted {
        DataType::Timestamp(TimeUnit::Microsecond, None) => spark == "timestamp_ntz",
        DataType::Interval(IntervalUnit::YearMonth) => is_of_months,
        DataType::Duration(TimeUnit::Microsecond) => spark.starts_with("interval") && !is_of_months,
        _ => false,
    }
}
