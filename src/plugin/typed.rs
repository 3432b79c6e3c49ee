//! Plugins that name their message: the crate unpacks it.

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::logical_expr::Expr;
use prost::{Message, Name};
use prost_types::Any;

use super::scope::ExpressionScope;
use super::traits::{CommandPlugin, Effects, ExpressionPlugin, RelationPlugin};
use crate::error::Result;
use crate::planner::SparkConnectPlanner;
use crate::planner::output::CommandOutput;
use crate::planner::planned::Planned;
use crate::proto::{Deep, decode, message_name};

/// A [`RelationPlugin`] for one message.
///
/// ```
/// use async_trait::async_trait;
/// use datafusion_spark_connect::plugin::{
///     Effects, Plugin, PluginRegistry, TypedRelationPlugin,
/// };
/// use datafusion_spark_connect::proto::ExamplePluginRelation;
/// use datafusion_spark_connect::{Error, Planned, Result, SparkConnectPlanner};
///
/// /// Stands for its input.
/// struct Same;
///
/// #[async_trait]
/// impl TypedRelationPlugin for Same {
///     type Message = ExamplePluginRelation;
///
///     async fn transform(
///         &self,
///         message: &ExamplePluginRelation,
///         planner: &SparkConnectPlanner,
///     ) -> Result<Planned> {
///         let input = message.input.as_ref().ok_or_else(|| Error::missing_field("input"))?;
///         planner.plan_relation(input).await
///     }
///
///     fn effects(&self) -> Effects {
///         Effects::None
///     }
/// }
///
/// let registry = PluginRegistry::empty().with(Plugin::relation("same", Same));
/// # let _ = registry;
/// ```
#[async_trait]
pub trait TypedRelationPlugin: Send + Sync + 'static {
    /// The plugin's message.
    type Message: Message + Name + Default;

    /// The relation that the message stands for.
    ///
    /// # Errors
    /// Whatever the plugin fails with. Clients see its condition, SQLSTATE,
    /// parameters and class names.
    async fn transform(
        &self,
        message: &Self::Message,
        planner: &SparkConnectPlanner,
    ) -> Result<Planned>;

    /// What [`Self::transform`] does besides making a plan.
    fn effects(&self) -> Effects {
        Effects::default()
    }

    /// What [`Self::transform`] does with this message, if messages differ in that; as
    /// [`Self::effects`] says by default. Not asked where that says none: the message
    /// would be read twice for nothing.
    fn effects_of(&self, _message: &Self::Message) -> Effects {
        self.effects()
    }

    /// The columns of the relation, if the plugin can tell them without doing the
    /// work.
    ///
    /// # Errors
    /// As [`Self::transform`].
    async fn schema(
        &self,
        _message: &Self::Message,
        _planner: &SparkConnectPlanner,
    ) -> Result<Option<SchemaRef>> {
        Ok(None)
    }
}

/// An [`ExpressionPlugin`] for one message.
pub trait TypedExpressionPlugin: Send + Sync + 'static {
    /// The plugin's message.
    type Message: Message + Name + Default;

    /// The expression that the message stands for; an alias at the top names the
    /// column.
    ///
    /// # Errors
    /// Whatever the plugin fails with.
    fn transform(&self, message: &Self::Message, scope: &ExpressionScope<'_>) -> Result<Expr>;
}

/// A [`CommandPlugin`] for one message.
#[async_trait]
pub trait TypedCommandPlugin: Send + Sync + 'static {
    /// The plugin's message.
    type Message: Message + Name + Default;

    /// Runs the command.
    ///
    /// # Errors
    /// Whatever the plugin fails with.
    async fn process(
        &self,
        message: &Self::Message,
        planner: &SparkConnectPlanner,
    ) -> Result<CommandOutput>;
}

/// The message in `extension`; `None` if it is another one.
fn unpack<M: Message + Name + Default>(
    extension: &Any,
    planner: &SparkConnectPlanner,
) -> Result<Option<Deep<M>>> {
    let name = message_name(&extension.type_url);
    if name != M::full_name() {
        return Ok(None);
    }
    decode::named(name, &extension.value, planner.session().limits()).map(Some)
}

#[async_trait]
impl<P: TypedRelationPlugin> RelationPlugin for P {
    async fn transform(
        &self,
        extension: &Any,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<Planned>> {
        let Some(message) = unpack::<P::Message>(extension, planner)? else { return Ok(None) };
        TypedRelationPlugin::transform(self, &message, planner).await.map(Some)
    }

    fn messages(&self) -> Vec<String> {
        vec![P::Message::full_name()]
    }

    fn effects(&self) -> Effects {
        TypedRelationPlugin::effects(self)
    }

    fn effects_of(&self, extension: &Any, planner: &SparkConnectPlanner) -> Effects {
        let most = TypedRelationPlugin::effects(self);
        if most == Effects::None {
            return most;
        }
        match unpack::<P::Message>(extension, planner) {
            Ok(Some(message)) => TypedRelationPlugin::effects_of(self, &message),
            // Whoever takes it, or says what is wrong with it, is asked next.
            Ok(None) | Err(_) => most,
        }
    }

    async fn schema(
        &self,
        extension: &Any,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<SchemaRef>> {
        let Some(message) = unpack::<P::Message>(extension, planner)? else { return Ok(None) };
        TypedRelationPlugin::schema(self, &message, planner).await
    }
}

impl<P: TypedExpressionPlugin> ExpressionPlugin for P {
    fn transform(&self, extension: &Any, scope: &ExpressionScope<'_>) -> Result<Option<Expr>> {
        let message = unpack::<P::Message>(extension, scope.planner())?;
        message.map(|m| TypedExpressionPlugin::transform(self, &m, scope)).transpose()
    }

    fn messages(&self) -> Vec<String> {
        vec![P::Message::full_name()]
    }
}

#[async_trait]
impl<P: TypedCommandPlugin> CommandPlugin for P {
    async fn process(
        &self,
        extension: &Any,
        planner: &SparkConnectPlanner,
    ) -> Result<Option<CommandOutput>> {
        let Some(message) = unpack::<P::Message>(extension, planner)? else { return Ok(None) };
        TypedCommandPlugin::process(self, &message, planner).await.map(Some)
    }

    fn messages(&self) -> Vec<String> {
        vec![P::Message::full_name()]
    }
}
