//! What plugins do with the planner: nested relations, expressions, bytes, SQL text,
//! two sides, and the messages of a crate that is not the core.

use datafusion_spark_connect::proto::{self, CompressionCodec, Plan, plan};
use datafusion_spark_connect::testkit::{col, col_of, expr, extension, lit, relation};
use prost::Message as _;
use second_plugin::proto::r#where::Condition;
use second_plugin::proto::{Partners, Twice, Where};

use super::{column, linked, plan_bytes};

fn filtered(condition: Condition) -> relation::RelationBuilder {
    let input = Some(relation::read_table("people").with_plan_id(3).into_message());
    relation::extension(&Where { input, condition: Some(condition) })
}

#[tokio::test]
async fn a_condition_comes_as_message_bytes_or_text() {
    let session = linked();
    let condition = (col("id") + lit(1_i64)).gt(lit(2_i64)).into_message();
    let conditions = [
        Condition::Encoded(condition.encode_to_vec()),
        Condition::Expression(condition),
        Condition::Sql("id + 1 > 2 and NAME in ('bob', 'eve')".to_owned()),
    ];
    for condition in conditions {
        let plan = filtered(condition).select([col_of(3, "name")]);
        assert_eq!(column(&session.rows(&plan).await.unwrap()), ["bob", "eve"]);
    }
}

#[tokio::test]
async fn type_urls_need_no_prefix() {
    let session = linked();
    let mut message = filtered(Condition::Sql("id = 1".to_owned())).into_message();
    for prefix in ["", "https://example.com/types/"] {
        if let Some(proto::relation::RelType::Extension(any)) = &mut message.rel_type {
            any.type_url = format!("{prefix}acme.second.Where");
        }
        assert_eq!(session.collect(&message).await.unwrap()[0].num_rows(), 1);
    }
}

#[tokio::test]
async fn nested_plans_come_plain_or_compressed_with_references_and_plugins() {
    let session = linked();
    let nested = filtered(Condition::Sql("id < 3".to_owned())).into_message();
    let plain = plan_bytes(&nested);
    let packed = proto::plan::CompressedOperation {
        data: zstd::encode_all(nested.encode_to_vec().as_slice(), 1).unwrap(),
        op_type: plan::compressed_operation::OpType::Relation.into(),
        compression_codec: CompressionCodec::Zstd.into(),
    };
    let compressed =
        Plan { op_type: Some(plan::OpType::CompressedOperation(packed)) }.encode_to_vec();
    let named = relation::read_table("cte")
        .with_relations([relation::read_table("people").limit(2).alias("cte")]);
    for (left, right) in [
        (plain.clone(), plan_bytes(&relation::read_table("people"))),
        (compressed, plain.clone()),
        (plan_bytes(&named), plain),
    ] {
        let on = Some(expr("l.id = r.id and r.name like '%b%'").into_message());
        let plan = relation::extension(&Partners { left, right, on }).select([col("name")]);
        assert_eq!(column(&session.rows(&plan).await.unwrap()), ["bob"]);
    }
}

#[tokio::test]
async fn nested_bytes_that_are_no_plan_are_refused() {
    let session = linked();
    let on = Some(lit(true).into_message());
    let broken = Partners { left: vec![0xff, 1, 2], right: Vec::new(), on: on.clone() };
    let error = session.plan(&relation::extension(&broken)).await.unwrap_err();
    assert_eq!(super::condition(&error), "CONNECT_INVALID_PLAN");
    assert!(error.to_string().contains("acme.second.Partners"), "{error}");
    let command = proto::Command { command_type: None };
    let command = Plan { op_type: Some(plan::OpType::Command(command)) }.encode_to_vec();
    let message = Partners { left: command, right: Vec::new(), on };
    let error = session.plan(&relation::extension(&message)).await.unwrap_err();
    assert!(error.to_string().contains("not a command"), "{error}");
}

#[tokio::test]
async fn expressions_of_two_crates_nest() {
    let session = linked();
    let inner = proto::ExamplePluginExpression {
        child: Some(col("id").into_message()),
        custom_field: "inner".to_owned(),
    };
    let child = extension(&inner).into_message();
    let twice = extension(&Twice { child: Some(child) });
    let plan = relation::read_table("people").select([twice.alias("twice")]);
    assert_eq!(column(&session.rows(&plan).await.unwrap()), ["2", "4", "6"]);
}

#[tokio::test]
async fn a_missing_column_is_sparks_error_wherever_it_is_named() {
    let session = linked();
    let plan = filtered(Condition::Sql("idd = 1".to_owned()));
    let error = session.plan(&plan).await.unwrap_err();
    assert_eq!(super::condition(&error), "UNRESOLVED_COLUMN.WITH_SUGGESTION");
    assert!(error.report().parameters["proposal"].contains("`id`"));
}
