//! `ExamplePluginExpression`: its child under another name.

use datafusion::logical_expr::Expr;
use datafusion_spark_connect::plugin::{ExpressionScope, TypedExpressionPlugin};
use datafusion_spark_connect::proto::ExamplePluginExpression;
use datafusion_spark_connect::{Error, Result};

/// Stands for its child, in a column of the given name.
#[derive(Debug, Clone, Copy, Default)]
pub struct ExampleExpression;

impl TypedExpressionPlugin for ExampleExpression {
    type Message = ExamplePluginExpression;

    fn transform(
        &self,
        message: &ExamplePluginExpression,
        scope: &ExpressionScope<'_>,
    ) -> Result<Expr> {
        let ExamplePluginExpression { child, custom_field } = message;
        let child = child.as_ref().ok_or_else(|| Error::missing_field("child"))?;
        Ok(scope.plan(child)?.alias(custom_field))
    }
}
