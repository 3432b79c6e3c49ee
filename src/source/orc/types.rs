//! Types of a file and of a plan.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, IntervalUnit, TimeUnit};

use super::corrupt;
use super::message::{Attribute, Kind, Type};
use crate::error::{Error, Result};
use crate::planner::columns::same_name;
use crate::proto::data_type::Kind as Spark;
use crate::types::{from_field, simple_string, to_field};

/// The attribute by which Spark tells its own types apart.
const SPARK_TYPE: &str = "spark.sql.catalyst.type";

/// How deep types may be nested.
const DEEPEST: usize = 100;

/// A type of a file, and those beneath.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// The column's number.
    pub(super) id: u32,
    pub(super) kind: Kind,
    precision: u32,
    scale: u32,
    /// Spark's name of the type.
    pub(super) spark: Option<String>,
    pub(super) children: Vec<Node>,
    pub(super) names: Vec<String>,
}

impl Node {
    /// The type of a file's rows: a struct.
    ///
    /// # Errors
    /// If the types are no tree.
    pub(super) fn root(types: &[Type]) -> Result<Self> {
        let root = Self::next(types, &mut 0, 0)?;
        match root.kind {
            Kind::Struct => Ok(root),
            _ => Err(Error::unsupported("read.orc.rows_of_no_struct")),
        }
    }

    /// Types come before those in them: so no file can make a tree without an end.
    fn next(types: &[Type], next: &mut u32, depth: usize) -> Result<Self> {
        let id = *next;
        *next += 1;
        let own = types.get(id as usize).ok_or_else(|| corrupt("a type is not there"))?;
        let kind = Kind::try_from(own.kind.unwrap_or(0));
        let kind = kind.map_err(|_| Error::unsupported("read.orc.type"))?;
        if depth > DEEPEST {
            return Err(Error::unsupported("read.orc.deep_types"));
        }
        let mut children = Vec::new();
        for child in &own.subtypes {
            if child != next {
                return Err(corrupt("types are out of order"));
            }
            children.push(Self::next(types, next, depth + 1)?);
        }
        let count = match kind {
            Kind::List => 1,
            Kind::Map => 2,
            Kind::Struct => own.field_names.len(),
            Kind::Union => children.len(),
            _ => 0,
        };
        if count != children.len() {
            return Err(corrupt("a type has children of another number"));
        }
        let spark = own.attributes.iter().find(|attribute| attribute.key == SPARK_TYPE);
        Ok(Self {
            id,
            kind,
            precision: own.precision.unwrap_or(0),
            scale: own.scale.unwrap_or(0),
            spark: spark.map(|attribute| attribute.value.clone()),
            children,
            names: own.field_names.clone(),
        })
    }

    /// Where the column of this name is; case does not matter.
    ///
    /// # Errors
    /// If there are several.
    pub(super) fn position(&self, name: &str) -> Result<Option<usize>> {
        let mut places = (0..self.names.len()).filter(|at| same_name(&self.names[*at], name));
        let place = places.next();
        match places.next() {
            Some(_) => Err(Error::unsupported("read.orc.names_alike")),
            None => Ok(place),
        }
    }

    /// The columns of a struct.
    ///
    /// # Errors
    /// If Spark has no such type.
    pub(super) fn fields(&self, time_zone: &str) -> Result<Fields> {
        let fields = self.names.iter().zip(&self.children);
        fields.map(|(name, child)| child.field(name, true, time_zone)).collect()
    }

    fn field(&self, name: &str, nullable: bool, time_zone: &str) -> Result<FieldRef> {
        if let Some(text) = self.spark.as_ref().filter(|_| self.children.is_empty()) {
            let data_type = crate::sql::parse_data_type(text)?;
            // Spark reads texts of a certain length as any.
            if !matches!(data_type.kind, Some(Spark::Char(_) | Spark::VarChar(_))) {
                return to_field(name, &data_type, nullable, None, time_zone).map(Arc::new);
            }
        }
        Ok(Arc::new(Field::new(name, self.data_type(time_zone)?, nullable)))
    }

    /// The type that Spark takes it for, if no attribute says more.
    ///
    /// # Errors
    /// If Spark has none.
    pub(super) fn data_type(&self, time_zone: &str) -> Result<DataType> {
        let child = |at: usize, name: &str, nullable| match self.children.get(at) {
            Some(child) => child.field(name, nullable, time_zone),
            None => Err(corrupt("a type is not there")),
        };
        Ok(match self.kind {
            Kind::Boolean => DataType::Boolean,
            Kind::Byte => DataType::Int8,
            Kind::Short => DataType::Int16,
            Kind::Int => DataType::Int32,
            Kind::Long => DataType::Int64,
            Kind::Float => DataType::Float32,
            Kind::Double => DataType::Float64,
            Kind::String | Kind::Varchar | Kind::Char => DataType::Utf8,
            Kind::Binary => DataType::Binary,
            Kind::Date => DataType::Date32,
            Kind::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some(time_zone.into())),
            Kind::Decimal => self.decimal()?,
            Kind::List => DataType::List(child(0, "element", true)?),
            Kind::Map => {
                let entry = vec![child(0, "key", false)?, child(1, "value", true)?];
                let entries = Field::new("entries", DataType::Struct(entry.into()), false);
                DataType::Map(Arc::new(entries), false)
            }
            Kind::Struct => DataType::Struct(self.fields(time_zone)?),
            Kind::Instant => return Err(Error::unsupported("read.orc.timestamp_instant")),
            Kind::Union => return Err(Error::unsupported("read.orc.union")),
        })
    }

    fn decimal(&self) -> Result<DataType> {
        match (u8::try_from(self.precision), i8::try_from(self.scale)) {
            (Ok(precision @ 1..=38), Ok(scale)) if self.scale <= self.precision => {
                Ok(DataType::Decimal128(precision, scale))
            }
            _ => Err(corrupt("a decimal has more digits than there are")),
        }
    }
}

