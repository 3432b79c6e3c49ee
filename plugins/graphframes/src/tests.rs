//! Methods in sessions whose memory is limited.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray as _, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::datasource::MemTable;
use datafusion_spark_connect::plugin::TypedRelationPlugin as _;
use datafusion_spark_connect::testkit::relation;
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner, proto as spark};
use prost::Message as _;

use crate::GraphFrames;
use crate::engine::testing::planner_within;
use crate::error::OrArrow as _;
use crate::proto::graph_frames_api::Method;
use crate::proto::{ConnectedComponents, GraphFramesApi, PageRank, TriangleCount};

const VERTICES: i64 = 2_000;

/// A session with so much memory, and a graph in which every vertex has ten edges.
fn session(bytes: usize) -> Result<SparkConnectPlanner> {
    let planner = planner_within(bytes)?;
    let context = planner.session().context().clone();
    let ids: Vec<i64> = (0..VERTICES).collect();
    let names = ids.iter().map(|id| format!("a vertex with the number {id}"));
    let vertices = vec![
        ("id", Arc::new(Int64Array::from(ids.clone())) as _),
        ("name", Arc::new(StringArray::from_iter_values(names)) as _),
    ];
    let edges =
        ids.iter().flat_map(|id| (1..=10).map(move |step| (id, (id * step + 7) % VERTICES)));
    let (src, dst): (Vec<i64>, Vec<i64>) = edges.unzip();
    let edges = vec![
        ("src", Arc::new(Int64Array::from(src)) as _),
        ("dst", Arc::new(Int64Array::from(dst)) as _),
    ];
    for (name, columns) in [("v", vertices), ("e", edges)] {
        let batch = RecordBatch::try_from_iter(columns).or_arrow()?;
        let table = MemTable::try_new(batch.schema(), vec![vec![batch]])?;
        context.register_table(name, Arc::new(table))?;
    }
    Ok(planner)
}

fn message(method: Method) -> GraphFramesApi {
    let plan = |table: &str| {
        let root = relation::read_table(table).into_message();
        spark::Plan { op_type: Some(spark::plan::OpType::Root(root)) }.encode_to_vec()
    };
    GraphFramesApi { vertices: plan("v"), edges: plan("e"), method: Some(method) }
}

async fn run(planner: &SparkConnectPlanner, method: Method) -> Result<Planned> {
    GraphFrames.transform(&message(method), planner).await
}

fn page_rank() -> Method {
    let max_iter = Some(5);
    Method::PageRank(PageRank { reset_probability: 0.15, source_id: None, max_iter, tol: None })
}

async fn ranks(planner: &SparkConnectPlanner) -> Result<Vec<f64>> {
    let (_, batches) = planner.collect(&run(planner, page_rank()).await?).await?;
    let column =
        |batch: &RecordBatch| batch.column(2).as_primitive::<Float64Type>().values().to_vec();
    Ok(batches.iter().flat_map(column).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn little_memory_changes_no_result() -> Result<()> {
    let expected = ranks(&session(1 << 30)?).await?;
    assert_eq!(expected.len(), VERTICES as usize);
    // Arrays by vertex fit; the vertices' names and the edges do not.
    assert_eq!(ranks(&session(300_000)?).await?, expected);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn too_little_memory_is_an_error() -> Result<()> {
    for method in [page_rank(), Method::TriangleCount(TriangleCount::default())] {
        let error = run(&session(10_000)?, method).await.err();
        let report = error.map(|error| error.report());
        let condition = report.and_then(|report| report.condition);
        assert_eq!(condition.as_deref(), Some("UNABLE_TO_ACQUIRE_MEMORY"));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_given_back() -> Result<()> {
    let planner = session(1 << 30)?;
    let pool = || planner.state().runtime_env().memory_pool.reserved();
    assert_eq!(pool(), 0);
    let ranked = run(&planner, page_rank()).await?;
    assert!(pool() > 0, "the result is kept");
    drop(ranked);
    assert_eq!(pool(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_stops() -> Result<()> {
    let planner = session(1 << 30)?;
    let endless = Method::PageRank(PageRank { max_iter: Some(i32::MAX), ..PageRank::default() });
    let wait = std::time::Duration::from_millis(300);
    assert!(tokio::time::timeout(wait, run(&planner, endless)).await.is_err());
    // The loop's thread gives back what it had.
    for _ in 0..200 {
        if planner.state().runtime_env().memory_pool.reserved() == 0 {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    Err(datafusion_spark_connect::Error::internal("the loop goes on"))
}

#[tokio::test]
async fn schemas_need_no_work() -> Result<()> {
    let planner = session(1 << 30)?;
    let endless = Method::PageRank(PageRank { max_iter: Some(i32::MAX), ..PageRank::default() });
    let schema = GraphFrames.schema(&message(endless), &planner).await?;
    let names =
        schema.map(|schema| schema.fields().iter().map(|f| f.name().clone()).collect::<Vec<_>>());
    assert_eq!(names, Some(["id", "name", "pagerank"].map(str::to_owned).to_vec()));
    Ok(())
}

/// What is told before is what comes.
#[tokio::test(flavor = "multi_thread")]
async fn schemas_are_those_of_the_results() -> Result<()> {
    let planner = session(1 << 30)?;
    let components = |labels: bool| {
        Method::ConnectedComponents(ConnectedComponents {
            algorithm: "two_phase".to_owned(),
            use_labels_as_components: labels,
            ..ConnectedComponents::default()
        })
    };
    let triangles = Method::TriangleCount(TriangleCount::default());
    for method in [page_rank(), components(false), components(true), triangles] {
        let told = GraphFrames.schema(&message(method.clone()), &planner).await?;
        let found = run(&planner, method).await?;
        assert_eq!(told, Some(found.schema()?));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn components_of_the_graph() -> Result<()> {
    let planner = session(1 << 30)?;
    let algorithm = "graphframes".to_owned();
    let method =
        Method::ConnectedComponents(ConnectedComponents { algorithm, ..Default::default() });
    let (schema, batches) = planner.collect(&run(&planner, method).await?).await?;
    let columns: Vec<_> =
        schema.fields().iter().map(|f| (f.name().as_str(), f.data_type().clone())).collect();
    let expected =
        [("id", DataType::Int64), ("name", DataType::Utf8), ("component", DataType::Int64)];
    assert_eq!(columns, expected);
    let zero = |batch: &RecordBatch| {
        batch.column(2).as_primitive::<Int64Type>().iter().all(|component| component == Some(0))
    };
    assert!(batches.iter().all(zero));
    Ok(())
}
