//! Filters and sorts may name columns that their input dropped.

use std::cell::RefCell;
use std::sync::Arc;

use super::select::Select;
use crate::error::{Error, Result};
use crate::planner::planned::Planned;
use crate::planner::scope::Scope;
use crate::planner::walk::RelationContext;

/// Plans expressions over `input`, or over the input widened by the columns they
/// need from beneath it; then builds a relation over that and drops what was
/// added.
pub(super) fn plan<T>(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    expressions: impl Fn(&Scope<'_>) -> Result<T>,
    build: impl FnOnce(&Planned, T) -> Result<Planned>,
) -> Result<Planned> {
    let missing = RefCell::new(Vec::new());
    let planned = expressions(&context.scope(input).seeing_beneath(&missing))?;
    let missing = missing.into_inner();
    if missing.is_empty() {
        return build(input, planned);
    }
    let widened = input
        .widened(&missing)?
        .ok_or_else(|| Error::internal("a column that was found beneath is out of reach"))?;
    let planned = expressions(&context.scope(&widened))?;
    let built = build(&widened, planned)?;
    let mut select = Select::new(&built, context.field_names());
    for entry in input.columns().entries() {
        let kept = built.columns().by_id(entry.id()).map(Arc::clone);
        select.pass(&kept.ok_or_else(|| Error::internal("a column was lost while widening"))?);
    }
    select.finish()
}
