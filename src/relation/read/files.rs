//! Files by path, through DataFusion's listing table.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::datasource::provider_as_source;
use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlanBuilder;
use futures::TryStreamExt as _;

use super::options::Options;
use super::{csv, json, normal};
use crate::error::{AtField as _, Condition, Error, Result};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::relation::local::parse_schema;

/// What a client asks to read.
pub(super) struct Request {
    format: Format,
    schema: Option<Schema>,
    paths: Vec<String>,
}

enum Format {
    Parquet,
    Csv(csv::Csv),
    Json(json::Json),
}

impl Request {
    pub(super) fn new(
        format: &str,
        schema: Option<&str>,
        options: &HashMap<String, String>,
        paths: &[String],
        context: &RelationContext<'_, '_>,
    ) -> Result<Self> {
        let mut options = Options::new(options);
        let mut paths = paths.to_vec();
        paths.extend(options.take("path"));
        let schema = schema.filter(|text| !text.trim().is_empty());
        let time_zone = context.planner.session().time_zone();
        let schema = schema.map(|text| parse_schema(text, &time_zone)).transpose().at("schema")?;
        let format = match format.to_lowercase().as_str() {
            "parquet" => {
                options.allow_only(&[("mergeschema", &["false"])])?;
                Format::Parquet
            }
            "csv" => Format::Csv(csv::Csv::new(&mut options)?),
            "json" => Format::Json(json::Json::new(&mut options)?),
            known @ ("orc" | "text" | "avro" | "xml" | "binaryfile" | "jdbc") => {
                return Err(Error::unsupported(format!("read.format.{known}")));
            }
            other => {
                return Err(Error::analysis(
                    Condition::DATA_SOURCE_NOT_FOUND,
                    [("provider", other.to_owned())],
                ));
            }
        };
        options.refuse_rest()?;
        Ok(Self { format, schema, paths })
    }
}

pub(super) async fn plan(request: Request, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let state = context.planner.state();
    let Request { format, schema, paths } = request;
    let mut files = Vec::new();
    for path in &paths {
        files.extend(list(path, &state).await?);
    }
    let file_format: Arc<dyn FileFormat> = match &format {
        Format::Parquet => {
            let options = state.default_table_options().parquet;
            Arc::new(ParquetFormat::default().with_options(options))
        }
        Format::Csv(csv) => csv.file_format(),
        Format::Json(json) => json.file_format(),
    };
    let options = ListingOptions::new(file_format).with_file_extension("");
    let schema = match (schema, &format) {
        (Some(schema), _) => Arc::new(schema),
        (None, _) if files.is_empty() => return Err(nothing_to_infer_from(&format)),
        (None, Format::Parquet) => infer(&options, &files, &state).await?,
        (None, Format::Csv(csv)) => csv.infer(&options, &files, &state).await?,
        (None, Format::Json(_)) => json::sorted(infer(&options, &files, &state).await?.as_ref()),
    };
    let schema = nullable(&schema);
    let config = ListingTableConfig::new_with_multi_paths(files)
        .with_listing_options(options)
        .with_schema(schema);
    let table = Arc::new(ListingTable::try_new(config)?);
    let plan = LogicalPlanBuilder::scan(format.name(), provider_as_source(table), None)?.build()?;
    normal::leaf(plan, &[], &context.planner.session().time_zone())
}

impl Format {
    fn name(&self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv(_) => "csv",
            Self::Json(_) => "json",
        }
    }
}

/// The schema of the first file that has one; Spark takes one file's too, unless
/// told to merge.
pub(super) async fn infer(
    options: &ListingOptions,
    files: &[ListingTableUrl],
    state: &SessionState,
) -> Result<SchemaRef> {
    match files.first() {
        Some(file) => Ok(options.infer_schema(state, file).await?),
        None => Ok(Arc::new(Schema::empty())),
    }
}

/// Files may lack any value, whatever they declare.
fn nullable(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| Field::clone(field).with_nullable(true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn nothing_to_infer_from(format: &Format) -> Error {
    Error::analysis(Condition::UNABLE_TO_INFER_SCHEMA, [("format", format.name().to_uppercase())])
}

/// The data files at a path: a file, all files below a directory, or what a glob
/// matches. Names that begin with `_` or `.` are no data.
async fn list(path: &str, state: &SessionState) -> Result<Vec<ListingTableUrl>> {
    let url = ListingTableUrl::parse(path).map_err(|error| {
        Error::invalid_plan(format!("`{path}` is no path: {error}")).at("paths")
    })?;
    let store = state.runtime_env().object_store(&url)?;
    let found: Vec<_> = match url.list_all_files(state, store.as_ref(), "").await {
        Ok(stream) => stream.try_collect().await.unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    if found.is_empty() && !is_local_directory(&url) {
        return Err(Error::analysis(Condition::PATH_NOT_FOUND, [("path", shown(&url, path))]));
    }
    let prefix = url.prefix().as_ref().to_owned();
    let mut files = Vec::new();
    for meta in found {
        let location = meta.location.as_ref();
        let below = location.strip_prefix(&prefix).unwrap_or(location);
        let segments = || below.split('/').filter(|segment| !segment.is_empty());
        if segments().any(|segment| segment.starts_with(['_', '.'])) || meta.size == 0 {
            continue;
        }
        let directories = segments().count().saturating_sub(1);
        if segments().take(directories).any(|segment| segment.contains('=')) {
            return Err(Error::unsupported("read.partitioned"));
        }
        let file = format!("{}{location}", url.object_store().as_str());
        files.push(ListingTableUrl::parse(file)?);
    }
    Ok(files)
}

fn is_local_directory(url: &ListingTableUrl) -> bool {
    url.scheme() == "file" && std::path::Path::new(&format!("/{}", url.prefix())).is_dir()
}

/// The path as Spark prints it: local ones as `file:/..`.
fn shown(url: &ListingTableUrl, path: &str) -> String {
    match url.scheme() {
        "file" if !path.contains(':') => format!("file:/{}", url.prefix()),
        _ => path.to_owned(),
    }
}
