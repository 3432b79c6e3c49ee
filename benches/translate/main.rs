//! What translating a message costs, against building the same plan by hand with
//! DataFusion's `LogicalPlanBuilder`, in the same run:
//! `cargo bench --bench translate`.

mod by_hand;
mod messages;
mod plugin;
mod report;

use std::hint::black_box;
use std::sync::Arc;

use criterion::Criterion;
use datafusion::logical_expr::LogicalPlan;
use datafusion_spark_connect::proto::Relation;
use datafusion_spark_connect::testkit::TestSession;
use datafusion_spark_connect::{Result, SparkConnectPlanner};

use report::Report;

/// Deep plans are dropped by recursion, in DataFusion too.
const STACK: usize = 256 * 1024 * 1024;

fn main() -> Result<()> {
    stacker::grow(STACK, || {
        let mut criterion = Criterion::default().configure_from_args();
        let mut report = Report::default();
        let outcome = run(&mut criterion, &mut report);
        criterion.final_summary();
        report.print();
        outcome
    })
}

fn run(criterion: &mut Criterion, report: &mut Report) -> Result<()> {
    let session = messages::session()?;
    for operators in [1, 50, 950, 1_900] {
        let name = format!("{operators} operators");
        let message = messages::chain(operators);
        compare(criterion, report, &session, &name, &message, || {
            by_hand::chain(&session, operators)
        })?;
    }
    for columns in [10, 1_000] {
        let name = format!("{columns} columns");
        let message = messages::columns(columns);
        compare(criterion, report, &session, &name, &message, || {
            by_hand::columns(&session, columns)
        })?;
    }
    let message = messages::joins(10);
    compare(criterion, report, &session, "10 joins", &message, || by_hand::joins(&session, 10))?;
    plugin::bench(criterion, report)?;
    state(criterion, report, &session);
    Ok(())
}

/// Measures both ways to a plan, after checking that they lead to the same one.
fn compare(
    criterion: &mut Criterion,
    report: &mut Report,
    session: &TestSession,
    name: &str,
    message: &Relation,
    by_hand: impl Fn() -> datafusion::error::Result<LogicalPlan>,
) -> Result<()> {
    let ours = || translate(session, message);
    report.compare_plans(name, &ours()?, &by_hand()?);
    let ours = report.measure(criterion, &format!("{name}/translated"), || {
        black_box(ours().is_ok());
    });
    let hand = report.measure(criterion, &format!("{name}/by hand"), || {
        black_box(by_hand().is_ok());
    });
    report.add(name, ours, hand);
    Ok(())
}

fn translate(session: &TestSession, message: &Relation) -> Result<LogicalPlan> {
    let planner = SparkConnectPlanner::new(Arc::clone(session.inner()));
    let planned = futures::executor::block_on(planner.plan_relation(message))?;
    planned.to_output_plan()
}

/// What a request pays for DataFusion's state, and what a copy of it would cost.
fn state(criterion: &mut Criterion, report: &mut Report, session: &TestSession) {
    let shared = report.measure(criterion, "state/shared", || {
        black_box(session.state());
    });
    let copied = report.measure(criterion, "state/copied", || {
        black_box(session.context().state());
    });
    report.note(format!(
        "session state for a request: {} (a copy would be {})",
        report::time(shared),
        report::time(copied)
    ));
}
