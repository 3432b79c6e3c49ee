//! From a client's message to rows: `cargo run --example quickstart`.
//!
//! 1. The documented extension message, as bytes and as JSON, over a query of
//!    `samples.nyctaxi.trips`: translated with a plugin that this program only
//!    links, printed, planned and run.
//! 2. TPC-H query 6 over generated Parquet, with its time.

mod tpch;
mod trips;

use std::error::Error;
use std::sync::Arc;

use datafusion::dataframe::DataFrame;
use datafusion_spark_connect::testkit::{RelationBuilder, render_rows};
use datafusion_spark_connect::{
    Limits, Planned, Session, SparkConnectPlanner, json, proto, spark_context,
};
// A plugin is registered by being linked, and a crate is linked by being used.
use spark_connect_example_plugin as _;

/// What a client sends: a `Project` with an `ExamplePluginExpression` packed in
/// an `Any`, over a `SQL` relation.
const BYTES: &[u8] = include_bytes!("message.bin");
/// The same in the protocol's JSON form.
const JSON: &str = include_str!("message.json");

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

#[tokio::main]
async fn main() -> Result<()> {
    let session = Session::builder(spark_context()).build()?;
    trips::register(session.context(), &session.time_zone())?;

    let relation = documented_message()?;
    println!("The message, {} bytes:\n{}\n", BYTES.len(), json::to_json(&*relation)?);
    let planned = translate(&session, &relation).await?;
    println!("The DataFusion plan:\n{}\n", planned.plan().display_indent());
    println!("The table:\n{}\n", run(&session, &planned).await?);

    tpch::query_6(&session).await
}

/// The message from its bytes, which must be the message from its JSON.
fn documented_message() -> Result<proto::Deep<proto::Relation>> {
    let from_bytes = proto::decode::relation(BYTES, &Limits::default())?;
    let from_json: proto::Relation = json::from_json(JSON)?;
    if *from_bytes != from_json {
        return Err("the message as bytes is not the message as JSON".into());
    }
    Ok(from_bytes)
}

async fn translate(session: &Arc<Session>, relation: &proto::Relation) -> Result<Planned> {
    let planner = SparkConnectPlanner::new(Arc::clone(session));
    Ok(planner.plan_relation(relation).await?)
}

/// Runs a plan as any DataFusion service would.
async fn run(session: &Arc<Session>, planned: &Planned) -> Result<String> {
    let state = session.state().as_ref().clone();
    let rows = DataFrame::new(state, planned.to_output_plan()?).collect().await?;
    Ok(render_rows(&rows)?)
}

/// Translates and runs.
async fn rows(session: &Arc<Session>, relation: &RelationBuilder) -> Result<String> {
    run(session, &translate(session, relation).await?).await
}
