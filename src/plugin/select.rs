//! The plugins of a session: which ones, in what order, found by message name.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use datafusion::common::HashMap;

use super::contributions::Contributions;
use super::registered::{Object, Plugin, PluginKind};
use super::registry::PluginRegistry;
use super::traits::{
    CommandPlugin, ExpressionPlugin, GetStatusPlugin, MlBackendPlugin, RelationPlugin,
};
use crate::error::{Condition, Error, Result, panic_text};

/// The plugins in use, by kind.
pub(crate) struct Selection {
    pub(super) relation: Chain<dyn RelationPlugin>,
    pub(super) expression: Chain<dyn ExpressionPlugin>,
    pub(super) command: Chain<dyn CommandPlugin>,
    #[cfg_attr(not(feature = "server"), allow(dead_code, reason = "the service asks"))]
    pub(super) status: Chain<dyn GetStatusPlugin>,
    pub(super) ml: Chain<dyn MlBackendPlugin>,
    /// All of them, in order.
    plugins: Vec<Plugin>,
}

/// Plugins of one kind, by the messages they take.
pub(super) struct Chain<P: ?Sized> {
    /// For each message that some plugin names: who takes it, wildcards too.
    by_message: HashMap<Box<str>, Vec<Link<P>>>,
    /// Plugins that are offered all messages.
    wildcards: Vec<Link<P>>,
}

/// One plugin in a chain.
pub(super) struct Link<P: ?Sized> {
    pub(super) name: Arc<str>,
    pub(super) plugin: Arc<P>,
}

impl<P: ?Sized> Chain<P> {
    /// Who may take a message, in order.
    pub(super) fn of(&self, message_name: &str) -> &[Link<P>] {
        self.by_message.get(message_name).unwrap_or(&self.wildcards)
    }

    fn new(plugins: &[Plugin], object: impl Fn(&Plugin) -> Option<Arc<P>>) -> Self {
        let links = |takes: &dyn Fn(&Plugin) -> bool| {
            let taking = plugins.iter().filter(|plugin| takes(plugin));
            let link = |plugin: &Plugin| {
                object(plugin).map(|object| Link { name: Arc::clone(&plugin.name), plugin: object })
            };
            taking.filter_map(link).collect::<Vec<_>>()
        };
        let named: BTreeSet<&String> = plugins
            .iter()
            .filter(|plugin| object(plugin).is_some())
            .flat_map(|plugin| plugin.messages.iter())
            .collect();
        let by_message = named.into_iter().map(|message| {
            let takes = |p: &Plugin| p.messages.is_empty() || p.messages.contains(message);
            (message.as_str().into(), links(&takes))
        });
        Self {
            by_message: by_message.collect(),
            wildcards: links(&|plugin: &Plugin| plugin.messages.is_empty()),
        }
    }
}

impl Selection {
    /// The plugins of `registry` that the configuration asks for: all, where a key is
    /// not set; those it lists, in that order, where it is.
    ///
    /// # Errors
    /// If a name is unknown, a required plugin is missing, or plugins contradict
    /// each other.
    pub(crate) fn new(
        registry: &PluginRegistry,
        classes: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        check_registry(registry)?;
        let mut plugins = Vec::new();
        for kind in PluginKind::ALL {
            let of_kind: Vec<&Plugin> = registry.plugins().filter(|p| p.kind() == kind).collect();
            match classes(kind.key()) {
                Some(list) => plugins.extend(listed(kind, &list, &of_kind)?),
                None => {
                    check_messages(&of_kind)?;
                    plugins.extend(of_kind.into_iter().cloned());
                }
            }
        }
        Ok(Self::of(plugins))
    }

    fn of(plugins: Vec<Plugin>) -> Self {
        let chain = |plugin: &Plugin| plugin.object.clone();
        Self {
            relation: Chain::new(&plugins, |plugin| match chain(plugin) {
                Object::Relation(object) => Some(object),
                _ => None,
            }),
            expression: Chain::new(&plugins, |plugin| match chain(plugin) {
                Object::Expression(object) => Some(object),
                _ => None,
            }),
            command: Chain::new(&plugins, |plugin| match chain(plugin) {
                Object::Command(object) => Some(object),
                _ => None,
            }),
            status: Chain::new(&plugins, |plugin| match chain(plugin) {
                Object::Status(object) => Some(object),
                _ => None,
            }),
            ml: Chain::new(&plugins, |plugin| match chain(plugin) {
                Object::Ml(object) => Some(object),
                _ => None,
            }),
            plugins,
        }
    }