/// Whether a column can be of the type.
pub(crate) fn holds(data_type: &DataType) -> bool {
    match data_type {
        DataType::Null | DataType::Time32(_) | DataType::Time64(_) => false,
        DataType::Interval(unit) => unit == &IntervalUnit::YearMonth,
        DataType::List(field) | DataType::Map(field, _) => holds(field.data_type()),
        DataType::Struct(fields) => fields.iter().all(|field| holds(field.data_type())),
        _ => true,
    }
}

/// The types of columns to write, each before those in it.
///
/// # Errors
/// If there is no type for a column.
pub(super) fn of_fields(fields: &Fields) -> Result<Vec<Type>> {
    let mut types = Vec::new();
    add_struct(fields, &mut types)?;
    Ok(types)
}

fn add_struct(fields: &Fields, types: &mut Vec<Type>) -> Result<()> {
    let names = fields.iter().map(|field| field.name().clone()).collect();
    let root = Type { field_names: names, ..of_kind(Kind::Struct) };
    add_parent(root, fields.iter(), types)
}

fn add_parent<'f>(
    parent: Type,
    children: impl Iterator<Item = &'f FieldRef>,
    types: &mut Vec<Type>,
) -> Result<()> {
    let at = types.len();
    types.push(parent);
    for child in children {
        let id = types.len() as u32;
        types[at].subtypes.push(id);
        add(child, types)?;
    }
    Ok(())
}

fn add(field: &FieldRef, types: &mut Vec<Type>) -> Result<()> {
    match field.data_type() {
        DataType::Struct(fields) => add_struct(fields, types),
        DataType::List(element) => add_parent(of_kind(Kind::List), [element].into_iter(), types),
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(entry) => add_parent(of_kind(Kind::Map), entry.iter(), types),
            _ => Err(Error::internal("a map without entries")),
        },
        _ => {
            types.push(leaf(field)?);
            Ok(())
        }
    }
}

fn of_kind(kind: Kind) -> Type {
    Type { kind: Some(kind.into()), ..Type::default() }
}

/// A type with Spark's own name for it.
fn named(kind: Kind, field: &Field) -> Result<Type> {
    let value = simple_string(&from_field(field)?);
    let attribute = Attribute { key: SPARK_TYPE.to_owned(), value };
    Ok(Type { attributes: vec![attribute], ..of_kind(kind) })
}

fn leaf(field: &Field) -> Result<Type> {
    Ok(match field.data_type() {
        DataType::Boolean => of_kind(Kind::Boolean),
        DataType::Int8 => of_kind(Kind::Byte),
        DataType::Int16 => of_kind(Kind::Short),
        DataType::Int32 => of_kind(Kind::Int),
        DataType::Int64 => of_kind(Kind::Long),
        DataType::Float32 => of_kind(Kind::Float),
        DataType::Float64 => of_kind(Kind::Double),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let text = Field::new(field.name(), DataType::Utf8, true);
            named(Kind::String, &text)?
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => of_kind(Kind::Binary),
        DataType::Date32 => of_kind(Kind::Date),
        DataType::Decimal128(precision, scale) => Type {
            precision: Some(u32::from(*precision)),
            scale: Some(scale.unsigned_abs().into()),
            ..of_kind(Kind::Decimal)
        },
        DataType::Timestamp(TimeUnit::Microsecond, Some(_)) => named(Kind::Timestamp, field)?,
        DataType::Timestamp(TimeUnit::Microsecond, None)
        | DataType::Duration(TimeUnit::Microsecond) => named(Kind::Long, field)?,
        DataType::Interval(IntervalUnit::YearMonth) => named(Kind::Int, field)?,
        _ => return Err(Error::unsupported("write.orc.type")),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn types_come_back() {
        let item = Arc::new(Field::new("element", DataType::Int32, true));
        let fields = Fields::from(vec![
            Field::new("a", DataType::List(item), true),
            Field::new("b", DataType::Timestamp(TimeUnit::Microsecond, None), true),
            Field::new("c", DataType::Decimal128(9, 2), true),
            Field::new("d", DataType::Duration(TimeUnit::Microsecond), true),
        ]);
        let root = Node::root(&of_fields(&fields).unwrap()).unwrap();
        assert_eq!(root.fields("UTC").unwrap(), fields);
    }

    #[test]
    fn what_is_no_tree_is_an_error() {
        let loops = Type { subtypes: vec![0], ..of_kind(Kind::List) };
        let root =
            Type { subtypes: vec![1], field_names: vec!["a".to_owned()], ..of_kind(Kind::Struct) };
        assert!(Node::root(&[root.clone(), loops]).is_err());
        assert!(Node::root(&[root]).is_err());
        assert!(Node::root(&[]).is_err());
    }
}
