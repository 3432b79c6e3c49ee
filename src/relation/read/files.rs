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
use crate::record::Options;
use crate::relation::local::parse_schema;
use crate::source::{self, Choice, FileTable, Format, Place};
use crate::types::TYPE_KEY;

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
    let session = context.planner.session();
    let mut options = Options::reading(request.options);
    let paths = paths(&request, &mut options)?;
    let time_zone = session.time_zone();
    options.set_default("columnnameofcorruptrecord", || {
        session.conf().get_option("spark.sql.columnNameOfCorruptRecord")
    });
    options.set_default("mergeschema", || {
        let key = match request.format.to_lowercase().as_str() {
            "parquet" => "spark.sql.parquet.mergeSchema",
            "orc" => "spark.sql.orc.mergeSchema",
            _ => return None,
        };
        session.conf().is_true(key).then(|| "true".to_owned())
    });
    let schema = request.schema.filter(|text| !text.trim().is_empty());
    let schema = schema.map(|text| parse_schema(text, &time_zone)).transpose().at("schema")?;
    if let Some(schema) = &schema {
        refuse_lengths(schema)?;
    }
    let choice = Choice::take(&mut options, &time_zone)?;
    let provider = match Format::new(request.format, &mut options, &time_zone)? {
        Some(format) => {
            Arc::new(table(format, schema, &paths, &choice, context).await?.with_facts())
        }
        None => return foreign(&request, schema, paths, context).await,
    };
    let plan = LogicalPlanBuilder::scan(request.format, provider_as_source(provider), None)?;
    normal::leaf(plan.build()?, Arc::from([]), &time_zone)
}

async fn table(
    format: Format,
    schema: Option<Schema>,
    paths: &[String],
    choice: &Choice,
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
    let listing = source::list(paths, choice, state.runtime_env()).await?;
    let infer = conf.is_true("spark.sql.sources.partitionColumnTypeInference.enabled");
    let time_zone = context.planner.session().time_zone();
    let folders = listing.columns(schema.as_ref(), infer, &time_zone)?;
    let in_files = match schema {
        Some(schema) => Arc::new(schema),
        None => format.infer(&listing, state.as_ref(), &time_zone).await?,
    };
    format.check(in_files.fields())?;
    let is_folder = |field: &Field| {
        folders.iter().any(|own| crate::planner::columns::same_name(own.name(), field.name()))
    };
    let kept = in_files.fields().iter().filter(|field| !is_folder(field)).cloned();
    let in_files = Schema::new(kept.collect::<Vec<_>>());
    let in_files = source::nullable(&in_files);
    Ok(FileTable::new(format, in_files, folders, Place::Listed(listing)))
}

/// # Errors
/// `UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING`: texts of a certain length are for tables.
fn refuse_lengths(schema: &Schema) -> Result<()> {
    let has_length = |field: &Field| {
        let kind = field.metadata().get(TYPE_KEY);
        kind.is_some_and(|kind| kind.starts_with("char(") || kind.starts_with("varchar("))
    };
    match schema.fields().iter().any(|field| has_length(field)) {
        true => Err(Error::analysis(Condition::UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING, [])),
        false => Ok(()),
    }
}

/// Where the files are: what is given, or the option `path`.
fn paths(request: &Request<'_>, options: &mut Options) -> Result<Vec<String>> {
    match (options.take("path"), request.paths) {
        (None, given) => Ok(given.to_vec()),
        (Some(path), []) => Ok(vec![path]),
        (Some(_), _) => Err(Error::analysis(Condition::PATH_OPTION_AND_PATHS, [])),
    }
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
    normal::leaf(plan.build()?, Arc::from([]), &context.planner.session().time_zone())
}
