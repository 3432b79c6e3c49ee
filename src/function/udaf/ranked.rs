//! `max_by` and `min_by` of a number of rows: the values whose keys come first.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ListArray, UInt32Array, make_comparator};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::{SortOptions, take};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{Result, ScalarValue, exec_err};

use super::gather::{Rows, Work};

/// The values with the largest keys, largest first.
pub(crate) static LARGEST: Work = Work {
    name: "spark_max_by_k",
    nulls: true,
    nullable: true,
    returns: listed,
    finish: |rows| ranked(rows, true),
};

/// The values with the smallest keys, smallest first.
pub(crate) static SMALLEST: Work = Work {
    name: "spark_min_by_k",
    nulls: true,
    nullable: true,
    returns: listed,
    finish: |rows| ranked(rows, false),
};

fn listed(types: &[DataType], _: &[ScalarValue]) -> Result<DataType> {
    Ok(DataType::new_list(types.first().cloned().unwrap_or(DataType::Null), true))
}

/// The constant says how many. Of equal keys the row that was there first comes first.
fn ranked(rows: &Rows<'_>, descending: bool) -> Result<ScalarValue> {
    let ([values, keys], [ScalarValue::Int32(Some(most))]) =
        (rows.columns.as_slice(), rows.constants)
    else {
        return exec_err!("values, keys and a number are needed");
    };
    let options = SortOptions { descending, nulls_first: false };
    let compare = make_comparator(keys, keys, options)?;
    let mut order: Vec<usize> = (0..keys.len()).filter(|at| keys.is_valid(*at)).collect();
    if order.is_empty() {
        return ScalarValue::try_from(rows.to);
    }
    order.sort_by(|a, b| compare(*a, *b));
    order.truncate(usize::try_from(*most).unwrap_or(0));
    let indices: UInt32Array = order.into_iter().map(|at| u32::try_from(at).ok()).collect();
    let taken = take(values, &indices, None)?;
    let field = Arc::new(Field::new_list_field(taken.data_type().clone(), true));
    let offsets = OffsetBuffer::from_lengths([taken.len()]);
    Ok(ScalarValue::List(Arc::new(ListArray::try_new(field, offsets, taken, None)?)))
}
