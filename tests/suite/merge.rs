//! MERGE, as a table's provider is asked for it: from SQL text and from the message.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::DFSchemaRef;
use datafusion::datasource::empty::EmptyTable;
use datafusion::error::Result;
use datafusion::logical_expr::dml::{MergeIntoAction, MergeIntoClause};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_spark_connect::proto::merge_action::ActionType;
use datafusion_spark_connect::proto::{self, command::CommandType, expression::ExprType};
use datafusion_spark_connect::testkit::{TestSession, col, relation};

/// A table that only notes what is to be merged into it.
#[derive(Debug)]
struct Noting {
    rows: EmptyTable,
    notes: Mutex<Vec<String>>,
}

impl Noting {
    fn note(&self, text: String) {
        self.notes.lock().unwrap().push(text);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.notes.lock().unwrap())
    }
}

#[async_trait]
impl TableProvider for Noting {
    fn schema(&self) -> SchemaRef {
        self.rows.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.rows.scan(state, projection, filters, limit).await
    }

    async fn merge_into(
        &self,
        state: &dyn Session,
        source: Arc<dyn ExecutionPlan>,
        merge_schema: DFSchemaRef,
        on: Expr,
        clauses: Vec<MergeIntoClause>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        // What it is given can be computed from the columns that it is given.
        state.create_physical_expr(on.clone(), &merge_schema)?;
        let columns = source.schema();
        let columns: Vec<_> = columns.fields().iter().map(|f| f.name().as_str()).collect();
        self.note(format!("on {on} with [{}]", columns.join(", ")));
        for MergeIntoClause { kind, predicate, action } in clauses {
            let action = match action {
                MergeIntoAction::Delete => "delete".to_owned(),
                MergeIntoAction::Update(set) => {
                    let set: Vec<_> = set.iter().map(|(name, to)| format!("{name}={to}")).collect();
                    format!("update {}", set.join(", "))
                }
                MergeIntoAction::Insert { columns, values } => {
                    let values: Vec<_> = values.iter().map(ToString::to_string).collect();
                    format!("insert ({}) ({})", columns.join(", "), values.join(", "))
                }
            };
            let condition = predicate.map(|p| format!(" if {p}")).unwrap_or_default();
            self.note(format!("{kind:?}{condition}: {action}"));
        }
        Ok(source)
    }
}

fn session() -> (TestSession, Arc<Noting>) {
    let session = TestSession::new().unwrap();
    let fields =
        vec![Field::new("id", DataType::Int64, true), Field::new("v", DataType::Utf8, true)];
    let rows = EmptyTable::new(Arc::new(Schema::new(fields)));
    let table = Arc::new(Noting { rows, notes: Mutex::default() });
    session.context().register_table("target", Arc::clone(&table) as _).unwrap();
    (session, table)
}

async fn run(
    session: &TestSession,
    command: CommandType,
) -> Result<(), datafusion_spark_connect::Error> {
    let command = proto::Command { command_type: Some(command) };
    let plan = proto::Plan { op_type: Some(proto::plan::OpType::Command(command)) };
    session.planner().plan(&plan).await.map(drop)
}

async fn run_text(
    session: &TestSession,
    text: &str,
) -> Result<(), datafusion_spark_connect::Error> {
    let input = Some(relation::sql(text).into_message());
    let command = proto::SqlCommand { input, ..Default::default() };
    run(session, CommandType::SqlCommand(command)).await
}

#[tokio::test]
async fn a_provider_gets_conditions_and_values_over_both_sides() {
    let (session, table) = session();
    let text = "merge into target t using (select id, 'new' as v, 1 as flag from range(3)) s \
                on t.id = s.id \
                when matched and s.flag = 2 then delete \
                when matched then update set v = s.v \
                when not matched then insert * \
                when not matched by source then update set v = 'gone'";
    run_text(&session, text).await.unwrap();
    let expected = [
        "on t.id = s.id#1 with [id#1, v#1, flag]",
        "Matched if s.flag = Int32(2): delete",
        "Matched: update v=s.v#1",
        "NotMatchedByTarget: insert (id, v) (s.id#1, s.v#1)",
        "NotMatchedBySource: update v=Utf8(\"gone\")",
    ];
    let noted = table.take();
    assert_eq!(noted.len(), expected.len(), "{noted:#?}");
    for (noted, expected) in noted.iter().zip(expected) {
        // Qualifiers are up to the planner.
        let plain = noted.replace("t.", "").replace("s.", "");
        assert_eq!(plain, expected.replace("t.", "").replace("s.", ""));
    }
}

#[tokio::test]
async fn the_message_does_what_the_text_does() {
    let (session, table) = session();
    let action = |action_type: ActionType| proto::Expression {
        common: None,
        expr_type: Some(ExprType::MergeAction(Box::new(proto::MergeAction {
            action_type: action_type as i32,
            ..Default::default()
        }))),
    };
    let source = relation::sql("select id as key, id, string(id) v from range(2)");
    let command = proto::MergeIntoTableCommand {
        target_table_name: "target".to_owned(),
        source_table_plan: Some(source.into_message()),
        merge_condition: Some(col("key").eq(col("target.id")).into_message()),
        match_actions: vec![action(ActionType::UpdateStar)],
        not_matched_actions: vec![action(ActionType::InsertStar)],
        ..Default::default()
    };
    run(&session, CommandType::MergeIntoTableCommand(command.clone())).await.unwrap();
    let by_message = table.take();
    assert_eq!(by_message.len(), 3, "{by_message:#?}");
    let text = "merge into target using (select id as key, id, string(id) v from range(2)) \
                on key = target.id when matched then update set * when not matched then insert *";
    run_text(&session, text).await.unwrap();
    assert_eq!(table.take(), by_message);
    let none = proto::MergeIntoTableCommand {
        match_actions: Vec::new(),
        not_matched_actions: Vec::new(),
        ..command
    };
    let refused = run(&session, CommandType::MergeIntoTableCommand(none)).await.unwrap_err();
    assert_eq!(refused.condition(), Some("NO_MERGE_ACTION_SPECIFIED"));
}

#[tokio::test]
async fn what_the_provider_cannot_do_is_an_error_of_spark() {
    let session = TestSession::new().unwrap().table("plain", [("id", [1_i64, 2].into())]).unwrap();
    let text = "merge into plain using range(1) r on plain.id = r.id when matched then delete";
    let refused = run_text(&session, text).await.unwrap_err();
    assert_eq!(refused.condition(), Some("UNSUPPORTED_FEATURE.TABLE_OPERATION"));
}
