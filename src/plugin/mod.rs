//! Plugins: relations, expressions and commands that server libraries add to the
//! protocol, as messages packed in an `Any`.
//!
//! A plugin implements [`TypedRelationPlugin`], [`TypedExpressionPlugin`] or
//! [`TypedCommandPlugin`] for a message of its own, and is registered by
//! [`register_plugin!`](crate::register_plugin) when its crate is linked, or given
//! to a [`PluginRegistry`] by hand. `docs/plugins.md` is the guide.

mod ask;
mod contributions;
mod descriptor;
mod dispatch;
mod extension_planning;
mod guard;
mod memory;
mod offers;
mod registered;
mod registry;
mod scope;
mod select;
mod traits;
mod typed;

pub use contributions::{
    Contributions, SessionHandle, SessionPlugin, TABLE_COMMENT, TABLE_PROPERTY,
};
pub use descriptor::{PLUGIN_API_VERSION, PluginDescriptor};
pub(crate) use offers::Offers;
pub use registered::{Plugin, PluginKind};
pub use registry::PluginRegistry;
pub use scope::ExpressionScope;
pub use traits::{
    CommandPlugin, Effects, ExpressionPlugin, GetStatusPlugin, MlBackendPlugin, RelationPlugin,
};
pub use typed::{TypedCommandPlugin, TypedExpressionPlugin, TypedRelationPlugin};

pub(crate) use ask::{ml_command, ml_relation};
#[cfg(feature = "server")]
pub(crate) use ask::{operation_status, session_status};
pub(crate) use dispatch::{command, expression, relation};
pub(crate) use memory::{Answers, Memory};
pub(crate) use select::Selection;

#[doc(hidden)]
pub use inventory as __inventory;
