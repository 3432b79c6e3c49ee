//! Expressions of a plugin, in the scope of the plugin's own expression.

use datafusion::logical_expr::Expr;

use super::text::sql_expression;
use crate::error::Result;
use crate::plugin::ExpressionScope;
use crate::proto;

impl ExpressionScope<'_> {
    /// Plans an expression that the plugin's message holds.
    ///
    /// # Errors
    /// As [`SparkConnectPlanner::plan_expression`](crate::SparkConnectPlanner::plan_expression).
    pub fn plan(&self, expression: &proto::Expression) -> Result<Expr> {
        crate::expression::plan(expression, self.inner())
    }

    /// The same for an expression that must be boolean, with Spark's error if not.
    ///
    /// # Errors
    /// As [`Self::plan`].
    pub fn plan_condition(&self, expression: &proto::Expression) -> Result<Expr> {
        crate::expression::plan_condition(expression, self.inner())
    }

    /// Plans a serialised `spark.connect.Expression`.
    ///
    /// # Errors
    /// If the bytes are none, or as [`Self::plan`].
    pub fn plan_bytes(&self, bytes: &[u8]) -> Result<Expr> {
        let expression = self.planner().parse_expression_bytes(bytes)?;
        expression.with(|expression| self.plan(expression))
    }

    /// Plans an expression in Spark's SQL. Subqueries in it are refused.
    ///
    /// # Errors
    /// If the text does not parse, or as [`Self::plan`].
    pub fn sql(&self, text: &str) -> Result<Expr> {
        self.plan(&sql_expression(self.planner(), text)?.expression)
    }
}
