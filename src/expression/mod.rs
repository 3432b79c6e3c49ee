//! Expressions: from messages to DataFusion's `Expr`, by Spark's rules.

use datafusion::logical_expr::Expr;

use crate::error::{Error, Required, Result};
use crate::planner::columns::ColumnEntry;
use crate::planner::scope::Scope;
use crate::proto::{self, expression::ExprType};

/// An expression of a select list with the name of its column.
#[derive(Debug, Clone)]
pub(crate) struct NamedExpr {
    /// The value, without the alias.
    pub(crate) expr: Expr,
    /// The name Spark gives the column.
    pub(crate) name: String,
    /// The column this is, if it is one passed on unchanged: it keeps its id.
    pub(crate) entry: Option<std::sync::Arc<ColumnEntry>>,
    /// Metadata of the column, as JSON text, if an alias sets it.
    pub(crate) metadata: Option<String>,
}

/// Plans one expression; stars and generators are refused.
pub(crate) fn plan(expression: &proto::Expression, scope: &Scope<'_>) -> Result<Expr> {
    let _ = scope;
    match expression.expr_type.as_ref().required("expr_type")? {
        ExprType::Literal(_) => Err(Error::unsupported("expression.literal")),
        _ => Err(Error::unsupported("expression")),
    }
}

/// Plans a select list: stars and regexes expand, every column gets its name.
pub(crate) fn plan_list(list: &[proto::Expression], scope: &Scope<'_>) -> Result<Vec<NamedExpr>> {
    let _ = (list, scope);
    Err(Error::unsupported("expression"))
}

/// stub
pub(crate) fn plan_sort_orders(
    _: &[proto::expression::SortOrder],
    _: &Scope<'_>,
) -> Result<Vec<datafusion::logical_expr::expr::Sort>> {
    Err(Error::unsupported("expression"))
}

/// stub
pub(crate) fn plan_condition(_: &proto::Expression, _: &Scope<'_>) -> Result<Expr> {
    Err(Error::unsupported("expression"))
}
