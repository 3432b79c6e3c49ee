//! The columns of a stripe.

use std::sync::Arc;

use datafusion::arrow::datatypes::{
    BinaryType, DataType, Field, Fields, Int16Type, Int32Type, Int64Type, TimeUnit, Utf8Type,
};

use super::super::codec::Unpacker;
use super::super::message::{Kind, Role};
use super::super::tail::StripeBytes;
use super::super::types::Node;
use super::bits::{Bits, ByteRuns};
use super::column::{Column, Values};
use super::fit::is_cast;
use super::integers::Integers;
use super::leaf::{
    Booleans, Days, Decimals, Doubles, Entries, Floats, Small, Texts, Times, Whole, zone,
};
use super::nested::{Lists, Maps, Structs};
use super::stream::Stream;
use crate::error::{Error, Result};
use crate::types::arrow_sql_name;

/// What the columns of a stripe are read from.
pub(super) struct Source<'s> {
    pub(super) bytes: &'s StripeBytes,
    pub(super) unpacker: &'s Unpacker,
    pub(super) julian: bool,
}

impl Source<'_> {
    /// A column, as values of a type.
    ///
    /// # Errors
    /// If it cannot be read as that.
    pub(super) fn column(&self, node: &Node, wanted: &DataType) -> Result<Column> {
        let present = self.bytes.bytes(node.id, Role::Present)?;
        let present = present.map(|bytes| Bits::new(Stream::new(bytes, self.unpacker)));
        if let Some(values) = self.nested(node, wanted)? {
            return Ok(Column::new(present, values, None));
        }
        let own = own_type(node, wanted)?;
        let cast = match &own == wanted {
            true => None,
            false if is_cast(node, &own, wanted) => Some(wanted.clone()),
            false => return Err(no_fit(&own, wanted)),
        };
        Ok(Column::new(present, self.leaf(node, &own)?, cast))
    }

    /// The columns of a struct, by their names.
    pub(super) fn columns(&self, node: &Node, wanted: &Fields) -> Result<Vec<Column>> {
        let columns = wanted.iter().map(|field| {
            let child = node.position(field.name())?.and_then(|at| node.children.get(at));
            self.child(child, field)
        });
        columns.collect()
    }

    /// A column that may not be there.
    pub(super) fn child(&self, node: Option<&Node>, field: &Field) -> Result<Column> {
        match node {
            Some(node) => self.column(node, field.data_type()),
            None => Ok(Column::absent(field.data_type())),
        }
    }

    fn nested(&self, node: &Node, wanted: &DataType) -> Result<Option<Box<dyn Values>>> {
        let lengths = || self.integers(node, Role::Length, false);
        Ok(match (node.kind, wanted, &node.children[..]) {
            (Kind::Struct, DataType::Struct(fields), _) => {
                let columns = self.columns(node, fields)?;
                Some(Box::new(Structs { fields: fields.clone(), columns }))
            }
            (Kind::List, DataType::List(element), [child]) => {
                let elements = self.column(child, element.data_type())?;
                let element = Arc::clone(element);
                Some(Box::new(Lists { element, lengths: lengths()?, elements }))
            }
            (Kind::Map, DataType::Map(entries, _), [key, value]) => {
                let DataType::Struct(entry) = entries.data_type() else {
                    return Err(Error::internal("a map without entries"));
                };
                let [key_field, value_field] = &entry[..] else {
                    return Err(Error::internal("a map's entries are no pairs"));
                };
                let keys = self.column(key, key_field.data_type())?;
                let values = self.column(value, value_field.data_type())?;
                let (entries, entry) = (Arc::clone(entries), entry.clone());
                Some(Box::new(Maps { entries, entry, lengths: lengths()?, keys, values }))
            }
            _ => None,
        })
    }

    fn leaf(&self, node: &Node, own: &DataType) -> Result<Box<dyn Values>> {
        let data = || self.stream(node, Role::Data);
        let numbers = || self.integers(node, Role::Data, true);
        Ok(match node.kind {
            Kind::Boolean => Box::new(Booleans(Bits::new(data()?))),
            Kind::Byte => Box::new(Small(ByteRuns::new(data()?))),
            Kind::Short => Box::new(Whole::<Int16Type>::new(numbers()?)),
            Kind::Int => Box::new(Whole::<Int32Type>::new(numbers()?)),
            Kind::Long => Box::new(Whole::<Int64Type>::new(numbers()?)),
            Kind::Float => Box::new(Floats(data()?)),
            Kind::Double => Box::new(Doubles(data()?)),
            Kind::String | Kind::Varchar | Kind::Char => self.texts(node)?,
            Kind::Binary => {
                let lengths = self.integers(node, Role::Length, false)?;
                Box::new(Texts::<BinaryType>::new(lengths, data()?))
            }
            Kind::Date => Box::new(Days { days: numbers()?, julian: self.julian }),
            Kind::Timestamp => Box::new(Times {
                seconds: numbers()?,
                nanos: self.integers(node, Role::Secondary, false)?,
                zone: zone(self.bytes.time_zone())?,
                julian: self.julian,
                data_type: own.clone(),
            }),
            Kind::Decimal => self.decimals(node, own)?,
            Kind::List | Kind::Map | Kind::Struct | Kind::Union | Kind::Instant => {
                return Err(Error::internal("a value that holds others"));
            }
        })
    }

    fn decimals(&self, node: &Node, own: &DataType) -> Result<Box<dyn Values>> {
        let DataType::Decimal128(precision, scale) = own else {
            return Err(Error::internal("a decimal of another type"));
        };
        Ok(Box::new(Decimals {
            numbers: self.stream(node, Role::Data)?,
            scales: self.integers(node, Role::Secondary, true)?,
            precision: *precision,
            scale: *scale,
        }))
    }

    fn texts(&self, node: &Node) -> Result<Box<dyn Values>> {
        let encoding = self.bytes.encoding(node.id);
        let lengths = self.integers(node, Role::Length, false)?;
        if !encoding.has_dictionary() {
            return Ok(Box::new(Texts::<Utf8Type>::new(lengths, self.stream(node, Role::Data)?)));
        }
        let dictionary = self.stream(node, Role::Dictionary)?;
        let size = encoding.dictionary_size.unwrap_or(0) as usize;
        let texts = Texts::<Utf8Type>::new(lengths, dictionary).texts(size)?;
        Ok(Box::new(Entries { texts, places: self.integers(node, Role::Data, false)? }))
    }

    /// A stream; one without bytes is left out.
    fn stream(&self, node: &Node, role: Role) -> Result<Stream> {
        let bytes = self.bytes.bytes(node.id, role)?.unwrap_or_default();
        Ok(Stream::new(bytes, self.unpacker))
    }

    fn integers(&self, node: &Node, role: Role, signed: bool) -> Result<Integers> {
        let second = self.bytes.encoding(node.id).is_second();
        Ok(Integers::new(self.stream(node, role)?, signed, second))
    }
}

/// The type that values are read as before any cast.
fn own_type(node: &Node, wanted: &DataType) -> Result<DataType> {
    match (node.kind, wanted) {
        // The zone is the reader's alone.
        (Kind::Timestamp, DataType::Timestamp(TimeUnit::Microsecond, Some(_))) => {
            Ok(wanted.clone())
        }
        _ => node.data_type("UTC"),
    }
}

fn no_fit(own: &DataType, wanted: &DataType) -> Error {
    let (own, wanted) = (arrow_sql_name(own), arrow_sql_name(wanted));
    Error::unsupported_because(
        "read.orc.conversion",
        format!("values of {own} are not read as {wanted}"),
    )
}
