//! The documented example's messages, by the plugins that are only linked.

use datafusion_spark_connect::proto::{
    self, ExamplePluginCommand, ExamplePluginExpression, ExamplePluginRelation,
};
use datafusion_spark_connect::testkit::{TestSession, col, lit, relation};
use datafusion_spark_connect::{CommandOutput, Error, PlanOutput};
use prost::Name;

use super::{column, condition, linked};

async fn command(session: &TestSession, message: &impl Name) -> Result<CommandOutput, Error> {
    let kind = proto::command::CommandType::Extension(proto::pack(message));
    let command = proto::Command { command_type: Some(kind) };
    let op_type = Some(proto::plan::OpType::Command(command));
    match session.planner().plan(&proto::Plan { op_type }).await? {
        PlanOutput::Command(output) => Ok(output),
        PlanOutput::Relation(_) => panic!("a command is no relation"),
    }
}

#[tokio::test]
async fn relation_is_its_input() {
    let session = linked();
    let input = relation::read_table("people").with_plan_id(7);
    let message =
        ExamplePluginRelation { input: Some(input.into_message()), custom_field: "abc".to_owned() };
    // `df["name"]` of the input is found through the plugin's relation.
    let plan = relation::extension(&message)
        .with_plan_id(8)
        .filter(datafusion_spark_connect::testkit::col_of(7, "id").gt(lit(1_i64)))
        .select([datafusion_spark_connect::testkit::col_of(8, "name")]);
    assert_eq!(column(&session.rows(&plan).await.unwrap()), ["bob", "eve"]);
}

#[tokio::test]
async fn expression_is_its_child_under_the_name() {
    let session = linked();
    let message = ExamplePluginExpression {
        child: Some((col("id") + lit(1_i64)).into_message()),
        custom_field: "next".to_owned(),
    };
    let extension = datafusion_spark_connect::testkit::extension(&message);
    let plan = relation::read_table("people").select([extension.clone()]);
    let planned = session.plan(&plan).await.unwrap();
    assert_eq!(planned.columns().names().collect::<Vec<_>>(), ["next"]);
    assert_eq!(column(&session.rows(&plan).await.unwrap()), ["2", "3", "4"]);
    // Inside another expression the name is of no meaning.
    let filtered = relation::read_table("people").filter(extension.gt(lit(2_i64)));
    let rows = session.rows(&filtered.select([col("id")])).await.unwrap();
    assert_eq!(column(&rows), ["2", "3"]);
}

#[tokio::test]
async fn command_makes_a_view() {
    let session = linked();
    let message = ExamplePluginCommand { custom_field: "Made".to_owned() };
    for _ in 0..2 {
        assert!(matches!(command(&session, &message).await, Ok(CommandOutput::None)));
    }
    let rows = session.rows(&relation::sql("select * from made")).await.unwrap();
    assert_eq!(column(&rows), ["Made"]);
    let refused = command(&session, &ExamplePluginCommand::default()).await.unwrap_err();
    assert_eq!(condition(&refused), "EXAMPLE_PLUGIN.NO_VIEW_NAME");
    assert_eq!(refused.report().sqlstate.as_deref(), Some("42602"));
}

#[tokio::test]
async fn missing_parts_are_named() {
    let session = linked();
    let empty = relation::extension(&ExamplePluginRelation::default());
    let error = session.plan(&empty).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("spark.connect.ExamplePluginRelation"), "{text}");
    assert!(text.contains("input"), "{text}");
    assert_eq!(condition(&error), "CONNECT_INVALID_PLAN.ASSERTION_FAILURE");
}
