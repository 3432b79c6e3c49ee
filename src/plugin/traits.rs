//! The three plugin traits, in the shape that authors of Spark plugins know.

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::logical_expr::Expr;
use prost_types::Any;

use super::ExpressionScope;
use crate::command::CommandOutput;
use crate::error::Result;
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;

/// Turns messages in `Relation.extension` into plans.
///
/// Implement [`TypedRelationPlugin`](super::TypedRelationPlugin) where one message
/// is taken: it comes unpacked.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no relation plugin",
    note = "implement `RelationPlugin`, or `TypedRelationPlugin` and register `Typed<{Self}>`"
)]
#[async_trait]
pub trait RelationPlugin: Send + Sync + 'static {
    /// The relation that the message stands for; `None` if it is not this
    /// plugin's, so that the next one is asked.
    ///
    /// The planner plans nested relations, runs them if need be, and has the
    /// session. A plugin that loops asks
    /// [`check_cancelled`](SparkConnectPlanner::check_cancelled) in between.
    ///
    /// # Errors
    /// Whatever is wrong: it reaches the client with its condition, and names the
    /// message.
    async fn transform(
        &self,
        extension: &Any,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<Planned>>;

    /// The schema of the relation, if that can be told without doing its work.
    ///
    /// # Errors
    /// As [`Self::transform`].
    async fn schema(
        &self,
        extension: &Any,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<SchemaRef>> {
        let _ = (extension, planner);
        Ok(None)
    }

    /// Whether [`Self::transform`] changes something. If it does, it is called
    /// once for each relation a client made, whatever the client asks of it.
    fn side_effects(&self) -> bool {
        false
    }
}

/// Turns messages in `Expression.extension` into expressions.
///
/// Implement [`TypedExpressionPlugin`](super::TypedExpressionPlugin) where one
/// message is taken: it comes unpacked.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no expression plugin",
    note = "implement `ExpressionPlugin`, or `TypedExpressionPlugin` and register `Typed<{Self}>`"
)]
pub trait ExpressionPlugin: Send + Sync + 'static {
    /// The expression that the message stands for; `None` if it is not this
    /// plugin's. An alias on it names the column.
    ///
    /// # Errors
    /// Whatever is wrong: it reaches the client with its condition, and names the
    /// message.
    fn transform(&self, extension: &Any, scope: &ExpressionScope<'_>) -> Result<Option<Expr>>;
}

/// Does what messages in `Command.extension` ask.
///
/// Implement [`TypedCommandPlugin`](super::TypedCommandPlugin) where one message
/// is taken: it comes unpacked.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no command plugin",
    note = "implement `CommandPlugin`, or `TypedCommandPlugin` and register `Typed<{Self}>`"
)]
#[async_trait]
pub trait CommandPlugin: Send + Sync + 'static {
    /// Does it, and says what the client gets; `None` if the message is not this
    /// plugin's.
    ///
    /// # Errors
    /// Whatever is wrong: it reaches the client with its condition, and names the
    /// message.
    async fn process(
        &self,
        extension: &Any,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<CommandOutput>>;
}
