//! Which plugins a session has.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::chain::{Chain, Member};
use super::descriptor::{API_VERSION, Factory, PluginDescriptor, PluginKind};
use super::{CommandPlugin, ExpressionPlugin, RelationPlugin};
use crate::error::{Error, Result};

/// What is known of a registered plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginInfo {
    /// Where its messages stand.
    pub kind: PluginKind,
    /// Its name.
    pub name: String,
    /// Other names that settings may use.
    pub aliases: Vec<String>,
    /// Full names of its messages; none for a plugin that is asked about all.
    pub messages: Vec<String>,
    /// Lower comes first.
    pub priority: i32,
    /// The crate it comes from.
    pub crate_name: String,
    /// That crate's version.
    pub crate_version: String,
}

impl PluginInfo {
    /// What is known of a plugin that is handed over rather than linked.
    pub fn new<S: Into<String>>(
        kind: PluginKind,
        name: impl Into<String>,
        messages: impl IntoIterator<Item = S>,
    ) -> Self {
        Self {
            kind,
            name: name.into(),
            aliases: Vec::new(),
            messages: messages.into_iter().map(Into::into).collect(),
            priority: 0,
            crate_name: "this program".to_owned(),
            crate_version: String::new(),
        }
    }

    pub(super) fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }

    fn of(descriptor: &PluginDescriptor) -> Self {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Self {
            kind: descriptor.factory.kind(),
            name: descriptor.name.to_owned(),
            aliases: owned(descriptor.aliases),
            messages: owned(descriptor.messages),
            priority: descriptor.priority,
            crate_name: descriptor.crate_name.to_owned(),
            crate_version: descriptor.crate_version.to_owned(),
        }
    }
}

/// The plugins of a session, in the order they are asked; cheap to clone.
///
/// ```
/// use datafusion_spark_connect::plugin::PluginRegistry;
///
/// let plugins = PluginRegistry::empty();
/// assert!(plugins.require("delta").is_err());
/// ```
#[derive(Clone, Default)]
pub struct PluginRegistry(Arc<Inner>);

#[derive(Clone, Default)]
struct Inner {
    relations: Chain<dyn RelationPlugin>,
    expressions: Chain<dyn ExpressionPlugin>,
    commands: Chain<dyn CommandPlugin>,
}

impl PluginRegistry {
    /// No plugins.
    pub fn empty() -> Self {
        Self::default()
    }

    /// All plugins of crates that are linked into this program and register
    /// themselves.
    ///
    /// # Errors
    /// If two of them contradict each other, or one was built for another version
    /// of the plugin API.
    pub fn global() -> Result<Self> {
        static GLOBAL: OnceLock<Result<PluginRegistry, String>> = OnceLock::new();
        let made = GLOBAL.get_or_init(|| {
            Self::of(inventory::iter::<PluginDescriptor>()).map_err(|error| error.to_string())
        });
        made.clone().map_err(Error::invalid_plan)
    }

