//! Delta Lake served to the unmodified `delta-spark` Connect client.
//!
//! A plugin of `datafusion-spark-connect` over the `deltalake` crate: the relations and
//! commands that `delta.connect` sends, and `format("delta")` for reading and writing.
//! Programs get it by linking this crate, which takes a line that uses it:
//!
//! ```
//! use spark_connect_delta_plugin as _;
//!
//! let registry = datafusion_spark_connect::plugin::PluginRegistry::global();
//! assert!(registry.plugins().any(|plugin| plugin.name() == "delta"));
//! ```
//!
//! Conditions and values inside the messages are planned by the core, as Spark would:
//! DELETE, UPDATE and MERGE rewrite files themselves, through `deltalake`'s reader,
//! writer and log, rather than by its own expressions.

mod cdf;
mod clone;
mod command;
mod commit;
mod conflict;
mod convert;
mod create;
mod detail;
mod dml;
mod error;
mod factory;
mod features;
mod files;
mod filter;
mod history;
mod maintenance;
mod optimize;
mod protocol;
mod relation;
mod restore;
mod rows;
mod source;
mod table;
mod write;

pub use command::DeltaCommands;
pub use factory::DeltaFormat;
pub use relation::DeltaRelations;

use datafusion_spark_connect::register_plugin;

/// The messages of `delta.connect`.
#[allow(missing_docs, unreachable_pub, clippy::all)]
pub mod proto {
    include!(concat!(env!("OUT_DIR"), "/delta.connect.rs"));
}

// The aliases are the class names that a Spark set-up for Delta lists.
register_plugin! {
    relation "delta" => DeltaRelations,
    aliases: ["org.apache.spark.sql.connect.delta.DeltaRelationPlugin"],
}

register_plugin! {
    command "delta" => DeltaCommands,
    aliases: ["org.apache.spark.sql.connect.delta.DeltaCommandPlugin"],
}

register_plugin! {
    session "delta" => DeltaFormat,
    aliases: ["io.delta.sql.DeltaSparkSessionExtension"],
}
