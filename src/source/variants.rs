//! Variants in Parquet files: groups of two columns of bytes, as Spark's own schema in
//! the file tells.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema};

use crate::error::{Error, Result};
use crate::planner::grown::with_stack;
use crate::proto::DataType as SparkType;
use crate::proto::data_type::Kind;
use crate::types::json::from_json;
use crate::types::variant;

/// The key under which Spark puts its schema into files.
pub(super) const SPARK_SCHEMA: &str = "org.apache.spark.sql.parquet.row.metadata";

/// The columns of a file, with its variants as such.
///
/// # Errors
/// If a variant is stored in parts of other types.
pub(super) fn marked(own: &Schema) -> Result<Fields> {
    let spark = own.metadata().get(SPARK_SCHEMA).filter(|text| text.contains("variant"));
    let Some(Kind::Struct(spark)) =
        spark.map(|text| from_json(text)).transpose()?.and_then(|s| s.kind)
    else {
        return Ok(own.fields().clone());
    };
    let fields = own.fields().iter().map(|field| {
        let found = spark.fields.iter().find(|spark| &spark.name == field.name());
        in_field(field, found.and_then(|spark| spark.data_type.as_ref()))
    });
    fields.collect()
}

fn in_field(field: &FieldRef, spark: Option<&SparkType>) -> Result<FieldRef> {
    let Some(kind) = spark.and_then(|spark| spark.kind.as_ref()) else {
        return Ok(Arc::clone(field));
    };
    let data_type = with_stack(|| in_type(field.data_type(), kind))?;
    Ok(match &data_type == field.data_type() {
        true => Arc::clone(field),
        false => Arc::new(Field::clone(field).with_data_type(data_type)),
    })
}

fn in_type(own: &DataType, spark: &Kind) -> Result<DataType> {
    Ok(match (own, spark) {
        (DataType::Struct(fields), Kind::Variant(_)) => match fields.len() {
            2 => variant::data_type(),
            _ => return Err(Error::unsupported("read.parquet.shredded_variant")),
        },
        (DataType::Struct(fields), Kind::Struct(spark)) => {
            let fields = fields.iter().map(|field| {
                let found = spark.fields.iter().find(|spark| &spark.name == field.name());
                in_field(field, found.and_then(|spark| spark.data_type.as_ref()))
            });
            DataType::Struct(fields.collect::<Result<_>>()?)
        }
        (DataType::List(element), Kind::Array(spark)) => {
            DataType::List(in_field(element, spark.element_type.as_deref())?)
        }
        (DataType::Map(entries, sorted), Kind::Map(spark)) => {
            let DataType::Struct(pair) = entries.data_type() else { return Ok(own.clone()) };
            let [key, value] = pair.as_ref() else { return Ok(own.clone()) };
            let value = in_field(value, spark.value_type.as_deref())?;
            let pair = DataType::Struct(vec![Arc::clone(key), value].into());
            DataType::Map(Arc::new(Field::clone(entries).with_data_type(pair)), *sorted)
        }
        _ => own.clone(),
    })
}
