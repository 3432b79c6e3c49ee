//! What OPTIMIZE says it did, in the shape that Delta gives it.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray, new_null_array,
};
use datafusion::arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use datafusion_spark_connect::{Planned, Result};

use crate::history::structs;
use crate::rows;

#[derive(Debug, Default)]
pub(super) struct Metrics {
    /// Sizes of new files.
    pub(super) added: Vec<i64>,
    /// Sizes of files that are no more.
    pub(super) removed: Vec<i64>,
    pub(super) partitions: usize,
    pub(super) considered: i64,
    pub(super) bins: i64,
    pub(super) z_order: bool,
    pub(super) columns: i64,
    pub(super) start: i64,
    pub(super) end: i64,
}

fn len(sizes: &[i64]) -> i64 {
    i64::try_from(sizes.len()).unwrap_or(i64::MAX)
}

impl Metrics {
    /// Counts for the history.
    pub(super) fn counts(&self) -> [(&'static str, i64); 4] {
        [
            ("numRemovedFiles", len(&self.removed)),
            ("numRemovedBytes", self.removed.iter().sum()),
            ("numAddedFiles", len(&self.added)),
            ("numAddedBytes", self.added.iter().sum()),
        ]
    }

    /// The answer of the operation.
    pub(super) fn row(&self, path: &str) -> Result<Planned> {
        let metrics = structs(self.fields()?)?;
        let path: ArrayRef = Arc::new(StringArray::from(vec![path]));
        rows::of_columns(vec![
            (Field::new("path", DataType::Utf8, true), path),
            (Field::new("metrics", metrics.data_type().clone(), true), metrics),
        ])
    }

    fn fields(&self) -> Result<Vec<(Field, ArrayRef)>> {
        let count = |name: &str, value: i64| field(name, Arc::new(Int64Array::from(vec![value])));
        let nothing = |name: &str| {
            let data_type = nothing_type(name);
            (Field::new(name, data_type.clone(), true), new_null_array(&data_type, 1))
        };
        let partitions = i64::try_from(self.partitions).unwrap_or(i64::MAX);
        let skipped = self.considered - len(&self.removed);
        Ok(vec![
            count("numFilesAdded", len(&self.added)),
            count("numFilesRemoved", len(&self.removed)),
            field("filesAdded", sizes(&self.added)?),
            field("filesRemoved", sizes(&self.removed)?),
            count("partitionsOptimized", partitions),
            match self.z_order {
                true => field("zOrderStats", self.z_order_stats()?),
                false => nothing("zOrderStats"),
            },
            count("numBins", self.bins),
            count("numBatches", 1),
            count("totalConsideredFiles", self.considered),
            count("totalFilesSkipped", skipped),
            field("preserveInsertionOrder", Arc::new(BooleanArray::from(vec![!self.z_order]))),
            count("numFilesSkippedToReduceWriteAmplification", 0),
            count("numBytesSkippedToReduceWriteAmplification", 0),
            count("startTimeMs", self.start),
            count("endTimeMs", self.end),
            count("totalClusterParallelism", 1),
            count("totalScheduledTasks", self.bins),
            count("numTableColumns", self.columns),
            count("numTableColumnsWithStats", self.columns.min(32)),
        ])
    }

    fn z_order_stats(&self) -> Result<ArrayRef> {
        let files = |sizes: &[i64]| {
            let count = |name: &str, value| {
                field(name, Arc::new(Int64Array::from(vec![value])) as ArrayRef)
            };
            structs(vec![count("num", len(sizes)), count("size", sizes.iter().sum())])
        };
        let text: ArrayRef = Arc::new(StringArray::from(vec!["all"]));
        structs(vec![
            field("strategyName", text),
            field("inputCubeFiles", files(&[])?),
            field("inputOtherFiles", files(&self.removed)?),
            field("inputNumCubes", Arc::new(Int64Array::from(vec![0]))),
            field("mergedFiles", files(&self.removed)?),
            field("numOutputCubes", Arc::new(Int64Array::from(vec![self.bins]))),
            field("mergedNumCubes", Arc::new(Int64Array::from(vec![None::<i64>]))),
        ])
    }
}

fn field(name: &str, array: ArrayRef) -> (Field, ArrayRef) {
    (Field::new(name, array.data_type().clone(), true), array)
}

fn sizes(sizes: &[i64]) -> Result<ArrayRef> {
    let total: i64 = sizes.iter().sum();
    let average = if sizes.is_empty() { 0.0 } else { total as f64 / sizes.len() as f64 };
    let bound =
        |value: Option<&i64>| -> ArrayRef { Arc::new(Int64Array::from(vec![value.copied()])) };
    structs(vec![
        field("min", bound(sizes.iter().min())),
        field("max", bound(sizes.iter().max())),
        field("avg", Arc::new(Float64Array::from(vec![average]))),
        field("totalFiles", Arc::new(Int64Array::from(vec![len(sizes)]))),
        field("totalSize", Arc::new(Int64Array::from(vec![total]))),
    ])
}

fn nothing_type(name: &str) -> DataType {
    let empty = Metrics::default().z_order_stats();
    match (name, empty) {
        ("zOrderStats", Ok(stats)) => stats.data_type().clone(),
        _ => DataType::Null,
    }
}

/// The columns of the answer.
pub(crate) fn schema() -> SchemaRef {
    let fields = Metrics::default().fields().unwrap_or_default();
    let fields: Fields = fields.into_iter().map(|(field, _)| field).collect();
    Arc::new(Schema::new(vec![
        Field::new("path", DataType::Utf8, true),
        Field::new("metrics", DataType::Struct(fields), true),
    ]))
}
