//! From a message packed in an `Any` to the plugin that takes it.

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::DFSchema;
use datafusion::logical_expr::{EmptyRelation, Expr, LogicalPlan};
use prost_types::Any;

use super::guard::Call;
use super::scope::ExpressionScope;
use super::select::Link;
use super::traits::{Effects, RelationPlugin};
use crate::error::{Condition, Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::output::CommandOutput;
use crate::planner::planned::Planned;
use crate::planner::scope::Scope;
use crate::proto::message_name;

/// The relation that a plugin makes of `extension`, which the client knows by
/// `plan_id`.
pub(crate) async fn relation(
    planner: &SparkConnectPlanner,
    extension: &Any,
    plan_id: Option<i64>,
) -> Result<Planned> {
    let message_name = message_name(&extension.type_url);
    for link in planner.session().plugins().relation.of(message_name) {
        let call = Call { plugin: &link.name, message_name, planner };
        let answer = match link.plugin.effects_of(extension, planner) {
            Effects::None => translate(link, call, extension, plan_id).await?,
            // Rare, and much larger.
            effects => Box::pin(ask(link, call, extension, plan_id, effects)).await?,
        };
        if let Some(planned) = answer {
            return Ok(planned);
        }
    }
    Err(no_handler(extension))
}

/// The expression that a plugin makes of `extension`; an alias at the top names the
/// column.
pub(crate) fn expression(extension: &Any, scope: &Scope<'_>) -> Result<Expr> {
    let planner = scope.planner();
    let message_name = message_name(&extension.type_url);
    for link in planner.session().plugins().expression.of(message_name) {
        let call = Call { plugin: &link.name, message_name, planner };
        let scope = ExpressionScope::new(scope);
        if let Some(expr) = call.run(|| link.plugin.transform(extension, &scope))? {
            return Ok(expr);
        }
    }
    Err(no_handler(extension))
}

/// Has a plugin run a command.
pub(crate) async fn command(
    planner: &SparkConnectPlanner,
    extension: &Any,
) -> Result<CommandOutput> {
    let message_name = message_name(&extension.type_url);
    for link in planner.session().plugins().command.of(message_name) {
        let call = Call { plugin: &link.name, message_name, planner };
        let answer = call.run_async(|| link.plugin.process(extension, planner)).await?;
        if let Some(output) = answer {
            return Ok(output);
        }
    }
    Err(no_handler(extension))
}

fn no_handler(extension: &Any) -> Error {
    let url = &extension.type_url;
    Error::invalid_plan_with(
        Condition::NO_HANDLER_FOR_EXTENSION,
        format!("no plugin handles the extension {url}"),
        [("extensionTypeUrl", url.clone())],
    )
}

/// Asks one plugin, or remembers what it said.
async fn ask(
    link: &Link<dyn RelationPlugin>,
    call: Call<'_>,
    extension: &Any,
    plan_id: Option<i64>,
    effects: Effects,
) -> Result<Option<Planned>> {
    let changes = effects == Effects::Changes;
    // Without an id, two relations that look alike may be two wishes.
    let Some(plan_id) = plan_id else {
        return match schema_only(link, call, extension).await? {
            None => with_rows(link, call, extension).await,
            known => Ok(known),
        };
    };
    let slot = call.planner.plugin_memory(changes).slot(plan_id, extension, changes);
    let mut answer = slot.lock().await;
    if answer.is_some() {
        return Ok(answer.clone());
    }
    if call.planner.is_for_schema() {
        let slot = call.planner.request_memory().slot(plan_id, extension, changes);
        let mut known = slot.lock().await;
        if known.is_none() {
            *known = schema_only(link, call, extension).await?;
        }
        if known.is_some() {
            return Ok(known.clone());
        }
    }
    *answer = with_rows(link, call, extension).await?;
    Ok(answer.clone())
}

/// Asks a plugin that only translates. Within a request once is enough: a graph made of
/// a graph holds the inner one several times.
async fn translate(
    link: &Link<dyn RelationPlugin>,
    call: Call<'_>,
    extension: &Any,
    plan_id: Option<i64>,
) -> Result<Option<Planned>> {
    let transform = || link.plugin.transform(extension, call.planner);
    let Some(plan_id) = plan_id else { return call.run_async(transform).await };
    let answers = call.planner.translated();
    if let Some(known) = answers.find(plan_id, extension) {
        return Ok(Some(known));
    }
    let Some(planned) = call.run_async(transform).await? else { return Ok(None) };
    let planned = planned.with_plan_id(Some(plan_id));
    answers.keep(plan_id, extension, &planned);
    Ok(Some(planned))
}

/// Asks a plugin to do its work, even if nothing but a schema is asked for: what it is
/// made of must have its rows then, and the answer is good for all requests.
async fn with_rows(
    link: &Link<dyn RelationPlugin>,
    call: Call<'_>,
    extension: &Any,
) -> Result<Option<Planned>> {
    let planner = call.planner.for_rows();
    let call = Call { planner: &planner, ..call };
    call.run_async(|| link.plugin.transform(extension, call.planner)).await
}

/// A relation without rows, if the plugin can tell its columns without doing the work
/// and nothing but a schema is asked for.
async fn schema_only(
    link: &Link<dyn RelationPlugin>,
    call: Call<'_>,
    extension: &Any,
) -> Result<Option<Planned>> {
    if !call.planner.is_for_schema() {
        return Ok(None);
    }
    let schema = call.run_async(|| link.plugin.schema(extension, call.planner)).await?;
    schema.map(without_rows).transpose()
}

fn without_rows(schema: SchemaRef) -> Result<Planned> {
    let schema = Arc::new(DFSchema::try_from(schema)?);
    let plan = LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, schema });
    Ok(Planned::from(plan))
}
