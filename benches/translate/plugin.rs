//! What a plugin's relation costs over a built-in one that does as much.

use std::hint::black_box;

use criterion::Criterion;
use datafusion_spark_connect::Result;
use datafusion_spark_connect::plugin::{Effects, Plugin, PluginRegistry, TypedRelationPlugin};
use datafusion_spark_connect::proto::{ExamplePluginRelation, Relation};
use datafusion_spark_connect::testkit::{TestSession, relation};
use datafusion_spark_connect::{Error, Planned, SparkConnectPlanner};

use super::report::{self, Report};
use super::translate;

/// A plugin call adds at most this many seconds.
const TARGET: f64 = 1e-6;

/// Stands for its input, as the example does, with effects of choice.
struct Same(Effects);

#[async_trait::async_trait]
impl TypedRelationPlugin for Same {
    type Message = ExamplePluginRelation;

    async fn transform(
        &self,
        message: &ExamplePluginRelation,
        planner: &SparkConnectPlanner,
    ) -> Result<Planned> {
        let input = message.input.as_ref().ok_or_else(|| Error::missing_field("input"))?;
        planner.plan_relation(input).await
    }

    fn effects(&self) -> Effects {
        self.0
    }
}

/// Measures a relation, and a plugin's relation that stands for it: the difference is
/// the search for the plugin, its message being read, its future, and a walk of its
/// own.
pub(crate) fn bench(criterion: &mut Criterion, report: &mut Report) -> Result<()> {
    let range = relation::range(10).with_plan_id(1).into_message();
    let message = ExamplePluginRelation { input: Some(range.clone()), custom_field: String::new() };
    let extension = relation::extension(&message).with_plan_id(2).into_message();
    let session = session(Effects::None)?;
    let alone = measure(criterion, report, &session, "range", &range)?;
    let by_plugin = measure(criterion, report, &session, "plugin", &extension)?;
    note(report, "a plugin's relation", by_plugin - alone);
    let remembered = measure(
        criterion,
        report,
        &self::session(Effects::Costly)?,
        "plugin, remembered",
        &extension,
    )?;
    note(report, "one that is remembered", remembered - alone);
    Ok(())
}

fn note(report: &mut Report, what: &str, added: f64) {
    let verdict = if added <= TARGET { "" } else { "  OVER TARGET (1 µs)" };
    let sign = if added < 0.0 { "-" } else { "" };
    report.note(format!(
        "{what} costs {sign}{} more than the same built in{verdict}",
        report::time(added.abs())
    ));
}

fn session(effects: Effects) -> Result<TestSession> {
    let registry = PluginRegistry::empty().with(Plugin::relation("same", Same(effects)));
    TestSession::with(|builder| builder.plugins(registry))
}

fn measure(
    criterion: &mut Criterion,
    report: &Report,
    session: &TestSession,
    name: &str,
    message: &Relation,
) -> Result<f64> {
    translate(session, message)?;
    Ok(report.measure(criterion, &format!("plugin/{name}"), || {
        black_box(translate(session, message).is_ok());
    }))
}
