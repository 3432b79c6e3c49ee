//! VARIANT: values that carry their types, in Spark's binary form.
//!
//! A value is two texts of bytes: the value itself, and the names of its objects'
//! fields. In Arrow it is a struct of the two, told apart from other structs by
//! the metadata of its second field, which is how Spark's clients know it too.

mod build;
mod check;
mod merge;
mod text;
mod value;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BinaryBuilder, NullBufferBuilder, StructArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};

use crate::error::{Error, Result};

pub(crate) use build::{Builder, Built, may_hold, too_large};
pub(crate) use check::is_valid;
pub(crate) use merge::Shape;
pub(crate) use text::{trimmed, uuid};
pub(crate) use value::{Array as Elements, Object, Value, Variant};

const VALUE: &str = "value";
const METADATA: &str = "metadata";
/// The mark in the second field's metadata.
const MARK: &str = "variant";

static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let marked = HashMap::from([(MARK.to_owned(), "true".to_owned())]);
    Fields::from(vec![
        Field::new(VALUE, DataType::Binary, false),
        Field::new(METADATA, DataType::Binary, false).with_metadata(marked),
    ])
});

/// The Arrow type of VARIANT.
pub(crate) fn data_type() -> DataType {
    DataType::Struct(FIELDS.clone())
}

/// Whether an Arrow type is that of VARIANT.
pub fn is_variant(data_type: &DataType) -> bool {
    let DataType::Struct(fields) = data_type else { return false };
    are_fields(fields)
}

/// Whether these are the fields of a VARIANT's struct.
pub(crate) fn are_fields(fields: &[FieldRef]) -> bool {
    let [value, metadata] = fields else { return false };
    let marked = metadata.metadata().get(MARK).is_some_and(|mark| mark == "true");
    marked
        && value.name() == VALUE
        && metadata.name() == METADATA
        && is_binary(value.data_type())
        && is_binary(metadata.data_type())
}

fn is_binary(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
}

/// Whether a type is VARIANT, or has it inside.
pub(crate) fn holds_variant(data_type: &DataType) -> bool {
    if is_variant(data_type) {
        return true;
    }
    match data_type {
        DataType::Struct(fields) => fields.iter().any(|field| holds_variant(field.data_type())),
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::Map(field, _) => holds_variant(field.data_type()),
        _ => false,
    }
}

/// A column of variants.
#[derive(Debug)]
pub(crate) struct Variants {
    array: StructArray,
    values: BinaryArray,
    metadata: BinaryArray,
}

impl Variants {
    /// # Errors
    /// If the column is of another type.
    pub(crate) fn of(array: &dyn Array) -> Result<Self> {
        let Some(array) = array.as_struct_opt().filter(|a| are_fields(a.fields())) else {
            return Err(Error::internal(format!("{} is no VARIANT", array.data_type())));
        };
        Ok(Self {
            values: binary(array.column(0))?,
            metadata: binary(array.column(1))?,
            array: array.clone(),
        })
    }

    /// The value of a row, if it is not NULL.
    ///
    /// # Errors
    /// If its bytes are no variant.
    pub(crate) fn get(&self, row: usize) -> Result<Option<Variant<'_>>> {
        match self.bytes(row) {
            Some((value, metadata)) => Variant::new(value, metadata).map(Some),
            None => Ok(None),
        }
    }

    /// The bytes of a row: the value's, and the names'.
    pub(crate) fn bytes(&self, row: usize) -> Option<(&[u8], &[u8])> {
        let there = self.array.is_valid(row);
        there.then(|| (self.values.value(row), self.metadata.value(row)))
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.array.len()
    }
}

fn binary(column: &ArrayRef) -> Result<BinaryArray> {
    let plain = cast(column, &DataType::Binary).map_err(|error| Error::DataFusion(error.into()))?;
    Ok(plain.as_binary::<i32>().clone())
}

/// Makes a column of variants.
#[derive(Debug)]
pub(crate) struct VariantsBuilder {
    values: BinaryBuilder,
    metadata: BinaryBuilder,
    nulls: NullBufferBuilder,
}

impl VariantsBuilder {
    pub(crate) fn new(rows: usize) -> Self {
        Self {
            values: BinaryBuilder::with_capacity(rows, 0),
            metadata: BinaryBuilder::with_capacity(rows, 0),
            nulls: NullBufferBuilder::new(rows),
        }
    }

    /// A value by its bytes.
    pub(crate) fn bytes(&mut self, value: &[u8], metadata: &[u8]) {
        self.values.append_value(value);
        self.metadata.append_value(metadata);
        self.nulls.append_non_null();
    }

    pub(crate) fn null(&mut self) {
        self.values.append_value([]);
        self.metadata.append_value([]);
        self.nulls.append_null();
    }

    /// A value that was built, or NULL.
    pub(crate) fn append(&mut self, built: Option<&Built>) {
        match built {
            Some(Built { value, metadata }) => self.bytes(value, metadata),
            None => self.null(),
        }
    }

    /// # Errors
    /// If there are too many bytes for one column.
    pub(crate) fn finish(mut self) -> Result<ArrayRef> {
        let columns: Vec<ArrayRef> =
            vec![Arc::new(self.values.finish()), Arc::new(self.metadata.finish())];
        let array = StructArray::try_new(FIELDS.clone(), columns, self.nulls.finish());
        Ok(Arc::new(array.map_err(|error| Error::DataFusion(error.into()))?))
    }
}

/// The names of the Parquet format's own rules for values, by which all parts read them.
mod layout {
    /// What the lowest two bits of a value's first byte say.
    pub(super) const PRIMITIVE: u8 = 0;
    pub(super) const SHORT_TEXT: u8 = 1;
    pub(super) const OBJECT: u8 = 2;
    pub(super) const ARRAY: u8 = 3;

    /// What the other six say of a primitive.
    pub(super) const NULL: u8 = 0;
    pub(super) const TRUE: u8 = 1;
    pub(super) const FALSE: u8 = 2;
    pub(super) const INT1: u8 = 3;
    pub(super) const INT2: u8 = 4;
    pub(super) const INT4: u8 = 5;
    pub(super) const INT8: u8 = 6;
    pub(super) const DOUBLE: u8 = 7;
    pub(super) const DECIMAL4: u8 = 8;
    pub(super) const DECIMAL8: u8 = 9;
    pub(super) const DECIMAL16: u8 = 10;
    pub(super) const DATE: u8 = 11;
    pub(super) const TIMESTAMP: u8 = 12;
    pub(super) const TIMESTAMP_NTZ: u8 = 13;
    pub(super) const FLOAT: u8 = 14;
    pub(super) const BINARY: u8 = 15;
    pub(super) const LONG_TEXT: u8 = 16;
    pub(super) const UUID: u8 = 20;

    /// The only version of the names' form.
    pub(super) const VERSION: u8 = 1;
    /// The longest text that is a short one.
    pub(super) const SHORTEST: usize = 0x3f;
    /// The most bytes that a value, or its names, may have.
    pub(super) const LARGEST: usize = 128 * 1024 * 1024;
}
