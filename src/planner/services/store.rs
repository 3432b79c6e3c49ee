//! Values on their way into columns of a table.

use datafusion::arrow::datatypes::Field;
use datafusion::common::ExprSchema as _;
use datafusion::logical_expr::{Expr, ExprSchemable as _};

use crate::error::{Condition, Error, Result};
use crate::function::Typed;
use crate::function::cast::coerced;
use crate::function::coerce::same;
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::quote_parts;
use crate::planner::planned::Planned;
use crate::planner::scope::{Scope, Subqueries};
use crate::relation::to_schema::is_assignable;
use crate::types::arrow_sql_name;

impl SparkConnectPlanner {
    /// A value over the columns of `input` in the type of the column `field` of a
    /// table, by the rules of ANSI SQL for storing: what an INSERT or UPDATE does.
    ///
    /// # Errors
    /// `INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST` if a value of that type cannot
    /// be stored there.
    pub fn store_value(
        &self,
        value: Expr,
        input: &Planned,
        table: &str,
        field: &Field,
    ) -> Result<Expr> {
        let own = match &value {
            Expr::Column(column) => input.df_schema().data_type(column)?.clone(),
            computed => computed.get_type(input.df_schema().as_ref())?,
        };
        if !same(&own, field.data_type()) && !is_assignable(&own, field.data_type()) {
            return Err(Error::analysis(
                Condition::CANNOT_SAFELY_CAST,
                [
                    ("tableName", table.to_owned()),
                    ("colName", quote_parts([field.name().as_str()])),
                    ("srcType", format!("\"{}\"", arrow_sql_name(&own))),
                    ("targetType", format!("\"{}\"", arrow_sql_name(field.data_type()))),
                ],
            ));
        }
        let subqueries = Subqueries::new();
        let scope = Scope::new(self, input, &subqueries);
        Ok(coerced(&Typed::from(value), field.data_type(), &scope)?.into_expr())
    }
}
