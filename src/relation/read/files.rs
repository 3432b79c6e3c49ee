//! Files by path.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::LogicalPlanBuilder;

use super::normal;
use crate::catalog;
use crate::error::{AtField as _, Condition, Error, Result};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::relation::local::parse_schema;
use crate::source::options::{OF_ALL_READERS, Options};
use crate::source::{self, FileTable, Format, Place};

/// What a client asks to read.
pub(super) struct Request<'a> {
    pub(super) format: &'a str,
    pub(super) schema: Option<&'a str>,
    pub(super) options: &'a HashMap<String, String>,
    pub(super) paths: &'a [String],
}

pub(super) async fn plan(
    request: Request<'_>,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let mut options = Options::reading(request.options);
    let mut paths = request.paths.to_vec();
    paths.extend(options.take("path"));
    let time_zone = context.planner.session().time_zone();
    let schema = request.schema.filter(|text| !text.trim().is_empty());
    let schema = schema.map(|text| parse_schema(text, &time_zone)).transpose().at("schema")?;
    let provider = match Format::new(request.format, &mut options)? {
        Some(format) => {
            let base = options.take("basepath");
            options.refuse(OF_ALL_READERS)?;
            Arc::new(table(format, schema, &paths, base, context).await?)
        }
        None => return foreign(&request, schema, paths, context).await,
    };
    let plan = LogicalPlanBuilder::scan(request.format, provider_as_source(provider), None)?;
    normal::leaf(plan.build()?, &[], &time_zone)
}

async fn table(
    format: Format,
    schema: Option<Schema>,
    paths: &[String],
    base: Option<String>,
    context: &RelationContext<'_, '_>,
) -> Result<FileTable> {
    if paths.is_empty() {
        return Err(Error::analysis(
            Condition::UNABLE_TO_INFER_SCHEMA,
            [("format", format.title().to_owned())],
        ));
    }
    let state = context.planner.state();
    let conf = context.planner.session().conf();
    let listing = source::list(paths, base.as_deref(), state.runtime_env()).await?;
    let infer = conf.is_true("spark.sql.sources.partitionColumnTypeInference.enabled");
    let time_zone = context.planner.session().time_zone();
    let folders = listing.columns(schema.as_ref(), infer, &time_zone)?;
    let in_files = match schema {
        Some(schema) => Arc::new(schema),
        None => format.infer(&listing, state.as_ref()).await?,
    };
    let is_folder = |field: &Field| {
        folders.iter().any(|own| crate::planner::columns::same_name(own.name(), field.name()))
    };
    let kept = in_files.fields().iter().filter(|field| !is_folder(field)).cloned();
    let in_files = Schema::new(kept.collect::<Vec<_>>());
    let in_files = source::nullable(&in_files);
    Ok(FileTable::new(format, in_files, folders, Place::Listed(listing)))
}

/// A format of the embedder or of a plugin.
async fn foreign(
    request: &Request<'_>,
    schema: Option<Schema>,
    paths: Vec<String>,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let foreign = catalog::Foreign {
        format: request.format,
        schema,
        locations: paths,
        partition_by: Vec::new(),
        options: request.options.clone(),
    };
    let provider = foreign.read(context.planner.state().as_ref()).await?;
    let plan = LogicalPlanBuilder::scan(request.format, provider_as_source(provider), None)?;
    normal::leaf(plan.build()?, &[], &context.planner.session().time_zone())
}
