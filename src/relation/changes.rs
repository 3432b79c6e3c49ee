//! `relation_changes`: the changes of a table, which a source of a plugin may know.

use crate::catalog::name_of;
use crate::error::{Condition, Error, Result};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::sql;

pub(super) async fn plan(
    message: &proto::RelationChanges,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::RelationChanges { unparsed_identifier, options: _, is_streaming } = message;
    if *is_streaming {
        return Err(Error::unsupported("relation.relation_changes.is_streaming"));
    }
    let parts = sql::parse_identifier(unparsed_identifier)?;
    let name = name_of(context.planner.session(), parts)?;
    Err(Error::analysis(Condition::CHANGE_DATA_CAPTURE, [("catalogName", name.catalog)]))
}
