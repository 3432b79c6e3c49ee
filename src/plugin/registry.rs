//! The plugins that a server may use.

use std::fmt;
use std::sync::{Arc, LazyLock};

use super::descriptor::PluginDescriptor;
use super::registered::Plugin;

/// The plugins that sessions may use; cheap to clone.
///
/// All of them are in use, unless the configuration of a session selects some, see
/// [`SessionBuilder::plugins`](crate::SessionBuilder::plugins). Mistakes (two plugins
/// of one name, a name that nobody has) are errors of
/// [`SessionBuilder::build`](crate::SessionBuilder::build).
///
/// ```
/// use datafusion_spark_connect::plugin::PluginRegistry;
/// use datafusion_spark_connect::{Session, spark_context};
///
/// let registry = PluginRegistry::empty().require("graphframes");
/// let refused = Session::builder(spark_context()).plugins(registry).build();
/// assert!(refused.is_err_and(|error| error.to_string().contains("graphframes")));
/// ```
#[derive(Clone, Default)]
pub struct PluginRegistry(Arc<Inner>);

#[derive(Clone, Default)]
pub(super) struct Inner {
    /// Sorted by priority, then name: link order is no order.
    pub(super) plugins: Vec<Plugin>,
    /// Names that must be among them.
    pub(super) required: Vec<String>,
    /// What went wrong already.
    pub(super) faults: Vec<String>,
}

static GLOBAL: LazyLock<PluginRegistry> = LazyLock::new(|| {
    let mut inner = Inner::default();
    for descriptor in PluginDescriptor::linked() {
        match descriptor.make() {
            Ok(plugin) => inner.plugins.push(plugin),
            Err(fault) => inner.faults.push(fault),
        }
    }
    PluginRegistry(Arc::new(inner.sorted()))
});

impl PluginRegistry {
    /// No plugins.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The plugins of all crates that are linked into this program; each is made
    /// once a process.
    pub fn global() -> Self {
        GLOBAL.clone()
    }

    /// Adds a plugin.
    #[must_use]
    pub fn with(self, plugin: Plugin) -> Self {
        self.changed(|inner| inner.plugins.push(plugin))
    }

    /// Takes the plugins of this name, or alias, out.
    #[must_use]
    pub fn without(self, name: &str) -> Self {
        self.changed(|inner| inner.plugins.retain(|plugin| !plugin.is_called(name)))
    }

    /// Gives the plugins of this name another priority than their authors did.
    #[must_use]
    pub fn prioritise(self, name: &str, priority: i32) -> Self {
        self.changed(|inner| {
            let called = inner.plugins.iter_mut().filter(|plugin| plugin.is_called(name));
            called.for_each(|plugin| plugin.priority = priority);
        })
    }

    /// Insists on a plugin of this name, or alias: a crate that was not linked is an
    /// error at start, and not at the first message.
    #[must_use]
    pub fn require(self, name: impl Into<String>) -> Self {
        self.changed(|inner| inner.required.push(name.into()))
    }

    /// The plugins, sorted by priority, then name.
    pub fn plugins(&self) -> impl Iterator<Item = &Plugin> {
        self.0.plugins.iter()
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }

    fn changed(self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.0);
        change(&mut inner);
        Self(Arc::new(inner.sorted()))
    }
}

impl Inner {
    fn sorted(mut self) -> Self {
        self.plugins.sort_by(|a, b| (a.priority, &*a.name).cmp(&(b.priority, &*b.name)));
        self
    }
}

/// A line for each plugin, for logs.
impl fmt::Display for PluginRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.plugins().map(Plugin::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl fmt::Debug for PluginRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.plugins()).finish()
    }
}
