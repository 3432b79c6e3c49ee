//! Columns of Spark as columns of a table.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, TimeUnit};
use datafusion_spark_connect::{Error, Result, types};
use deltalake::DeltaTable;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel as _;
use deltalake::kernel::{Action, MetadataExt as _, MetadataValue, StructField, StructType};
use serde_json::Value;

use super::layout::Layout;
use crate::error::{OrArrow as _, OrDelta as _, analysis};
use crate::protocol::Needs;
use crate::source::SPARK_METADATA;
use crate::table::snapshot;

/// The columns of a schema as a table has them.
///
/// # Errors
/// `DELTA_UNSUPPORTED_DATA_TYPES` for what no table can hold.
pub(crate) fn delta_fields(schema: &Schema) -> Result<Vec<StructField>> {
    schema.fields().iter().map(|field| delta_field(field)).collect()
}

fn delta_field(field: &Field) -> Result<StructField> {
    let data_type = stored_type(field.data_type()).ok_or_else(|| unsupported_type(field))?;
    let plain = Schema::new(vec![Field::new(field.name(), data_type, field.is_nullable())]);
    let columns: StructType = (&plain).try_into_kernel().or_arrow()?;
    let column = columns.fields().next().cloned();
    let column = column.ok_or_else(|| Error::internal("a column is lost"))?;
    Ok(column.with_metadata(metadata(field)))
}

/// Spark's metadata of a column.
fn metadata(field: &Field) -> Vec<(String, MetadataValue)> {
    let Some(text) = field.metadata().get(SPARK_METADATA) else { return Vec::new() };
    let Ok(Value::Object(values)) = serde_json::from_str(text) else { return Vec::new() };
    let value = |value| match value {
        Value::String(text) => MetadataValue::String(text),
        Value::Bool(value) => MetadataValue::Boolean(value),
        Value::Number(number) if number.is_i64() => {
            MetadataValue::Number(number.as_i64().unwrap_or_default())
        }
        other => MetadataValue::Other(other),
    };
    values.into_iter().map(|(key, own)| (key, value(own))).collect()
}

/// The type that files hold; none if they cannot.
fn stored_type(data_type: &DataType) -> Option<DataType> {
    let inner = |field: &FieldRef| -> Option<FieldRef> {
        let data_type = stored_type(field.data_type())?;
        Some(Arc::new(Field::new(field.name(), data_type, field.is_nullable())))
    };
    Some(match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => DataType::Binary,
        DataType::Timestamp(_, Some(_)) => {
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        }
        DataType::Timestamp(_, None) => DataType::Timestamp(TimeUnit::Microsecond, None),
        DataType::Boolean
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::Float32
        | DataType::Float64
        | DataType::Date32
        | DataType::Decimal128(..) => data_type.clone(),
        DataType::Dictionary(_, value) => stored_type(value)?,
        DataType::List(item) | DataType::LargeList(item) => DataType::List(inner(item)?),
        variant if types::is_variant(variant) => return None,
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(inner).collect::<Option<Vec<_>>>()?.into())
        }
        DataType::Map(entries, sorted) => DataType::Map(inner(entries)?, *sorted),
        _ => return None,
    })
}

fn unsupported_type(field: &Field) -> Error {
    analysis(
        "DELTA_UNSUPPORTED_DATA_TYPES",
        "0AKDC",
        format!(
            "Found columns using unsupported data types: [{}: {}].",
            field.name(),
            field.data_type()
        ),
        &[("dataTypeList", field.name())],
    )
}

/// The layout with more columns.
pub(crate) fn with_columns(layout: &Layout, added: &[Field], time_zone: &str) -> Result<Layout> {
    let added = delta_fields(&Schema::new(added.to_vec()))?;
    let columns = layout.columns.fields().cloned().chain(added);
    let columns = StructType::try_new(columns).map_err(Error::plugin)?;
    let metadata = layout.metadata.clone().with_schema(&columns).or_delta()?;
    Layout::of(&metadata, time_zone)
}

/// What a commit says of a table whose layout changed; nothing if it did not.
pub(crate) fn metadata_actions(table: &DeltaTable, layout: &Layout) -> Result<Vec<Action>> {
    let snapshot = snapshot(table)?;
    if *snapshot.metadata() == layout.metadata {
        return Ok(Vec::new());
    }
    let before = Needs::of(snapshot.protocol());
    let mut needs = before.clone();
    let properties = layout.metadata.configuration().clone().into_iter().collect();
    needs.table(&layout.columns, &properties)?;
    let mut actions = Vec::new();
    if needs != before {
        actions.push(Action::Protocol(needs.protocol()?));
    }
    actions.push(Action::Metadata(layout.metadata.clone()));
    Ok(actions)
}
