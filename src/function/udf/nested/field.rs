//! A field of a struct, NULL where the struct is.
//!
//! DataFusion's `get_field` gives what lies under a NULL, which may be anything.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StructArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::nullif;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};

/// The function that takes the field at a position, of this name.
pub(crate) fn field(at: usize, name: &str) -> Arc<ScalarUDF> {
    let signature = Signature::any(1, Volatility::Immutable);
    let name = name.to_owned();
    Arc::new(ScalarUDF::new_from_impl(FieldAt { at, name, signature }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct FieldAt {
    at: usize,
    /// For people, as names of fields need not be unique.
    name: String,
    signature: Signature,
}

impl FieldAt {
    fn of<'a>(&self, holder: &'a DataType) -> Result<&'a FieldRef> {
        match holder {
            DataType::Struct(fields) if self.at < fields.len() => Ok(&fields[self.at]),
            other => exec_err!("{other} has no field {} at {}", self.name, self.at),
        }
    }

    /// The values, which stay as they are where no struct is looked at that is NULL.
    fn take(&self, structs: &StructArray, nullable: bool) -> Result<ArrayRef> {
        self.of(structs.data_type())?;
        let values = structs.column(self.at);
        if nullable { masked(values, structs.nulls()) } else { Ok(Arc::clone(values)) }
    }
}

/// The values, NULL also where `nulls` says so.
fn masked(values: &ArrayRef, nulls: Option<&NullBuffer>) -> Result<ArrayRef> {
    let Some(outer) = nulls.filter(|nulls| nulls.null_count() > 0) else {
        return Ok(Arc::clone(values));
    };
    // An array of NULLs has no mask.
    if values.data_type().is_null() {
        return Ok(Arc::clone(values));
    }
    Ok(nullif(values, &BooleanArray::new(!outer.inner(), None))?)
}

impl ScalarUDFImpl for FieldAt {
    fn name(&self) -> &'static str {
        "spark_field"
    }

    fn display_name(&self, args: &[Expr]) -> Result<String> {
        self.schema_name(args)
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        match args {
            [holder] => Ok(format!("{}[{}]", holder.schema_name(), self.name)),
            _ => exec_err!("a struct is needed"),
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [holder] => Ok(self.of(holder)?.data_type().clone()),
            _ => exec_err!("a struct is needed"),
        }
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let [holder] = args.arg_fields else { return exec_err!("a struct is needed") };
        let own: &Field = self.of(holder.data_type())?;
        let nullable = own.is_nullable() || holder.is_nullable();
        Ok(Arc::new(own.clone().with_nullable(nullable)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let nullable = args.arg_fields.first().is_none_or(|holder| holder.is_nullable());
        match args.args.as_slice() {
            [ColumnarValue::Array(array)] => match array.as_struct_opt() {
                Some(structs) => Ok(ColumnarValue::Array(self.take(structs, nullable)?)),
                None => exec_err!("a struct is needed, not {}", array.data_type()),
            },
            [ColumnarValue::Scalar(ScalarValue::Struct(one))] => {
                let value = ScalarValue::try_from_array(&self.take(one, nullable)?, 0)?;
                Ok(ColumnarValue::Scalar(value))
            }
            _ => exec_err!("a struct is needed"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use datafusion::arrow::array::Int32Array;
    use datafusion::arrow::datatypes::Fields;

    use super::*;

    #[test]
    fn a_field_of_null_is_null() {
        let fields = Fields::from(vec![Field::new("a", DataType::Int32, false)]);
        let values: ArrayRef = Arc::new(Int32Array::from(vec![1, 2, 3]));
        let nulls = NullBuffer::from(vec![true, false, true]);
        let structs = StructArray::try_new(fields, vec![values], Some(nulls)).unwrap();
        let signature = Signature::any(1, Volatility::Immutable);
        let field = FieldAt { at: 0, name: "a".to_owned(), signature };
        let taken = field.take(&structs, true).unwrap();
        assert_eq!(taken.as_ref(), &Int32Array::from(vec![Some(1), None, Some(3)]) as &dyn Array);
    }
}
