//! Messages of Spark inside a plugin's message, as bytes.

use datafusion::logical_expr::Expr;
use futures::future::BoxFuture;

use crate::error::Result;
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::planner::scope::{Scope, Subqueries};
use crate::proto::{self, Deep, decode};

impl SparkConnectPlanner {
    /// Reads a serialised `spark.connect.Plan`, and unpacks it if the client
    /// compressed it.
    ///
    /// # Errors
    /// [`Error::InvalidPlan`](crate::Error::InvalidPlan) if the bytes are no plan, or
    /// one beyond the session's [`Limits`](crate::Limits).
    pub fn parse_plan_bytes(&self, bytes: &[u8]) -> Result<Deep<proto::Plan>> {
        decode::plan(bytes, self.session.limits())
    }

    /// Reads a serialised `spark.connect.Relation`.
    ///
    /// # Errors
    /// As [`Self::parse_plan_bytes`].
    pub fn parse_relation_bytes(&self, bytes: &[u8]) -> Result<Deep<proto::Relation>> {
        decode::relation(bytes, self.session.limits())
    }

    /// Reads a serialised `spark.connect.Expression`.
    ///
    /// # Errors
    /// As [`Self::parse_plan_bytes`].
    pub fn parse_expression_bytes(&self, bytes: &[u8]) -> Result<Deep<proto::Expression>> {
        decode::expression(bytes, self.session.limits())
    }

    /// Plans the relation in a serialised `spark.connect.Plan`, as clients send a
    /// DataFrame inside a message of a library.
    ///
    /// # Errors
    /// As [`Self::parse_plan_bytes`] and [`Self::plan_relation`]; a plan that is a
    /// command is refused.
    // Boxed: see `plan_relation_over`.
    pub fn plan_bytes<'a>(&'a self, bytes: &'a [u8]) -> BoxFuture<'a, Result<Planned>> {
        Box::pin(async move {
            let plan = self.parse_plan_bytes(bytes)?;
            self.plan_relation(crate::planner::root(&plan)?).await
        })
    }

    /// Plans a serialised `spark.connect.Relation`.
    ///
    /// # Errors
    /// As [`Self::parse_plan_bytes`] and [`Self::plan_relation`].
    pub fn plan_relation_bytes<'a>(&'a self, bytes: &'a [u8]) -> BoxFuture<'a, Result<Planned>> {
        Box::pin(async move { self.plan_relation(&*self.parse_relation_bytes(bytes)?).await })
    }

    /// Plans a condition over the columns of `input`: an expression that must be
    /// boolean, with Spark's error if not.
    ///
    /// # Errors
    /// As [`Self::plan_expression`].
    pub fn plan_condition(&self, condition: &proto::Expression, input: &Planned) -> Result<Expr> {
        let subqueries = Subqueries::new();
        crate::expression::plan_condition(condition, &Scope::new(self, input, &subqueries))
    }

    /// Plans a serialised `spark.connect.Expression` over the columns of `input`.
    ///
    /// # Errors
    /// As [`Self::parse_plan_bytes`] and [`Self::plan_expression`].
    pub fn plan_expression_bytes(&self, bytes: &[u8], input: &Planned) -> Result<Expr> {
        let expression = self.parse_expression_bytes(bytes)?;
        expression.with(|expression| self.plan_expression(expression, input))
    }
}
