//! What an expression plugin can plan with.

use datafusion::common::DFSchemaRef;
use datafusion::logical_expr::Expr;

use crate::error::Result;
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::planner::scope::Scope;
use crate::{proto, sql};

/// The names in reach of an extension expression: those of the relation it
/// stands in.
pub struct ExpressionScope<'a> {
    scope: &'a Scope<'a>,
}

impl<'a> ExpressionScope<'a> {
    pub(crate) fn new(scope: &'a Scope<'a>) -> Self {
        Self { scope }
    }

    /// Plans a nested expression where this one stands.
    ///
    /// # Errors
    /// As [`SparkConnectPlanner::plan_relation`].
    pub fn expression(&self, expression: &proto::Expression) -> Result<Expr> {
        crate::expression::plan(expression, self.scope)
    }

    /// Plans the SQL text of an expression where this one stands. Subqueries are
    /// refused.
    ///
    /// # Errors
    /// As [`Self::expression`], and for text that does not parse.
    pub fn sql(&self, text: &str) -> Result<Expr> {
        self.expression(&sql::parse_expression(text)?.expression)
    }

    /// The relation the expression is evaluated over.
    pub fn input(&self) -> &Planned {
        self.scope.input()
    }

    /// The schema to type expressions against.
    pub fn schema(&self) -> &DFSchemaRef {
        self.scope.df_schema()
    }

    /// The planner, for its session.
    pub fn planner(&self) -> &SparkConnectPlanner {
        self.scope.planner()
    }
}
