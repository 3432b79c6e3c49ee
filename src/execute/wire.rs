//! Columns as Spark clients read them: no views, dictionaries or run-length
//! encodings, timestamps in microseconds, no unsigned integers.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array as _, ArrayRef, AsArray as _, ListArray, MapArray, RecordBatchOptions, StructArray,
};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{
    DataType, Field, FieldRef, Fields, Schema, SchemaRef, TimeUnit,
};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;

use crate::error::{Error, Result};

/// The change from a relation's own columns to those that a client gets.
pub(crate) struct Wire {
    schema: SchemaRef,
}

impl Wire {
    /// For a relation with this schema, under Spark's names.
    pub(crate) fn new(schema: &Schema) -> Self {
        let fields: Fields = schema.fields().iter().map(wire_field).map(distinct).collect();
        Self { schema: Arc::new(Schema::new(fields)) }
    }

    /// The schema that clients get.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// A batch with the columns of the schema.
    ///
    /// # Errors
    /// If the batch has other columns than the plan promised.
    pub(crate) fn convert(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let fields = self.schema.fields();
        if fields.len() != batch.num_columns() {
            return Err(Error::internal(format!(
                "the plan promised {} columns and gave {}",
                fields.len(),
                batch.num_columns()
            )));
        }
        let columns = batch.columns().iter().zip(fields);
        let columns: Result<Vec<_>> = columns.map(|(array, field)| cast(array, field)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let schema = Arc::clone(&self.schema);
        RecordBatch::try_new_with_options(schema, columns?, &options)
            .map_err(|error| Error::internal(format!("a result does not fit its schema: {error}")))
    }
}

fn cast(array: &ArrayRef, field: &FieldRef) -> Result<ArrayRef> {
    if array.data_type() == field.data_type() {
        return Ok(Arc::clone(array));
    }
    let (own, wanted) = (wire_type(array.data_type()), field.data_type());
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let array = if &own != wanted && distinct_type(&own) == *wanted {
        cast_with_options(array, &own, &options).and_then(|array| renamed(&array, wanted))
    } else {
        cast_with_options(array, wanted, &options)
    };
    array.map_err(|error| {
        Error::internal(format!(
            "column {} of type {} cannot be sent as {}: {error}",
            field.name(),
            own,
            wanted
        ))
    })
}

/// The array with the names that the fields of a type have.
fn renamed(array: &ArrayRef, to: &DataType) -> std::result::Result<ArrayRef, ArrowError> {
    if array.data_type() == to {
        return Ok(Arc::clone(array));
    }
    let (length, nulls) = (array.len(), array.nulls().cloned());
    Ok(match to {
        DataType::List(item) => {
            let list = array.as_list::<i32>();
            let values = renamed(list.values(), item.data_type())?;
            let (item, offsets) = (Arc::clone(item), list.offsets().clone());
            Arc::new(ListArray::try_new(item, offsets, values, nulls)?)
        }
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns().iter().zip(fields);
            let columns = columns.map(|(column, field)| renamed(column, field.data_type()));
            let columns = columns.collect::<std::result::Result<Vec<_>, _>>()?;
            Arc::new(StructArray::try_new_with_length(fields.clone(), columns, nulls, length)?)
        }
        DataType::Map(entries, sorted) => {
            let map = array.as_map();
            let own: ArrayRef = Arc::new(map.entries().clone());
            let own = renamed(&own, entries.data_type())?.as_struct().clone();
            let (entries, offsets) = (Arc::clone(entries), map.offsets().clone());
            Arc::new(MapArray::try_new(entries, offsets, own, nulls, *sorted)?)
        }
        _ => Arc::clone(array),
    })
}

fn wire_field(field: &FieldRef) -> FieldRef {
    let data_type = wire_type(field.data_type());
    if &data_type == field.data_type() {
        return Arc::clone(field);
    }
    Arc::new(field.as_ref().clone().with_data_type(data_type))
}

/// The field, whose structs have no two fields of one name: clients of Arrow refuse them.
/// The names are those that Spark gives.
fn distinct(field: FieldRef) -> FieldRef {
    let data_type = distinct_type(field.data_type());
    if &data_type == field.data_type() {
        return field;
    }
    Arc::new(field.as_ref().clone().with_data_type(data_type))
}

fn distinct_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::List(item) => DataType::List(distinct(Arc::clone(item))),
        DataType::Map(entries, sorted) => DataType::Map(distinct(Arc::clone(entries)), *sorted),
        DataType::Struct(fields) => {
            let (mut seen, mut number) = (HashMap::new(), HashMap::<&str, usize>::new());
            fields.iter().for_each(|field| *number.entry(field.name()).or_default() += 1);
            let renamed = fields.iter().map(|field| {
                let name = field.name().as_str();
                if number.get(name) == Some(&1) {
                    return distinct(Arc::clone(field));
                }
                let at = seen.entry(name).and_modify(|at| *at += 1).or_insert(0);
                let own = distinct(Arc::clone(field));
                Arc::new(own.as_ref().clone().with_name(format!("{name}_{at}")))
            });
            DataType::Struct(renamed.collect())
        }
        other => other.clone(),
    }
}

