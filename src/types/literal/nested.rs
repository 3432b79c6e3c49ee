//! Arrays, maps and structs.

use std::sync::Arc;

use datafusion::arrow::array::ListArray;
use datafusion::arrow::array::{ArrayRef, MapArray, StructArray, new_empty_array};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType as ArrowType, Field, FieldRef};
use datafusion::common::ScalarValue;

use super::{data_type, map_of, scalar, unnamed_struct};
use crate::error::{AtField as _, Error, Result};
use crate::proto::DataType;
use crate::proto::data_type::{self as spark, Kind};
use crate::proto::expression::Literal;
use crate::proto::expression::literal::{self, LiteralType};
use crate::types::{array as array_of, of, to_arrow};

/// Whether the literal is NULL.
pub(super) fn is_null(literal: &Literal) -> bool {
    matches!(literal.literal_type, Some(LiteralType::Null(_)))
}

/// The field of a list's elements.
pub(super) fn element_field(element: ArrowType, nullable: bool) -> Field {
    Field::new("element", element, nullable)
}

/// A list of values, each cast to the element type.
pub(super) fn list(values: &[ScalarValue], element: FieldRef) -> Result<ScalarValue> {
    let values = column(values, element.data_type())?;
    let offsets = OffsetBuffer::from_lengths([values.len()]);
    let list = ListArray::try_new(element, offsets, values, None);
    Ok(ScalarValue::List(Arc::new(list.map_err(invalid)?)))
}

/// Values as one array of a type.
fn column(values: &[ScalarValue], data_type: &ArrowType) -> Result<ArrayRef> {
    if values.is_empty() {
        return Ok(new_empty_array(data_type));
    }
    let cast_values = values.iter().map(|value| -> Result<ScalarValue> {
        if &value.data_type() == data_type {
            return Ok(value.clone());
        }
        let array = cast(&value.to_array()?, data_type).map_err(invalid)?;
        Ok(ScalarValue::try_from_array(&array, 0)?)
    });
    Ok(ScalarValue::iter_to_array(cast_values.collect::<Result<Vec<_>>>()?)?)
}

fn invalid(error: datafusion::arrow::error::ArrowError) -> Error {
    Error::invalid_plan(format!("a literal does not fit its type: {error}"))
}

fn scalars(literals: &[Literal], field: &str, time_zone: &str) -> Result<Vec<ScalarValue>> {
    literals.iter().map(|literal| scalar(literal, time_zone)).collect::<Result<_>>().at(field)
}

#[allow(deprecated, reason = "clients before 4.1 send only the type of the elements")]
pub(super) fn array_type(value: &literal::Array, given: Option<&DataType>) -> Result<DataType> {
    let literal::Array { element_type, elements } = value;
    if let Some(given) = given {
        return Ok(given.clone());
    }
    let element = match (element_type, elements.iter().find(|e| !is_null(e)).or(elements.first())) {
        (Some(element), _) => element.clone(),
        (None, Some(first)) => data_type(first)?,
        (None, None) => of(Kind::Null(spark::Null::default())),
    };
    Ok(array_of(element, elements.iter().any(is_null)))
}

pub(super) fn array(
    value: &literal::Array,
    given: Option<&DataType>,
    time_zone: &str,
) -> Result<ScalarValue> {
    let ArrowType::List(element) = to_arrow(&array_type(value, given)?, time_zone)? else {
        return Err(Error::invalid_plan("an array literal has a type that is no array"));
    };
    list(&scalars(&value.elements, "elements", time_zone)?, element)
}

#[allow(deprecated, reason = "clients before 4.1 send only the types of keys and values")]
pub(super) fn map_type(value: &literal::Map, given: Option<&DataType>) -> Result<DataType> {
    let literal::Map { key_type, value_type, keys, values } = value;
    if let Some(given) = given {
        return Ok(given.clone());
    }
    let void = || of(Kind::Null(spark::Null::default()));
    let first = |given: &Option<DataType>, literals: &[Literal]| match (given, literals.first()) {
        (Some(given), _) => Ok(given.clone()),
        (None, Some(first)) => data_type(first),
        (None, None) => Ok(void()),
    };
    Ok(map_of(first(key_type, keys)?, first(value_type, values)?, values))
}

pub(super) fn map(
    value: &literal::Map,
    given: Option<&DataType>,
    time_zone: &str,
) -> Result<ScalarValue> {
    let data_type = to_arrow(&map_type(value, given)?, time_zone)?;
    let ArrowType::Map(entries, ordered) = &data_type else {
        return Err(Error::invalid_plan("a map literal has a type that is no map"));
    };
    let ArrowType::Struct(fields) = entries.data_type() else {
        return Err(Error::internal("a map without entries"));
    };
    if value.keys.len() != value.values.len() {
        return Err(Error::invalid_plan("a map literal has as many keys as values"));
    }
    let keys = column(&scalars(&value.keys, "keys", time_zone)?, fields[0].data_type())?;
    let values = column(&scalars(&value.values, "values", time_zone)?, fields[1].data_type())?;
    let pairs = StructArray::try_new(fields.clone(), vec![keys, values], None).map_err(invalid)?;
    let offsets = OffsetBuffer::from_lengths([value.keys.len()]);
    let map = MapArray::try_new(Arc::clone(entries), offsets, pairs, None, *ordered);
    Ok(ScalarValue::Map(Arc::new(map.map_err(invalid)?)))
}

#[allow(deprecated, reason = "clients before 4.1 send the type here")]
pub(super) fn struct_type(value: &literal::Struct, given: Option<&DataType>) -> Result<DataType> {
    let literal::Struct { struct_type, elements } = value;
    match given.or(struct_type.as_ref()) {
        Some(data_type) => Ok(data_type.clone()),
        None => unnamed_struct(elements),
    }
}

pub(super) fn structure(
    value: &literal::Struct,
    given: Option<&DataType>,
    time_zone: &str,
) -> Result<ScalarValue> {
    let data_type = to_arrow(&struct_type(value, given)?, time_zone)?;
    let ArrowType::Struct(fields) = data_type else {
        return Err(Error::invalid_plan("a struct literal has a type that is no struct"));
    };
    let values = scalars(&value.elements, "elements", time_zone)?;
    if values.len() != fields.len() {
        return Err(Error::invalid_plan("a struct literal has as many values as fields"));
    }
    let columns = values
        .iter()
        .zip(&fields)
        .map(|(value, field)| column(std::slice::from_ref(value), field.data_type()));
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let array = match fields.is_empty() {
        true => StructArray::new_empty_fields(1, None),
        false => StructArray::try_new(fields, columns, None).map_err(invalid)?,
    };
    Ok(ScalarValue::Struct(Arc::new(array)))
}
