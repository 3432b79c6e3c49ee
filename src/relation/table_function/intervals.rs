//! Columns of VALUES that are intervals: all rows of one have the same fields.

use datafusion::common::metadata::FieldMetadata;
use datafusion::logical_expr::{Expr, ExprSchemable};

use crate::error::Result;
use crate::function::interval_with_fields;
use crate::planner::scope::Scope;
use crate::types::fields::{IntervalFields, fields_of, interval_field};

/// The rows, with intervals that span the fields of their whole column.
pub(super) fn aligned(rows: Vec<Vec<Expr>>, scope: &Scope<'_>) -> Result<Vec<Vec<Expr>>> {
    let width = rows.first().map_or(0, Vec::len);
    let columns = (0..width).map(|at| spanned(&rows, at, scope)).collect::<Result<Vec<_>>>()?;
    let rows = rows.into_iter().map(|row| {
        let cells = row.into_iter().zip(&columns);
        cells.map(|(cell, fields)| with_fields(cell, *fields, scope)).collect()
    });
    rows.collect()
}

/// The fields of a column; none if it is no interval or has all fields anyway.
fn spanned(rows: &[Vec<Expr>], at: usize, scope: &Scope<'_>) -> Result<Option<IntervalFields>> {
    let mut all: Option<IntervalFields> = None;
    for cell in rows.iter().filter_map(|row| row.get(at)) {
        if matches!(cell, Expr::Literal(value, _) if value.is_null()) {
            continue;
        }
        let (_, field) = cell.to_field(scope.df_schema().as_ref())?;
        let Some((start, end)) = fields_of(&field) else { return Ok(None) };
        all = Some(all.map_or((start, end), |(from, to)| (from.min(start), to.max(end))));
    }
    Ok(all)
}

fn with_fields(cell: Expr, fields: Option<IntervalFields>, scope: &Scope<'_>) -> Result<Expr> {
    let Some(fields) = fields else { return Ok(cell) };
    match cell {
        Expr::Literal(value, _) => {
            let field = interval_field("", &value.data_type(), Some(fields), true)?;
            let metadata = field.metadata();
            let metadata = (!metadata.is_empty()).then(|| FieldMetadata::from(metadata));
            Ok(Expr::Literal(value, metadata))
        }
        other => interval_with_fields(other, fields, scope),
    }
}
