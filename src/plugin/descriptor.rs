//! Registration of plugins by being linked.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::contributions::SessionPlugin;
use super::registered::{Object, Plugin, PluginKind};
use super::traits::{
    CommandPlugin, ExpressionPlugin, GetStatusPlugin, MlBackendPlugin, RelationPlugin,
};
use crate::error::panic_text;

/// Version of the API between this crate and plugins; another number where a plugin
/// that was written for the one before may go wrong although it compiles.
pub const PLUGIN_API_VERSION: u32 = 1;

/// A constant that says how to make a plugin: what
/// [`register_plugin!`](crate::register_plugin) submits.
#[derive(Debug, Clone, Copy)]
pub struct PluginDescriptor {
    name: &'static str,
    aliases: &'static [&'static str],
    priority: i32,
    api: u32,
    crate_name: &'static str,
    crate_version: &'static str,
    make: Make,
}

#[derive(Debug, Clone, Copy)]
enum Make {
    Relation(fn() -> Arc<dyn RelationPlugin>),
    Expression(fn() -> Arc<dyn ExpressionPlugin>),
    Command(fn() -> Arc<dyn CommandPlugin>),
    Session(fn() -> Arc<dyn SessionPlugin>),
    Status(fn() -> Arc<dyn GetStatusPlugin>),
    Ml(fn() -> Arc<dyn MlBackendPlugin>),
}

inventory::collect!(PluginDescriptor);

impl PluginDescriptor {
    /// A relation plugin, made when the first registry needs it.
    pub const fn relation(name: &'static str, make: fn() -> Arc<dyn RelationPlugin>) -> Self {
        Self::new(name, Make::Relation(make))
    }

    /// An expression plugin.
    pub const fn expression(name: &'static str, make: fn() -> Arc<dyn ExpressionPlugin>) -> Self {
        Self::new(name, Make::Expression(make))
    }

    /// A command plugin.
    pub const fn command(name: &'static str, make: fn() -> Arc<dyn CommandPlugin>) -> Self {
        Self::new(name, Make::Command(make))
    }

    /// A plugin that adds to sessions.
    pub const fn session(name: &'static str, make: fn() -> Arc<dyn SessionPlugin>) -> Self {
        Self::new(name, Make::Session(make))
    }

    /// A plugin that answers requests for a status.
    pub const fn status(name: &'static str, make: fn() -> Arc<dyn GetStatusPlugin>) -> Self {
        Self::new(name, Make::Status(make))
    }

    /// A backend for machine learning.
    pub const fn ml(name: &'static str, make: fn() -> Arc<dyn MlBackendPlugin>) -> Self {
        Self::new(name, Make::Ml(make))
    }

    const fn new(name: &'static str, make: Make) -> Self {
        Self {
            name,
            aliases: &[],
            priority: 0,
            api: PLUGIN_API_VERSION,
            crate_name: "unknown crate",
            crate_version: "",
            make,
        }
    }

    /// Other names, such as the class name of the JVM plugin it stands for.
    #[must_use]
    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// Its place among plugins that take the same message: smaller comes first.
    #[must_use]
    pub const fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    /// The [`PLUGIN_API_VERSION`] it was written for.
    #[must_use]
    pub const fn api(mut self, api: u32) -> Self {
        self.api = api;
        self
    }

    /// The crate it is from, for errors and logs.
    #[must_use]
    pub const fn from_crate(mut self, name: &'static str, version: &'static str) -> Self {
        self.crate_name = name;
        self.crate_version = version;
        self
    }

    /// The plugins that are linked, in no order.
    pub(super) fn linked() -> impl Iterator<Item = &'static Self> {
        inventory::iter::<Self>.into_iter()
    }

    fn kind(&self) -> PluginKind {
        match self.make {
            Make::Relation(_) => PluginKind::Relation,
            Make::Expression(_) => PluginKind::Expression,
            Make::Command(_) => PluginKind::Command,
            Make::Session(_) => PluginKind::Session,
            Make::Status(_) => PluginKind::Status,
            Make::Ml(_) => PluginKind::Ml,
        }
    }

    /// Makes the plugin.
    ///
    /// # Errors
    /// What is wrong, if it was written for another API or cannot be made.
    pub(super) fn make(&self) -> Result<Plugin, String> {
        let origin = format!("{} {}", self.crate_name, self.crate_version);
        let origin = origin.trim_end();
        let is = format!("the {} plugin {} of {origin}", self.kind(), self.name);
        if self.api != PLUGIN_API_VERSION {
            return Err(format!(
                "{is} was written for version {} of the plugin API; this is version \
                 {PLUGIN_API_VERSION}",
                self.api
            ));
        }
        let make = || {
            let object = match self.make {
                Make::Relation(make) => Object::Relation(make()),
                Make::Expression(make) => Object::Expression(make()),
                Make::Command(make) => Object::Command(make()),
                Make::Session(make) => Object::Session(make()),
                Make::Status(make) => Object::Status(make()),
                Make::Ml(make) => Object::Ml(make()),
            };
            Plugin::new(self.name, object, origin)
        };
        let plugin = catch_unwind(AssertUnwindSafe(make))
            .map_err(|panic| format!("{is} cannot be made: {}", panic_text(panic.as_ref())))?;
        let aliases = self.aliases.iter().map(|alias| (*alias).to_owned()).collect();
        Ok(Plugin { aliases, priority: self.priority, ..plugin })
    }
}

