//! `cached_remote_relation`: rows that the session keeps under an id.

use crate::error::{Condition, Error, Result};
use crate::execute::kept::Kept;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;

pub(super) fn plan(
    message: &proto::CachedRemoteRelation,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::CachedRemoteRelation { relation_id } = message;
    let session = context.planner.session();
    Kept::of(session).checkpointed(relation_id).ok_or_else(|| {
        Error::analysis(
            Condition::DATAFRAME_NOT_FOUND,
            [("dfId", relation_id.clone()), ("sessionId", session.id().to_owned())],
        )
    })
}