/// The type that a client gets for a type of ours.
pub(crate) fn wire_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            DataType::Binary
        }
        DataType::Dictionary(_, values) => wire_type(values),
        DataType::RunEndEncoded(_, values) => wire_type(values.data_type()),
        DataType::UInt8 => DataType::Int16,
        DataType::UInt16 => DataType::Int32,
        DataType::UInt32 => DataType::Int64,
        DataType::UInt64 => DataType::Decimal128(20, 0),
        DataType::Float16 => DataType::Float32,
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
            DataType::Decimal128(*precision, *scale)
        }
        DataType::Date64 => DataType::Date32,
        DataType::Time32(_) | DataType::Time64(_) => DataType::Time64(TimeUnit::Nanosecond),
        DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
        DataType::Duration(_) => DataType::Duration(TimeUnit::Microsecond),
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::FixedSizeList(item, _)
        | DataType::ListView(item)
        | DataType::LargeListView(item) => DataType::List(wire_field(item)),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(wire_field).collect()),
        DataType::Map(entries, _) => DataType::Map(wire_entries(entries), false),
        other => other.clone(),
    }
}

/// The entries of a map, under the names that Spark gives them.
fn wire_entries(entries: &FieldRef) -> FieldRef {
    let DataType::Struct(fields) = entries.data_type() else { return wire_field(entries) };
    let names = ["key", "value"];
    let fields: Vec<Field> = fields
        .iter()
        .zip(names)
        .map(|(field, name)| wire_field(field).as_ref().clone().with_name(name))
        .collect();
    Arc::new(Field::new("entries", DataType::Struct(fields.into()), false))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::types::from_arrow;
    use datafusion::arrow::array::{
        Array, AsArray, DictionaryArray, ListBuilder, MapBuilder, StringViewArray,
        StringViewBuilder, TimestampNanosecondArray, UInt64Array,
    };
    use datafusion::arrow::datatypes::Int32Type;

    fn sent(array: ArrayRef) -> ArrayRef {
        let field = Field::new("c", array.data_type().clone(), true);
        let schema = Arc::new(Schema::new(vec![field]));
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![array]).unwrap();
        let converted = Wire::new(&schema).convert(&batch).unwrap();
        Arc::clone(converted.column(0))
    }

    #[test]
    fn fields_of_one_name_are_told_apart() {
        use datafusion::arrow::array::Int32Array;
        let column: ArrayRef = Arc::new(Int32Array::from(vec![1]));
        let field = Arc::new(Field::new("a", DataType::Int32, false));
        let pairs = vec![(Arc::clone(&field), Arc::clone(&column)), (field, column)];
        let structs: ArrayRef = Arc::new(StructArray::from(pairs));
        let item = Arc::new(Field::new_list_field(structs.data_type().clone(), false));
        let offsets = datafusion::arrow::buffer::OffsetBuffer::from_lengths([1]);
        let list = ListArray::try_new(item, offsets, structs, None).unwrap();
        let sent = sent(Arc::new(list));
        let names = sent.as_list::<i32>().values().as_struct().column_names().join(",");
        assert_eq!(names, "a_0,a_1");
    }

    #[test]
    fn views_and_dictionaries_become_plain_text() {
        let view = sent(Arc::new(StringViewArray::from(vec![Some("a"), None])));
        assert_eq!(view.as_string::<i32>().iter().collect::<Vec<_>>(), [Some("a"), None]);
        let words = DictionaryArray::<Int32Type>::from_iter(["x", "y", "x"]);
        let words = sent(Arc::new(words));
        assert_eq!(words.as_string::<i32>().value(2), "x");
    }

    #[test]
    fn nested_columns_are_converted_inside() {
        let mut list = ListBuilder::new(StringViewBuilder::new());
        list.append_value([Some("a"), None]);
        let list = sent(Arc::new(list.finish()));
        assert_eq!(list.as_list::<i32>().values().data_type(), &DataType::Utf8);
        let mut map = MapBuilder::new(None, StringViewBuilder::new(), StringViewBuilder::new());
        map.keys().append_value("k");
        map.values().append_value("v");
        map.append(true).unwrap();
        let map = sent(Arc::new(map.finish()));
        assert_eq!(map.as_map().keys().as_string::<i32>().value(0), "k");
    }

    #[test]
    fn numbers_and_times_take_sparks_width() {
        let number = sent(Arc::new(UInt64Array::from(vec![u64::MAX])));
        assert_eq!(number.data_type(), &DataType::Decimal128(20, 0));
        let time = TimestampNanosecondArray::from(vec![1_000]).with_timezone("UTC");
        let time = sent(Arc::new(time));
        let expected = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        assert_eq!(time.data_type(), &expected);
    }

    #[test]
    fn clients_get_the_types_that_the_schema_tells() {
        let item = |data_type| Arc::new(Field::new("item", data_type, true));
        for data_type in [
            DataType::Utf8View,
            DataType::LargeUtf8,
            DataType::BinaryView,
            DataType::FixedSizeBinary(4),
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8View)),
            DataType::UInt8,
            DataType::UInt16,
            DataType::UInt32,
            DataType::UInt64,
            DataType::Float16,
            DataType::Decimal64(10, 2),
            DataType::Date64,
            DataType::Time32(TimeUnit::Second),
            DataType::Time64(TimeUnit::Microsecond),
            DataType::Timestamp(TimeUnit::Nanosecond, None),
            DataType::Timestamp(TimeUnit::Second, Some("UTC".into())),
            DataType::Duration(TimeUnit::Nanosecond),
            DataType::LargeList(item(DataType::Utf8View)),
            DataType::ListView(item(DataType::UInt8)),
            DataType::FixedSizeList(item(DataType::Float16), 2),
            DataType::Struct(vec![item(DataType::Date64)].into()),
        ] {
            let (told, sent) = (from_arrow(&data_type), from_arrow(&wire_type(&data_type)));
            let (Ok(told), Ok(sent)) = (&told, &sent) else {
                panic!("{data_type}: {told:?} {sent:?}")
            };
            assert_eq!(told, sent, "{data_type}");
        }
    }
}
