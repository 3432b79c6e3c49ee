//! `history()`: the commits of a table, the latest first.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Int64Array, MapBuilder, MapFieldNames, StringArray, StringBuilder,
    StructArray, TimestampMicrosecondArray, new_null_array,
};
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner};
use deltalake::logstore::object_store::ObjectStoreExt as _;
use deltalake::{DeltaTable, Path};
use futures::TryStreamExt as _;
use serde_json::Value;

use crate::error::OrArrow as _;
use crate::proto::DescribeHistory;
use crate::rows;
use crate::table::Location;

/// A commit that is still in the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CommitTime {
    pub(crate) version: u64,
    /// Milliseconds since 1970; later commits have later times.
    pub(crate) time: i64,
}

/// The commits up to the table's version, in order.
///
/// The time of a commit is that of its file, moved up where clocks went backwards.
pub(crate) async fn commit_times(table: &DeltaTable) -> Result<Vec<CommitTime>> {
    let store = table.log_store().object_store(None);
    let latest = table.version().unwrap_or_default();
    let files: Vec<_> =
        store.list(Some(&Path::from("_delta_log"))).try_collect().await.map_err(io)?;
    let mut commits: Vec<CommitTime> = files
        .iter()
        .filter_map(|file| {
            let version = file.location.filename()?.strip_suffix(".json")?;
            let version = version.parse().ok().filter(|_| version.len() == 20)?;
            let time = file.last_modified.timestamp_millis();
            (version <= latest).then_some(CommitTime { version, time })
        })
        .collect();
    commits.sort_by_key(|commit| commit.version);
    let mut last = i64::MIN;
    for commit in &mut commits {
        commit.time = commit.time.max(last.saturating_add(1));
        last = commit.time;
    }
    Ok(commits)
}

fn io(error: deltalake::ObjectStoreError) -> datafusion_spark_connect::Error {
    crate::error::from_delta(error.into())
}

/// What a commit says about itself; `Null` if nothing.
async fn commit_info(table: &DeltaTable, version: u64) -> Result<Value> {
    let store = table.log_store().object_store(None);
    let path = Path::from(format!("_delta_log/{version:020}.json"));
    let bytes = store.get(&path).await.map_err(io)?.bytes().await.map_err(io)?;
    let info = String::from_utf8_lossy(&bytes)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|mut action| action.get_mut("commitInfo").map(Value::take));
    Ok(info.unwrap_or_default())
}

pub(crate) async fn describe(
    message: &DescribeHistory,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let DescribeHistory { table } = message;
    let table = Location::of(table.as_ref(), planner).await?.open().await?;
    let mut commits = commit_times(&table).await?;
    commits.reverse();
    let mut infos = Vec::with_capacity(commits.len());
    for commit in &mut commits {
        let info = commit_info(&table, commit.version).await?;
        // The time inside the commit counts where the table keeps it.
        if let Some(time) = info.get("inCommitTimestamp").and_then(Value::as_i64) {
            commit.time = time;
        }
        infos.push(info);
    }
    let time_zone = planner.session().time_zone();
    rows::of_columns(columns(&commits, &infos, &time_zone)?)
}

fn columns(
    commits: &[CommitTime],
    infos: &[Value],
    time_zone: &str,
) -> Result<Vec<(Field, ArrayRef)>> {
    let times = commits.iter().map(|commit| commit.time.saturating_mul(1000));
    let times = TimestampMicrosecondArray::from_iter_values(times).with_timezone(time_zone);
    let versions = Int64Array::from_iter(commits.iter().map(|c| i64::try_from(c.version).ok()));
    let column =
        |name: &str, array: ArrayRef| (Field::new(name, array.data_type().clone(), true), array);
    let nothing =
        |name: &str, data_type: DataType| column(name, new_null_array(&data_type, infos.len()));
    let job = ["jobId", "jobName", "jobRunId", "runId", "jobOwnerId", "triggerType"];
    Ok(vec![
        column("version", Arc::new(versions)),
        column("timestamp", Arc::new(times)),
        column("userId", texts(infos, "userId")),
        column("userName", texts(infos, "userName")),
        column("operation", texts(infos, "operation")),
        column("operationParameters", maps(infos, "operationParameters")?),
        nothing("job", texts_struct(&job)),
        nothing("notebook", texts_struct(&["notebookId"])),
        column("clusterId", texts(infos, "clusterId")),
        column(
            "readVersion",
            Arc::new(Int64Array::from_iter(
                infos.iter().map(|info| info.get("readVersion").and_then(Value::as_i64)),
            )),
        ),
        column("isolationLevel", texts(infos, "isolationLevel")),
        column(
            "isBlindAppend",
            Arc::new(BooleanArray::from_iter(
                infos.iter().map(|info| info.get("isBlindAppend").and_then(Value::as_bool)),
            )),
        ),
        column("operationMetrics", maps(infos, "operationMetrics")?),
        column("userMetadata", texts(infos, "userMetadata")),
        column("engineInfo", texts(infos, "engineInfo")),
    ])
}

fn texts_struct(names: &[&str]) -> DataType {
    DataType::Struct(names.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect())
}

fn texts(infos: &[Value], key: &str) -> ArrayRef {
    Arc::new(StringArray::from_iter(infos.iter().map(|info| info.get(key).and_then(Value::as_str))))
}

/// A value as it stands in a map of texts.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn maps(infos: &[Value], key: &str) -> Result<ArrayRef> {
    let all = infos.iter().map(|info| {
        let map = info.get(key)?.as_object()?;
        Some(map.iter().map(|(key, value)| (key.clone(), text_of(value))).collect())
    });
    text_maps(all)
}

/// An array of maps from text to text.
pub(crate) fn text_maps(
    maps: impl IntoIterator<Item = Option<Vec<(String, Option<String>)>>>,
) -> Result<ArrayRef> {
    let names = MapFieldNames {
        entry: "entries".to_owned(),
        key: "key".to_owned(),
        value: "value".to_owned(),
    };
    let mut builder = MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new());
    for map in maps {
        for (key, value) in map.iter().flatten() {
            builder.keys().append_value(key);
            builder.values().append_option(value.as_ref());
        }
        builder.append(map.is_some()).or_arrow()?;
    }
    Ok(Arc::new(builder.finish()))
}

/// An empty struct is not a thing that can be built, so this is for those with fields.
pub(crate) fn structs(fields: Vec<(Field, ArrayRef)>) -> Result<ArrayRef> {
    let (fields, arrays): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    Ok(Arc::new(StructArray::try_new(Fields::from(fields), arrays, None).or_arrow()?))
}
