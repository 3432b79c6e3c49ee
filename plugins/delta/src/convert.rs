//! `convertToDelta`: Parquet files become a table where they are.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion_spark_connect::{Error, Planned, Result, SparkConnectPlanner};
use deltalake::kernel::StructField;
use deltalake::operations::convert_to_delta::ConvertToDeltaBuilder;
use futures::TryStreamExt as _;

use crate::error::{OrDelta as _, analysis, from_delta};
use crate::proto::ConvertToDelta;
use crate::proto::convert_to_delta::PartitionSchema;
use crate::rows;
use crate::table::{At, Location, quoted};
use crate::write::delta_fields;

pub(crate) fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("identifier", DataType::Utf8, false)]))
}

pub(crate) async fn convert(
    message: &ConvertToDelta,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let ConvertToDelta { identifier, partition_schema } = message;
    let parts = planner.parse_identifier(identifier)?;
    let path = match parts.as_slice() {
        [format, path] if format.eq_ignore_ascii_case("parquet") => path,
        [format, path] if format.eq_ignore_ascii_case("delta") => path,
        _ => {
            return crate::error::unsupported(
                "convert.catalog_table",
                "name the files: parquet.`/a/path`",
            );
        }
    };
    let location = Location::path(path)?;
    let answer =
        || rows::text("identifier", &format!("delta.{}", quoted(std::slice::from_ref(path))));
    if location.find(&At::Latest).await?.is_some() {
        return answer();
    }
    let partitions = partition_columns(partition_schema.as_ref(), planner)?;
    check_files(&location, &partitions).await?;
    let store = location.handle()?.log_store();
    ConvertToDeltaBuilder::new()
        .with_log_store(store)
        .with_partition_schema(partitions)
        .await
        .or_delta()?;
    answer()
}

fn partition_columns(
    schema: Option<&PartitionSchema>,
    planner: &SparkConnectPlanner,
) -> Result<Vec<StructField>> {
    let schema = match schema {
        None => return Ok(Vec::new()),
        Some(PartitionSchema::PartitionSchemaString(text)) => {
            planner.arrow_schema(&planner.parse_schema(text)?)?
        }
        Some(PartitionSchema::PartitionSchemaStruct(structure)) => {
            planner.arrow_schema(structure)?
        }
    };
    delta_fields(&schema)
}

/// # Errors
/// If there are no files, or they are partitioned in another way than said.
async fn check_files(location: &Location, partitions: &[StructField]) -> Result<()> {
    let missing = || {
        let directory = location.display();
        analysis(
            "DELTA_EMPTY_DIRECTORY",
            "42K03",
            format!("No file found in the directory: {directory}."),
            &[("directory", &directory)],
        )
    };
    if !location.folder_exists() {
        return Err(missing());
    }
    let store = location.handle()?.log_store().object_store(None);
    let files: Vec<_> =
        store.list(None).try_collect().await.map_err(|error| from_delta(error.into()))?;
    let mut paths = files
        .iter()
        .filter(|file| file.location.extension() == Some("parquet"))
        .map(|file| file.location.as_ref())
        .peekable();
    if paths.peek().is_none() {
        return Err(missing());
    }
    let wanted: Vec<&str> = partitions.iter().map(|field| field.name().as_str()).collect();
    for path in paths {
        let folders = path.split('/').rev().skip(1);
        let mut found: Vec<_> = folders.filter_map(|part| Some(part.split_once('=')?.0)).collect();
        found.reverse();
        if found != wanted {
            return Err(other_partitions(&wanted, &found, path));
        }
    }
    Ok(())
}

fn other_partitions(wanted: &[&str], found: &[&str], path: &str) -> Error {
    let (expected, parsed) = (wanted.join(", "), found.join(", "));
    analysis(
        "DELTA_UNEXPECTED_NUM_PARTITION_COLUMNS_FROM_FILE_NAME",
        "KD009",
        format!(
            "Expecting {} partition column(s): [{expected}], but found {} partition column(s): \
             [{parsed}] from parsing the file name: {path}.",
            wanted.len(),
            found.len()
        ),
        &[("expectedCols", &expected), ("parsedCols", &parsed), ("path", path)],
    )
}
