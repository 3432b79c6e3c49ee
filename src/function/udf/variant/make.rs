//! Values of other types as variants.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int64Type,
    TimestampMicrosecondType,
};
use datafusion::common::Result;

use crate::error::Error;
use crate::function::coerce::{self, Kind};
use crate::function::udf::nested::as_list;
use crate::planner::grown::with_stack;
use crate::types::variant::{Builder, Variants, VariantsBuilder};

/// The values of a column, NULL where they are.
pub(crate) fn variants(array: &ArrayRef, function: &str) -> Result<ArrayRef> {
    let source = Source::of(array)?;
    let mut out = VariantsBuilder::new(array.len());
    for row in 0..array.len() {
        if array.is_null(row) || array.data_type() == &DataType::Null {
            out.null();
            continue;
        }
        let mut builder = Builder::new();
        source.write(row, &mut builder)?;
        out.append(Some(&builder.finish(function)?));
    }
    Ok(out.finish()?)
}

/// A column as what its values become.
pub(super) enum Source {
    Null,
    Boolean(ArrayRef),
    Long(ArrayRef),
    Float(ArrayRef),
    Double(ArrayRef),
    Decimal(ArrayRef, u8),
    Text(ArrayRef),
    Binary(ArrayRef),
    Date(ArrayRef),
    Timestamp(ArrayRef),
    TimestampNtz(ArrayRef),
    Variant(Box<Variants>),
    List(ArrayRef, Box<Source>, Vec<i32>),
    Struct(ArrayRef, Vec<(String, Source)>),
    Map(ArrayRef, ArrayRef, Box<Source>),
}

impl Source {
    /// # Errors
    /// For a type that no variant holds.
    pub(super) fn of(array: &ArrayRef) -> Result<Self> {
        let plain = |to: &DataType| cast(array, to);
        let micros = |zone: Option<Arc<str>>| {
            let unit = datafusion::arrow::datatypes::TimeUnit::Microsecond;
            cast(array, &DataType::Timestamp(unit, zone))
        };
        Ok(match Kind::of(array.data_type()) {
            Kind::Null => Self::Null,
            Kind::Boolean => Self::Boolean(plain(&DataType::Boolean)?),
            Kind::Integral => Self::Long(plain(&DataType::Int64)?),
            Kind::Float => Self::Float(plain(&DataType::Float32)?),
            Kind::Double => Self::Double(plain(&DataType::Float64)?),
            Kind::Decimal => {
                let to = coerce::canonical(array.data_type());
                let scale = coerce::decimal_of(&to).map_or(0, |(_, scale)| scale);
                Self::Decimal(plain(&to)?, u8::try_from(scale).unwrap_or(0))
            }
            Kind::String => Self::Text(plain(&DataType::Utf8)?),
            Kind::Binary => Self::Binary(plain(&DataType::Binary)?),
            Kind::Date => Self::Date(plain(&DataType::Date32)?),
            Kind::Timestamp => Self::Timestamp(micros(Some("UTC".into()))?),
            Kind::TimestampNtz => Self::TimestampNtz(micros(None)?),
            Kind::Variant => Self::Variant(Box::new(Variants::of(array.as_ref())?)),
            Kind::Array => with_stack(|| Self::list(array))?,
            Kind::Struct => with_stack(|| Self::structure(array))?,
            Kind::Map => with_stack(|| {
                let (keys, values) = (array.as_map().keys(), array.as_map().values());
                let values = Box::new(Self::of(values)?);
                Ok::<_, datafusion::error::DataFusionError>(Self::Map(
                    Arc::clone(array),
                    cast(keys, &DataType::Utf8)?,
                    values,
                ))
            })?,
            _ => {
                let name = crate::types::arrow_sql_name(array.data_type());
                return Err(Error::internal(format!("{name} is no VARIANT")).into());
            }
        })
    }

    fn list(array: &ArrayRef) -> Result<Self> {
        let list = as_list(array)?;
        let elements = Box::new(Self::of(list.values())?);
        let offsets = list.value_offsets().to_vec();
        Ok(Self::List(Arc::clone(array), elements, offsets))
    }

