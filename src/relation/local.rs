//! `local_relation`, and rows that the planner itself made.

use std::io::Cursor;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::arrow::ipc::reader::StreamReader;
use datafusion::common::Column;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::LogicalPlanBuilder;

use prost::Message as _;

use super::read::normal;
use crate::error::{AtField as _, Condition, Error, Result};
use crate::planner::columns::{ColumnEntry, Columns, FieldNames};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::source::LocalTable;
use crate::{proto, sql, types};

pub(super) fn plan(
    message: &proto::LocalRelation,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::LocalRelation { data, schema } = message;
    let streams: Vec<&[u8]> = data.as_deref().into_iter().collect();
    from_streams(context, &streams, schema.as_deref())
}

/// Rows that the client sent ahead, as one message.
pub(super) fn plan_cached(
    message: &proto::CachedLocalRelation,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::CachedLocalRelation { hash } = message;
    let bytes = artifact(context, hash).at("hash")?;
    let local = proto::LocalRelation::decode(&*bytes)
        .map_err(|error| Error::invalid_plan(format!("the artifact cache/{hash}: {error}")))?;
    plan(&local, context)
}

/// Rows that the client sent ahead in pieces, each a stream of its own.
pub(super) fn plan_chunked(
    message: &proto::ChunkedCachedLocalRelation,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::ChunkedCachedLocalRelation { data_hashes, schema_hash } = message;
    let pieces = data_hashes.iter().map(|hash| artifact(context, hash));
    let pieces = pieces.collect::<Result<Vec<_>>>().at("dataHashes")?;
    let schema = schema_hash.as_ref().map(|hash| artifact(context, hash));
    let schema = schema.transpose().at("schemaHash")?;
    let schema = schema.as_deref().map(std::str::from_utf8).transpose();
    let schema = schema.map_err(|_| Error::invalid_plan("a schema is text").at("schemaHash"))?;
    let streams: Vec<&[u8]> = pieces.iter().map(|bytes| &**bytes).collect();
    from_streams(context, &streams, schema)
}

fn artifact(context: &RelationContext<'_, '_>, hash: &str) -> Result<Arc<[u8]>> {
    context
        .planner
        .session()
        .artifacts()
        .cached(hash)
        .ok_or_else(|| Error::invalid_plan(format!("this session has no artifact cache/{hash}")))
}

fn from_streams(
    context: &RelationContext<'_, '_>,
    streams: &[&[u8]],
    schema: Option<&str>,
) -> Result<Planned> {
    let time_zone = context.planner.session().time_zone();
    let schema = schema.filter(|text| !text.is_empty());
    let declared = schema.map(|text| parse_schema(text, &time_zone)).transpose().at("schema")?;
    let mut found: Option<SchemaRef> = None;
    let mut batches = Vec::new();
    for stream in streams.iter().filter(|stream| !stream.is_empty()) {
        let (schema, mut rows) = read(stream).at("data")?;
        found.get_or_insert(schema);
        batches.append(&mut rows);
    }
    let found = match (found, &declared) {
        (Some(found), _) => found,
        (None, Some(schema)) => Arc::new(schema.clone()),
        (None, None) => {
            return Err(Error::invalid_plan_with(
                Condition::SCHEMA_REQUIRED_FOR_LOCAL_RELATION,
                "a local relation has data, a schema, or both",
                [],
            ));
        }
    };
    let schema = Arc::new(match declared {
        Some(schema) => schema,
        None => normal::schema(&found, &time_zone),
    });
    let batches = batches.iter().map(|batch| convert(batch, &schema)).collect::<Result<_>>()?;
    rows(schema, batches)
}

/// A schema as DDL or as JSON.
pub(super) fn parse_schema(text: &str, time_zone: &str) -> Result<Schema> {
    let spark = if text.trim_start().starts_with('{') {
        types::json::from_json(text)?
    } else {
        sql::parse_schema(text)?
    };
    types::to_schema(&spark, time_zone)
}

fn read(bytes: &[u8]) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    let invalid = |error| Error::invalid_plan(format!("the data is no Arrow stream: {error}"));
    let reader = StreamReader::try_new(Cursor::new(bytes), None).map_err(invalid)?;
    let schema = reader.schema();
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(invalid)?;
    Ok((schema, batches))
}

/// The batch with the types of the schema.
fn convert(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    if batch.num_columns() != schema.fields().len() {
        return Err(Error::invalid_plan(format!(
            "the data has {} columns, the schema {}",
            batch.num_columns(),
            schema.fields().len()
        )));
    }
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let columns = batch.columns().iter().zip(schema.fields()).map(|(column, field)| {
        if column.data_type() == field.data_type() {
            return Ok(Arc::clone(column));
        }
        cast_with_options(column, field.data_type(), &options).map_err(|error| {
            Error::invalid_plan(format!(
                "column `{}` does not fit the schema: {error}",
                field.name()
            ))
        })
    });
    let columns = columns.collect::<Result<Vec<ArrayRef>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
        .map_err(|error| Error::invalid_plan(format!("the data does not fit the schema: {error}")))
}

/// A relation of rows in memory; names may repeat.
pub(crate) fn rows(schema: SchemaRef, batches: Vec<RecordBatch>) -> Result<Planned> {
    let mut names = FieldNames::default();
    let fields = schema.fields().iter().map(|field| {
        let name = names.take(field.name());
        Field::clone(field).with_name(name)
    });
    let unique = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let options =
        |batch: &RecordBatch| RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let batches = batches.into_iter().map(|batch| {
        let options = options(&batch);
        RecordBatch::try_new_with_options(Arc::clone(&unique), batch.columns().to_vec(), &options)
    });
    let batches = batches
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Error::internal(format!("rows do not fit their own schema: {error}")))?;
    let table = Arc::new(LocalTable::new(unique, batches));
    let plan = LogicalPlanBuilder::scan("local", provider_as_source(table), None)?.build()?;
    let entries = plan.schema().iter().zip(schema.fields()).map(|((table, field), shown)| {
        ColumnEntry::new(shown.name().as_str(), Column::new(table.cloned(), field.name()))
    });
    let columns = Columns::new(entries.collect());
    Ok(Planned::leaf(plan, columns))
}
