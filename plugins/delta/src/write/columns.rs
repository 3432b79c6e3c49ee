//! Rows of a DataFrame in the columns of a table, by name.

use std::sync::Arc;

use datafusion::arrow::array::new_null_array;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::physical_expr::PhysicalExpr;
use datafusion_spark_connect::{Error, Result, SparkConnectPlanner};

use super::checks::{self, generated};
use super::layout::Layout;
use crate::error::{OrArrow as _, analysis};

/// Where the columns of a table come from.
pub(crate) struct Alignment {
    /// Places in the rows; none for what is NULL or generated.
    places: Vec<Option<usize>>,
    generated: Vec<(usize, Arc<dyn PhysicalExpr>)>,
    layout: Layout,
}

impl Alignment {
    /// # Errors
    /// `DELTA_FAILED_TO_MERGE_FIELDS` if a type is another than the table's.
    pub(crate) fn new(
        input: &Schema,
        layout: &Layout,
        planner: &SparkConnectPlanner,
    ) -> Result<Self> {
        let mut places = Vec::new();
        let mut computed = Vec::new();
        let columns = checks::columns(&layout.spark)?;
        for (at, (field, own)) in
            layout.spark.fields().iter().zip(layout.columns.fields()).enumerate()
        {
            let place = find(input, field.name());
            if let Some(from) = place.map(|place| input.field(place)) {
                check_type(from, field)?;
            } else if let Some(text) = generated(own) {
                let value = planner.plan_sql_expression(&text, &columns)?;
                let value = planner.store_value(value, &columns, field.name(), field)?;
                computed.push((at, checks::physical(&value, &columns, planner)?));
            }
            places.push(place);
        }
        Ok(Self { places, generated: computed, layout: layout.clone() })
    }

    /// The rows in the table's columns.
    pub(crate) fn apply(&self, rows: &RecordBatch) -> Result<RecordBatch> {
        let fields = self.layout.spark.fields();
        let mut arrays = Vec::with_capacity(fields.len());
        for (place, field) in self.places.iter().zip(fields) {
            let given = place.and_then(|place| rows.columns().get(place));
            arrays.push(match given {
                None => new_null_array(field.data_type(), rows.num_rows()),
                Some(array) if array.data_type() == field.data_type() => Arc::clone(array),
                Some(array) => cast(array, field.data_type()).or_arrow()?,
            });
        }
        let nullable = fields.iter().map(|f| f.as_ref().clone().with_nullable(true));
        let schema = Arc::new(Schema::new(nullable.collect::<Vec<_>>()));
        let options = RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
        let batch = |arrays| {
            RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options).or_arrow()
        };
        if self.generated.is_empty() {
            return batch(arrays);
        }
        let given = batch(arrays.clone())?;
        for (at, value) in &self.generated {
            if let Some(array) = arrays.get_mut(*at) {
                *array = value.evaluate(&given)?.into_array(given.num_rows())?;
            }
        }
        batch(arrays)
    }
}

fn find(schema: &Schema, name: &str) -> Option<usize> {
    schema.fields().iter().position(|field| field.name().eq_ignore_ascii_case(name))
}

/// Columns that the table does not have.
pub(crate) fn unknown<'s>(input: &'s Schema, layout: &Layout) -> Vec<&'s Field> {
    let known = |field: &Field| find(&layout.spark, field.name()).is_some();
    input.fields().iter().map(AsRef::as_ref).filter(|field| !known(field)).collect()
}

fn check_type(from: &Field, to: &Field) -> Result<()> {
    if fits(from.data_type(), to.data_type()) {
        return Ok(());
    }
    Err(analysis(
        "DELTA_FAILED_TO_MERGE_FIELDS",
        "22005",
        format!("Failed to merge fields '{}' and '{}'.", to.name(), from.name()),
        &[("currentField", to.name()), ("updateField", from.name())],
    ))
}

/// Whether values of one type are values of the other in the same form.
fn fits(from: &DataType, to: &DataType) -> bool {
    use DataType::{
        Binary, BinaryView, Dictionary, FixedSizeBinary, Int8, Int16, Int32, LargeBinary,
        LargeList, LargeUtf8, List, Map, Null, Struct, Timestamp, Utf8, Utf8View,
    };
    match (from, to) {
        (Null, _)
        | (Int8 | Int16, Int32)
        | (Int8, Int16)
        | (Utf8 | LargeUtf8 | Utf8View, Utf8)
        | (Binary | LargeBinary | BinaryView | FixedSizeBinary(_), Binary)
        | (Timestamp(_, Some(_)), Timestamp(_, Some(_)))
        | (Timestamp(_, None), Timestamp(_, None)) => true,
        (Dictionary(_, value), to) => fits(value, to),
        (List(a) | LargeList(a), List(b)) | (Map(a, _), Map(b, _)) => {
            fits(a.data_type(), b.data_type())
        }
        (Struct(a), Struct(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|(a, b)| {
                    // Entries of maps have names that do not matter.
                    let same = a.name().eq_ignore_ascii_case(b.name());
                    (same || is_entry(a, b)) && fits(a.data_type(), b.data_type())
                })
        }
        (from, to) => from == to,
    }
}

fn is_entry(a: &Field, b: &Field) -> bool {
    let names = ["key", "keys", "value", "values"];
    names.contains(&a.name().as_str()) && names.contains(&b.name().as_str())
}

/// The error for rows that have other columns than the table.
pub(crate) fn mismatch(layout: &Layout, what: &str) -> Error {
    let id = layout.metadata.id();
    analysis(
        "DELTA_METADATA_MISMATCH",
        "42KDG",
        format!(
            "A schema mismatch detected when writing to the Delta table (Table ID: {id}). {what}"
        ),
        &[("tableId", id)],
    )
}
