//! A DataFusion context set up as Spark's semantics need it.

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

/// A context with [`spark_config`] and DataFusion's default features.
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
    SessionContext::new_with_config(spark_config())
}
