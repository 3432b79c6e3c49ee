//! Plugins of one message, which they get unpacked.

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::logical_expr::Expr;
use prost::{Message, Name};
use prost_types::Any;

use super::{CommandPlugin, ExpressionPlugin, ExpressionScope, RelationPlugin};
use crate::command::CommandOutput;
use crate::error::{Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::proto::message_name;
use crate::session::Limits;

/// Turns one message into a relation; register it as [`Typed`].
#[async_trait]
pub trait TypedRelationPlugin: Send + Sync + 'static {
    /// The message.
    type Message: Message + Name + Default;

    /// As [`RelationPlugin::transform`]. A `LogicalPlan` converts into a
    /// [`Planned`].
    ///
    /// # Errors
    /// Whatever is wrong.
    async fn plan(&self, message: Self::Message, planner: &SparkConnectPlanner) -> Result<Planned>;

    /// As [`RelationPlugin::schema`].
    ///
    /// # Errors
    /// Whatever is wrong.
    async fn schema(
        &self,
        message: Self::Message,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<SchemaRef>> {
        let _ = (message, planner);
        Ok(None)
    }

    /// As [`RelationPlugin::side_effects`].
    fn side_effects(&self) -> bool {
        false
    }
}

/// Turns one message into an expression; register it as [`Typed`].
pub trait TypedExpressionPlugin: Send + Sync + 'static {
    /// The message.
    type Message: Message + Name + Default;

    /// As [`ExpressionPlugin::transform`].
    ///
    /// # Errors
    /// Whatever is wrong.
    fn plan(&self, message: Self::Message, scope: &ExpressionScope<'_>) -> Result<Expr>;
}

/// Does what one message asks; register it as [`Typed`].
#[async_trait]
pub trait TypedCommandPlugin: Send + Sync + 'static {
    /// The message.
    type Message: Message + Name + Default;

    /// As [`CommandPlugin::process`].
    ///
    /// # Errors
    /// Whatever is wrong.
    async fn run(
        &self,
        message: Self::Message,
        planner: &SparkConnectPlanner,
    ) -> Result<CommandOutput>;
}

/// A plugin of one message, as a plugin of any: it unpacks the message.
#[derive(Debug, Clone, Copy, Default)]
pub struct Typed<P>(pub P);

/// The message in `any`, if it is one of this type.
///
/// # Errors
/// [`Error::InvalidPlan`] if the bytes are no such message.
fn unpack<M: Message + Name + Default>(any: &Any, limits: &Limits) -> Result<Option<M>> {
    let name = message_name(&any.type_url);
    let domain_and_name = M::type_url();
    if message_name(&domain_and_name) != name {
        return Ok(None);
    }
    // prost recurses; a level takes two bytes at least.
    let levels = (any.value.len() / 2).min(limits.message_depth);
    let stack = levels.saturating_mul(8 * 1024).clamp(64 * 1024, 1 << 28);
    let decoded = stacker::maybe_grow(stack, stack, || M::decode(any.value.as_slice()));
    decoded.map(Some).map_err(|error| {
        Error::invalid_plan(format!("the payload is no {name}: {error}")).at("extension")
    })
}

#[async_trait]
impl<P: TypedRelationPlugin> RelationPlugin for Typed<P> {
    async fn transform(
        &self,
        extension: &Any,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<Planned>> {
        match unpack(extension, planner.session().limits())? {
            Some(message) => self.0.plan(message, planner).await.map(Some),
            None => Ok(None),
        }
    }

    async fn schema(
        &self,
        extension: &Any,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<SchemaRef>> {
        match unpack(extension, planner.session().limits())? {
            Some(message) => self.0.schema(message, planner).await,
            None => Ok(None),
        }
    }

    fn side_effects(&self) -> bool {
        self.0.side_effects()
    }
}

impl<P: TypedExpressionPlugin> ExpressionPlugin for Typed<P> {
    fn transform(&self, extension: &Any, scope: &ExpressionScope<'_>) -> Result<Option<Expr>> {
        match unpack(extension, scope.planner().session().limits())? {
            Some(message) => self.0.plan(message, scope).map(Some),
            None => Ok(None),
        }
    }
}

#[async_trait]
impl<P: TypedCommandPlugin> CommandPlugin for Typed<P> {
    async fn process(
        &self,
        extension: &Any,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<CommandOutput>> {
        match unpack(extension, planner.session().limits())? {
            Some(message) => self.0.run(message, planner).await.map(Some),
            None => Ok(None),
        }
    }
}
