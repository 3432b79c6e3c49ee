//! Joining strings and bytes.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryArray, ListArray, StringArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::super::{Kernel, Nulls, evaluated, udf};
use super::{string_array, strings};

pub(crate) static CONCAT_BYTES: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_concat_binary",
        nulls: Nulls::Propagate,
        volatility: Volatility::Immutable,
        returns: |_| Ok(DataType::Binary),
        run: |args| evaluated(&args, concat_bytes),
    })
});

fn concat_bytes(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let arrays = arrays
        .iter()
        .map(|array| Ok(datafusion::arrow::compute::cast(array, &DataType::Binary)?))
        .collect::<Result<Vec<_>>>()?;
    let joined: BinaryArray = (0..rows)
        .map(|row| {
            if arrays.iter().any(|array| array.is_null(row)) {
                return None;
            }
            let parts = arrays.iter().flat_map(|array| array.as_binary::<i32>().value(row));
            Some(parts.copied().collect::<Vec<u8>>())
        })
        .collect();
    Ok(Arc::new(joined))
}

pub(crate) static CONCAT_WS: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_concat_ws",
        nulls: Nulls::First(1),
        volatility: Volatility::Immutable,
        returns: |_| Ok(DataType::Utf8),
        run: |args| evaluated(&args, concat_ws),
    })
});

/// Strings, or arrays of them.
enum Part {
    One(StringArray),
    Many(ListArray, StringArray),
}

/// NULLs are left out; only a separator that is NULL gives NULL.
fn concat_ws(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let separators = strings(&arrays[0])?;
    let parts = arrays[1..]
        .iter()
        .map(|array| match array.as_list_opt::<i32>() {
            Some(list) => Ok(Part::Many(list.clone(), strings(list.values())?)),
            None => Ok(Part::One(strings(array)?)),
        })
        .collect::<Result<Vec<_>>>()?;
    let joined = (0..rows).map(|row| {
        if separators.is_null(row) {
            return None;
        }
        let mut words: Vec<&str> = Vec::new();
        for part in &parts {
            match part {
                Part::One(texts) if texts.is_valid(row) => words.push(texts.value(row)),
                Part::Many(list, texts) if list.is_valid(row) => {
                    let offsets = list.value_offsets();
                    let range = offsets[row]..offsets[row + 1];
                    let indices = range.filter_map(|at| usize::try_from(at).ok());
                    words
                        .extend(indices.filter(|at| texts.is_valid(*at)).map(|at| texts.value(at)));
                }
                Part::One(_) | Part::Many(..) => {}
            }
        }
        Some(words.join(separators.value(row)))
    });
    Ok(string_array(joined.collect()))
}
