//! Graph algorithms served to the unmodified `graphframes-py` Connect client.
//!
//! A plugin of `datafusion-spark-connect`. Programs get it by linking this crate, which
//! takes a line that uses it:
//!
//! ```
//! use spark_connect_graphframes_plugin as _;
//!
//! let registry = datafusion_spark_connect::plugin::PluginRegistry::global();
//! assert!(registry.plugins().any(|plugin| plugin.name() == "graphframes"));
//! ```
//!
//! # How it is built
//!
//! * `graph`: the two relations of a message, checked.
//! * `method`: the trait of a method and the table of methods. A method is a file that
//!   implements the trait for its message, in a folder by family: `structure`, `traversal`,
//!   `components`, `ranking`, `cohesion`, `communities`, `embedding`, `pregel`.
//! * `relation`: Spark's relations and expressions in a few words. Whatever a client may
//!   write expressions for is built of those, or of SQL text, and planned by the core's one
//!   planner over relations that are planned already.
//! * `engine`: for methods that loop. `engine::Loaded` has the vertices in a table that
//!   spills, ids as numbers from 0, and the edges as pairs of these, which spill too.
//!   `engine::Work` is what a loop on a thread of its own gets: cancellation, progress
//!   and memory out of the session's pool. Loops hold arrays by vertex and read the edges
//!   from the start to the end, again and again; a few need `engine::Adjacency`, which
//!   must fit into memory or is refused.

mod cohesion;
mod communities;
mod components;
mod embedding;
mod engine;
mod error;
mod graph;
mod method;
mod plugin;
mod pregel;
mod ranking;
mod relation;
mod structure;
#[cfg(test)]
mod tests;
mod traversal;

pub use plugin::GraphFrames;

use datafusion_spark_connect::register_plugin;

/// The messages of `graphframes.connect`.
#[allow(missing_docs, unreachable_pub, clippy::all)]
pub mod proto {
    include!(concat!(env!("OUT_DIR"), "/org.graphframes.connect.proto.rs"));
}

// The alias is the class name that a Spark set-up for GraphFrames lists.
register_plugin! {
    relation "graphframes" => GraphFrames,
    aliases: ["org.apache.spark.sql.graphframes.GraphFramesConnect"],
}
