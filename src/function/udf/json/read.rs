//! `from_json`: JSON texts as columns.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, BooleanArray, ListArray, MapArray, StringArray, StructArray, new_null_array,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::datatypes::{DataType, Fields, TimeUnit};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::super::parameterized::{Parameterized, parameterized};
use super::super::{Nulls, evaluated};
use super::{Json, strings};
use crate::error::{Condition, Error};
use crate::function::udf::cast::parse_timestamp;
use crate::function::udf::variant::parsed as parsed_variant;
use crate::planner::grown::with_stack;
use crate::record::json::{Leniency, Node, Value, first_value};
use crate::types::variant::{VariantsBuilder, holds_variant, is_variant};

/// The function that reads values of a type; a malformed text is NULL in all fields,
/// or, if that is asked for, an error.
pub(crate) fn reader(to: DataType, zone: Arc<str>, fail_fast: bool) -> Arc<ScalarUDF> {
    parameterized(Parameterized {
        name: "spark_from_json",
        parameters: vec![zone.to_string(), fail_fast.to_string()],
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        to,
        run: |parameters, to, args| {
            let zone = parameters.first().cloned().unwrap_or_default();
            let fail_fast = parameters.get(1).is_some_and(|fail| fail == "true");
            let to = to.clone();
            evaluated(&args, |arrays, _| {
                let texts = strings(&arrays[0])?;
                let values = texts.iter().map(|text| parsed(text, &to, fail_fast));
                let values = values.collect::<Result<Vec<_>>>()?;
                let values: Vec<Option<&Json>> = values.iter().map(Option::as_ref).collect();
                build(&values, &to, &zone)
            })
        },
    })
}

/// The value a text holds; a struct is there even if the text is malformed.
fn parsed(text: Option<&str>, to: &DataType, fail_fast: bool) -> Result<Option<Json>> {
    let Some(text) = text else { return Ok(None) };
    let json = match value_of(text, to) {
        // One value in an array stands for itself.
        Some(Json::Array(items)) if matches!(to, DataType::Struct(_)) => items.into_iter().next(),
        Some(object @ Json::Object(_)) if matches!(to, DataType::List(_)) => {
            Some(Json::Array(vec![object]))
        }
        json => json,
    };
    let fits = match to {
        variant if is_variant(variant) => matches!(json, Some(Json::Raw(_))),
        DataType::Struct(_) | DataType::Map(..) => matches!(json, Some(Json::Object(_))),
        DataType::List(_) => matches!(json, Some(Json::Array(_))),
        _ => json.is_some(),
    };
    match (fits, to) {
        (true, _) => Ok(json),
        (false, _) if fail_fast => Err(Error::analysis(
            Condition::MALFORMED_RECORD_IN_PARSING,
            [("badRecord", text.to_owned()), ("failFastMode", "FAILFAST".to_owned())],
        )
        .into()),
        (false, _) if text.trim().is_empty() => Ok(None),
        (false, variant) if is_variant(variant) => Ok(None),
        (false, DataType::Struct(_)) => Ok(Some(Json::Object(Vec::new()))),
        (false, _) => Ok(None),
    }
}

/// The value of a text; where variants are wanted, as it is written.
fn value_of(text: &str, to: &DataType) -> Option<Json> {
    if !holds_variant(to) {
        return Json::parse(text);
    }
    Some(with_raw(&first_value(text, &Leniency::USUAL)??, to))
}

fn with_raw(node: &Node<'_>, to: &DataType) -> Json {
    with_stack(|| match (to, &node.value) {
        (variant, _) if is_variant(variant) => Json::Raw(node.raw.to_owned()),
        // The first of several objects, or an array of one.
        (DataType::Struct(_), Value::Array(items)) => {
            Json::Array(items.iter().map(|item| with_raw(item, to)).collect())
        }
        (DataType::List(field), Value::Object(_)) => with_raw(node, field.data_type()),
        (DataType::Struct(fields), Value::Object(members)) => {
            let members = members.iter().map(|(name, value)| {
                let field = fields.iter().find(|field| field.name() == name);
                let own = field.map_or(&DataType::Null, |field| field.data_type());
                (name.to_string(), with_raw(value, own))
            });
            Json::Object(members.collect())
        }
        (DataType::Map(entries, _), Value::Object(members)) => {
            let own = match entries.data_type() {
                DataType::Struct(pair) if pair.len() == 2 => pair[1].data_type(),
                _ => &DataType::Null,
            };
            let members = members.iter();
            let members = members.map(|(name, value)| (name.to_string(), with_raw(value, own)));
            Json::Object(members.collect())
        }
        (DataType::List(field), Value::Array(items)) => {
            Json::Array(items.iter().map(|item| with_raw(item, field.data_type())).collect())
        }
        _ => Json::parse(node.raw).unwrap_or(Json::Null),
    })
}

/// The values as variants; NULL where there is none.
fn variants(values: &[Option<&Json>]) -> Result<ArrayRef> {
    let mut out = VariantsBuilder::new(values.len());
    for value in values {
        let built = match value {
            Some(Json::Raw(text)) => parsed_variant(text, &Leniency::USUAL, "from_json")?,
            _ => None,
        };
        out.append(built.as_ref());
    }
    Ok(out.finish()?)
}

