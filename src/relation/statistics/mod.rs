//! What hangs at `df.stat`, and `describe` and `summary`.

mod crosstab;
mod frequent;
mod pair;
mod quantile;
mod sample;
mod summary;
mod transpose;

pub(super) use crosstab::plan as crosstab;
pub(super) use frequent::plan as freq_items;
pub(super) use pair::{corr, cov};
pub(super) use quantile::plan as approx_quantile;
pub(super) use sample::{by_stratum, sample};
pub(super) use summary::{describe, summary};
pub(super) use transpose::plan as transpose;

use datafusion::logical_expr::Expr;

use crate::error::Result;
use crate::expression::NamedExpr;
use crate::function::{FunctionCall, Typed, call};
use crate::planner::columns::ColumnEntry;
use crate::planner::scope::Scope;

/// A call of one of Spark's functions.
pub(super) fn called<T: Into<Typed>>(
    name: &str,
    arguments: impl IntoIterator<Item = T>,
    scope: &Scope<'_>,
) -> Result<Expr> {
    Ok(call(&FunctionCall::new(name, arguments), scope)?.into_expr())
}

fn column(entry: &ColumnEntry) -> Expr {
    Expr::Column(entry.column().clone())
}

/// A computed item of a select list.
fn item(name: impl Into<String>, expr: Expr) -> NamedExpr {
    NamedExpr { expr, name: name.into(), entry: None, metadata: None }
}
