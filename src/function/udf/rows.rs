//! Functions that work row by row: typed cells in, a typed cell out.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Float64Array, Int32Array,
    Int64Array, StringArray,
};
use datafusion::arrow::datatypes::{DataType, Date32Type, Float64Type, Int32Type, Int64Type};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs};

use super::evaluated;

/// The arguments of one row. Their types are what the function's entry asks for.
pub(crate) struct Row<'a> {
    columns: &'a [ArrayRef],
    at: usize,
}

impl<'a> Row<'a> {
    /// How many arguments there are.
    pub(crate) fn len(&self) -> usize {
        self.columns.len()
    }

    pub(crate) fn is_null(&self, at: usize) -> bool {
        self.columns.get(at).is_none_or(|column| column.is_null(self.at))
    }

    pub(crate) fn text(&self, at: usize) -> &'a str {
        self.columns[at].as_string::<i32>().value(self.at)
    }

    /// The text, or what stands for one that was not given.
    pub(crate) fn text_or(&self, at: usize, default: &'a str) -> &'a str {
        if at < self.len() { self.text(at) } else { default }
    }

    pub(crate) fn bytes(&self, at: usize) -> &'a [u8] {
        self.columns[at].as_binary::<i32>().value(self.at)
    }

    pub(crate) fn int(&self, at: usize) -> i32 {
        self.columns[at].as_primitive::<Int32Type>().value(self.at)
    }

    pub(crate) fn long(&self, at: usize) -> i64 {
        self.columns[at].as_primitive::<Int64Type>().value(self.at)
    }

    pub(crate) fn double(&self, at: usize) -> f64 {
        self.columns[at].as_primitive::<Float64Type>().value(self.at)
    }

    pub(crate) fn date(&self, at: usize) -> i32 {
        self.columns[at].as_primitive::<Date32Type>().value(self.at)
    }

    pub(crate) fn flag(&self, at: usize) -> bool {
        self.columns[at].as_boolean().value(self.at)
    }

    /// A whole argument, and the row's place in it.
    pub(crate) fn column(&self, at: usize) -> (&'a ArrayRef, usize) {
        (&self.columns[at], self.at)
    }
}

/// A Rust type for the values of a column.
pub(crate) trait Cell: Sized {
    const TYPE: DataType;

    fn array(cells: Vec<Option<Self>>) -> ArrayRef;
}

macro_rules! cells {
    ($($native:ty, $data_type:ident, $array:ident;)*) => {
        $(impl Cell for $native {
            const TYPE: DataType = DataType::$data_type;

            fn array(cells: Vec<Option<Self>>) -> ArrayRef {
                Arc::new(cells.into_iter().collect::<$array>())
            }
        })*
    };
}

cells! {
    String, Utf8, StringArray;
    Vec<u8>, Binary, BinaryArray;
    bool, Boolean, BooleanArray;
    i32, Int32, Int32Array;
    i64, Int64, Int64Array;
    f64, Float64, Float64Array;
}

impl Cell for Day {
    const TYPE: DataType = DataType::Date32;

    fn array(cells: Vec<Option<Self>>) -> ArrayRef {
        Arc::new(cells.into_iter().map(|day| day.map(|day| day.0)).collect::<Date32Array>())
    }
}

/// A date: days since 1970-01-01.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day(pub(crate) i32);

/// What becomes of rows in which an argument is NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// They give NULL.
    Skip,
    /// The function sees them.
    See,
}

/// Strings and bytes in the layout that [`Row`] reads.
fn plain(array: &ArrayRef) -> Result<ArrayRef> {
    let to = match array.data_type() {
        DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            DataType::Binary
        }
        _ => return Ok(Arc::clone(array)),
    };
    Ok(datafusion::arrow::compute::cast(array, &to)?)
}

/// Applies `work` to every row.
pub(crate) fn by_row<T>(
    arrays: &[ArrayRef],
    rows: usize,
    missing: Missing,
    mut work: impl FnMut(&Row<'_>) -> Result<Option<T>>,
) -> Result<Vec<Option<T>>> {
    let columns = arrays.iter().map(plain).collect::<Result<Vec<_>>>()?;
    let mut cells = Vec::with_capacity(rows);
    for at in 0..rows {
        let skipped = missing == Missing::Skip && columns.iter().any(|column| column.is_null(at));
        cells.push(if skipped { None } else { work(&Row { columns: &columns, at })? });
    }
    Ok(cells)
}

/// Runs a function of rows over what DataFusion hands in.
pub(crate) fn run<T: Cell>(
    args: &ScalarFunctionArgs,
    missing: Missing,
    work: fn(&Row<'_>) -> Result<Option<T>>,
) -> Result<ColumnarValue> {
    evaluated(args, |arrays, rows| Ok(T::array(by_row(arrays, rows, missing, work)?)))
}

/// Functions of rows: the static, its name, how its result may be NULL, whether it
/// sees NULLs, its result's type, and the work.
macro_rules! row_functions {
    ($($static:ident $name:literal $nulls:ident $missing:ident $cell:ty, $work:expr;)*) => {
        $(pub(crate) static $static: std::sync::LazyLock<
            std::sync::Arc<datafusion::logical_expr::ScalarUDF>,
        > = std::sync::LazyLock::new(|| {
            use $crate::function::udf::rows::{Cell, Missing, run};
            $crate::function::udf::udf($crate::function::udf::Kernel {
                name: $name,
                nulls: $crate::function::udf::Nulls::$nulls,
                volatility: datafusion::logical_expr::Volatility::Immutable,
                returns: |_| Ok(<$cell as Cell>::TYPE),
                run: |args| run::<$cell>(&args, Missing::$missing, $work),
            })
        });)*
    };
}
pub(crate) use row_functions;
