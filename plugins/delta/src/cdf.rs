//! The change feed: what happened to rows, version by version.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef, TimeUnit};
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::TableType;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::Expr;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{Column, cast};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion_spark_connect::{Error, Result};
use deltalake::DeltaTable;
use deltalake::delta_datafusion::DeltaCdfTableProvider;

use crate::error::{OrDelta as _, analysis, illegal_argument};
use crate::history::commit_times;
use crate::source::spark_types;
use crate::table::{Location, parse_time_in, snapshot};

/// See the module.
#[derive(Debug)]
pub(crate) struct ChangeFeed {
    table: DeltaTable,
    inner: DeltaCdfTableProvider,
    schema: SchemaRef,
}

/// Whether options ask for changes rather than rows.
pub(crate) fn is_asked(options: &HashMap<String, String>) -> bool {
    let on = |name| option(options, name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    on("readChangeFeed") || on("readChangeData")
}

fn option<'o>(options: &'o HashMap<String, String>, name: &str) -> Option<&'o str> {
    let found = options.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

impl ChangeFeed {
    /// The changes of the versions that options name.
    pub(crate) async fn open(
        location: &Location,
        options: &HashMap<String, String>,
        time_zone: &str,
    ) -> Result<Self> {
        let table = location.open().await?;
        let latest = table.version().unwrap_or_default();
        let bounds = Bounds { table: &table, latest, options, time_zone };
        let start = bounds.find("startingVersion", "startingTimestamp", true).await?;
        let start = start.ok_or_else(no_start)?;
        let end = bounds.find("endingVersion", "endingTimestamp", false).await?.unwrap_or(latest);
        if start > end {
            return Err(wrong_order(start, end));
        }
        check_recorded(location, start, end).await?;
        let feed = table.clone().scan_cdf().with_starting_version(start).with_ending_version(end);
        let inner = DeltaCdfTableProvider::try_new(feed).or_delta()?;
        let schema = plain(&inner.schema(), time_zone);
        Ok(Self { table, inner, schema })
    }
}

/// Versions by number or time.
struct Bounds<'a> {
    table: &'a DeltaTable,
    latest: u64,
    options: &'a HashMap<String, String>,
    time_zone: &'a str,
}

impl Bounds<'_> {
    async fn find(&self, version: &str, timestamp: &str, first: bool) -> Result<Option<u64>> {
        match (option(self.options, version), option(self.options, timestamp)) {
            (None, None) => Ok(None),
            (Some(text), None) if first && text.trim().eq_ignore_ascii_case("latest") => {
                Ok(Some(self.latest))
            }
            (Some(text), None) => {
                let version = text.trim().parse::<u64>().ok();
                let version = version.filter(|version| *version <= self.latest);
                version.map(Some).ok_or_else(|| no_version(text, self.latest))
            }
            (None, Some(text)) => {
                let time = parse_time_in(text, self.time_zone)?.timestamp_millis();
                let commits = commit_times(self.table).await?;
                let mut versions = commits.iter();
                // The first that is not earlier, or the last that is not later.
                let found = match first {
                    true => versions.find(|commit| commit.time >= time),
                    false => versions.rfind(|commit| commit.time <= time),
                };
                found.map(|c| Some(c.version)).ok_or_else(|| no_version(text, self.latest))
            }
            (Some(_), Some(_)) => Err(illegal_argument(
                "DELTA_MULTIPLE_CDC_BOUNDARY",
                "42614",
                format!("Please provide only one of {version} and {timestamp}."),
                &[("startingOrEnding", if first { "starting" } else { "ending" })],
            )),
        }
    }
}

/// # Errors
/// `DELTA_MISSING_CHANGE_DATA` if changes were not recorded all the time.
async fn check_recorded(location: &Location, start: u64, end: u64) -> Result<()> {
    for version in [start, end] {
        let table = location.open_at(&crate::table::At::Version(version)).await?;
        let value = snapshot(&table)?.metadata().configuration().get("delta.enableChangeDataFeed");
        if value.is_none_or(|value| !value.eq_ignore_ascii_case("true")) {
            return Err(not_recorded(start, end, version));
        }
    }
    Ok(())
}

/// The columns of the feed as Spark has them.
fn plain(schema: &Schema, time_zone: &str) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let data_type = match field.data_type() {
            DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
            DataType::BinaryView | DataType::LargeBinary => DataType::Binary,
            DataType::Dictionary(_, value) => value.as_ref().clone(),
            DataType::UInt64 => DataType::Int64,
            DataType::Timestamp(_, None) if field.name() == "_commit_timestamp" => utc(),
            other => other.clone(),
        };
        field.as_ref().clone().with_data_type(data_type).with_nullable(true)
    });
    spark_types(&Schema::new(fields.collect::<Vec<_>>()), time_zone)
}

fn utc() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

#[async_trait]
impl TableProvider for ChangeFeed {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> std::result::Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        self.table.update_datafusion_session(session)?;
        let plan = self.inner.scan(session, projection, &[], None).await?;
        let wanted = match projection {
            Some(places) => self.schema.project(places)?,
            None => self.schema.as_ref().clone(),
        };
        let from = plan.schema();
        let mut exprs: Vec<(Arc<dyn PhysicalExpr>, String)> = Vec::new();
        for (at, (own, to)) in from.fields().iter().zip(wanted.fields()).enumerate() {
            let mut value: Arc<dyn PhysicalExpr> = Arc::new(Column::new(own.name(), at));
            if matches!(own.data_type(), DataType::Timestamp(_, None))
                && matches!(to.data_type(), DataType::Timestamp(_, Some(_)))
            {
                value = cast(value, &from, utc())?;
            }
            exprs.push((cast(value, &from, to.data_type().clone())?, to.name().clone()));
        }
        Ok(Arc::new(ProjectionExec::try_new(exprs, plan)?))
    }
}

fn no_start() -> Error {
    illegal_argument(
        "DELTA_NO_START_FOR_CDC_READ",
        "42601",
        "No startingVersion or startingTimestamp provided for CDC read.",
        &[],
    )
}

fn wrong_order(start: u64, end: u64) -> Error {
    let (start, end) = (start.to_string(), end.to_string());
    illegal_argument(
        "DELTA_INVALID_CDC_RANGE",
        "22003",
        format!(
            "CDC range from start {start} to end {end} was invalid. End cannot be before start."
        ),
        &[("start", &start), ("end", &end)],
    )
}

fn no_version(asked: &str, latest: u64) -> Error {
    analysis(
        "DELTA_VERSION_NOT_FOUND",
        "22003",
        format!("Cannot time travel to {asked}. Available versions: [0, {latest}]."),
        &[("userVersion", asked), ("earliest", "0"), ("latest", &latest.to_string())],
    )
}

fn not_recorded(start: u64, end: u64, version: u64) -> Error {
    let (start, end, version) = (start.to_string(), end.to_string(), version.to_string());
    analysis(
        "DELTA_MISSING_CHANGE_DATA",
        "KD002",
        format!(
            "Error getting change data for range [{start} , {end}] as change data was not \
             recorded for version [{version}]. If you've enabled change data feed on this table, \
             use `DESCRIBE HISTORY` to see when it was first enabled."
        ),
        &[("startVersion", &start), ("endVersion", &end), ("version", &version)],
    )
}
