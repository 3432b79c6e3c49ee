//! `detail()`: one row about a table.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Int32Array, Int64Array, ListBuilder, StringArray, StringBuilder,
    TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::Field;
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner};
use deltalake::kernel::Protocol;

use crate::error::OrDelta as _;
use crate::history::{commit_times, text_maps};
use crate::proto::DescribeDetail;
use crate::table::{Location, snapshot};
use crate::{protocol, rows};

pub(crate) async fn describe(
    message: &DescribeDetail,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let DescribeDetail { table } = message;
    let location = Location::of(table.as_ref(), planner).await?;
    let table = location.open().await?;
    let snapshot = snapshot(&table)?;
    let metadata = snapshot.metadata();
    let files = snapshot.try_log_data().or_delta()?;
    let sizes: Vec<i64> = files.iter().map(|file| file.size()).collect();
    let modified = commit_times(&table).await?.last().map(|commit| commit.time);
    let mut properties: Vec<_> = metadata
        .configuration()
        .iter()
        .map(|(key, value)| (key.clone(), Some(value.clone())))
        .collect();
    properties.sort();
    let name = location.name.as_ref().map(|parts| full_name(parts, planner));
    let time_zone = planner.session().time_zone();
    let time = |millis: Option<i64>| -> ArrayRef {
        let micros = millis.map(|millis| millis.saturating_mul(1000));
        Arc::new(TimestampMicrosecondArray::from(vec![micros]).with_timezone(&*time_zone))
    };
    let count = |value: i64| -> ArrayRef { Arc::new(Int64Array::from(vec![value])) };
    let version = |value: i32| -> ArrayRef { Arc::new(Int32Array::from(vec![value])) };
    let clustering: [&str; 0] = [];
    let columns = [
        ("format", text(Some("delta"))),
        ("id", text(Some(metadata.id()))),
        ("name", text(name.as_deref())),
        ("description", text(metadata.description())),
        ("location", text(Some(&location.display()))),
        ("createdAt", time(metadata.created_time())),
        ("lastModified", time(modified)),
        ("partitionColumns", list(metadata.partition_columns())),
        ("clusteringColumns", list(clustering)),
        ("numFiles", count(i64::try_from(sizes.len()).unwrap_or(i64::MAX))),
        ("sizeInBytes", count(sizes.iter().sum())),
        ("properties", text_maps([Some(properties)])?),
        ("minReaderVersion", version(snapshot.protocol().min_reader_version())),
        ("minWriterVersion", version(snapshot.protocol().min_writer_version())),
        ("tableFeatures", list(features(snapshot.protocol()))),
    ];
    let field = |(name, array): (&str, ArrayRef)| {
        (Field::new(name, array.data_type().clone(), true), array)
    };
    rows::of_columns(columns.into_iter().map(field).collect())
}

fn text(value: Option<&str>) -> ArrayRef {
    Arc::new(StringArray::from(vec![value]))
}

fn list<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for value in values {
        builder.values().append_value(value);
    }
    builder.append(true);
    Arc::new(builder.finish())
}

/// All parts, with those of the session in front.
fn full_name(parts: &[String], planner: &SparkConnectPlanner) -> String {
    let session = planner.session();
    let own = parts.join(".");
    match parts.len() {
        1 => format!("{}.{}.{own}", session.current_catalog(), session.current_database()),
        2 => format!("{}.{own}", session.current_catalog()),
        _ => own,
    }
}

/// What the protocol asks for by name, and what its versions imply.
fn features(protocol: &Protocol) -> Vec<String> {
    let mut names = protocol::features_of(protocol);
    names.sort();
    names.dedup();
    names
}