/// A column of the values that are of its type; others are NULL.
fn build(values: &[Option<&Json>], to: &DataType, zone: &str) -> Result<ArrayRef> {
    match to {
        variant if is_variant(variant) => variants(values),
        DataType::Struct(fields) => structs(values, fields, zone),
        DataType::List(field) => {
            let items = values.iter().map(|value| match value {
                Some(Json::Array(items)) => Some(items),
                _ => None,
            });
            let items: Vec<Option<&Vec<Json>>> = items.collect();
            let lengths = items.iter().map(|items| items.map_or(0, Vec::len));
            let offsets = OffsetBuffer::from_lengths(lengths);
            let nulls: NullBuffer = items.iter().map(Option::is_some).collect();
            let inner: Vec<Option<&Json>> =
                items.iter().flatten().flat_map(|items| items.iter().map(present)).collect();
            let inner = build(&inner, field.data_type(), zone)?;
            Ok(Arc::new(ListArray::try_new(Arc::clone(field), offsets, inner, Some(nulls))?))
        }
        DataType::Map(entries, sorted) => {
            let DataType::Struct(pair) = entries.data_type() else {
                return exec_err!("a map has entries");
            };
            let objects = values.iter().map(|value| match value {
                Some(Json::Object(fields)) => Some(fields),
                _ => None,
            });
            let objects: Vec<Option<&Vec<(String, Json)>>> = objects.collect();
            let offsets = OffsetBuffer::from_lengths(objects.iter().map(|o| o.map_or(0, Vec::len)));
            let nulls: NullBuffer = objects.iter().map(Option::is_some).collect();
            let all = || objects.iter().flatten().flat_map(|fields| fields.iter());
            let keys: StringArray = all().map(|(key, _)| Some(key.as_str())).collect();
            let keys = datafusion::arrow::compute::cast(&keys, pair[0].data_type())?;
            let inner: Vec<Option<&Json>> = all().map(|(_, value)| present(value)).collect();
            let inner = build(&inner, pair[1].data_type(), zone)?;
            let total = keys.len();
            let entry =
                StructArray::try_new_with_length(pair.clone(), vec![keys, inner], None, total)?;
            let field = Arc::clone(entries);
            Ok(Arc::new(MapArray::try_new(field, offsets, entry, Some(nulls), *sorted)?))
        }
        _ => atoms(values, to, zone),
    }
}

fn present(value: &Json) -> Option<&Json> {
    (*value != Json::Null).then_some(value)
}

fn structs(values: &[Option<&Json>], fields: &Fields, zone: &str) -> Result<ArrayRef> {
    let objects: Vec<Option<&Json>> =
        values.iter().map(|v| v.filter(|v| matches!(v, Json::Object(_)))).collect();
    let columns = fields.iter().map(|field| {
        let column: Vec<Option<&Json>> = objects
            .iter()
            .map(|object| object.and_then(|o| o.field(field.name())).and_then(present))
            .collect();
        build(&column, field.data_type(), zone)
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let nulls: NullBuffer = objects.iter().map(Option::is_some).collect();
    let fields = fields.clone();
    let structs = StructArray::try_new_with_length(fields, columns, Some(nulls), values.len())?;
    Ok(Arc::new(structs))
}

/// Texts take any value as its JSON; others only what is written as theirs.
fn atoms(values: &[Option<&Json>], to: &DataType, zone: &str) -> Result<ArrayRef> {
    let texts = |accept: fn(&Json) -> bool| {
        let texts = values.iter().map(|v| v.filter(|v| accept(v)).map(Json::plain));
        texts.collect::<StringArray>()
    };
    let cast = |texts: StringArray| Ok(datafusion::arrow::compute::cast(&texts, to)?);
    match to {
        DataType::Null => Ok(new_null_array(to, values.len())),
        DataType::Utf8 => Ok(Arc::new(texts(|_| true))),
        DataType::Boolean => {
            let flags = values.iter().map(|value| match value {
                Some(Json::Bool(flag)) => Some(*flag),
                _ => None,
            });
            Ok(Arc::new(flags.collect::<BooleanArray>()))
        }
        data_type if data_type.is_integer() => {
            cast(texts(|value| matches!(value, Json::Integer(_))))
        }
        DataType::Float32 | DataType::Float64 => cast(texts(|value| match value {
            Json::Text(text) => {
                matches!(text.as_str(), "NaN" | "INF" | "-INF" | "Infinity" | "-Infinity")
            }
            other => matches!(other, Json::Integer(_) | Json::Double(_)),
        })),
        DataType::Decimal128(..) => {
            cast(texts(|value| matches!(value, Json::Integer(_) | Json::Double(_) | Json::Text(_))))
        }
        DataType::Binary => {
            let bytes = values.iter().map(|value| match value {
                Some(Json::Text(text)) => data_encoding::BASE64.decode(text.as_bytes()).ok(),
                _ => None,
            });
            Ok(Arc::new(bytes.collect::<datafusion::arrow::array::BinaryArray>()))
        }
        DataType::Timestamp(TimeUnit::Microsecond, own) => {
            let zone = if own.is_some() { zone } else { "UTC" };
            let micros = values.iter().map(|value| match value {
                Some(Json::Text(text)) => parse_timestamp(text, zone),
                _ => None,
            });
            let micros = micros.collect::<datafusion::arrow::array::TimestampMicrosecondArray>();
            Ok(Arc::new(micros.with_data_type(to.clone())))
        }
        _ => cast(texts(|value| matches!(value, Json::Text(_)))),
    }
}
