//! What a plugin implements, in the shape of Spark's own plugin classes.

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::logical_expr::Expr;
use prost_types::Any;

use super::scope::ExpressionScope;
use crate::error::Result;
use crate::planner::SparkConnectPlanner;
use crate::planner::output::CommandOutput;
use crate::planner::planned::Planned;
use crate::proto::{MlCommand, MlCommandResult, MlRelation};

/// What asking a plugin for a relation does besides making a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effects {
    /// Nothing: the plugin translates, and is asked whenever the relation is met.
    None,
    /// It takes time or depends on the moment: it runs plans, or reads the current
    /// version of a table. Asked once for a DataFrame of a client, its answer is
    /// remembered, as Spark remembers plans.
    #[default]
    Costly,
    /// It changes data. Asked once for a DataFrame, whatever
    /// `spark.connect.session.planCache.enabled` says, and forgotten last.
    Changes,
}

/// Turns messages in `Relation.extension` into plans.
///
/// Implement [`TypedRelationPlugin`](super::TypedRelationPlugin) where one message
/// of your own is all that you take: the crate unpacks it.
///
/// Futures must not block. A plugin may run plans, see
/// [`SparkConnectPlanner::collect`]; one that computes for long without awaiting
/// calls [`SparkConnectPlanner::check_cancelled`] now and then.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a relation plugin",
    label = "a relation plugin is needed here",
    note = "implement `TypedRelationPlugin`, which names your prost message (generated with \
            `enable_type_names`), or `RelationPlugin`, which takes messages as they come"
)]
#[async_trait]
pub trait RelationPlugin: Send + Sync + 'static {
    /// The relation that `extension` stands for; `None` if it is not for this plugin.
    ///
    /// # Errors
    /// Whatever the plugin fails with. Clients see its condition, SQLSTATE,
    /// parameters and class names.
    async fn transform(
        &self,
        extension: &Any,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<Planned>>;

    /// Full names of the messages that the plugin takes; with none it is offered all.
    fn messages(&self) -> Vec<String> {
        Vec::new()
    }

    /// What [`Self::transform`] does besides making a plan.
    fn effects(&self) -> Effects {
        Effects::default()
    }

    /// What [`Self::transform`] does with this message: for a library that has one
    /// message for all it does, reading and changing. As [`Self::effects`] says, if not
    /// told otherwise.
    fn effects_of(&self, _extension: &Any, _planner: &SparkConnectPlanner) -> Effects {
        self.effects()
    }

    /// The columns of the relation, if the plugin can tell them without doing the
    /// work: asked for instead of [`Self::transform`] where a client wants to know
    /// a schema only.
    ///
    /// # Errors
    /// As [`Self::transform`].
    async fn schema(
        &self,
        _extension: &Any,
        _planner: &SparkConnectPlanner,
    ) -> Result<Option<SchemaRef>> {
        Ok(None)
    }
}

/// Turns messages in `Expression.extension` into expressions.
///
/// Expressions are planned synchronously, as all expressions are: a plugin that
/// needs I/O for one is a relation plugin.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an expression plugin",
    label = "an expression plugin is needed here",
    note = "implement `TypedExpressionPlugin`, which names your prost message (generated with \
            `enable_type_names`), or `ExpressionPlugin`, which takes messages as they come"
)]
pub trait ExpressionPlugin: Send + Sync + 'static {
    /// The expression that `extension` stands for; `None` if it is not for this
    /// plugin. An alias at the top names the column.
    ///
    /// # Errors
    /// Whatever the plugin fails with.
    fn transform(&self, extension: &Any, scope: &ExpressionScope<'_>) -> Result<Option<Expr>>;

    /// Full names of the messages that the plugin takes; with none it is offered all.
    fn messages(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Runs messages in `Command.extension`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a command plugin",
    label = "a command plugin is needed here",
    note = "implement `TypedCommandPlugin`, which names your prost message (generated with \
            `enable_type_names`), or `CommandPlugin`, which takes messages as they come"
)]
#[async_trait]
pub trait CommandPlugin: Send + Sync + 'static {
    /// Runs the command; `None` if it is not for this plugin.
    ///
    /// # Errors
    /// Whatever the plugin fails with.
    async fn process(
        &self,
        extension: &Any,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<CommandOutput>>;

    /// Full names of the messages that the plugin takes; with none it is offered all.
    fn messages(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Answers extensions in requests for the status of a session or an operation.
///
/// An extension that no plugin takes is left without an answer, as in Spark.
#[async_trait]
pub trait GetStatusPlugin: Send + Sync + 'static {
    /// The answer to an extension of the request itself; `None` if it is not for this
    /// plugin.
    ///
    /// # Errors
    /// Whatever the plugin fails with; the client's request fails with it.
    async fn session(&self, extension: &Any, planner: &SparkConnectPlanner) -> Result<Option<Any>>;

    /// The answer to an extension about one operation; `None` if it is not for this
    /// plugin.
    ///
    /// # Errors
    /// As [`Self::session`].
    async fn operation(
        &self,
        operation_id: &str,
        extension: &Any,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<Any>>;

    /// Full names of the messages that the plugin takes; with none it is offered all.
    fn messages(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Runs machine learning: the commands of `pyspark.ml`, and the relations that their
/// results are.
#[async_trait]
pub trait MlBackendPlugin: Send + Sync + 'static {
    /// Runs a command; `None` if this backend does not have the operator.
    ///
    /// # Errors
    /// Whatever the plugin fails with.
    async fn command(
        &self,
        command: &MlCommand,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<MlCommandResult>>;

    /// The rows of a transformation, or of an attribute of a model; `None` if this
    /// backend does not know it.
    ///
    /// # Errors
    /// Whatever the plugin fails with.
    async fn relation(
        &self,
        relation: &MlRelation,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<Planned>>;
}
