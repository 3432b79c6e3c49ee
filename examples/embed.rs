//! A DataFusion service that Spark's clients can talk to: `cargo run --example embed`,
//! then `SparkSession.builder.remote("sc://127.0.0.1:15002")` and `spark.table("t")`.

use std::error::Error;

use datafusion::dataframe;
use datafusion::prelude::SessionContext;
use datafusion_spark_connect::server::{NewSession, SparkConnectService};
use datafusion_spark_connect::{Session, spark_context};
use tonic::transport::Server;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // What you have already: tables, catalogs, functions, planners.
    let context = spark_context();
    context.register_table("t", dataframe!("id" => [1, 2], "name" => ["a", "b"])?.into_view())?;
    // Every client gets a session over it, with configuration of its own.
    let service = SparkConnectService::new(move |_: &NewSession| {
        Ok(Session::builder(SessionContext::new_with_state(context.state())))
    });
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:15002".to_owned());
    Ok(Server::builder().add_service(service.into_server()).serve(address.parse()?).await?)
}
