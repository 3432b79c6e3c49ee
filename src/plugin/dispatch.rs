//! From a message to its plugin: found by name, guarded against panics, errors
//! marked with the message.

use std::any::Any as StdAny;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::logical_expr::Expr;
use futures::FutureExt as _;
use prost::Message as _;
use prost_types::Any;

use super::{ExpressionScope, Memory, RelationPlugin};
use crate::command::CommandOutput;
use crate::error::{Condition, Error, Result, SparkError};
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::planner::scope::Scope;
use crate::proto::message_name;

/// Plans an extension relation.
pub(crate) async fn relation(
    planner: &SparkConnectPlanner,
    extension: &Any,
    plan_id: Option<i64>,
) -> Result<Planned> {
    let message = message_name(&extension.type_url);
    for plugin in planner.session().plugins().relations(message) {
        if let Some(planned) = once(planner, plugin, extension, plan_id).await? {
            return Ok(planned);
        }
    }
    Err(no_handler(extension))
}

/// Calls the plugin, or remembers what it gave for this very relation.
async fn once(
    planner: &SparkConnectPlanner,
    plugin: &Arc<dyn RelationPlugin>,
    extension: &Any,
    plan_id: Option<i64>,
) -> Result<Option<Planned>> {
    let Some(plan_id) = plan_id.filter(|_| plugin.side_effects()) else {
        return transform(planner, plugin, extension).await;
    };
    let mut key = extension.encode_to_vec();
    key.extend(plan_id.to_le_bytes());
    let slot = planner.session().get_or_init(Memory::default).slot(key);
    let mut remembered = slot.lock().await;
    if remembered.is_none() {
        *remembered = transform(planner, plugin, extension).await?;
    }
    Ok(remembered.clone())
}

async fn transform(
    planner: &SparkConnectPlanner,
    plugin: &Arc<dyn RelationPlugin>,
    extension: &Any,
) -> Result<Option<Planned>> {
    let work = AssertUnwindSafe(plugin.transform(extension, planner)).catch_unwind();
    let done = flatten(work.await);
    planner.check_cancelled()?;
    done.map_err(|error| marked(extension, error))
}

/// The schema of an extension relation, if its plugin tells it without work.
pub(crate) async fn schema(
    planner: &SparkConnectPlanner,
    extension: &Any,
) -> Result<Option<SchemaRef>> {
    let message = message_name(&extension.type_url);
    for plugin in planner.session().plugins().relations(message) {
        let work = AssertUnwindSafe(plugin.schema(extension, planner)).catch_unwind();
        let schema = flatten(work.await).map_err(|error| marked(extension, error))?;
        if schema.is_some() {
            return Ok(schema);
        }
    }
    Ok(None)
}

/// Plans an extension expression.
pub(crate) fn expression(extension: &Any, scope: &Scope<'_>) -> Result<Expr> {
    let message = message_name(&extension.type_url);
    let planner = scope.planner();
    for plugin in planner.session().plugins().expressions(message) {
        let called = catch_unwind(AssertUnwindSafe(|| {
            plugin.transform(extension, &ExpressionScope::new(scope))
        }));
        let planned = flatten(called).map_err(|error| marked(extension, error))?;
        if let Some(expr) = planned {
            return Ok(expr);
        }
    }
    Err(no_handler(extension))
}

/// Runs an extension command.
pub(crate) async fn command(
    planner: &SparkConnectPlanner,
    extension: &Any,
) -> Result<CommandOutput> {
    let message = message_name(&extension.type_url);
    for plugin in planner.session().plugins().commands(message) {
        let work = AssertUnwindSafe(plugin.process(extension, planner)).catch_unwind();
        let done = flatten(work.await).map_err(|error| marked(extension, error))?;
        if let Some(output) = done {
            return Ok(output);
        }
    }
    Err(no_handler(extension))
}

fn flatten<T>(called: Result<Result<T>, Box<dyn StdAny + Send>>) -> Result<T> {
    called.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        let text = text.unwrap_or_else(|| "no message".to_owned());
        Err(Error::internal(format!("the plugin panicked: {text}")))
    })
}

/// The plugin's error with the name of the message it was about.
fn marked(extension: &Any, error: Error) -> Error {
    match error {
        Error::Cancelled => Error::Cancelled,
        // From a plugin in the plugin's own nested plan: that one is to blame.
        nested @ Error::Plugin { .. } => nested,
        source => Error::Plugin {
            message_name: message_name(&extension.type_url).to_owned(),
            source: Box::new(source),
        },
    }
}

fn no_handler(extension: &Any) -> Error {
    let url = extension.type_url.clone();
    SparkError::new(Condition::NO_HANDLER_FOR_EXTENSION, [("extensionTypeUrl", url)]).into()
}
