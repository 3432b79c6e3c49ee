//! What a plugin crate submits: constants, and a function that makes the plugin.

use std::fmt;
use std::sync::Arc;

use super::traits::{CommandPlugin, ExpressionPlugin, RelationPlugin};

/// Version of the plugin API. A plugin built for another one is refused at start.
pub const API_VERSION: u32 = 1;

/// Where in the protocol a plugin's messages stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum PluginKind {
    /// `Relation.extension`.
    Relation,
    /// `Expression.extension`.
    Expression,
    /// `Command.extension`.
    Command,
}

impl PluginKind {
    /// The Spark setting that selects plugins of this kind.
    pub fn config_key(self) -> &'static str {
        match self {
            Self::Relation => "spark.connect.extensions.relation.classes",
            Self::Expression => "spark.connect.extensions.expression.classes",
            Self::Command => "spark.connect.extensions.command.classes",
        }
    }
}

impl fmt::Display for PluginKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Relation => "relation",
            Self::Expression => "expression",
            Self::Command => "command",
        })
    }
}

/// Makes a plugin; called once for each registry.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Factory {
    /// Makes a relation plugin.
    Relation(fn() -> Arc<dyn RelationPlugin>),
    /// Makes an expression plugin.
    Expression(fn() -> Arc<dyn ExpressionPlugin>),
    /// Makes a command plugin.
    Command(fn() -> Arc<dyn CommandPlugin>),
}

impl Factory {
    /// The kind of plugin it makes.
    pub fn kind(&self) -> PluginKind {
        match self {
            Self::Relation(_) => PluginKind::Relation,
            Self::Expression(_) => PluginKind::Expression,
            Self::Command(_) => PluginKind::Command,
        }
    }
}

impl fmt::Debug for Factory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Factory({})", self.kind())
    }
}

/// A plugin as its crate describes it; see [`register_plugins!`](crate::register_plugins).
#[derive(Debug, Clone, Copy)]
pub struct PluginDescriptor {
    /// Short name, unique among plugins of its kind.
    pub name: &'static str,
    /// Other names that settings may use, such as JVM class names.
    pub aliases: &'static [&'static str],
    /// Full names of the messages it takes; none means that it is asked about
    /// every message nobody names.
    pub messages: &'static [&'static str],
    /// Lower comes first where several plugins take a message.
    pub priority: i32,
    /// The API it was built for: [`API_VERSION`].
    pub api_version: u32,
    /// Name of the crate that submits it.
    pub crate_name: &'static str,
    /// Version of that crate.
    pub crate_version: &'static str,
    /// Makes the plugin.
    pub factory: Factory,
}

inventory::collect!(PluginDescriptor);
