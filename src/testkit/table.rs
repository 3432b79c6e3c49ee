//! Tables for tests, in a line.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use datafusion::arrow::array::{
    Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Int64Array,
};
use datafusion::arrow::datatypes::{Field, Schema};

use crate::error::{Error, Result};

/// The values of a column: from arrays and vectors of Rust values, of `Option`s
/// of them (the column may be NULL then), and from any Arrow array.
///
/// ```
/// use datafusion_spark_connect::testkit::Values;
///
/// let _: Values = [1_i64, 2].into();
/// let _: Values = ["a", "b"].into();
/// let _: Values = vec![Some(1.5), None].into();
/// ```
#[derive(Debug, Clone)]
pub struct Values {
    array: ArrayRef,
    nullable: bool,
}

/// A record batch of named columns.
///
/// # Errors
/// If the columns differ in length.
pub(super) fn batch<N: Into<String>>(
    columns: impl IntoIterator<Item = (N, Values)>,
) -> Result<RecordBatch> {
    let (fields, arrays): (Vec<_>, Vec<_>) = columns
        .into_iter()
        .map(|(name, Values { array, nullable })| {
            (Field::new(name, array.data_type().clone(), nullable), array)
        })
        .unzip();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .map_err(|error| Error::DataFusion(error.into()))
}

macro_rules! values {
    ($($rust:ty => $array:ident;)*) => {$(
        impl<const N: usize> From<[$rust; N]> for Values {
            fn from(values: [$rust; N]) -> Self {
                Vec::from(values).into()
            }
        }

        impl From<Vec<$rust>> for Values {
            fn from(values: Vec<$rust>) -> Self {
                Self { array: Arc::new($array::from(values)), nullable: false }
            }
        }

        impl<const N: usize> From<[Option<$rust>; N]> for Values {
            fn from(values: [Option<$rust>; N]) -> Self {
                Vec::from(values).into()
            }
        }

        impl From<Vec<Option<$rust>>> for Values {
            fn from(values: Vec<Option<$rust>>) -> Self {
                Self { array: Arc::new($array::from(values)), nullable: true }
            }
        }
    )*};
}

values! {
    bool => BooleanArray;
    i8 => Int8Array;
    i16 => Int16Array;
    i32 => Int32Array;
    i64 => Int64Array;
    f32 => Float32Array;
    f64 => Float64Array;
    &str => StringArray;
    String => StringArray;
}

/// May be NULL.
impl From<ArrayRef> for Values {
    fn from(array: ArrayRef) -> Self {
        Self { array, nullable: true }
    }
}
