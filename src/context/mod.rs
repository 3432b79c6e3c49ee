//! A DataFusion context set up as Spark's semantics need it.

mod groups;
mod in_order;
mod joins;
mod place;
mod slices;

use std::sync::Arc;

use datafusion::execution::SessionStateBuilder;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::prelude::{SessionConfig, SessionContext};

/// DataFusion's configuration for Spark sessions: the catalog `spark_catalog` with
/// the schema `default`, names that keep their case, timestamps in microseconds,
/// and rows that keep the order of their source.
pub fn spark_config() -> SessionConfig {
    let mut config =
        SessionConfig::new().with_default_catalog_and_schema("spark_catalog", "default");
    let options = config.options_mut();
    options.sql_parser.enable_ident_normalization = false;
    options.sql_parser.parse_float_as_decimal = true;
    options.execution.parquet.coerce_int96 = Some("us".to_owned());
    // Dealing batches round deals their order away, and Spark's users rely on it.
    options.optimizer.enable_round_robin_repartition = false;
    config
}

/// A builder of a state with [`spark_config`], DataFusion's default features, and rules
/// by which rows come in the order in which they come from Spark.
///
/// ```
/// use datafusion::prelude::SessionContext;
/// use datafusion_spark_connect::{spark_config, spark_state_builder};
///
/// let config = spark_config().with_target_partitions(4);
/// let state = spark_state_builder().with_config(config).build();
/// let context = SessionContext::new_with_state(state);
/// ```
pub fn spark_state_builder() -> SessionStateBuilder {
    SessionStateBuilder::new()
        .with_config(spark_config())
        .with_default_features()
        .with_physical_optimizer_rules(physical_rules())
}

fn physical_rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let joins = joins::SmallJoins::new();
    let mut rules = PhysicalOptimizer::new().rules;
    if let Some(rule) = rules.iter_mut().find(|rule| rule.name() == joins.name()) {
        *rule = Arc::new(joins);
    }
    rules.push(Arc::new(in_order::InOrder));
    rules.push(Arc::new(groups::GroupsInOrder));
    rules
}

/// A context of [`spark_state_builder`].
///
/// ```
/// use datafusion_spark_connect::{Session, spark_context};
///
/// let session = Session::builder(spark_context()).build()?;
/// assert_eq!(session.current_catalog(), "spark_catalog");
/// assert_eq!(session.current_database(), "default");
/// # Ok::<(), datafusion_spark_connect::Error>(())
/// ```
pub fn spark_context() -> SessionContext {
    SessionContext::new_with_state(spark_state_builder().build())
}
