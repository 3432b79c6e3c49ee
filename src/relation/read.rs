//! `read`: tables by name, files by path.

mod csv;
mod files;
mod json;
pub(super) mod normal;
mod options;
mod table;

use crate::error::{Error, Required as _, Result};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::proto::read::{DataSource, NamedTable, ReadType};

pub(super) async fn plan(
    message: &proto::Read,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::Read { is_streaming, read_type } = message;
    if *is_streaming {
        return Err(Error::unsupported("relation.read.is_streaming"));
    }
    match read_type.as_ref().required("read_type")? {
        ReadType::NamedTable(NamedTable { unparsed_identifier, options }) => {
            options::refuse_all(options)?;
            table::plan(unparsed_identifier, context).await
        }
        ReadType::DataSource(source) => data_source(source, context).await,
    }
}

async fn data_source(source: &DataSource, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let DataSource { format, schema, options, paths, predicates, source_name: _ } = source;
    if !predicates.is_empty() {
        return Err(Error::unsupported("relation.read.predicates"));
    }
    let format = format.as_deref().filter(|name| !name.is_empty()).unwrap_or("parquet");
    let request = files::Request::new(format, schema.as_deref(), options, paths, context)?;
    files::plan(request, context).await
}