    /// What the plugins add to a session.
    ///
    /// # Errors
    /// Of the first plugin that fails; a panic is one too.
    pub(crate) fn contributions(&self) -> Result<Contributions> {
        let mut contributions = Contributions::default();
        for plugin in &self.plugins {
            let Object::Session(object) = &plugin.object else { continue };
            let work = AssertUnwindSafe(|| object.contribute(&mut contributions));
            catch_unwind(work).unwrap_or_else(|panic| {
                let text = panic_text(panic.as_ref());
                Err(fault(format!("the plugin {} panicked: {text}", plugin.name)))
            })?;
        }
        Ok(contributions)
    }

    /// The plugins in use, by kind and in order.
    pub(crate) fn plugins(&self) -> &[Plugin] {
        &self.plugins
    }
}

fn fault(message: String) -> Error {
    Error::analysis(Condition::PLUGIN_RUNTIME_ERROR, [("msg", message)])
}

/// The plugins that a key of the configuration lists; blanks and empty entries do
/// not count.
fn listed(kind: PluginKind, list: &str, known: &[&Plugin]) -> Result<Vec<Plugin>> {
    let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    let mut chosen: Vec<Plugin> = Vec::new();
    for name in names {
        let Some(plugin) = known.iter().find(|plugin| plugin.is_called(name)) else {
            return Err(fault(format!(
                "{} names {name}, which no linked {kind} plugin is called; known are: {}",
                kind.key(),
                names_of(known)
            )));
        };
        if !chosen.iter().any(|c| c.name == plugin.name) {
            chosen.push((*plugin).clone());
        }
    }
    Ok(chosen)
}

fn names_of(plugins: &[&Plugin]) -> String {
    if plugins.is_empty() {
        return "none (a crate is only linked where it is used: `use my_plugin as _;`)".to_owned();
    }
    plugins.iter().flat_map(|plugin| plugin.names()).collect::<Vec<_>>().join(", ")
}

fn check_registry(registry: &PluginRegistry) -> Result<()> {
    let inner = registry.inner();
    if let Some(message) = inner.faults.first() {
        return Err(fault(message.clone()));
    }
    for (at, plugin) in inner.plugins.iter().enumerate() {
        for other in &inner.plugins[at + 1..] {
            let same = plugin.kind() == other.kind();
            if let Some(name) = plugin.names().find(|name| same && other.is_called(name)) {
                return Err(fault(format!(
                    "two {} plugins are called {name}: {} of {}, and {} of {}",
                    plugin.kind(),
                    plugin.name,
                    plugin.origin,
                    other.name,
                    other.origin
                )));
            }
        }
    }
    for required in &inner.required {
        if !inner.plugins.iter().any(|plugin| plugin.is_called(required)) {
            let all: Vec<&Plugin> = inner.plugins.iter().collect();
            return Err(fault(format!(
                "the plugin {required} is required but not linked; known are: {}",
                names_of(&all)
            )));
        }
    }
    Ok(())
}

/// Two plugins for one message are told apart by priority, or by a list in the
/// configuration.
fn check_messages(plugins: &[&Plugin]) -> Result<()> {
    for (at, plugin) in plugins.iter().enumerate() {
        for other in &plugins[at + 1..] {
            let shared = plugin.messages.iter().find(|name| other.messages.contains(name));
            let Some(message) = shared.filter(|_| plugin.priority == other.priority) else {
                continue;
            };
            return Err(fault(format!(
                "two plugins take {message} at priority {}: {} of {}, and {} of {}; give one \
                 another priority, or list those to use in {}",
                plugin.priority,
                plugin.name,
                plugin.origin,
                other.name,
                other.origin,
                plugin.kind().key()
            )));
        }
    }
    Ok(())
}