    /// The plugins that these descriptors make.
    ///
    /// # Errors
    /// As [`Self::global`].
    pub fn of<'d>(descriptors: impl IntoIterator<Item = &'d PluginDescriptor>) -> Result<Self> {
        let (mut relations, mut expressions, mut commands) = (Vec::new(), Vec::new(), Vec::new());
        for descriptor in descriptors {
            check_version(descriptor)?;
            let info = PluginInfo::of(descriptor);
            match descriptor.factory {
                Factory::Relation(make) => relations.push(Member { info, plugin: make() }),
                Factory::Expression(make) => expressions.push(Member { info, plugin: make() }),
                Factory::Command(make) => commands.push(Member { info, plugin: make() }),
            }
        }
        Ok(Self(Arc::new(Inner {
            relations: Chain::sorted(relations)?,
            expressions: Chain::sorted(expressions)?,
            commands: Chain::sorted(commands)?,
        })))
    }

    /// The same with one more relation plugin.
    ///
    /// # Errors
    /// If its name or a message of its is taken.
    pub fn with_relation(self, info: PluginInfo, plugin: impl RelationPlugin) -> Result<Self> {
        let mut inner = Arc::unwrap_or_clone(self.0);
        inner.relations = added(inner.relations, info, Arc::new(plugin))?;
        Ok(Self(Arc::new(inner)))
    }

    /// The same with one more expression plugin.
    ///
    /// # Errors
    /// If its name or a message of its is taken.
    pub fn with_expression(self, info: PluginInfo, plugin: impl ExpressionPlugin) -> Result<Self> {
        let mut inner = Arc::unwrap_or_clone(self.0);
        inner.expressions = added(inner.expressions, info, Arc::new(plugin))?;
        Ok(Self(Arc::new(inner)))
    }

    /// The same with one more command plugin.
    ///
    /// # Errors
    /// If its name or a message of its is taken.
    pub fn with_command(self, info: PluginInfo, plugin: impl CommandPlugin) -> Result<Self> {
        let mut inner = Arc::unwrap_or_clone(self.0);
        inner.commands = added(inner.commands, info, Arc::new(plugin))?;
        Ok(Self(Arc::new(inner)))
    }

    /// The plugins that Spark's settings select: for each kind all if the setting
    /// is absent, else exactly those it lists, in its order.
    ///
    /// # Errors
    /// If a setting names a plugin that is not there.
    pub fn selected(&self, setting: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let mut inner = Inner::clone(&self.0);
        if let Some(list) = setting(PluginKind::Relation.config_key()) {
            inner.relations = inner.relations.selected(&list)?;
        }
        if let Some(list) = setting(PluginKind::Expression.config_key()) {
            inner.expressions = inner.expressions.selected(&list)?;
        }
        if let Some(list) = setting(PluginKind::Command.config_key()) {
            inner.commands = inner.commands.selected(&list)?;
        }
        Ok(Self(Arc::new(inner)))
    }

    /// Makes sure that a plugin is there: a crate that nothing names is not linked.
    ///
    /// # Errors
    /// If no plugin goes by that name.
    pub fn require(&self, name: &str) -> Result<&Self> {
        if self.plugins().any(|info| info.answers_to(name)) {
            return Ok(self);
        }
        let known: Vec<_> = self.plugins().map(|info| info.name.as_str()).collect();
        Err(Error::invalid_plan(format!(
            "the plugin `{name}` is not linked (is there a `use its_crate as _;`?); linked are: {}",
            if known.is_empty() { "none".to_owned() } else { known.join(", ") }
        )))
    }

    /// All plugins, kind by kind, in the order they are asked.
    pub fn plugins(&self) -> impl Iterator<Item = &PluginInfo> {
        let Inner { relations, expressions, commands } = self.0.as_ref();
        relations.infos().chain(expressions.infos()).chain(commands.infos())
    }

    pub(super) fn relations(
        &self,
        message: &str,
    ) -> impl Iterator<Item = &Arc<dyn RelationPlugin>> {
        self.0.relations.for_message(message)
    }

    pub(super) fn expressions(
        &self,
        message: &str,
    ) -> impl Iterator<Item = &Arc<dyn ExpressionPlugin>> {
        self.0.expressions.for_message(message)
    }

    pub(super) fn commands(&self, message: &str) -> impl Iterator<Item = &Arc<dyn CommandPlugin>> {
        self.0.commands.for_message(message)
    }
}

fn added<P: ?Sized>(chain: Chain<P>, info: PluginInfo, plugin: Arc<P>) -> Result<Chain<P>> {
    let mut members = chain.into_members();
    members.push(Member { info, plugin });
    Chain::sorted(members)
}

fn check_version(descriptor: &PluginDescriptor) -> Result<()> {
    if descriptor.api_version == API_VERSION {
        return Ok(());
    }
    Err(Error::invalid_plan(format!(
        "the plugin `{}` of {} {} was built for version {} of the plugin API, this is version {API_VERSION}",
        descriptor.name, descriptor.crate_name, descriptor.crate_version, descriptor.api_version
    )))
}

impl fmt::Debug for PluginRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.plugins()).finish()
    }
}
