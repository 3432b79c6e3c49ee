//! The plugins of one kind, in the order they are asked.

use std::collections::HashMap;
use std::sync::Arc;

use super::registry::PluginInfo;
use crate::error::{Error, Result};

/// A plugin and what is known of it.
pub(super) struct Member<P: ?Sized> {
    pub(super) info: PluginInfo,
    pub(super) plugin: Arc<P>,
}

impl<P: ?Sized> Clone for Member<P> {
    fn clone(&self) -> Self {
        Self { info: self.info.clone(), plugin: Arc::clone(&self.plugin) }
    }
}

/// Plugins by priority and name, found by message in one look-up.
pub(super) struct Chain<P: ?Sized> {
    members: Vec<Member<P>>,
    /// For each message that some plugin names, the plugins to ask: those that
    /// name it, then those that name none.
    by_message: HashMap<String, Vec<usize>>,
    /// Plugins that name no message.
    wildcards: Vec<usize>,
}

impl<P: ?Sized> Clone for Chain<P> {
    fn clone(&self) -> Self {
        Self {
            members: self.members.clone(),
            by_message: self.by_message.clone(),
            wildcards: self.wildcards.clone(),
        }
    }
}

impl<P: ?Sized> Default for Chain<P> {
    fn default() -> Self {
        Self { members: Vec::new(), by_message: HashMap::new(), wildcards: Vec::new() }
    }
}

impl<P: ?Sized> Chain<P> {
    /// A chain in order of priority, then name: link order means nothing.
    pub(super) fn sorted(mut members: Vec<Member<P>>) -> Result<Self> {
        members
            .sort_by(|a, b| (a.info.priority, &a.info.name).cmp(&(b.info.priority, &b.info.name)));
        Self::in_order(members)
    }

    /// A chain in this order.
    fn in_order(members: Vec<Member<P>>) -> Result<Self> {
        refuse_twins(&members)?;
        let at_wildcards =
            |(at, member): (usize, &Member<P>)| member.info.messages.is_empty().then_some(at);
        let wildcards: Vec<usize> = members.iter().enumerate().filter_map(at_wildcards).collect();
        let mut by_message: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, member) in members.iter().enumerate() {
            for message in &member.info.messages {
                by_message.entry(message.clone()).or_default().push(at);
            }
        }
        by_message.values_mut().for_each(|asked| asked.extend(&wildcards));
        Ok(Self { members, by_message, wildcards })
    }

    /// The plugins to ask about a message.
    pub(super) fn for_message(&self, message: &str) -> impl Iterator<Item = &Arc<P>> {
        let asked = self.by_message.get(message).unwrap_or(&self.wildcards);
        asked.iter().map(|at| &self.members[*at].plugin)
    }

    /// Exactly the plugins of a list of names or aliases, in its order.
    pub(super) fn selected(&self, list: &str) -> Result<Self> {
        let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
        let members = names.map(|name| {
            let found = self.members.iter().find(|member| member.info.answers_to(name));
            found.cloned().ok_or_else(|| {
                let known: Vec<_> = self.members.iter().map(|m| m.info.name.as_str()).collect();
                Error::invalid_plan(format!(
                    "there is no plugin `{name}`; linked are: {}",
                    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
                ))
            })
        });
        Self::in_order(members.collect::<Result<Vec<_>>>()?)
    }

    pub(super) fn infos(&self) -> impl Iterator<Item = &PluginInfo> {
        self.members.iter().map(|member| &member.info)
    }

    pub(super) fn into_members(self) -> Vec<Member<P>> {
        self.members
    }
}

/// # Errors
/// If a name is used twice, or a message is taken twice at one priority.
fn refuse_twins<P: ?Sized>(members: &[Member<P>]) -> Result<()> {
    for (at, member) in members.iter().enumerate() {
        for other in &members[..at] {
            if other.info.name == member.info.name {
                return Err(twins("name", &member.info.name, &other.info, &member.info));
            }
            let same_rank = other.info.priority == member.info.priority;
            let common = member.info.messages.iter().find(|m| other.info.messages.contains(m));
            if let (true, Some(message)) = (same_rank, common) {
                return Err(twins("message", message, &other.info, &member.info));
            }
        }
    }
    Ok(())
}

fn twins(what: &str, which: &str, one: &PluginInfo, other: &PluginInfo) -> Error {
    Error::invalid_plan(format!(
        "two plugins have the {what} `{which}`: {} {} and {} {}",
        one.crate_name, one.crate_version, other.crate_name, other.crate_version
    ))
}
