//! The example plugins of Spark Connect's documentation, as a crate of their own: a
//! relation, an expression and a command.
//!
//! Programs get them by linking this crate, which takes a line that uses it:
//!
//! ```
//! use spark_connect_example_plugin as _;
//!
//! let registry = datafusion_spark_connect::plugin::PluginRegistry::global();
//! assert_eq!(registry.plugins().filter(|p| p.name() == "example").count(), 3);
//! ```
//!
//! The Python package for their users is beside it, in `python/`.

mod command;
mod expression;
mod relation;

pub use command::ExampleCommand;
pub use expression::ExampleExpression;
pub use relation::ExampleRelation;

use datafusion_spark_connect::register_plugin;

// The aliases are the class names that Spark's own configuration would list.
register_plugin! {
    relation "example" => ExampleRelation,
    aliases: ["org.apache.spark.sql.connect.plugin.ExampleRelationPlugin"],
}

register_plugin! {
    expression "example" => ExampleExpression,
    aliases: ["org.apache.spark.sql.connect.plugin.ExampleExpressionPlugin"],
}

register_plugin! {
    command "example" => ExampleCommand,
    aliases: ["org.apache.spark.sql.connect.plugin.ExampleCommandPlugin"],
}
