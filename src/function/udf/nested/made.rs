//! Arrays and structs made of values, which say where NULLs may be.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef, ListArray, StructArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::interleave;
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{ReturnFieldArgs, ScalarUDF, Volatility};

use super::super::{Kernel, Nulls, evaluated, udf};

/// An array of values of one type.
pub(crate) static ARRAY: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_array",
        nulls: Nulls::Never,
        volatility: Volatility::Immutable,
        returns: |args| {
            let nullable = args.arg_fields.iter().any(|field| field.is_nullable());
            let element = args.arg_fields.first().map(|field| field.data_type().clone());
            Ok(DataType::new_list(element.unwrap_or(DataType::Null), nullable))
        },
        run: |args| {
            let to = args.return_field.data_type().clone();
            evaluated(&args, |arrays, rows| array(arrays, rows, &to))
        },
    })
});

fn array(arrays: &[ArrayRef], rows: usize, to: &DataType) -> Result<ArrayRef> {
    let DataType::List(field) = to else { return exec_err!("a list is needed") };
    let columns = arrays.iter().map(|array| match array.data_type() == field.data_type() {
        true => Ok(Arc::clone(array)),
        false => Ok(datafusion::arrow::compute::cast(array, field.data_type())?),
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let columns: Vec<&dyn Array> = columns.iter().map(AsRef::as_ref).collect();
    let indices: Vec<(usize, usize)> =
        (0..rows).flat_map(|row| (0..columns.len()).map(move |column| (column, row))).collect();
    let values = interleave(&columns, &indices)?;
    let offsets = OffsetBuffer::from_lengths(std::iter::repeat_n(arrays.len(), rows));
    Ok(Arc::new(ListArray::try_new(Arc::clone(field), offsets, values, None)?))
}

/// `named_struct(name, value, name, value, ..)`.
pub(crate) static STRUCT: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "named_struct",
        nulls: Nulls::Never,
        volatility: Volatility::Immutable,
        returns: struct_type,
        run: |args| {
            let to = args.return_field.data_type().clone();
            evaluated(&args, |arrays, rows| {
                let DataType::Struct(fields) = &to else { return exec_err!("no struct") };
                let columns = arrays.iter().skip(1).step_by(2).cloned().collect();
                let fields = fields.clone();
                let structs = StructArray::try_new_with_length(fields, columns, None, rows)?;
                Ok(Arc::new(structs) as ArrayRef)
            })
        },
    })
});

fn struct_type(args: &ReturnFieldArgs<'_>) -> Result<DataType> {
    let pairs = args.arg_fields.chunks(2).zip(args.scalar_arguments.chunks(2));
    let fields = pairs.map(|(fields, constants)| {
        let name = constants.first().copied().flatten().and_then(ScalarValue::try_as_str);
        match (name, fields.get(1)) {
            (Some(Some(name)), Some(value)) => {
                let field = Field::new(name, value.data_type().clone(), value.is_nullable());
                Ok(field.with_metadata(value.metadata().clone()))
            }
            _ => exec_err!("a field has a constant name and a value"),
        }
    });
    Ok(DataType::Struct(fields.collect::<Result<Fields>>()?))
}