    fn structure(array: &ArrayRef) -> Result<Self> {
        let fields = array.as_struct();
        let columns = fields.columns().iter().zip(fields.column_names());
        let columns = columns.map(|(column, name)| Ok((name.to_owned(), Self::of(column)?)));
        Ok(Self::Struct(Arc::clone(array), columns.collect::<Result<_>>()?))
    }

    fn is_null(&self, row: usize) -> bool {
        match self {
            Self::Null => true,
            Self::Variant(variants) => variants.bytes(row).is_none(),
            Self::Boolean(array)
            | Self::Long(array)
            | Self::Float(array)
            | Self::Double(array)
            | Self::Decimal(array, _)
            | Self::Text(array)
            | Self::Binary(array)
            | Self::Date(array)
            | Self::Timestamp(array)
            | Self::TimestampNtz(array)
            | Self::List(array, _, _)
            | Self::Struct(array, _)
            | Self::Map(array, _, _) => array.is_null(row),
        }
    }

    /// Writes the value of a row; NULL is a variant's null.
    pub(super) fn write(&self, row: usize, out: &mut Builder) -> Result<()> {
        if self.is_null(row) {
            out.null();
            return Ok(());
        }
        match self {
            Self::Null => out.null(),
            Self::Boolean(array) => out.boolean(array.as_boolean().value(row)),
            Self::Long(array) => out.long(array.as_primitive::<Int64Type>().value(row)),
            Self::Float(array) => out.float(array.as_primitive::<Float32Type>().value(row)),
            Self::Double(array) => out.double(array.as_primitive::<Float64Type>().value(row)),
            Self::Decimal(array, scale) => {
                out.decimal(array.as_primitive::<Decimal128Type>().value(row), *scale);
            }
            Self::Text(array) => out.text(array.as_string::<i32>().value(row)),
            Self::Binary(array) => out.binary(array.as_binary::<i32>().value(row)),
            Self::Date(array) => out.date(array.as_primitive::<Date32Type>().value(row)),
            Self::Timestamp(array) => {
                out.timestamp(array.as_primitive::<TimestampMicrosecondType>().value(row));
            }
            Self::TimestampNtz(array) => {
                out.timestamp_ntz(array.as_primitive::<TimestampMicrosecondType>().value(row));
            }
            Self::Variant(variants) => {
                if let Some(variant) = variants.get(row)? {
                    out.append(&variant)?;
                }
            }
            Self::List(_, elements, offsets) => with_stack(|| list(elements, offsets, row, out))?,
            Self::Struct(_, fields) => with_stack(|| structure(fields, row, out))?,
            Self::Map(array, keys, values) => with_stack(|| map(array, keys, values, row, out))?,
        }
        Ok(())
    }
}

/// The rows between two offsets.
fn between(offsets: &[i32], row: usize) -> std::ops::Range<usize> {
    let at = |row: usize| offsets.get(row).and_then(|at| usize::try_from(*at).ok()).unwrap_or(0);
    at(row)..at(row + 1)
}

fn list(elements: &Source, offsets: &[i32], row: usize, out: &mut Builder) -> Result<()> {
    let start = out.start();
    let mut places = Vec::new();
    for at in between(offsets, row) {
        places.push(out.start() - start);
        elements.write(at, out)?;
    }
    out.array(start, &places);
    Ok(())
}

fn structure(fields: &[(String, Source)], row: usize, out: &mut Builder) -> Result<()> {
    let start = out.start();
    let mut written = Vec::with_capacity(fields.len());
    for (name, source) in fields {
        written.push(out.field(name, start));
        source.write(row, out)?;
    }
    Ok(out.object(start, written)?)
}

fn map(
    array: &ArrayRef,
    keys: &ArrayRef,
    values: &Source,
    row: usize,
    out: &mut Builder,
) -> Result<()> {
    let start = out.start();
    let mut written = Vec::new();
    for at in between(array.as_map().value_offsets(), row) {
        written.push(out.field(keys.as_string::<i32>().value(at), start));
        values.write(at, out)?;
    }
    Ok(out.object(start, written)?)
}
