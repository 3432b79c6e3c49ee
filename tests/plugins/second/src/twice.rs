//! `Twice`: an expression around another.

use datafusion::logical_expr::{Expr, lit};
use datafusion_spark_connect::plugin::{ExpressionScope, TypedExpressionPlugin};
use datafusion_spark_connect::{Error, Result};

use crate::proto::Twice;

/// Its child times two; the column is named by its text.
#[derive(Debug, Clone, Copy, Default)]
pub struct TwicePlugin;

impl TypedExpressionPlugin for TwicePlugin {
    type Message = Twice;

    fn transform(&self, message: &Twice, scope: &ExpressionScope<'_>) -> Result<Expr> {
        let child = message.child.as_ref().ok_or_else(|| Error::missing_field("child"))?;
        Ok(scope.plan(child)? * lit(2_i64))
    }
}
