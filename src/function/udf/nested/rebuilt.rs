//! A struct made of another one's fields and some new values.
//!
//! One function, since `named_struct` would name the old struct for each of its fields, and
//! changes of changes would grow by powers of that.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray, StructArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};

use super::super::evaluated;

/// Where a field of the new struct comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// A field of the old struct, by its position.
    Own(usize),
    /// A new value, by its position among them.
    Value(usize),
    /// A struct in the old one, by its position, rebuilt in turn.
    Inside(usize, Vec<(String, Part)>),
}

/// The function of the old struct and the new values; NULL where the old struct is.
pub(crate) fn rebuilt(parts: Vec<(String, Part)>) -> Arc<ScalarUDF> {
    let signature = Signature::variadic_any(Volatility::Immutable);
    Arc::new(ScalarUDF::new_from_impl(Rebuilt { parts, signature }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Rebuilt {
    parts: Vec<(String, Part)>,
    signature: Signature,
}

fn fields_of(holder: &DataType) -> Result<&Fields> {
    match holder {
        DataType::Struct(fields) => Ok(fields),
        other => exec_err!("a struct is needed, not {other}"),
    }
}

/// The element at a position, which the planner counted.
fn at<T>(all: &[T], at: usize) -> Result<&T> {
    match all.get(at) {
        Some(found) => Ok(found),
        None => exec_err!("there is no field or value at {at}"),
    }
}

fn shape(own: &Fields, parts: &[(String, Part)], values: &[FieldRef]) -> Result<Fields> {
    let fields = parts.iter().map(|(name, part)| match part {
        Part::Own(place) => Ok(at(own, *place)?.as_ref().clone().with_name(name)),
        Part::Value(place) => Ok(at(values, *place)?.as_ref().clone().with_name(name)),
        Part::Inside(place, parts) => {
            let field = at(own, *place)?;
            let inner = shape(fields_of(field.data_type())?, parts, values)?;
            Ok(field.as_ref().clone().with_name(name).with_data_type(DataType::Struct(inner)))
        }
    });
    fields.collect()
}

fn build(
    holder: &StructArray,
    parts: &[(String, Part)],
    to: &Fields,
    values: &[ArrayRef],
) -> Result<StructArray> {
    let columns = parts.iter().zip(to).map(|((_, part), field)| match part {
        Part::Own(place) => Ok(Arc::clone(at(holder.columns(), *place)?)),
        Part::Value(place) => Ok(Arc::clone(at(values, *place)?)),
        Part::Inside(place, parts) => {
            let Some(inner) = at(holder.columns(), *place)?.as_struct_opt() else {
                return exec_err!("a struct is needed in {}", field.name());
            };
            let inner = build(inner, parts, fields_of(field.data_type())?, values)?;
            Ok(Arc::new(inner) as ArrayRef)
        }
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let (nulls, length) = (holder.nulls().cloned(), holder.len());
    Ok(StructArray::try_new_with_length(to.clone(), columns, nulls, length)?)
}

impl ScalarUDFImpl for Rebuilt {
    fn name(&self) -> &'static str {
        "spark_update_fields"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        datafusion::common::internal_err!("the arguments' fields are needed")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let Some((holder, values)) = args.arg_fields.split_first() else {
            return exec_err!("a struct is needed");
        };
        let fields = shape(fields_of(holder.data_type())?, &self.parts, values)?;
        Ok(Arc::new(Field::new(self.name(), DataType::Struct(fields), holder.is_nullable())))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let to = args.return_field.data_type().clone();
        evaluated(&args, |arrays, _| {
            let Some((holder, values)) = arrays.split_first() else {
                return exec_err!("a struct is needed");
            };
            let Some(holder) = holder.as_struct_opt() else {
                return exec_err!("a struct is needed, not {}", holder.data_type());
            };
            Ok(Arc::new(build(holder, &self.parts, fields_of(&to)?, values)?) as ArrayRef)
        })
    }
}
