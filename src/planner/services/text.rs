//! SQL text, and data types as messages and as text.

use futures::future::BoxFuture;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::logical_expr::Expr;

use crate::error::{Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::proto::{self, relation::RelType};
use crate::sql::Fragment;

impl SparkConnectPlanner {
    /// Plans a query in Spark's SQL.
    ///
    /// # Errors
    /// As [`Self::plan_relation`].
    pub fn plan_sql<'a>(&'a self, query: &'a str) -> BoxFuture<'a, Result<Planned>> {
        Box::pin(async move {
            let sql = proto::Sql { query: query.to_owned(), ..proto::Sql::default() };
            let rel_type = Some(RelType::Sql(sql));
            self.plan_relation(&proto::Relation { common: None, rel_type }).await
        })
    }

    /// Plans an expression in Spark's SQL over the columns of `input`. Subqueries in it
    /// are refused.
    ///
    /// # Errors
    /// As [`Self::plan_expression`].
    pub fn plan_sql_expression(&self, text: &str, input: &Planned) -> Result<Expr> {
        self.plan_expression(&sql_expression(self, text)?.expression, input)
    }

    /// The Arrow type for a Spark type, in the session's time zone.
    ///
    /// # Errors
    /// If a type inside is unset, or has no counterpart.
    pub fn arrow_type(&self, data_type: &proto::DataType) -> Result<DataType> {
        crate::types::to_arrow(data_type, &self.session.time_zone())
    }

    /// The Arrow schema for a Spark struct type, in the session's time zone.
    ///
    /// # Errors
    /// If it is no struct, or as [`Self::arrow_type`].
    pub fn arrow_schema(&self, structure: &proto::DataType) -> Result<SchemaRef> {
        crate::types::to_schema(structure, &self.session.time_zone()).map(Arc::new)
    }

    /// Reads a Spark type written in SQL: `array<int>`, `decimal(10, 2)`.
    ///
    /// # Errors
    /// Spark's error for text that is no type.
    pub fn parse_data_type(&self, text: &str) -> Result<proto::DataType> {
        crate::sql::parse_data_type(text)
    }

    /// Reads columns written in SQL, `id bigint, name string`, or a struct type.
    ///
    /// # Errors
    /// Spark's error for text that is neither.
    pub fn parse_schema(&self, text: &str) -> Result<proto::DataType> {
        crate::sql::parse_schema(text)
    }

    /// Reads a name of several parts: `` a.`b.c` `` is `a` and `b.c`.
    ///
    /// # Errors
    /// Spark's error for text that is no name.
    pub fn parse_identifier(&self, text: &str) -> Result<Vec<String>> {
        crate::sql::parse_identifier(text)
    }
}

/// The expression that a text stands for. Planning a subquery may await, and planning
/// an expression may not.
pub(super) fn sql_expression(planner: &SparkConnectPlanner, text: &str) -> Result<Arc<Fragment>> {
    let fragment = planner.parsed_expression(text)?;
    match fragment.references.is_empty() {
        true => Ok(fragment),
        false => Err(Error::unsupported_because(
            "plugin.sql_expression.subquery",
            "plan the subquery as a relation of its own",
        )),
    }
}
