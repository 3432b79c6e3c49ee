//! Plans the subqueries that a relation's expressions refer to, before the
//! expressions themselves: planning a relation may await, expressions may not.

use std::sync::Arc;

use super::own_expressions;
use crate::error::{Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::grown::with_stack;
use crate::planner::planned::Planned;
use crate::planner::scope::{OuterFrame, Subqueries};
use crate::planner::walk::Env;
use crate::proto::expression::ExprType;
use crate::proto::{Expression, Relation, SubqueryExpression};
use crate::sql::Fragment;

/// The subqueries of `relation`'s own expressions, by plan id.
///
/// # Errors
/// If SQL text in an expression does not parse, or a subquery cannot be planned.
pub(crate) async fn plan<'r>(
    planner: &'r SparkConnectPlanner,
    relation: &'r Relation,
    env: &Env<'r>,
    inputs: &[Planned],
) -> Result<Subqueries> {
    let mut found = Found { planner, plan_ids: Vec::new(), texts: Vec::new(), opaque: false };
    for expression in relation.rel_type.iter().flat_map(own_expressions::of) {
        found.look_into(expression)?;
    }
    let mut planned = Subqueries::new();
    if found.plan_ids.is_empty() && !found.opaque {
        return Ok(planned);
    }
    let outer = outer_frame(env, inputs);
    for plan_id in found.plan_ids {
        // A plan id that nobody knows is the expression's error.
        let text = || found.texts.iter().find_map(|text| reference(text, plan_id));
        let Some(relation) = text().or_else(|| env.by_plan_id(plan_id)) else { continue };
        let env = Env { outer: outer.clone(), references: env.references.clone() };
        planned.insert(plan_id, planner.walk(relation, env).await?);
    }
    if found.opaque {
        plan_offered(planner, env, outer, &mut planned).await?;
    }
    Ok(planned)
}

/// Plans what the client sent as subqueries of this relation's neighbourhood, for a
/// plugin's message that may name any of it. What cannot be planned here belongs to
/// another relation.
async fn plan_offered<'r>(
    planner: &'r SparkConnectPlanner,
    env: &Env<'r>,
    outer: Option<Arc<OuterFrame>>,
    planned: &mut Subqueries,
) -> Result<()> {
    let Some(references) = &env.references else { return Ok(()) };
    for (plan_id, relation) in &references.by_plan_id {
        if planned.contains_key(plan_id) {
            continue;
        }
        let env = Env { outer: outer.clone(), references: env.references.clone() };
        match planner.walk(relation, env).await {
            Ok(subquery) => drop(planned.insert(*plan_id, subquery)),
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(_) => {}
        }
    }
    Ok(())
}

/// What a correlated subquery may name. The columns of a join's condition have no
/// plan of their own yet, so its subqueries see the enclosing queries only.
fn outer_frame(env: &Env<'_>, inputs: &[Planned]) -> Option<Arc<OuterFrame>> {
    match inputs {
        [input] => Some(Arc::new(OuterFrame { input: input.clone(), outer: env.outer.clone() })),
        _ => env.outer.clone(),
    }
}

fn reference(text: &Fragment, plan_id: i64) -> Option<&Relation> {
    text.references
        .iter()
        .find(|relation| relation.common.as_ref().is_some_and(|c| c.plan_id == Some(plan_id)))
}

/// Subqueries in the order they are met.
struct Found<'r> {
    planner: &'r SparkConnectPlanner,
    plan_ids: Vec<i64>,
    /// SQL texts with subqueries of their own.
    texts: Vec<Arc<Fragment>>,
    /// Whether a plugin's message is among the expressions: nobody else can look in.
    opaque: bool,
}

impl Found<'_> {
    fn look_into(&mut self, expression: &Expression) -> Result<()> {
        match expression.expr_type.as_ref() {
            Some(kind) => with_stack(|| self.look_into_kind(kind)),
            None => Ok(()),
        }
    }

    fn all<'e>(&mut self, expressions: impl IntoIterator<Item = &'e Expression>) -> Result<()> {
        expressions.into_iter().try_for_each(|expression| self.look_into(expression))
    }

    fn look_into_kind(&mut self, kind: &ExprType) -> Result<()> {
        match kind {
            ExprType::Literal(_)
            | ExprType::UnresolvedAttribute(_)
            | ExprType::UnresolvedStar(_)
            | ExprType::UnresolvedRegex(_)
            | ExprType::UnresolvedNamedLambdaVariable(_)
            | ExprType::TypedAggregateExpression(_) => Ok(()),
            ExprType::Extension(_) => {
                self.opaque = true;
                Ok(())
            }
            ExprType::UnresolvedFunction(e) => self.all(&e.arguments),
            ExprType::CallFunction(e) => self.all(&e.arguments),
            ExprType::CommonInlineUserDefinedFunction(e) => self.all(&e.arguments),
            ExprType::ExpressionString(e) => self.text(&e.expression),
            ExprType::Alias(e) => self.all(e.expr.as_deref()),
            ExprType::Cast(e) => self.all(e.expr.as_deref()),
            ExprType::SortOrder(e) => self.all(e.child.as_deref()),
            ExprType::LambdaFunction(e) => self.all(e.function.as_deref()),
            ExprType::Window(e) => {
                self.all(e.window_function.as_deref())?;
                self.all(&e.partition_spec)?;
                self.all(e.order_spec.iter().filter_map(|order| order.child.as_deref()))
            }
            ExprType::UnresolvedExtractValue(e) => {
                self.all(e.child.as_deref())?;
                self.all(e.extraction.as_deref())
            }
            ExprType::UpdateFields(e) => {
                self.all(e.struct_expression.as_deref())?;
                self.all(e.value_expression.as_deref())
            }
            ExprType::NamedArgumentExpression(e) => self.all(e.value.as_deref()),
            ExprType::MergeAction(e) => {
                self.all(e.condition.as_deref())?;
                let sides = e.assignments.iter().flat_map(|a| [a.key.as_ref(), a.value.as_ref()]);
                self.all(sides.flatten())
            }
            ExprType::DirectShufflePartitionId(e) => self.all(e.child.as_deref()),
            ExprType::SubqueryExpression(e) => self.subquery(e),
        }
    }

    fn subquery(&mut self, subquery: &SubqueryExpression) -> Result<()> {
        let SubqueryExpression { plan_id, subquery_type: _, table_arg_options, in_subquery_values } =
            subquery;
        if !self.plan_ids.contains(plan_id) {
            self.plan_ids.push(*plan_id);
        }
        self.all(in_subquery_values)?;
        self.all(table_arg_options.iter().flat_map(|options| &options.partition_spec))
    }

    fn text(&mut self, text: &str) -> Result<()> {
        let fragment = self.planner.parsed_expression(text)?;
        if fragment.references.is_empty() {
            return Ok(());
        }
        self.look_into(&fragment.expression)?;
        self.texts.push(fragment);
        Ok(())
    }
}
