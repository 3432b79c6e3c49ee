//! Which nested types meet where Spark compares values, or puts them in one array: less
//! than may meet elsewhere.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Fields};

use super::coerce::{Kind, element, entries, same, wider};

/// The common type of two values that are compared: parts of nested values become no
/// decimals and nothing by way of text, and fields meet by their positions.
pub(super) fn compared(a: &DataType, b: &DataType) -> Option<DataType> {
    let b = named_alike(b, a);
    let nested = is_nested(a) && is_nested(&b);
    if nested && !parts_meet(a, &b) {
        return None;
    }
    wider(a, &b)
}

/// The common type of an array's elements and a value beside them: no text becomes
/// anything else.
pub(super) fn beside_elements(elements: &DataType, value: &DataType) -> Option<DataType> {
    let (a, b) = (Kind::of(elements), Kind::of(value));
    let text = [a, b].contains(&Kind::String);
    if a != b && text && ![a, b].contains(&Kind::Null) {
        return None;
    }
    wider(elements, value)
}

fn is_nested(data_type: &DataType) -> bool {
    matches!(Kind::of(data_type), Kind::Array | Kind::Map | Kind::Struct)
}

/// Whether the parts of two nested types are alike, or numbers of which one holds all
/// values of the other.
fn parts_meet(a: &DataType, b: &DataType) -> bool {
    if let (Some(a), Some(b)) = (element(a), element(b)) {
        return parts_meet(a.data_type(), b.data_type());
    }
    if let (Some(a), Some(b)) = (entries(a), entries(b)) {
        return parts_meet(a.data_type(), b.data_type());
    }
    if let (DataType::Struct(a), DataType::Struct(b)) = (a, b) {
        let mut pairs = a.iter().zip(b);
        return a.len() == b.len() && pairs.all(|(a, b)| parts_meet(a.data_type(), b.data_type()));
    }
    let (a, b) = (Kind::of(a), Kind::of(b));
    let binary = |kind| matches!(kind, Kind::Integral | Kind::Float | Kind::Double);
    let point = |kind| matches!(kind, Kind::Date | Kind::Timestamp | Kind::TimestampNtz);
    let null = [a, b].contains(&Kind::Null);
    a == b || null || (binary(a) && binary(b)) || (point(a) && point(b))
}

/// The type with the names of the other, if it differs in nothing else.
pub(crate) fn named_alike(data_type: &DataType, like: &DataType) -> DataType {
    let named = renamed(data_type, like);
    if same(&named, like) { named } else { data_type.clone() }
}

/// The type with the names that the fields of another have at their positions.
fn renamed(data_type: &DataType, like: &DataType) -> DataType {
    let field = |own: &Field, like: &Field| {
        own.clone().with_data_type(renamed(own.data_type(), like.data_type()))
    };
    match (data_type, like) {
        (DataType::List(own), DataType::List(like)) => DataType::List(Arc::new(field(own, like))),
        (DataType::Map(own, sorted), DataType::Map(like, _)) => {
            DataType::Map(Arc::new(field(own, like)), *sorted)
        }
        (DataType::Struct(own), DataType::Struct(like)) if own.len() == like.len() => {
            let pairs = own.iter().zip(like);
            let fields = pairs.map(|(own, like)| field(own, like).with_name(like.name()));
            DataType::Struct(fields.collect::<Fields>())
        }
        _ => data_type.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(element: DataType) -> DataType {
        DataType::new_list(element, true)
    }

    #[test]
    fn arrays_meet_as_in_spark() {
        let int = list(DataType::Int32);
        assert_eq!(compared(&int, &list(DataType::Int64)), Some(list(DataType::Int64)));
        assert_eq!(compared(&int, &list(DataType::Decimal128(2, 1))), None);
        assert_eq!(compared(&int, &list(DataType::Utf8)), None);
        assert_eq!(compared(&DataType::Int32, &DataType::Utf8), Some(DataType::Int64));
    }

    #[test]
    fn fields_meet_by_position() {
        let of = |name: &str| {
            DataType::Struct(Fields::from(vec![Field::new(name, DataType::Int32, false)]))
        };
        assert_eq!(compared(&of("a"), &of("b")), Some(of("a")));
    }
}
