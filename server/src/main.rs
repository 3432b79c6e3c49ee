//! A Spark Connect server over Apache DataFusion: an embedder of
//! `datafusion-spark-connect` like any other.

mod memory;
mod options;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use datafusion::prelude::SessionContext;
use datafusion_spark_connect::server::{NewSession, SparkConnectService};
use datafusion_spark_connect::{Session, SessionBuilder, Warehouse, spark_state_builder};
use memory::Memory;
use options::Options;
// Plugins that are linked are registered; one that nobody names is not linked.
use spark_connect_delta_plugin as _;
use spark_connect_example_plugin as _;
use spark_connect_graphframes_plugin as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

/// Plans are worked on by recursion here and there; it is memory that is touched
/// only when it is needed.
const WORKER_STACK: usize = 8 << 20;
/// How long calls may take to end after the server was asked to stop.
const PATIENCE: Duration = Duration::from_secs(2);

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(mistake) => {
            eprintln!("{mistake}\n\n{}", options::HELP);
            return ExitCode::from(2);
        }
    };
    if options.help {
        print!("{}", options::HELP);
        return ExitCode::SUCCESS;
    }
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(WORKER_STACK)
        .build()?;
    let served = runtime.block_on(serve(options));
    runtime.shutdown_timeout(PATIENCE);
    served
}

async fn serve(options: Options) -> Outcome<()> {
    let Options { listen, conf, warehouse, memory_limit, help: _ } = options;
    let memory = Memory::new(memory_limit);
    let warehouse = match warehouse {
        Some(directory) => Warehouse::open(directory)?,
        None => Warehouse::temporary()?,
    };
    // Mistakes in the configuration are found at start, not by the first client.
    let session = configured(&conf, &warehouse, &memory)?.build()?;
    session.plugins_in_use().iter().for_each(|plugin| eprintln!("plugin: {plugin}"));
    let shared = Arc::clone(&warehouse);
    let service =
        SparkConnectService::new(move |_: &NewSession| configured(&conf, &shared, &memory));
    let listener = TcpListener::bind(&listen).await.map_err(|e| format!("{listen}: {e}"))?;
    let address = listener.local_addr()?;
    let (stop, stopped) = tokio::sync::oneshot::channel();
    // The answers to a query are small messages: each is sent at once.
    let connections = TcpIncoming::from(listener).with_nodelay(Some(true));
    let server = Server::builder()
        .add_service(service.clone().into_server())
        .serve_with_incoming_shutdown(connections, async {
            let _ = stopped.await;
        });
    let server = tokio::spawn(server);
    // Both are listened for before anyone knows that the server is there.
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    println!("listening on {address}");
    tokio::select! {
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
    }
    service.close();
    let _ = stop.send(());
    // Clients keep idle connections open: they do not hold the server up.
    match tokio::time::timeout(PATIENCE, server).await {
        Ok(ended) => Ok(ended??),
        Err(_) => Ok(()),
    }
}

/// What every session starts with.
fn configured(
    conf: &[(String, String)],
    warehouse: &Arc<Warehouse>,
    memory: &Memory,
) -> datafusion_spark_connect::Result<SessionBuilder> {
    let state = spark_state_builder().with_runtime_env(memory.runtime()?).build();
    let context = SessionContext::new_with_state(state);
    warehouse.register(&context);
    let builder = Session::builder(context);
    let builder = builder.conf("spark.sql.warehouse.dir", &warehouse.location())?;
    conf.iter().try_fold(builder, |builder, (key, value)| builder.conf(key, value))
}
