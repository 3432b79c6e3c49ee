//! Plugins: two crates side by side, registries made by hand, what goes wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod calls;
mod effects;
mod example;
mod faults;
mod registry;
mod session;

use std::sync::Arc;

use datafusion_spark_connect::plugin::{Plugin, PluginRegistry};
use datafusion_spark_connect::testkit::TestSession;

// Both are registered by being linked; `second_plugin` is linked by the tests that
// use it.
use spark_connect_example_plugin as _;

/// A session with a table `people(id, name)` and all linked plugins.
fn linked() -> TestSession {
    people(TestSession::new().unwrap())
}

/// The same with these plugins only.
fn with(plugins: impl IntoIterator<Item = Plugin>) -> TestSession {
    let registry = plugins.into_iter().fold(PluginRegistry::empty(), PluginRegistry::with);
    people(TestSession::with(|builder| builder.plugins(registry)).unwrap())
}

fn people(session: TestSession) -> TestSession {
    let columns = [("id", [1_i64, 2, 3].into()), ("name", ["ada", "bob", "eve"].into())];
    session.table("people", columns).unwrap()
}

/// The rows of the only column, as text.
fn column(rendered: &str) -> Vec<String> {
    let lines = rendered.lines().skip(3).filter(|line| line.starts_with('|'));
    lines.map(|line| line.trim_matches('|').trim().to_owned()).collect()
}

/// What a plugin's condition looks like to a client.
fn condition(error: &datafusion_spark_connect::Error) -> String {
    error.report().condition.unwrap_or_default()
}

/// A plan as the bytes that clients put into messages.
fn plan_bytes(relation: &datafusion_spark_connect::proto::Relation) -> Vec<u8> {
    use datafusion_spark_connect::proto::{Plan, plan::OpType};
    use prost::Message as _;
    Plan { op_type: Some(OpType::Root(relation.clone())) }.encode_to_vec()
}

#[test]
fn both_crates_are_registered_by_being_linked() {
    let names: Vec<String> = PluginRegistry::global()
        .plugins()
        .map(|plugin| format!("{} {}", plugin.kind(), plugin.name()))
        .collect();
    let expected = [
        "relation example",
        "expression example",
        "command example",
        "relation second-partners",
        "expression second-twice",
        "relation second-where",
        // Of priority 5.
        "relation second-count",
    ];
    let mut sorted = names.clone();
    sorted.sort();
    let mut wanted = expected.map(str::to_owned).to_vec();
    wanted.sort();
    assert_eq!(sorted, wanted);
    assert_eq!(names.last().map(String::as_str), Some("relation second-count"));
    let shown = PluginRegistry::global().to_string();
    assert!(shown.contains("relation second-where (second-plugin 0.3.1) for acme.second.Where"));
    let _ = Arc::new(second_plugin::WherePlugin);
}
