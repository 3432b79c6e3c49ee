//! Filters and sorts may name columns that their input dropped.

use std::cell::RefCell;
use std::sync::Arc;

use super::select::Select;
use crate::error::{Error, Result};
use crate::planner::columns::ColumnId;
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
    let (widened, planned) = match attempt(context, input, &expressions)? {
        Attempt::Planned(planned) => return build(input, planned),
        Attempt::Missing(columns) => widen(context, input, columns, &expressions)?,
    };
    let built = build(&widened, planned)?;
    let mut select = Select::new(&built, context.field_names());
    for entry in input.columns().entries() {
        let kept = built.columns().by_id(entry.id()).map(Arc::clone);
        select.pass(&kept.ok_or_else(|| Error::internal("a column was lost while widening"))?);
    }
    select.finish()
}

enum Attempt<T> {
    Planned(T),
    /// These columns are not in the input but beneath it. Without them an
    /// expression has no type, so an error that came after does not count.
    Missing(Vec<ColumnId>),
}

fn attempt<T>(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    expressions: impl Fn(&Scope<'_>) -> Result<T>,
) -> Result<Attempt<T>> {
    let missing = RefCell::new(Vec::new());
    let planned = expressions(&context.scope(input).seeing_beneath(&missing));
    match missing.into_inner() {
        none if none.is_empty() => planned.map(Attempt::Planned),
        columns => Ok(Attempt::Missing(columns)),
    }
}

/// Widens the input until the expressions miss nothing.
fn widen<T>(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    mut missing: Vec<ColumnId>,
    expressions: impl Fn(&Scope<'_>) -> Result<T>,
) -> Result<(Planned, T)> {
    let mut added = Vec::new();
    loop {
        added.append(&mut missing);
        let widened = input
            .widened(&added)?
            .ok_or_else(|| Error::internal("a column that was found beneath is out of reach"))?;
        match attempt(context, &widened, &expressions)? {
            Attempt::Planned(planned) => return Ok((widened, planned)),
            Attempt::Missing(more) if more.iter().all(|id| added.contains(id)) => {
                return Err(Error::internal("a column that was added is still missing"));
            }
            Attempt::Missing(more) => missing = more,
        }
    }
}
