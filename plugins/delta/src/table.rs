//! Which table a message means, and its state.

use std::path::{Component, Path, PathBuf};

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone as _, Utc};
use datafusion_spark_connect::{Error, Result, SparkConnectPlanner};
use deltalake::kernel::EagerSnapshot;
use deltalake::{DeltaTable, DeltaTableBuilder, DeltaTableError};
use url::Url;

use crate::error::{OrDelta as _, analysis, illegal_argument, missing_table};
use crate::proto;
use crate::source::DeltaSource;

/// Where a table is, and how its user calls it.
#[derive(Debug, Clone)]
pub(crate) struct Location {
    /// The folder.
    pub(crate) url: Url,
    /// As messages show it: a path between backticks, or the name in the catalog.
    pub(crate) shown: String,
    /// The name in the catalog, if it was called by that.
    pub(crate) name: Option<Vec<String>>,
}

/// Which version of a table is meant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum At {
    /// The newest at the time.
    Latest,
    /// One by number.
    Version(u64),
    /// The newest that is not younger.
    Timestamp(DateTime<Utc>),
}

impl Location {
    /// A table by its path: absolute, relative, or a URL.
    pub(crate) fn path(path: &str) -> Result<Self> {
        Ok(Self { url: url_of(path)?, shown: format!("`{path}`"), name: None })
    }

    /// The table that a message names.
    pub(crate) async fn of(
        table: Option<&proto::DeltaTable>,
        planner: &SparkConnectPlanner,
    ) -> Result<Self> {
        use proto::delta_table::{AccessType, Path};
        let table = table.ok_or_else(|| Error::missing_field("table"))?;
        let proto::DeltaTable { access_type } = table;
        match access_type.as_ref().ok_or_else(|| Error::missing_field("table.access_type"))? {
            // Settings of Hadoop are for Hadoop's file systems, which are not here; Spark
            // takes those that no file system knows in silence too.
            AccessType::Path(Path { path, hadoop_conf: _ }) => Self::path(path),
            AccessType::TableOrViewName(name) => Self::named(name, planner).await,
        }
    }

    /// A table by its identifier: in the catalog, or delta.`path`.
    pub(crate) async fn named(name: &str, planner: &SparkConnectPlanner) -> Result<Self> {
        let parts = planner.parse_identifier(name)?;
        if let [format, path] = parts.as_slice()
            && format.eq_ignore_ascii_case("delta")
        {
            return Self::path(path);
        }
        match in_catalog(&parts, planner).await? {
            Some(url) => Ok(Self { url, shown: quoted(&parts), name: Some(parts) }),
            None => Err(missing_table(&quoted(&parts))),
        }
    }

