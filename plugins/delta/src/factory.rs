//! `format("delta")`: tables by path for reading, writing and CREATE TABLE.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider, TableProviderFactory};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::CreateExternalTable;
use datafusion_spark_connect::plugin::{Contributions, SessionHandle, SessionPlugin};
use datafusion_spark_connect::{Error, Result};

use crate::cdf::{self, ChangeFeed};
use crate::error::{illegal_argument, missing_path};
use crate::source::DeltaSource;
use crate::table::{At, Location, parse_time_in};
use crate::write::{Existing, Writing};

/// Puts the format into sessions.
#[derive(Debug, Clone, Copy)]
pub struct DeltaFormat;

impl SessionPlugin for DeltaFormat {
    fn contribute(&self, contributions: &mut Contributions) -> Result<()> {
        let session = contributions.session();
        contributions.table_factory("delta", Arc::new(Factory { session }));
        Ok(())
    }
}

#[derive(Debug)]
struct Factory {
    session: SessionHandle,
}

#[async_trait]
impl TableProviderFactory for Factory {
    async fn create(
        &self,
        _state: &dyn Session,
        command: &CreateExternalTable,
    ) -> Result<Arc<dyn TableProvider>, DataFusionError> {
        let [path] = command.locations.as_slice() else {
            return Err(no_path().into());
        };
        let location = Location::path(path)?;
        let time_zone = self.session.session()?.time_zone().to_string();
        if !command.schema.fields().is_empty() {
            return Ok(Arc::new(self.writer(location, command).await?));
        }
        if cdf::is_asked(&command.options) {
            let feed = ChangeFeed::open(&location, &command.options, &time_zone).await?;
            return Ok(Arc::new(feed));
        }
        Ok(Arc::new(self.reader(location, command, &time_zone).await?))
    }
}

impl Factory {
    async fn reader(
        &self,
        location: Location,
        command: &CreateExternalTable,
        time_zone: &str,
    ) -> Result<DeltaSource> {
        let options = &command.options;
        let at = version_of(options, time_zone)?;
        let shown = location.display();
        let table = location.find(&at).await?.ok_or_else(|| missing_path(&shown))?;
        let mut writing = Writing::of(self.session.clone(), options)?;
        writing.partition_by.clone_from(&command.table_partition_cols);
        Ok(DeltaSource::new(location, table, at, time_zone)?.writable(writing))
    }

    async fn writer(
        &self,
        location: Location,
        command: &CreateExternalTable,
    ) -> Result<DeltaSource> {
        let mut writing = Writing::of(self.session.clone(), &command.options)?;
        writing.partition_by.clone_from(&command.table_partition_cols);
        writing.existing = match (command.if_not_exists, command.or_replace) {
            (true, _) => Existing::Keep,
            (false, true) => Existing::Replace,
            (false, false) => Existing::Refuse,
        };
        writing.describe(command.schema.metadata());
        let table = location.find(&At::Latest).await?;
        let schema = Arc::clone(command.schema.inner());
        writing.columns = Some(Arc::clone(&schema));
        Ok(DeltaSource::for_writing(location, table, schema, writing))
    }
}

/// Which version a reader asks for.
fn version_of(options: &HashMap<String, String>, time_zone: &str) -> Result<At> {
    let option = |name: &str| {
        let found = options.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    };
    match (option("versionAsOf"), option("timestampAsOf")) {
        (None, None) => Ok(At::Latest),
        (Some(version), None) => version.trim().parse().map(At::Version).map_err(|_| {
            illegal_argument(
                "DELTA_ILLEGAL_OPTION",
                "42616",
                format!("Invalid value '{version}' for option 'versionAsOf', must be a version."),
                &[("name", "versionAsOf"), ("input", version), ("explain", "must be a version")],
            )
        }),
        (None, Some(time)) => Ok(At::Timestamp(parse_time_in(time, time_zone)?)),
        (Some(_), Some(_)) => Err(illegal_argument(
            "DELTA_INVALID_TIME_TRAVEL_SPEC",
            "42613",
            "Cannot specify both version and timestamp.",
            &[],
        )),
    }
}

fn no_path() -> Error {
    illegal_argument("DELTA_MISSING_PATH", "42601", "'path' is not specified.", &[])
}
