//! Functions of variants.

mod changes;
mod edit;
mod make;
mod parse;
mod path;
mod read;

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, BooleanArray, Int32Builder, ListArray, StringArray, StringBuilder, StructArray,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::Result;
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::kernel::kernels;
use super::parameterized::{Parameterized, parameterized};
use super::text::strings;
use super::{Nulls, evaluated};
use crate::error::{Condition, Error};
use crate::function::coerce::{self, Kind};
use crate::record::json::Leniency;
use crate::types::variant::{
    Shape, Value, Variant, Variants, VariantsBuilder, data_type, is_valid,
};

pub(crate) use changes::{APPEND, DELETE, INSERT, SET, STRIP, TRY_APPEND, TRY_INSERT, TRY_SET};
pub(crate) use make::variants;
pub(crate) use parse::{built, parsed};
pub(crate) use read::read_as;

kernels! {
    PARSE "spark_parse_json" Propagate data_type(), |arrays, _| parse(&arrays[0], true);
    TRY_PARSE "spark_try_parse_json" Always data_type(), |arrays, _| parse(&arrays[0], false);
    IS_NULL "spark_is_variant_null" Never DataType::Boolean, |arrays, _| {
        let variants = Variants::of(arrays[0].as_ref())?;
        let flags = (0..variants.len()).map(|row| match variants.get(row)? {
            Some(variant) => edit::is_null(&variant).map(Some),
            None => Ok(Some(false)),
        });
        Ok(Arc::new(flags.collect::<crate::error::Result<BooleanArray>>()?) as ArrayRef)
    };
    IS_VALID "spark_is_valid_variant" Propagate DataType::Boolean, |arrays, _| {
        let variants = Variants::of(arrays[0].as_ref())?;
        let flags = (0..variants.len())
            .map(|row| variants.bytes(row).map(|(value, names)| is_valid(value, names)));
        Ok(Arc::new(flags.collect::<BooleanArray>()) as ArrayRef)
    };
    SCHEMA_OF "spark_schema_of_variant" Propagate DataType::Utf8, |arrays, _| {
        let variants = Variants::of(arrays[0].as_ref())?;
        let texts = (0..variants.len()).map(|row| {
            variants.get(row)?.map(|variant| Ok::<_, Error>(Shape::of(&variant)?.text())).transpose()
        });
        Ok(Arc::new(texts.collect::<crate::error::Result<StringArray>>()?) as ArrayRef)
    };
    TO_OBJECT "spark_to_variant_object" Propagate data_type(), |arrays, _| {
        variants(&arrays[0], "to_variant_object")
    };
    ENTRIES "spark_variant_entries" Propagate
        DataType::new_list(DataType::Struct(entry_fields()), false),
        |arrays, _| entries(&arrays[0]);
}

fn parse(array: &ArrayRef, strict: bool) -> Result<ArrayRef> {
    let texts = strings(array)?;
    let function = if strict { "parse_json" } else { "try_parse_json" };
    let mut out = VariantsBuilder::new(texts.len());
    for text in texts.iter() {
        let Some(text) = text else {
            out.null();
            continue;
        };
        match parsed(text, &Leniency::STRICT, function)? {
            Some(built) => out.append(Some(&built)),
            None if strict => {
                let parameters =
                    [("badRecord", text.to_owned()), ("failFastMode", "FAILFAST".to_owned())];
                let condition = Condition::MALFORMED_RECORD_IN_PARSING;
                return Err(Error::analysis(condition, parameters).into());
            }
            None => out.null(),
        }
    }
    Ok(out.finish()?)
}

fn entry_fields() -> Fields {
    Fields::from(vec![
        Field::new("pos", DataType::Int32, false),
        Field::new("key", DataType::Utf8, true),
        Field::new("value", data_type(), false),
    ])
}

/// The fields of objects and the elements of arrays, with their places; nothing of
/// other values.
fn entries(array: &ArrayRef) -> Result<ArrayRef> {
    let variants = Variants::of(array.as_ref())?;
    let mut places = Int32Builder::new();
    let mut names = StringBuilder::new();
    let mut values = VariantsBuilder::new(variants.len());
    let mut lengths = Vec::with_capacity(variants.len());
    let mut valid = Vec::with_capacity(variants.len());
    for row in 0..variants.len() {
        let variant = variants.get(row)?;
        valid.push(variant.is_some());
        let mut add = |at: usize, value: &Variant<'_>| -> crate::error::Result<()> {
            places.append_value(i32::try_from(at).unwrap_or(i32::MAX));
            values.bytes(value.value_bytes()?, value.metadata());
            Ok(())
        };
        let mut count = 0;
        match variant.map(|variant| variant.read()).transpose()? {
            Some(Value::Object(object)) => {
                for (at, entry) in object.iter().enumerate() {
                    let (name, value) = entry?;
                    names.append_value(name);
                    add(at, &value)?;
                    count += 1;
                }
            }
            Some(Value::Array(elements)) => {
                for (at, value) in elements.iter().enumerate() {
                    names.append_null();
                    add(at, &value?)?;
                    count += 1;
                }
            }
            _ => {}
        }
        lengths.push(count);
    }
    let columns: Vec<ArrayRef> =
        vec![Arc::new(places.finish()), Arc::new(names.finish()), values.finish()?];
    let rows = StructArray::try_new(entry_fields(), columns, None)?;
    let field = Arc::new(Field::new_list_field(DataType::Struct(entry_fields()), false));
    let offsets = OffsetBuffer::from_lengths(lengths);
    let nulls = Some(NullBuffer::from(valid));
    Ok(Arc::new(ListArray::try_new(field, offsets, Arc::new(rows), nulls)?))
}