/// Registers a plugin in [`PluginRegistry::global`](crate::plugin::PluginRegistry::global)
/// of every program that the crate is linked into.
///
/// First the kind (`relation`, `expression`, `command`, `session`, `status` or `ml`), a name, and
/// after `=>` an expression that makes the plugin, evaluated once a process. Then, in this order and
/// as needed: `aliases`, more names, above all the class name of the JVM plugin that
/// this one stands for; `priority`, its place among plugins for the same message,
/// smaller first; `api`, the
/// [`PLUGIN_API_VERSION`](crate::plugin::PLUGIN_API_VERSION) it was written for.
///
/// A crate is only linked if something in it is used, so programs say
/// `use my_plugin as _;`, or use it otherwise.
///
/// ```standalone_crate
/// use datafusion::logical_expr::Expr;
/// use datafusion_spark_connect::plugin::{
///     ExpressionScope, PluginRegistry, TypedExpressionPlugin,
/// };
/// use datafusion_spark_connect::{proto, register_plugin, Error, Result};
///
/// struct Named;
///
/// impl TypedExpressionPlugin for Named {
///     type Message = proto::ExamplePluginExpression;
///
///     fn transform(
///         &self,
///         message: &proto::ExamplePluginExpression,
///         scope: &ExpressionScope<'_>,
///     ) -> Result<Expr> {
///         let child = message.child.as_ref().ok_or_else(|| Error::missing_field("child"))?;
///         Ok(scope.plan(child)?.alias(&message.custom_field))
///     }
/// }
///
/// register_plugin! {
///     expression "named" => Named,
///     aliases: ["com.example.NamedPlugin"],
///     priority: 10,
/// }
///
/// let registry = PluginRegistry::global();
/// assert!(registry.plugins().any(|plugin| plugin.name() == "named"));
/// ```
#[macro_export]
macro_rules! register_plugin {
    (
        $kind:ident $name:literal => $plugin:expr
        $(, aliases: [$($alias:expr),* $(,)?])?
        $(, priority: $priority:expr)?
        $(, api: $api:expr)?
        $(,)?
    ) => {
        $crate::plugin::__inventory::submit! {
            $crate::plugin::PluginDescriptor::$kind($name, || ::std::sync::Arc::new($plugin))
                .from_crate(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
                $(.aliases(&[$($alias),*]))?
                $(.priority($priority))?
                $(.api($api))?
        }
    };
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use async_trait::async_trait;
    use prost_types::Any;

    use super::*;
    use crate::planner::SparkConnectPlanner;
    use crate::planner::output::CommandOutput;

    struct Idle;

    #[async_trait]
    impl CommandPlugin for Idle {
        async fn process(
            &self,
            _: &Any,
            _: &SparkConnectPlanner,
        ) -> crate::Result<Option<CommandOutput>> {
            Ok(None)
        }
    }

    fn idle() -> PluginDescriptor {
        PluginDescriptor::command("idle", || Arc::new(Idle)).from_crate("acme", "0.3.1")
    }

    #[test]
    fn plugins_for_another_api_are_refused_by_name() {
        assert!(idle().api(PLUGIN_API_VERSION).make().is_ok());
        // Not made at all: what it would do under this API nobody knows.
        let never = PluginDescriptor::command("idle", || panic!("made"));
        let refused = never.from_crate("acme", "0.3.1").api(PLUGIN_API_VERSION + 1).make();
        let text = refused.err().unwrap();
        assert!(text.contains("the command plugin idle of acme 0.3.1"), "{text}");
        assert!(text.contains("version 2 of the plugin API; this is version 1"), "{text}");
    }

    #[test]
    fn a_panic_in_making_a_plugin_is_its_fault() {
        let broken = PluginDescriptor::command("idle", || panic!("no gears"));
        let text = broken.from_crate("acme", "0.3.1").make().err().unwrap();
        assert!(text.contains("idle of acme 0.3.1 cannot be made: no gears"), "{text}");
    }

    #[test]
    fn names_and_place_are_the_descriptors() {
        let made = idle().aliases(&["com.acme.Idle"]).priority(7).make().unwrap();
        assert_eq!(made.names().collect::<Vec<_>>(), ["idle", "com.acme.Idle"]);
        assert_eq!(made.priority, 7);
    }
}
