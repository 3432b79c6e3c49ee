//! Parts of structs, and structs made of parts of others.

use datafusion::arrow::datatypes::Field;
use datafusion::common::ScalarValue;

use crate::error::Result;
use crate::function::Typed;
use crate::function::call::{scalar, scalar_of};
use crate::function::udf::nested;
pub(crate) use crate::function::udf::nested::Part;
use crate::planner::scope::Scope;

/// The field at a position of a struct.
pub(crate) fn field(value: Typed, at: usize, field: &Field) -> Typed {
    scalar_of(&nested::field(at, field.name()), [value], field.data_type().clone())
}

/// A struct made of parts of the first value, a struct, and of the others.
pub(crate) fn rebuilt(
    parts: Vec<(String, Part)>,
    values: impl IntoIterator<Item = Typed>,
) -> Typed {
    scalar(&nested::rebuilt(parts), values)
}

/// The field of every struct in an array.
pub(crate) fn field_of_all(array: Typed, name: &str, _scope: &Scope<'_>) -> Result<Typed> {
    let name = Typed::literal(ScalarValue::from(name));
    Ok(scalar(&nested::FIELD_OF_ALL, [array, name]))
}