    /// The table of a name in the catalog, if there is one.
    pub(crate) async fn find_named(
        name: &str,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<Self>> {
        let parts = planner.parse_identifier(name)?;
        let url = in_catalog(&parts, planner).await?;
        Ok(url.map(|url| Self { url, shown: quoted(&parts), name: Some(parts) }))
    }

    /// The table's newest state.
    pub(crate) async fn open(&self) -> Result<DeltaTable> {
        self.open_at(&At::Latest).await
    }

    /// The table as of some version.
    pub(crate) async fn open_at(&self, at: &At) -> Result<DeltaTable> {
        self.find(at).await?.ok_or_else(|| missing_table(&self.shown))
    }

    /// The same, with `None` if there is no table.
    pub(crate) async fn find(&self, at: &At) -> Result<Option<DeltaTable>> {
        if !self.folder_exists() {
            return Ok(None);
        }
        let mut table = self.handle()?;
        match table.load().await {
            Ok(()) => {}
            Err(DeltaTableError::NotATable(_)) => return Ok(None),
            Err(other) => return Err(crate::error::from_delta(other)),
        }
        match at {
            At::Latest => {}
            At::Version(version) => load_version(&mut table, *version).await?,
            At::Timestamp(time) => load_timestamp(&mut table, *time).await?,
        }
        Ok(Some(table))
    }

    /// A handle without state, for a table that may not be there yet.
    pub(crate) fn handle(&self) -> Result<DeltaTable> {
        DeltaTableBuilder::from_url(self.url.clone()).and_then(DeltaTableBuilder::build).or_delta()
    }

    /// The same, for a table that is about to be made.
    pub(crate) fn create_handle(&self) -> Result<DeltaTable> {
        if self.url.scheme() == "file"
            && let Ok(path) = self.url.to_file_path()
        {
            std::fs::create_dir_all(path).map_err(Error::plugin)?;
        }
        self.handle()
    }

    /// Local tables are folders; other stores have none to look for.
    pub(crate) fn folder_exists(&self) -> bool {
        match self.url.to_file_path() {
            Ok(path) if self.url.scheme() == "file" => path.is_dir(),
            _ => true,
        }
    }

    /// As Spark prints locations: `file:/tmp/t`.
    pub(crate) fn display(&self) -> String {
        display(&self.url)
    }
}

/// A URL as Hadoop prints it.
pub(crate) fn display(url: &Url) -> String {
    let text = url.as_str().trim_end_matches('/');
    match text.strip_prefix("file://") {
        Some(path) => format!("file:{}", percent_decoded(path)),
        None => text.to_owned(),
    }
}

fn percent_decoded(path: &str) -> String {
    Url::parse(&format!("file://{path}"))
        .ok()
        .and_then(|url| url.to_file_path().ok())
        .map_or_else(|| path.to_owned(), |path| path.to_string_lossy().into_owned())
}

/// `` `a`.`b` ``.
pub(crate) fn quoted(parts: &[String]) -> String {
    let quoted: Vec<String> =
        parts.iter().map(|part| format!("`{}`", part.replace('`', "``"))).collect();
    quoted.join(".")
}

/// The folder that a path means.
pub(crate) fn url_of(path: &str) -> Result<Url> {
    let invalid = || {
        illegal_argument(
            "DELTA_INVALID_PATH",
            "42K03",
            format!("{path} is no path of a table."),
            &[("path", path)],
        )
    };
    let local = match path.strip_prefix("file:") {
        Some(rest) => Some(format!("/{}", rest.trim_start_matches('/'))),
        None if Url::parse(path).is_ok() => None,
        None => Some(path.to_owned()),
    };
    match local {
        Some(local) if local.is_empty() => Err(invalid()),
        Some(local) => {
            let absolute = std::path::absolute(&local).map_err(|_| invalid())?;
            Url::from_directory_path(tidied(&absolute)).map_err(|()| invalid())
        }
        None => {
            let mut url = Url::parse(path).map_err(|_| invalid())?;
            if !url.path().ends_with('/') {
                url.set_path(&format!("{}/", url.path()));
            }
            Ok(url)
        }
    }
}

/// Without `.` and `..`, so that one folder has one name.
fn tidied(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                tidy.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                tidy.push(component);
            }
        }
    }
    tidy
}

/// The folder of a table of the catalog, if it is a Delta table.
async fn in_catalog(parts: &[String], planner: &SparkConnectPlanner) -> Result<Option<Url>> {
    let session = planner.session();
    let (catalog, schema, table) = match parts {
        [table] => (session.current_catalog(), session.current_database(), table.clone()),
        [schema, table] => (session.current_catalog(), schema.clone(), table.clone()),
        [catalog, schema, table] => (catalog.clone(), schema.clone(), table.clone()),
        _ => return Ok(None),
    };
    let state = planner.state();
    let schemas = state.catalog_list().catalog(&catalog);
    let Some(schema) = schemas.and_then(|catalog| catalog.schema(&schema)) else {
        return Ok(None);
    };
    let provider = schema.table(&table).await?;
    let source = provider.as_deref().and_then(|provider| provider.downcast_ref::<DeltaSource>());
    Ok(source.map(|source| source.location().url.clone()))
}

