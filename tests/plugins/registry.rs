//! Which plugins a session has, and in what order they are asked.

use async_trait::async_trait;
use datafusion::logical_expr::{LogicalPlanBuilder, lit};
use datafusion_spark_connect::plugin::{
    Effects, Plugin, PluginDescriptor, PluginKind, PluginRegistry, RelationPlugin,
    TypedRelationPlugin,
};
use datafusion_spark_connect::proto::ExamplePluginRelation;
use datafusion_spark_connect::testkit::{TestSession, relation};
use datafusion_spark_connect::{Planned, Result, Session, SparkConnectPlanner, spark_context};
use prost_types::Any;

use super::{column, condition};

const KEY: &str = "spark.connect.extensions.relation.classes";

/// Says its name for the example's message, or for all.
struct Says {
    name: &'static str,
    mine: bool,
    messages: Vec<String>,
}

fn says(name: &'static str) -> Plugin {
    let messages = vec!["spark.connect.ExamplePluginRelation".to_owned()];
    Plugin::relation(name, Says { name, mine: true, messages })
}

fn says_to_all(name: &'static str, mine: bool) -> Plugin {
    Plugin::relation(name, Says { name, mine, messages: Vec::new() })
}

#[async_trait]
impl RelationPlugin for Says {
    async fn transform(&self, _: &Any, _: &SparkConnectPlanner) -> Result<Option<Planned>> {
        if !self.mine {
            return Ok(None);
        }
        let row = LogicalPlanBuilder::empty(true).project([lit(self.name).alias("name")])?;
        Ok(Some(row.build()?.into()))
    }

    fn messages(&self) -> Vec<String> {
        self.messages.clone()
    }

    fn effects(&self) -> Effects {
        Effects::None
    }
}

fn registry(plugins: impl IntoIterator<Item = Plugin>) -> PluginRegistry {
    plugins.into_iter().fold(PluginRegistry::empty(), PluginRegistry::with)
}

/// Who answers the example's message, if the configuration lists these.
async fn answers(registry: PluginRegistry, list: Option<&str>) -> Result<String> {
    let mut builder = Session::builder(spark_context()).plugins(registry);
    if let Some(list) = list {
        builder = builder.conf(KEY, list)?;
    }
    let session = TestSession::from(builder.build()?);
    let message = relation::extension(&ExamplePluginRelation::default());
    Ok(column(&session.rows(&message).await?).join(","))
}

fn refused(registry: PluginRegistry) -> String {
    let built = Session::builder(spark_context()).plugins(registry).build();
    let error = built.err().unwrap();
    assert_eq!(condition(&error), "CONNECT.PLUGIN_RUNTIME_ERROR");
    error.to_string()
}

#[tokio::test]
async fn smaller_priorities_come_first_then_names() {
    let two = || [says("a"), says("b").priority(-1)];
    assert_eq!(answers(registry(two()), None).await.unwrap(), "b");
    let all = || [says_to_all("b", true), says_to_all("a", true), says("c")];
    assert_eq!(answers(registry(all()), None).await.unwrap(), "a");
    let moved = registry(all()).prioritise("c", -1);
    assert_eq!(answers(moved, None).await.unwrap(), "c");
    assert_eq!(answers(registry(all()).without("a"), None).await.unwrap(), "b");
}

#[tokio::test]
async fn not_mine_asks_the_next() {
    let plugins = [says_to_all("a", false), says("b"), says_to_all("c", true)];
    assert_eq!(answers(registry(plugins), None).await.unwrap(), "b");
    let nobody = answers(registry([says_to_all("a", false)]), None).await.unwrap_err();
    assert_eq!(condition(&nobody), "CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION");
    let report = nobody.report();
    assert_eq!(report.sqlstate.as_deref(), Some("56K00"));
    let url = "type.googleapis.com/spark.connect.ExamplePluginRelation";
    assert_eq!(report.parameters["extensionTypeUrl"], url);
}

#[tokio::test]
async fn the_configuration_selects_by_name_and_alias_in_its_order() {
    let all = || registry([says("a"), says("b").alias("com.example.B"), says("c").priority(1)]);
    assert_eq!(answers(all(), Some("c")).await.unwrap(), "c");
    assert_eq!(answers(all(), Some(" com.example.B ,, a")).await.unwrap(), "b");
    assert_eq!(answers(all(), Some("a,com.example.B")).await.unwrap(), "a");
    let none = answers(all(), Some("")).await.unwrap_err();
    assert_eq!(condition(&none), "CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION");
    let unknown = answers(all(), Some("a,com.example.Lost")).await.unwrap_err().to_string();
    assert!(unknown.contains("com.example.Lost"), "{unknown}");
    assert!(unknown.contains("known are: a, b, com.example.B, c"), "{unknown}");
}

#[tokio::test]
async fn other_kinds_are_not_touched_by_a_kinds_key() {
    let builder = Session::builder(spark_context()).conf(KEY, "").unwrap();
    let session = builder.build().unwrap();
    let kinds: Vec<PluginKind> = session.plugins_in_use().iter().map(Plugin::kind).collect();
    assert!(!kinds.contains(&PluginKind::Relation));
    assert!(kinds.contains(&PluginKind::Expression) && kinds.contains(&PluginKind::Command));
}

#[test]
fn contradictions_are_errors_at_start() {
    let names = refused(registry([says("a"), says("a").priority(1)]));
    assert!(names.contains("two relation plugins are called a"), "{names}");
    assert!(names.contains("registry::Says"), "the origin of both: {names}");
    let alias = refused(registry([says("a"), says("b").priority(1).alias("a")]));
    assert!(alias.contains("are called a"), "{alias}");
    let messages = refused(registry([says("a"), says("b")]));
    assert!(messages.contains("two plugins take spark.connect.ExamplePluginRelation"));
    let linked = PluginRegistry::global().with(Plugin::relation("mine", Same));
    let linked = refused(linked);
    assert!(linked.contains("spark-connect-example-plugin 0.1.0"), "{linked}");
    assert!(linked.contains("registry::Same"), "{linked}");
}

#[test]
fn a_required_plugin_must_be_linked() {
    let found = PluginRegistry::global()
        .require("second-where")
        .require("org.apache.spark.sql.connect.plugin.ExampleCommandPlugin");
    assert!(Session::builder(spark_context()).plugins(found).build().is_ok());
    let missing = refused(PluginRegistry::global().require("delta"));
    assert!(missing.contains("the plugin delta is required but not linked"), "{missing}");
    assert!(missing.contains("second-where"), "{missing}");
}

#[test]
fn descriptors_say_what_they_were_given() {
    const DESCRIPTOR: PluginDescriptor =
        PluginDescriptor::relation("same", || std::sync::Arc::new(Same)).aliases(&["s"]);
    let shown = format!("{DESCRIPTOR:?}");
    assert!(shown.contains("\"same\"") && shown.contains("\"s\""), "{shown}");
}

/// Takes the example's message.
struct Same;

#[async_trait]
impl TypedRelationPlugin for Same {
    type Message = ExamplePluginRelation;

    async fn transform(
        &self,
        _: &ExamplePluginRelation,
        planner: &SparkConnectPlanner,
    ) -> Result<Planned> {
        planner.plan_sql("select 1").await
    }
}
