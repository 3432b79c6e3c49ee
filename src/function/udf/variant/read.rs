//! Variants as values of other types.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float32Array,
    Float64Array, Int64Array, ListArray, MapArray, StringArray, StructArray,
    TimestampMicrosecondArray, new_null_array,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::interleave;
use datafusion::arrow::datatypes::{DataType, FieldRef, Fields};
use datafusion::common::{Result, exec_err};

use crate::error::{Condition, Error};
use crate::function::cast::is_legal;
use crate::function::coerce::Kind;
use crate::function::udf::cast::{Mode, cast_to};
use crate::function::udf::time::local_times;
use crate::types::variant::{
    Builder, Elements, Object, Value, Variant, Variants, VariantsBuilder, trimmed, uuid,
};

type Cells<'v> = Vec<Option<Variant<'v>>>;

/// How values are read.
pub(crate) struct Reading {
    /// Whether a value that does not fit is an error, or NULL.
    pub(crate) strict: bool,
    /// The session's time zone.
    pub(crate) zone: Arc<str>,
}

/// A column of variants as one of `to`.
///
/// # Errors
/// `INVALID_VARIANT_CAST` for a value that is of another type, if `strict`.
pub(crate) fn read_as(
    array: &ArrayRef,
    to: &DataType,
    strict: bool,
    zone: &Arc<str>,
) -> Result<ArrayRef> {
    let variants = Variants::of(array.as_ref())?;
    let cells = (0..variants.len()).map(|row| variants.get(row));
    let cells = cells.collect::<crate::error::Result<Cells<'_>>>()?;
    Reading { strict, zone: Arc::clone(zone) }.column(&cells, to)
}

