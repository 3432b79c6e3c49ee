//! What plugins add to sessions: all of it or none, and what hosts find.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::AsArray as _;
use datafusion::arrow::datatypes::Int64Type;
use datafusion::catalog::Session as CatalogSession;
use datafusion::common::DFSchemaRef;
use datafusion::error::Result as DataFusionResult;
use datafusion::execution::context::QueryPlanner;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::functions::math::sqrt;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{
    Expr, Extension, LogicalPlan, UserDefinedLogicalNode, UserDefinedLogicalNodeCore,
};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{ExtensionPlanner, PhysicalPlanner};
use datafusion::prelude::SessionContext;
use datafusion_spark_connect::plugin::{
    Contributions, Effects, Plugin, PluginRegistry, SessionPlugin, TypedRelationPlugin,
};
use datafusion_spark_connect::testkit::{TestSession, relation};
use datafusion_spark_connect::{
    Error, Planned, Result, Session, SparkConnectPlanner, SparkError, spark_context,
};
use second_plugin::proto::Where;

/// A node that DataFusion does not know: its input, as it is.
#[derive(Debug, PartialEq, Eq, PartialOrd, Hash)]
struct Marked(LogicalPlan);

impl UserDefinedLogicalNodeCore for Marked {
    fn name(&self) -> &str {
        "Marked"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.0]
    }

    fn schema(&self) -> &DFSchemaRef {
        self.0.schema()
    }

    fn expressions(&self) -> Vec<Expr> {
        Vec::new()
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Marked")
    }

    fn with_exprs_and_inputs(
        &self,
        _: Vec<Expr>,
        mut inputs: Vec<LogicalPlan>,
    ) -> DataFusionResult<Self> {
        Ok(Self(inputs.remove(0)))
    }
}

struct MarkedPlanner;

#[async_trait]
impl ExtensionPlanner for MarkedPlanner {
    async fn plan_extension(
        &self,
        _: &dyn PhysicalPlanner,
        node: &dyn UserDefinedLogicalNode,
        _: &[&LogicalPlan],
        inputs: &[Arc<dyn ExecutionPlan>],
        _: &dyn CatalogSession,
        _: &PhysicalPlanningContext,
    ) -> DataFusionResult<Option<Arc<dyn ExecutionPlan>>> {
        Ok((node.name() == "Marked").then(|| Arc::clone(&inputs[0])))
    }
}

struct Mark;

#[async_trait]
impl TypedRelationPlugin for Mark {
    type Message = Where;

    async fn transform(&self, message: &Where, planner: &SparkConnectPlanner) -> Result<Planned> {
        let input = message.input.as_ref().ok_or_else(|| Error::missing_field("input"))?;
        let input = planner.plan_relation(input).await?;
        let node = Arc::new(Marked(input.plan().as_ref().clone()));
        Ok(Planned::passing(&input, LogicalPlan::Extension(Extension { node })))
    }

    fn effects(&self) -> Effects {
        Effects::None
    }
}

/// What a host and a plugin might share: here, a name.
trait Codec: Send + Sync {
    fn name(&self) -> &str;
}

impl Codec for String {
    fn name(&self) -> &str {
        self
    }
}

struct Adds;

impl SessionPlugin for Adds {
    fn contribute(&self, contributions: &mut Contributions) -> Result<()> {
        contributions.scalar_function(sqrt());
        contributions.extension_planner(Arc::new(MarkedPlanner));
        contributions.offer::<dyn Codec>(Arc::new("marked".to_owned()));
        Ok(())
    }
}

struct Fails;

impl SessionPlugin for Fails {
    fn contribute(&self, contributions: &mut Contributions) -> Result<()> {
        contributions.offer::<dyn Codec>(Arc::new("never seen".to_owned()));
        Err(SparkError::custom("ACME.NO_LICENCE", "42501", "no licence").into())
    }
}

fn marked() -> relation::RelationBuilder {
    let input = Some(relation::read_table("people").into_message());
    relation::extension(&Where { input, condition: None })
}

fn registry() -> PluginRegistry {
    PluginRegistry::empty().with(Plugin::session("adds", Adds)).with(Plugin::relation("mark", Mark))
}

#[tokio::test]
async fn a_node_of_a_plugin_is_planned_by_its_planner() {
    let session = super::people(TestSession::with(|b| b.plugins(registry())).unwrap());
    let rows = session.rows(&marked().select(["name"])).await.unwrap();
    assert_eq!(super::column(&rows), ["ada", "bob", "eve"]);
}

#[tokio::test]
async fn without_its_planner_the_node_is_an_error() {
    let session = super::with([Plugin::relation("mark", Mark)]);
    assert!(session.rows(&marked()).await.is_err());
}

#[test]
fn all_of_a_contribution_or_none() {
    let context = spark_context();
    let planner = |context: &SessionContext| format!("{:?}", context.state().query_planner());
    let before = planner(&context);
    let failing = registry().with(Plugin::session("zz-fails", Fails));
    let error = Session::builder(context.clone()).plugins(failing).build().err().unwrap();
    assert_eq!(error.condition(), Some("ACME.NO_LICENCE"));
    assert_eq!(planner(&context), before);
    // The same without the one that fails.
    Session::builder(context.clone()).plugins(registry()).build().unwrap();
    assert_ne!(planner(&context), before);
}

#[test]
fn hosts_find_what_is_offered() {
    let session = Session::builder(spark_context()).plugins(registry()).build().unwrap();
    let names: Vec<_> =
        session.offered::<dyn Codec>().iter().map(|c| c.name().to_owned()).collect();
    assert_eq!(names, ["marked"]);
    assert_eq!(session.offered::<dyn ExtensionPlanner + Send + Sync>().len(), 1);
    assert!(session.offered::<str>().is_empty());
}

/// A query planner of the host's own.
#[derive(Debug)]
struct Distributed;

#[async_trait]
impl QueryPlanner for Distributed {
    async fn create_physical_plan(
        &self,
        _: &LogicalPlan,
        _: &dyn CatalogSession,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        datafusion::common::not_impl_err!("sent elsewhere")
    }
}

#[test]
fn a_query_planner_of_the_host_stays() {
    let state = SessionStateBuilder::from(spark_context().state())
        .with_query_planner(Arc::new(Distributed))
        .build();
    let context = SessionContext::new_with_state(state);
    let session = Session::builder(context).plugins(registry()).build().unwrap();
    assert_eq!(format!("{:?}", session.state().query_planner()), "Distributed");
    assert_eq!(session.offered::<dyn ExtensionPlanner + Send + Sync>().len(), 1);
}

#[tokio::test]
async fn rows_that_are_kept_are_computed_once() {
    let session = super::linked();
    let planner = session.planner();
    let once = planner.plan_sql("select uuid() as id from range(3)").await.unwrap();
    let again = "select count(distinct id) as n from (select * from a union all select * from b)";
    let distinct = async |relation: &Planned| {
        let planned = planner.plan_sql_over(again, &[("a", relation), ("b", relation)]).await?;
        let (_, batches) = planner.collect(&planned).await?;
        Ok::<_, Error>(batches[0].column(0).as_primitive::<Int64Type>().value(0))
    };
    assert_eq!(distinct(&once).await.unwrap(), 6);
    let kept = planner.materialize(&once, None).await.unwrap();
    assert_eq!(distinct(&kept).await.unwrap(), 3);
}
