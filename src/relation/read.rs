//! `read`: tables by name, files by path.

mod files;
pub(super) mod normal;
pub(crate) mod table;
mod view;

use crate::error::{Condition, Error, Required as _, Result};
use crate::planner::planned::Planned;
use crate::planner::walk::{RelationContext, Step};
use crate::proto;
use crate::proto::read::{DataSource, NamedTable, ReadType};

pub(super) fn plan<'a>(
    message: &'a proto::Read,
    context: &'a RelationContext<'a, '_>,
) -> Result<Step<'a>> {
    let proto::Read { is_streaming, read_type } = message;
    if *is_streaming {
        return Err(Error::unsupported("relation.read.is_streaming"));
    }
    match read_type.as_ref().required("read_type")? {
        ReadType::NamedTable(NamedTable { unparsed_identifier, options }) => {
            table::plan(unparsed_identifier, options, context)
        }
        ReadType::DataSource(source) => Ok(Step::Later(Box::pin(data_source(source, context)))),
    }
}

async fn data_source(source: &DataSource, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let DataSource { format, schema, options, paths, predicates, source_name: _ } = source;
    let default = context.planner.session().conf().get_option("spark.sql.sources.default");
    let format = format.as_deref().filter(|name| !name.is_empty());
    let format = format.or(default.as_deref()).unwrap_or("parquet");
    if !predicates.is_empty() && !format.eq_ignore_ascii_case("jdbc") {
        let parameters = [("format", format.to_owned())];
        return Err(Error::analysis(Condition::PREDICATES_NOT_SUPPORTED, parameters));
    }
    let request = files::Request { format, schema: schema.as_deref(), options, paths };
    files::plan(request, context).await
}
