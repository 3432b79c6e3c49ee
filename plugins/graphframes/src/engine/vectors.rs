//! Vectors as Spark ML has them: a type of its own over a struct.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Float64Array, Int8Array, Int32Array, ListArray, StructArray,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion_spark_connect::types::TYPE_KEY;
use datafusion_spark_connect::{Error, Result};

use super::work::Work;
use crate::error::OrArrow as _;

/// The type as Spark writes it in a schema.
const TYPE: &str = r#"{"type":"udt","class":"org.apache.spark.ml.linalg.VectorUDT","pyClass":"pyspark.ml.linalg.VectorUDT","sqlType":{"type":"struct","fields":[{"name":"type","type":"byte","nullable":false,"metadata":{}},{"name":"size","type":"integer","nullable":true,"metadata":{}},{"name":"indices","type":{"type":"array","elementType":"integer","containsNull":false},"nullable":true,"metadata":{}},{"name":"values","type":{"type":"array","elementType":"double","containsNull":false},"nullable":true,"metadata":{}}]}}"#;

/// What the struct's first field says of a vector that has only some of its values.
const SPARSE: i8 = 0;
/// And of one that has them all.
const DENSE: i8 = 1;

/// A column of vectors.
pub(crate) fn field(name: &str) -> Field {
    let metadata = HashMap::from([(TYPE_KEY.to_owned(), TYPE.to_owned())]);
    Field::new(name, DataType::Struct(fields()), true).with_metadata(metadata)
}

fn fields() -> Fields {
    Fields::from(vec![
        Field::new("type", DataType::Int8, false),
        Field::new("size", DataType::Int32, true),
        Field::new("indices", DataType::List(element(DataType::Int32)), true),
        Field::new("values", DataType::List(element(DataType::Float64)), true),
    ])
}

fn element(data_type: DataType) -> Arc<Field> {
    Arc::new(Field::new("element", data_type, false))
}

/// # Errors
/// If one array cannot have so many values.
pub(crate) fn check_values(count: usize) -> Result<()> {
    match i32::try_from(count) {
        Ok(_) => Ok(()),
        Err(_) => {
            let reason = format!("{count} values in one column of vectors or lists");
            Err(Error::unsupported_because("graphframes.vectors", reason))
        }
    }
}

/// Vectors of this length with all their values, one after the other; those are NULL of
/// which `there` says so.
///
/// # Errors
/// If memory runs out.
pub(crate) fn dense(
    length: usize,
    values: Vec<f64>,
    there: Vec<bool>,
    work: &Work,
) -> Result<ArrayRef> {
    let count = there.len();
    check_values(values.len())?;
    work.reserve(count * (size_of::<i8>() + 4 * size_of::<i32>()))?;
    let offsets = OffsetBuffer::from_repeated_length(length, count);
    let values = Arc::new(Float64Array::from(values));
    let values = ListArray::try_new(element(DataType::Float64), offsets, values, None);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int8Array::from(vec![DENSE; count])),
        Arc::new(Int32Array::new_null(count)),
        Arc::new(ListArray::new_null(element(DataType::Int32), count)),
        Arc::new(values.or_arrow()?),
    ];
    let nulls = Some(NullBuffer::from(there)).filter(|nulls| nulls.null_count() > 0);
    Ok(Arc::new(StructArray::try_new(fields(), columns, nulls).or_arrow()?))
}

/// Vectors of this length, one after the other, without the zeros among their values.
///
/// # Errors
/// If memory runs out.
pub(crate) fn sparse(length: usize, values: &[f64], work: &Work) -> Result<ArrayRef> {
    let count = values.len().checked_div(length).unwrap_or_default();
    let there = values.iter().filter(|value| **value != 0.0).count();
    check_values(there)?;
    work.reserve(there * (size_of::<i32>() + size_of::<f64>()) + count * 20)?;
    let lengths = values.chunks(length.max(1)).map(|own| own.iter().filter(|v| **v != 0.0).count());
    let offsets = OffsetBuffer::from_lengths(lengths);
    let (mut indices, mut kept) = (Vec::with_capacity(there), Vec::with_capacity(there));
    for own in values.chunks(length.max(1)) {
        for (index, value) in (0_i32..).zip(own).filter(|(_, value)| **value != 0.0) {
            indices.push(index);
            kept.push(*value);
        }
    }
    let indices = Arc::new(Int32Array::from(indices));
    let indices = ListArray::try_new(element(DataType::Int32), offsets.clone(), indices, None);
    let kept = Arc::new(Float64Array::from(kept));
    let kept = ListArray::try_new(element(DataType::Float64), offsets, kept, None);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int8Array::from(vec![SPARSE; count])),
        Arc::new(Int32Array::from(vec![i32::try_from(length).unwrap_or(i32::MAX); count])),
        Arc::new(indices.or_arrow()?),
        Arc::new(kept.or_arrow()?),
    ];
    Ok(Arc::new(StructArray::try_new(fields(), columns, None).or_arrow()?))
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{Array as _, AsArray as _};
    use datafusion::arrow::datatypes::{Float64Type, Int32Type};

    use super::*;
    use crate::engine::testing::work;

    #[test]
    fn sparse_vectors_leave_zeros_out() -> Result<()> {
        let vectors = sparse(3, &[0.0, 0.5, 0.0, 1.0, 0.0, 2.0], &work()?)?;
        let indices = vectors.as_struct().column(2).as_list::<i32>();
        assert_eq!(indices.value(0).as_primitive::<Int32Type>().values(), &[1]);
        assert_eq!(indices.value(1).as_primitive::<Int32Type>().values(), &[0, 2]);
        let values = vectors.as_struct().column(3).as_list::<i32>();
        assert_eq!(values.value(1).as_primitive::<Float64Type>().values(), &[1.0, 2.0]);
        Ok(())
    }

    #[test]
    fn dense_vectors_may_be_missing() -> Result<()> {
        let vectors = dense(2, vec![1.0, 2.0, 0.0, 0.0], vec![true, false], &work()?)?;
        assert_eq!((vectors.is_valid(0), vectors.is_valid(1)), (true, false));
        let values = vectors.as_struct().column(3).as_list::<i32>();
        assert_eq!(values.value(0).as_primitive::<Float64Type>().values(), &[1.0, 2.0]);
        Ok(())
    }
}
