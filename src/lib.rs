//! The Spark Connect front end for [Apache DataFusion](datafusion), to embed:
//! unresolved Spark Connect messages go in, DataFusion logical plans come out, and
//! plugins extend the protocol as Spark's own Connect plugins do on the JVM.
//!
//! Three types do most of the work:
//!
//! * [`Session`]: configuration, temporary views and plugins over a DataFusion
//!   [`SessionContext`](datafusion::prelude::SessionContext), whose catalogs, functions,
//!   object stores and planners it uses;
//! * [`SparkConnectPlanner`]: from a message to a [`Planned`], by Spark's rules for
//!   names, types and nullability;
//! * [`Planned`]: a plan, and its columns as Spark names them.
//!
//! ```
//! use datafusion_spark_connect::{Session, SparkConnectPlanner, proto, spark_context};
//! use prost::Message as _;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> datafusion_spark_connect::Result<()> {
//! let session = Session::builder(spark_context()).build()?;
//!
//! // A message as a client sends it: `select id * 2 as twice from range(3)`.
//! let sql = proto::Sql { query: "select id * 2 as twice from range(3)".into(), ..Default::default() };
//! let sent = proto::Relation { rel_type: Some(proto::relation::RelType::Sql(sql)), common: None };
//! let message = proto::decode::relation(&sent.encode_to_vec(), session.limits())?;
//!
//! let planned = SparkConnectPlanner::new(session.clone()).plan_relation(&message).await?;
//! assert_eq!(planned.columns().names().collect::<Vec<_>>(), ["twice"]);
//!
//! // The plan is DataFusion's, to run wherever the session's context runs plans.
//! let frame = session.context().execute_logical_plan(planned.to_output_plan()?).await?;
//! assert_eq!(frame.count().await?, 3);
//! # Ok(()) }
//! ```
//!
//! # What is where
//!
//! | | |
//! |---|---|
//! | [`plugin`] | traits for relations, expressions, commands and sessions, and their registry |
//! | [`proto`] | the protocol's messages, read within bounds |
//! | [`types`] | Spark types to and from Arrow, as DDL and as JSON |
//! | [`Warehouse`] | databases and tables in a directory |
//! | `server` | the tonic service (feature `server`) |
//! | `testkit`, `json` | plans in a few words, and in the protocol's JSON, for tests (features of those names) |
//!
//! What is not served is [`Error::Unsupported`] with a stable name; where an answer
//! differs from Spark's, that is a defect.

mod analyze;
mod catalog;
mod command;
mod context;
mod erased;
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
pub use context::{spark_config, spark_context, spark_state_builder};
pub use error::{Condition, Error, ErrorReport, InvalidPlan, QueryContext, Result, SparkError};
pub use planner::SparkConnectPlanner;
pub use planner::columns::{ColumnEntry, ColumnId, Columns, FieldNames, Resolution};
pub use planner::output::{CommandOutput, PlanOutput};
pub use planner::planned::Planned;
pub use planner::services::Sides;
pub use session::{Artifacts, Limits, RuntimeConf, Session, SessionBuilder, Views};
pub use source::Buckets;
pub use table::{NewTable, WhenThere};

// The programs of the README and of the guide for plugin authors, kept running.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

#[cfg(doctest)]
#[doc = include_str!("../docs/plugins.md")]
mod plugin_guide {}
