//! `* EXCEPT (a, s.b)`: a star without some columns, or fields of them.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Fields};
use datafusion::logical_expr::Expr;

use super::update_fields::{self, Change};
use super::{NamedExpr, attribute, list};
use crate::error::{Condition, Error, Required as _, Result};
use crate::function::Typed;
use crate::planner::columns::{ColumnEntry, same_name};
use crate::planner::scope::{Scope, unresolved};
use crate::proto::Expression;
use crate::proto::expression::ExprType;
use crate::types::variant::are_fields;

/// The function that stands for it in messages.
pub(super) const EXCEPT: &str = "#star_except";

/// The columns that are left.
pub(super) fn expand_except(arguments: &[Expression], scope: &Scope<'_>) -> Result<Vec<NamedExpr>> {
    let (star, left_out) = arguments.split_first().required("arguments")?;
    let Some(ExprType::UnresolvedStar(star)) = &star.expr_type else {
        return Err(Error::invalid_plan("EXCEPT follows a star"));
    };
    let mut columns = list::expand(star, scope)?;
    let mut seen: Vec<(Arc<ColumnEntry>, Vec<String>)> = Vec::new();
    for name in left_out {
        let Some(ExprType::UnresolvedAttribute(name)) = &name.expr_type else {
            return Err(Error::invalid_plan("EXCEPT takes names"));
        };
        let parts = attribute::parse_name(&name.unparsed_identifier)?;
        let resolved = scope.resolve(&parts, None)?;
        let entry = resolved.entry.ok_or_else(|| unresolved(&parts, scope.input().columns()))?;
        let path = parts[resolved.parts.min(parts.len())..].to_vec();
        if seen.iter().any(|(other, taken)| other.id() == entry.id() && overlap(taken, &path)) {
            let names: Vec<_> = left_out.iter().map(shown).collect();
            return Err(Error::analysis(
                Condition::EXCEPT_OVERLAPPING_COLUMNS,
                [("columns", names.join(", "))],
            ));
        }
        leave_out(&mut columns, &entry, &path, &parts, scope)?;
        seen.push((entry, path));
    }
    Ok(columns)
}

fn shown(name: &Expression) -> String {
    match &name.expr_type {
        Some(ExprType::UnresolvedAttribute(name)) => name.unparsed_identifier.clone(),
        _ => String::new(),
    }
}

/// Whether one path leads to or into the other.
fn overlap(a: &[String], b: &[String]) -> bool {
    a.iter().zip(b).all(|(a, b)| same_name(a, b))
}

fn leave_out(
    columns: &mut Vec<NamedExpr>,
    entry: &ColumnEntry,
    path: &[String],
    parts: &[String],
    scope: &Scope<'_>,
) -> Result<()> {
    let same = |named: &NamedExpr| match &named.entry {
        Some(own) => own.id() == entry.id(),
        None => path.is_empty() && same_name(&named.name, entry.name()),
    };
    let Some(at) = columns.iter().position(same) else {
        return Err(unresolved(parts, scope.input().columns()));
    };
    if path.is_empty() {
        columns.remove(at);
        return Ok(());
    }
    let value = Typed::from(columns[at].expr.clone());
    columns[at].expr = without(value, path, parts, scope)?;
    // Further fields of it may be left out too, so that it is still this column.
    columns[at].metadata = None;
    columns[at].entry = None;
    Ok(())
}

/// A struct without the field at a path.
fn without(value: Typed, path: &[String], parts: &[String], scope: &Scope<'_>) -> Result<Expr> {
    let absent = |_: &str, _: &Fields| unresolved(parts, scope.input().columns());
    let own = value.data_type(scope)?.clone();
    if !matches!(&own, DataType::Struct(fields) if !are_fields(fields)) {
        return Err(unresolved(parts, scope.input().columns()));
    }
    let kept = update_fields::parts(&own, path, Change::Drop, &value, &absent, scope)?;
    Ok(update_fields::rebuilt(value, kept, None).into_expr())
}