impl Reading {
    /// A column of values, NULL for a variant's null.
    ///
    /// # Errors
    /// As [`read_as`].
    pub(crate) fn column(&self, cells: &[Option<Variant<'_>>], to: &DataType) -> Result<ArrayRef> {
        match (Kind::of(to), to) {
            (Kind::Variant, _) => rebuilt(cells),
            (_, DataType::List(field)) => self.lists(cells, to, field),
            (_, DataType::Struct(fields)) => self.structs(cells, to, fields),
            (_, DataType::Map(entries, sorted)) => self.maps(cells, to, entries, *sorted),
            _ => self.atoms(cells, to),
        }
    }

    /// What a value gives that is of another type.
    fn invalid<T>(&self, variant: &Variant<'_>, to: &DataType) -> Result<Option<T>> {
        if !self.strict {
            return Ok(None);
        }
        let zone: Tz = self.zone.parse()?;
        let parameters = [
            ("value", variant.json(zone)?),
            ("dataType", format!("\"{}\"", crate::types::arrow_sql_name(to))),
        ];
        Err(Error::analysis(Condition::INVALID_VARIANT_CAST, parameters).into())
    }

    fn elements<'v>(&self, cell: &Variant<'v>, to: &DataType) -> Result<Option<Elements<'v>>> {
        match cell.read()? {
            Value::Null => Ok(None),
            Value::Array(array) => Ok(Some(array)),
            _ => self.invalid(cell, to),
        }
    }

    fn object<'v>(&self, cell: &Variant<'v>, to: &DataType) -> Result<Option<Object<'v>>> {
        match cell.read()? {
            Value::Null => Ok(None),
            Value::Object(object) => Ok(Some(object)),
            _ => self.invalid(cell, to),
        }
    }

    fn lists(
        &self,
        cells: &[Option<Variant<'_>>],
        to: &DataType,
        field: &FieldRef,
    ) -> Result<ArrayRef> {
        let mut inner = Cells::new();
        let mut lengths = Vec::with_capacity(cells.len());
        let mut valid = Vec::with_capacity(cells.len());
        for cell in cells {
            let array = match cell {
                Some(cell) => self.elements(cell, to)?,
                None => None,
            };
            valid.push(array.is_some());
            let before = inner.len();
            for element in array.iter().flat_map(Elements::iter) {
                inner.push(Some(element?));
            }
            lengths.push(inner.len() - before);
        }
        let values = self.column(&inner, field.data_type())?;
        let offsets = OffsetBuffer::from_lengths(lengths);
        let nulls = Some(NullBuffer::from(valid));
        Ok(Arc::new(ListArray::try_new(Arc::clone(field), offsets, values, nulls)?))
    }

    fn structs(
        &self,
        cells: &[Option<Variant<'_>>],
        to: &DataType,
        fields: &Fields,
    ) -> Result<ArrayRef> {
        let objects = cells.iter().map(|cell| match cell {
            Some(cell) => self.object(cell, to),
            None => Ok(None),
        });
        let objects = objects.collect::<Result<Vec<_>>>()?;
        let columns = fields.iter().map(|field| {
            let cells = objects.iter().map(|object| match object {
                Some(object) => Ok(object.get(field.name())?),
                None => Ok(None),
            });
            self.column(&cells.collect::<Result<Cells<'_>>>()?, field.data_type())
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let nulls: NullBuffer = objects.iter().map(Option::is_some).collect();
        let (fields, rows) = (fields.clone(), cells.len());
        Ok(Arc::new(StructArray::try_new_with_length(fields, columns, Some(nulls), rows)?))
    }

    fn maps(
        &self,
        cells: &[Option<Variant<'_>>],
        to: &DataType,
        entries: &FieldRef,
        sorted: bool,
    ) -> Result<ArrayRef> {
        let DataType::Struct(pair) = entries.data_type() else { return exec_err!("no entries") };
        let mut names: Vec<String> = Vec::new();
        let mut inner = Cells::new();
        let mut lengths = Vec::with_capacity(cells.len());
        let mut valid = Vec::with_capacity(cells.len());
        for cell in cells {
            let object = match cell {
                Some(cell) => self.object(cell, to)?,
                None => None,
            };
            valid.push(object.is_some());
            let before = names.len();
            for entry in object.iter().flat_map(Object::iter) {
                let (name, value) = entry?;
                names.push(name.into_owned());
                inner.push(Some(value));
            }
            lengths.push(names.len() - before);
        }
        let names: ArrayRef = Arc::new(StringArray::from(names));
        let names = datafusion::arrow::compute::cast(&names, pair[0].data_type())?;
        let values = self.column(&inner, pair[1].data_type())?;
        let rows = names.len();
        let pairs =
            StructArray::try_new_with_length(pair.clone(), vec![names, values], None, rows)?;
        let offsets = OffsetBuffer::from_lengths(lengths);
        let (field, nulls) = (Arc::clone(entries), Some(NullBuffer::from(valid)));
        Ok(Arc::new(MapArray::try_new(field, offsets, pairs, nulls, sorted)?))
    }

    /// Values by their own types, each cast as values of that type are.
    fn atoms(&self, cells: &[Option<Variant<'_>>], to: &DataType) -> Result<ArrayRef> {
        let mut groups: BTreeMap<Group, Vec<(usize, Value<'_>)>> = BTreeMap::new();
        let mut unfit = Vec::new();
        for (row, cell) in cells.iter().enumerate() {
            let Some(cell) = cell else { continue };
            let value = without_zeros(cell.read()?);
            match (Group::of(&value), value) {
                (_, Value::Null) => {}
                (Some(group), value) => groups.entry(group).or_default().push((row, value)),
                (None, _) if Kind::of(to) == Kind::String => {
                    let text = cell.json(self.zone.parse()?)?;
                    groups.entry(Group::Text).or_default().push((row, Value::Text(text.into())));
                }
                (None, _) => unfit.push(row),
            }
        }
        // First of all, a NULL.
        let mut arrays = vec![new_null_array(to, 1)];
        let mut places = vec![(0, 0); cells.len()];
        for (group, members) in groups {
            let (rows, values): (Vec<_>, Vec<_>) = members.into_iter().unzip();
            let cast = self.cast(group, values, to)?;
            for (at, row) in rows.into_iter().enumerate() {
                match cast.is_null(at) {
                    true => unfit.push(row),
                    false => places[row] = (arrays.len(), at),
                }
            }
            arrays.push(cast);
        }
        if let Some(first) = unfit.into_iter().min().and_then(|row| cells[row].as_ref()) {
            self.invalid::<()>(first, to)?;
        }
        let arrays: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
        Ok(interleave(&arrays, &places)?)
    }

    fn cast(&self, group: Group, values: Vec<Value<'_>>, to: &DataType) -> Result<ArrayRef> {
        if Kind::of(to) == Kind::Timestamp && matches!(group, Group::Long | Group::Decimal(_)) {
            let micros: TimestampMicrosecondArray = values.iter().map(micros_of_seconds).collect();
            return Ok(Arc::new(micros.with_data_type(to.clone())));
        }
        let source = group.array(values, &self.zone)?;
        if !is_legal(source.data_type(), to) {
            return Ok(new_null_array(to, source.len()));
        }
        if (Kind::of(source.data_type()), Kind::of(to)) == (Kind::Timestamp, Kind::TimestampNtz) {
            return local_times(&source);
        }
        cast_to(&source, to, Mode::Try, &self.zone)
    }
}

/// A decimal without zeros at its end.
fn without_zeros(value: Value<'_>) -> Value<'_> {
    match value {
        Value::Decimal { unscaled, scale } => {
            let (unscaled, scale) = trimmed(unscaled, scale);
            Value::Decimal { unscaled, scale }
        }
        other => other,
    }
}

/// Seconds as an instant; none if there are too many.
fn micros_of_seconds(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Long(seconds) => seconds.checked_mul(1_000_000),
        Value::Decimal { unscaled, scale } => {
            let divisor = 10_i128.checked_pow(u32::from(*scale))?;
            i64::try_from(unscaled.checked_mul(1_000_000)? / divisor).ok()
        }
        _ => None,
    }
}

/// The values that are cast together: those of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Boolean,
    Long,
    Float,
    Double,
    /// At a scale.
    Decimal(u8),
    Date,
    Timestamp,
    TimestampNtz,
    Binary,
    Text,
}

impl Group {
    /// None for what has parts.
    fn of(value: &Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Boolean(_) => Self::Boolean,
            Value::Long(_) => Self::Long,
            Value::Float(_) => Self::Float,
            Value::Double(_) => Self::Double,
            Value::Decimal { scale, .. } => Self::Decimal(*scale),
            Value::Date(_) => Self::Date,
            Value::Timestamp(_) => Self::Timestamp,
            Value::TimestampNtz(_) => Self::TimestampNtz,
            Value::Binary(_) => Self::Binary,
            Value::Text(_) | Value::Uuid(_) => Self::Text,
            Value::Null | Value::Object(_) | Value::Array(_) => return None,
        })
    }

    fn array(self, values: Vec<Value<'_>>, zone: &Arc<str>) -> Result<ArrayRef> {
        macro_rules! collected {
            ($array:ty, $($pattern:pat => $value:expr),+) => {
                values.into_iter().map(|value| match value {
                    $($pattern => Some($value),)+
                    _ => None,
                }).collect::<$array>()
            };
        }
        Ok(match self {
            Self::Boolean => Arc::new(collected!(BooleanArray, Value::Boolean(v) => v)),
            Self::Long => Arc::new(collected!(Int64Array, Value::Long(v) => v)),
            Self::Float => Arc::new(collected!(Float32Array, Value::Float(v) => v)),
            Self::Double => Arc::new(collected!(Float64Array, Value::Double(v) => v)),
            Self::Decimal(scale) => {
                let array =
                    collected!(Decimal128Array, Value::Decimal { unscaled, .. } => unscaled);
                let scale = i8::try_from(scale).unwrap_or(i8::MAX);
                Arc::new(array.with_precision_and_scale(38, scale)?)
            }
            Self::Date => Arc::new(collected!(Date32Array, Value::Date(v) => v)),
            Self::Timestamp => {
                let array = collected!(TimestampMicrosecondArray, Value::Timestamp(v) => v);
                Arc::new(array.with_timezone(Arc::clone(zone)))
            }
            Self::TimestampNtz => {
                Arc::new(collected!(TimestampMicrosecondArray, Value::TimestampNtz(v) => v))
            }
            Self::Binary => Arc::new(collected!(BinaryArray, Value::Binary(v) => v)),
            Self::Text => Arc::new(collected!(
                StringArray,
                Value::Text(v) => v.into_owned(),
                Value::Uuid(v) => uuid(&v)
            )),
        })
    }
}

/// The values alone, each without the names that it does not have.
fn rebuilt(cells: &[Option<Variant<'_>>]) -> Result<ArrayRef> {
    let mut out = VariantsBuilder::new(cells.len());
    for cell in cells {
        let Some(cell) = cell else {
            out.null();
            continue;
        };
        let mut builder = Builder::new();
        builder.append(cell)?;
        out.append(Some(&builder.finish("variant_get")?));
    }
    Ok(out.finish()?)
}
