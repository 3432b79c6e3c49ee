//! A plugin with the name it is known by.

use std::fmt;
use std::sync::Arc;

use super::contributions::SessionPlugin;
use super::traits::{
    CommandPlugin, ExpressionPlugin, GetStatusPlugin, MlBackendPlugin, RelationPlugin,
};

/// What a plugin extends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PluginKind {
    /// `Relation.extension`.
    Relation,
    /// `Expression.extension`.
    Expression,
    /// `Command.extension`.
    Command,
    /// What every session has.
    Session,
    /// The extensions of requests for a status.
    Status,
    /// `Command.ml_command` and `Relation.ml_relation`.
    Ml,
}

impl PluginKind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Relation, Self::Expression, Self::Command, Self::Session, Self::Status, Self::Ml];

    /// The key of the configuration that selects plugins of this kind.
    pub fn key(self) -> &'static str {
        match self {
            Self::Relation => "spark.connect.extensions.relation.classes",
            Self::Expression => "spark.connect.extensions.expression.classes",
            Self::Command => "spark.connect.extensions.command.classes",
            Self::Session => "spark.connect.extensions.session.classes",
            Self::Status => "spark.connect.extensions.getStatus.classes",
            Self::Ml => "spark.connect.ml.backend.classes",
        }
    }
}

impl fmt::Display for PluginKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Relation => "relation",
            Self::Expression => "expression",
            Self::Command => "command",
            Self::Session => "session",
            Self::Status => "status",
            Self::Ml => "ml",
        })
    }
}

/// The plugin itself, by kind.
#[derive(Clone)]
pub(super) enum Object {
    Relation(Arc<dyn RelationPlugin>),
    Expression(Arc<dyn ExpressionPlugin>),
    Command(Arc<dyn CommandPlugin>),
    Session(Arc<dyn SessionPlugin>),
    Status(Arc<dyn GetStatusPlugin>),
    Ml(Arc<dyn MlBackendPlugin>),
}

/// A plugin with its name, for a [`PluginRegistry`](super::PluginRegistry).
///
/// [`register_plugin!`](crate::register_plugin) makes one at start where a crate is
/// linked; tests and embedders make them by hand. Cheap to clone.
#[derive(Clone)]
pub struct Plugin {
    pub(super) name: Arc<str>,
    pub(super) aliases: Arc<[String]>,
    pub(super) priority: i32,
    /// Where it comes from, for errors: crate and version, or the Rust type.
    pub(super) origin: Arc<str>,
    /// Messages it takes; all if empty.
    pub(super) messages: Arc<[String]>,
    pub(super) object: Object,
}

impl Plugin {
    /// A relation plugin under a name.
    pub fn relation<P: RelationPlugin>(name: impl Into<Arc<str>>, plugin: P) -> Self {
        Self::new(name, Object::Relation(Arc::new(plugin)), std::any::type_name::<P>())
    }

    /// An expression plugin under a name.
    pub fn expression<P: ExpressionPlugin>(name: impl Into<Arc<str>>, plugin: P) -> Self {
        Self::new(name, Object::Expression(Arc::new(plugin)), std::any::type_name::<P>())
    }

    /// A command plugin under a name.
    pub fn command<P: CommandPlugin>(name: impl Into<Arc<str>>, plugin: P) -> Self {
        Self::new(name, Object::Command(Arc::new(plugin)), std::any::type_name::<P>())
    }

    /// A plugin that adds to sessions, under a name.
    pub fn session<P: SessionPlugin>(name: impl Into<Arc<str>>, plugin: P) -> Self {
        Self::new(name, Object::Session(Arc::new(plugin)), std::any::type_name::<P>())
    }

    /// A plugin that answers requests for a status, under a name.
    pub fn status<P: GetStatusPlugin>(name: impl Into<Arc<str>>, plugin: P) -> Self {
        Self::new(name, Object::Status(Arc::new(plugin)), std::any::type_name::<P>())
    }

    /// A backend for machine learning, under a name.
    pub fn ml<P: MlBackendPlugin>(name: impl Into<Arc<str>>, plugin: P) -> Self {
        Self::new(name, Object::Ml(Arc::new(plugin)), std::any::type_name::<P>())
    }

    pub(super) fn new(
        name: impl Into<Arc<str>>,
        object: Object,
        origin: impl Into<Arc<str>>,
    ) -> Self {
        let messages = match &object {
            Object::Relation(plugin) => plugin.messages(),
            Object::Expression(plugin) => plugin.messages(),
            Object::Command(plugin) => plugin.messages(),
            Object::Status(plugin) => plugin.messages(),
            Object::Session(_) | Object::Ml(_) => Vec::new(),
        };
        Self {
            name: name.into(),
            aliases: Arc::from([]),
            priority: 0,
            origin: origin.into(),
            messages: messages.into(),
            object,
        }
    }

    /// Adds another name, such as the class name of the JVM plugin that this one
    /// stands for.
    #[must_use]
    pub fn alias(mut self, alias: impl Into<String>) -> Self {
        self.aliases = self.aliases.iter().cloned().chain([alias.into()]).collect();
        self
    }

    /// Where it stands among plugins that take the same message: smaller numbers
    /// come first, 0 by default.
    #[must_use]
    pub fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Other names it is known by.
    pub fn aliases(&self) -> &[String] {
        &self.aliases
    }

    /// What it extends.
    pub fn kind(&self) -> PluginKind {
        match self.object {
            Object::Relation(_) => PluginKind::Relation,
            Object::Expression(_) => PluginKind::Expression,
            Object::Command(_) => PluginKind::Command,
            Object::Session(_) => PluginKind::Session,
            Object::Status(_) => PluginKind::Status,
            Object::Ml(_) => PluginKind::Ml,
        }
    }

    /// Full names of the messages that it takes; all if empty, but for those that add to
    /// sessions or do machine learning, which take none.
    pub fn messages(&self) -> &[String] {
        &self.messages
    }

    pub(super) fn is_called(&self, name: &str) -> bool {
        *self.name == *name || self.aliases.iter().any(|alias| alias == name)
    }

    /// All names it is known by.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        [&*self.name].into_iter().chain(self.aliases.iter().map(String::as_str))
    }
}

/// One line, for logs: `relation example-relation (spark-connect-example-plugin
/// 0.1.0) for spark.connect.ExamplePluginRelation`.
impl fmt::Display for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({}) for ", self.kind(), self.name, self.origin)?;
        match self.messages.is_empty() {
            true if self.kind() == PluginKind::Session => f.write_str("all sessions"),
            true if self.kind() == PluginKind::Ml => f.write_str("machine learning"),
            true => f.write_str("all messages"),
            false => f.write_str(&self.messages.join(", ")),
        }
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plugin({self})")
    }
}
