//! A plugin crate as another author would write it: messages of its own, with Spark's
//! inside them, several plugins, state in the session, errors of its own.

mod count;
mod fault;
mod partners;
mod selection;
mod twice;

pub use count::{Counted, Counter};
pub use fault::{FaultyCommand, FaultyExpression, FaultyRelation, FaultyRelationLater};
pub use partners::PartnersPlugin;
pub use selection::WherePlugin;
pub use twice::TwicePlugin;

use datafusion_spark_connect::register_plugin;

/// The messages.
#[allow(missing_docs, unreachable_pub, clippy::all)]
pub mod proto {
    include!(concat!(env!("OUT_DIR"), "/acme.second.rs"));
}

register_plugin! {
    relation "second-where" => WherePlugin,
    aliases: ["com.acme.WherePlugin"],
}

register_plugin! {
    relation "second-partners" => PartnersPlugin,
}

register_plugin! {
    relation "second-count" => Counter,
    priority: 5,
    api: 1,
}

register_plugin! {
    expression "second-twice" => TwicePlugin,
}
