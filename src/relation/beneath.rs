//! Filters and sorts may name columns that their input dropped.

use std::cell::RefCell;
use std::sync::Arc;

use super::select::Select;
use crate::error::Result;
use crate::expression::{NamedExpr, plan_list};
use crate::planner::columns::Columns;
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::scope::Scope;
use crate::planner::walk::RelationContext;
use crate::proto::Expression;

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
    let mut planned = expressions(&context.scope(input).seeing_beneath(&missing));
    let mut missing = missing.into_inner();
    let mut widened = input.clone();
    // An expression of a dropped column may fail for want of its type: what it
    // names counts, and it is planned again where the column is there.
    while !missing.is_empty() {
        let Some(wider) = widened.widened(&missing)? else {
            // Out of reach after all: the error is that of a name nobody has.
            planned = expressions(&context.scope(input));
            break;
        };
        widened = wider;
        let visible = added_hidden(input, &widened);
        let again = RefCell::new(Vec::new());
        planned = expressions(&context.scope(&visible).seeing_beneath(&again));
        missing = again.into_inner();
    }
    let built = build(&widened, planned?)?;
    let width = input.columns().len();
    if widened.columns().len() == width {
        return Ok(built);
    }
    let mut select = Select::new(&built, context.field_names());
    built.columns().entries().iter().take(width).for_each(|entry| select.pass(entry));
    select.finish()
}

/// Plans a select list over `input`, or over the input widened by what is known of
/// files, if the list asks for it: that alone passes through a select list.
pub(super) fn list(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    expressions: &[Expression],
) -> Result<(Planned, Vec<NamedExpr>)> {
    let missing = RefCell::new(Vec::new());
    let list = plan_list(expressions, &context.scope(input).seeing_facts(&missing));
    let missing = missing.into_inner();
    let wider = if missing.is_empty() { None } else { input.widened(&missing)? };
    let Some(wider) = wider else { return Ok((input.clone(), list?)) };
    let visible = added_hidden(input, &wider);
    let list = plan_list(expressions, &context.scope(&visible))?;
    Ok((visible, list))
}

/// The widened relation, where the columns that were added do not stand in the way
/// of the names of the others.
fn added_hidden(original: &Planned, widened: &Planned) -> Planned {
    let entries = widened.columns().entries();
    let (output, added) = entries.split_at(original.columns().len().min(entries.len()));
    let hidden = added.iter().chain(original.columns().hidden()).map(Arc::clone).collect();
    let columns = Columns::with_hidden(output.to_vec(), hidden);
    let inputs = vec![Input::plain(widened)];
    Planned::node(Arc::clone(widened.plan()), columns, inputs, Shape::Same)
}