async fn load_version(table: &mut DeltaTable, version: u64) -> Result<()> {
    let latest = table.version().unwrap_or_default();
    if version > latest {
        return Err(version_out_of_range(version, latest));
    }
    if version == latest {
        return Ok(());
    }
    table.load_version(version).await.or_delta()
}

pub(crate) fn version_out_of_range(version: u64, latest: u64) -> Error {
    analysis(
        "DELTA_VERSION_NOT_FOUND",
        "22003",
        format!("Cannot time travel to version {version}. Available versions: [0, {latest}]."),
        &[
            ("userVersion", &version.to_string()),
            ("earliest", "0"),
            ("latest", &latest.to_string()),
        ],
    )
}

async fn load_timestamp(table: &mut DeltaTable, time: DateTime<Utc>) -> Result<()> {
    let commits = crate::history::commit_times(table).await?;
    let (Some(first), Some(last)) = (commits.first(), commits.last()) else { return Ok(()) };
    let asked = time.timestamp_millis();
    let shown = |millis: i64| {
        Utc.timestamp_millis_opt(millis)
            .single()
            .map_or_else(String::new, |t| t.format("%Y-%m-%d %H:%M:%S%.3f").to_string())
    };
    if asked < first.time {
        return Err(analysis(
            "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION",
            "42816",
            format!(
                "The provided timestamp ({}) is before the earliest version available to this \
                 table ({}). Please use a timestamp after {}.",
                shown(asked),
                shown(first.time),
                shown(first.time)
            ),
            &[
                ("userTimestamp", &shown(asked)),
                ("commitTs", &shown(first.time)),
                ("timestampString", &shown(first.time)),
            ],
        ));
    }
    if asked > last.time {
        return Err(analysis(
            "DELTA_TIMESTAMP_GREATER_THAN_COMMIT",
            "42816",
            format!(
                "The provided timestamp ({}) is after the latest version available to this table \
                 ({}). Please use a timestamp before or at {}.",
                shown(asked),
                shown(last.time),
                shown(last.time)
            ),
            &[
                ("providedTimestamp", &shown(asked)),
                ("tableName", &shown(last.time)),
                ("maximumTimestamp", &shown(last.time)),
            ],
        ));
    }
    let at = commits.iter().rev().find(|commit| commit.time <= asked).unwrap_or(first);
    load_version(table, at.version).await
}

/// A time as users write it, in the session's time zone where it has none of its own.
pub(crate) fn parse_time(text: &str, planner: &SparkConnectPlanner) -> Result<DateTime<Utc>> {
    parse_time_in(text, &planner.session().time_zone())
}

/// The same, in a time zone by name.
pub(crate) fn parse_time_in(text: &str, zone: &str) -> Result<DateTime<Utc>> {
    let invalid = || {
        analysis(
            "DELTA_TIMESTAMP_INVALID",
            "42816",
            format!("The provided timestamp ({text}) cannot be converted to a valid timestamp."),
            &[("expr", text)],
        )
    };
    let trimmed = text.trim();
    if let Ok(zoned) = DateTime::parse_from_rfc3339(&trimmed.replacen(' ', "T", 1)) {
        return Ok(zoned.with_timezone(&Utc));
    }
    let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    let local = formats
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(trimmed, format).ok())
        .or_else(|| {
            let date = NaiveDate::parse_from_str(trimmed, "%Y-%m-%d").ok()?;
            date.and_hms_opt(0, 0, 0)
        })
        .ok_or_else(invalid)?;
    let zone: datafusion::arrow::array::timezone::Tz = zone.parse().map_err(|_| invalid())?;
    let local = zone.from_local_datetime(&local).earliest().ok_or_else(invalid)?;
    Ok(local.with_timezone(&Utc))
}

/// The loaded state of a table.
pub(crate) fn snapshot(table: &DeltaTable) -> Result<&EagerSnapshot> {
    Ok(table.snapshot().or_delta()?.snapshot())
}
