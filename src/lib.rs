//! The Spark Connect front end for Apache DataFusion.

mod analyze;
mod catalog;
mod command;
mod error;
mod execute;
mod expression;
// Callers land area by area.
#[allow(dead_code, reason = "relations land area by area")]
mod function;
#[cfg(feature = "json")]
pub mod json;
mod planner;
pub mod plugin;
pub mod proto;
mod record;
mod relation;
#[cfg(feature = "server")]
pub mod server;
mod session;
mod source;
mod sql;
mod table;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod types;

pub use catalog::{TableName, Warehouse};
pub use error::{Condition, Error, ErrorReport, InvalidPlan, QueryContext, Result, SparkError};
pub use planner::SparkConnectPlanner;
pub use planner::columns::{ColumnEntry, ColumnId, Columns, FieldNames, Resolution};
pub use planner::output::{CommandOutput, PlanOutput};
pub use planner::planned::Planned;
pub use planner::services::Sides;
pub use session::{
    Artifacts, Limits, RuntimeConf, Session, SessionBuilder, Views, spark_config, spark_context,
};
pub use source::Buckets;
pub use table::{NewTable, WhenThere};

// The programs of the README and of the guide for plugin authors, kept running.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

#[cfg(doctest)]
#[doc = include_str!("../docs/plugins.md")]
mod plugin_guide {}
