//! `Fault`: plugins that go wrong.

use async_trait::async_trait;
use datafusion::logical_expr::Expr;
use datafusion_spark_connect::plugin::{
    ExpressionScope, TypedCommandPlugin, TypedExpressionPlugin, TypedRelationPlugin,
};
use datafusion_spark_connect::{
    CommandOutput, Error, Planned, Result, SparkConnectPlanner, SparkError,
};

use crate::proto::Fault;
use crate::proto::fault::Kind;

/// An error type of the library's own.
#[derive(Debug)]
struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the gears are broken")
    }
}

impl std::error::Error for Broken {}

#[allow(clippy::panic)]
fn fail(message: &Fault) -> Error {
    match message.kind() {
        Kind::Panic | Kind::PanicLater => panic!("out of gears"),
        Kind::OwnError => Error::plugin(Broken),
        Kind::SparkError => SparkError::custom("ACME.NO_GEARS", "42KAC", "no gears are left")
            .with_parameter("gears", "0")
            .with_class_names(["com.acme.NoGears", "com.acme.Trouble"])
            .into(),
        Kind::Unspecified | Kind::NeverEnds => Error::missing_field("kind"),
    }
}

/// Fails as a relation, as soon as it is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct FaultyRelation;

#[async_trait]
impl TypedRelationPlugin for FaultyRelation {
    type Message = Fault;

    async fn transform(&self, message: &Fault, _planner: &SparkConnectPlanner) -> Result<Planned> {
        if message.kind() == Kind::NeverEnds {
            std::future::pending::<()>().await;
        }
        Err(fail(message))
    }
}

/// Fails as a relation, after it had to wait.
#[derive(Debug, Clone, Copy, Default)]
pub struct FaultyRelationLater;

#[async_trait]
impl TypedRelationPlugin for FaultyRelationLater {
    type Message = Fault;

    async fn transform(&self, message: &Fault, _planner: &SparkConnectPlanner) -> Result<Planned> {
        let mut waited = false;
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut waited, true) {
                return std::task::Poll::Ready(());
            }
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        })
        .await;
        Err(fail(message))
    }
}

/// Fails as an expression.
#[derive(Debug, Clone, Copy, Default)]
pub struct FaultyExpression;

impl TypedExpressionPlugin for FaultyExpression {
    type Message = Fault;

    fn transform(&self, message: &Fault, _scope: &ExpressionScope<'_>) -> Result<Expr> {
        Err(fail(message))
    }
}

/// Fails as a command.
#[derive(Debug, Clone, Copy, Default)]
pub struct FaultyCommand;

#[async_trait]
impl TypedCommandPlugin for FaultyCommand {
    type Message = Fault;

    async fn process(
        &self,
        message: &Fault,
        _planner: &SparkConnectPlanner,
    ) -> Result<CommandOutput> {
        Err(fail(message))
    }
}