/// `variant_get`: what is at the end of a path, as a value of `to`; if `strict`, what
/// is of another type is an error.
pub(crate) fn getter(to: DataType, strict: bool, zone: Arc<str>) -> Arc<ScalarUDF> {
    parameterized(Parameterized {
        name: if strict { "spark_variant_get" } else { "spark_try_variant_get" },
        parameters: vec![zone.to_string(), strict.to_string()],
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        to,
        run: |parameters, to, args| {
            let zone: Arc<str> = parameters.first().map_or("UTC", String::as_str).into();
            let strict = parameters.get(1).is_some_and(|strict| strict == "true");
            let to = to.clone();
            evaluated(&args, |arrays, _| get(arrays, &read::Reading { strict, zone }, &to))
        },
    })
}

fn get(arrays: &[ArrayRef], reading: &read::Reading, to: &DataType) -> Result<ArrayRef> {
    let function = if reading.strict { "variant_get" } else { "try_variant_get" };
    let variants = Variants::of(arrays[0].as_ref())?;
    let paths = strings(&arrays[1])?;
    let mut known = Paths::default();
    let mut cells = Vec::with_capacity(variants.len());
    for row in 0..variants.len() {
        let (Some(variant), true) = (variants.get(row)?, paths.is_valid(row)) else {
            cells.push(None);
            continue;
        };
        let text = paths.value(row);
        let Some(steps) = known.steps(text) else {
            let parameters = [("path", text.to_owned()), ("functionName", format!("`{function}`"))];
            return Err(Error::analysis(Condition::INVALID_VARIANT_GET_PATH, parameters).into());
        };
        cells.push(path::find(variant, steps)?);
    }
    reading.column(&cells, to)
}

/// The steps of the last path that was asked for: it is often one for all rows.
#[derive(Debug, Default)]
struct Paths {
    last: Option<(String, Option<Vec<path::Step>>)>,
}

impl Paths {
    fn steps(&mut self, text: &str) -> Option<&[path::Step]> {
        if self.last.as_ref().is_none_or(|(last, _)| last != text) {
            self.last = Some((text.to_owned(), path::parse(text)));
        }
        self.last.as_ref().and_then(|(_, steps)| steps.as_deref())
    }
}

/// Whether variants hold values of a type, and become ones; structs and maps only if
/// these are asked for.
pub(crate) fn holds(data_type: &DataType, with_names: bool) -> bool {
    match (Kind::of(data_type), data_type) {
        (Kind::Array, list) => {
            coerce::element(list).is_some_and(|item| holds(item.data_type(), with_names))
        }
        (Kind::Struct, DataType::Struct(fields)) => {
            with_names && fields.iter().all(|field| holds(field.data_type(), true))
        }
        (Kind::Map, DataType::Map(entries, _)) => match entries.data_type() {
            DataType::Struct(pair) if pair.len() == 2 && with_names => {
                Kind::of(pair[0].data_type()) == Kind::String && holds(pair[1].data_type(), true)
            }
            _ => false,
        },
        (kind, _) => {
            kind.is_numeric()
                || matches!(kind, Kind::Boolean | Kind::String | Kind::Binary | Kind::Variant)
                || matches!(kind, Kind::Date | Kind::Timestamp | Kind::TimestampNtz)
        }
    }
}

/// The type with all that is inside nullable, but the keys of maps.
pub(crate) fn nullable(data_type: &DataType) -> DataType {
    let inner = |field: &FieldRef| {
        let own = field.as_ref().clone();
        Arc::new(own.with_data_type(nullable(field.data_type())).with_nullable(true))
    };
    match data_type {
        variant if Kind::of(variant) == Kind::Variant => variant.clone(),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(inner).collect()),
        DataType::List(element) => DataType::List(inner(element)),
        DataType::Map(entries, sorted) => match entries.data_type() {
            DataType::Struct(pair) if pair.len() == 2 => {
                let pair = Fields::from(vec![Arc::clone(&pair[0]), inner(&pair[1])]);
                let entries = entries.as_ref().clone().with_data_type(DataType::Struct(pair));
                DataType::Map(Arc::new(entries), *sorted)
            }
            _ => data_type.clone(),
        },
        other => other.clone(),
    }
}
