//! Plugins: messages of a library's own, served by code of the library's own.
//!
//! A client packs a message into the `extension` field of a relation, an
//! expression or a command; the plugin that names the message turns it into a
//! plan, an expression, or something done. See `docs/plugins.md` for the way from
//! a `.proto` file to a Python package.

mod chain;
mod descriptor;
mod dispatch;
mod memory;
mod registry;
mod scope;
mod traits;
mod typed;

pub use descriptor::{API_VERSION, Factory, PluginDescriptor, PluginKind};
pub use registry::{PluginInfo, PluginRegistry};
pub use scope::ExpressionScope;
pub use traits::{CommandPlugin, ExpressionPlugin, RelationPlugin};
pub use typed::{Typed, TypedCommandPlugin, TypedExpressionPlugin, TypedRelationPlugin};

pub(crate) use dispatch::{command, expression, relation, schema};
pub(crate) use memory::Memory;

/// Submits plugins to the registry of every program that links this crate.
///
/// Each line names the kind, a type that implements the plugin's trait and
/// [`Default`], the plugin's name, the messages it takes, and names it also goes
/// by, such as the class names of its JVM twin:
///
/// ```
/// use datafusion_spark_connect::plugin::{Typed, TypedExpressionPlugin, ExpressionScope};
/// use datafusion_spark_connect::{Error, proto::ExamplePluginExpression, register_plugins};
/// use datafusion::logical_expr::Expr;
///
/// #[derive(Default)]
/// struct Named;
///
/// impl TypedExpressionPlugin for Named {
///     type Message = ExamplePluginExpression;
///
///     fn plan(&self, message: Self::Message, scope: &ExpressionScope<'_>) -> Result<Expr, Error> {
///         let child = message.child.ok_or_else(|| Error::missing_field("child"))?;
///         Ok(scope.expression(&child)?.alias(message.custom_field))
///     }
/// }
///
/// register_plugins! {
///     expression Typed<Named> as "named" for ["spark.connect.ExamplePluginExpression"];
/// }
/// # fn main() {}
/// ```
///
/// A crate that nothing names is not linked, whatever `Cargo.toml` says: write
/// `use the_plugin_crate as _;` in the program.
#[macro_export]
macro_rules! register_plugins {
    ($($kind:ident $plugin:ty as $name:literal for [$($message:literal),* $(,)?]
        $(aliases [$($alias:literal),* $(,)?])? $(priority $priority:literal)?;)*) => {
        $(
            $crate::plugin::__private::submit! {
                $crate::plugin::PluginDescriptor {
                    name: $name,
                    aliases: &[$($($alias),*)?],
                    messages: &[$($message),*],
                    priority: 0 $(+ $priority)?,
                    api_version: $crate::plugin::API_VERSION,
                    crate_name: env!("CARGO_PKG_NAME"),
                    crate_version: env!("CARGO_PKG_VERSION"),
                    factory: $crate::__plugin_factory!($kind, $plugin),
                }
            }
        )*
    };
}

/// Makes the factory of one kind; for [`register_plugins!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __plugin_factory {
    (relation, $plugin:ty) => {
        $crate::plugin::Factory::Relation(|| {
            ::std::sync::Arc::new(<$plugin as ::core::default::Default>::default())
        })
    };
    (expression, $plugin:ty) => {
        $crate::plugin::Factory::Expression(|| {
            ::std::sync::Arc::new(<$plugin as ::core::default::Default>::default())
        })
    };
    (command, $plugin:ty) => {
        $crate::plugin::Factory::Command(|| {
            ::std::sync::Arc::new(<$plugin as ::core::default::Default>::default())
        })
    };
}

/// For the macros.
#[doc(hidden)]
pub mod __private {
    pub use inventory::submit;
}
