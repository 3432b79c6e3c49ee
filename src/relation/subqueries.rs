//! Plans the subqueries that a relation's expressions refer to, before the
//! expressions themselves: planning a relation may await, expressions may not.

use std::sync::Arc;

use super::{one_row, own_expressions};
use crate::error::{Error, Result};
use crate::expression::children::{room_for, walk};
use crate::expression::time_window::{is_time_window, names_time_window};
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::planner::scope::{OuterFrame, Subqueries};
use crate::planner::walk::Env;
use crate::proto::expression::{ExprType, UnresolvedFunction};
use crate::proto::{Expression, Relation, SubqueryExpression};
use crate::sql::Fragment;

/// The subqueries that were found, planned, by plan id.
///
/// # Errors
/// If a subquery cannot be planned.
pub(crate) async fn plan<'r>(
    planner: &'r SparkConnectPlanner,
    found: Found<'r>,
    env: &Env<'r>,
    inputs: &[Planned],
) -> Result<Subqueries> {
    let mut planned = Subqueries::new();
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

/// What a correlated subquery may name: nothing, where there is no FROM. The columns of a
/// join's condition have no plan of their own yet, so its subqueries see the enclosing
/// queries only.
fn outer_frame(env: &Env<'_>, inputs: &[Planned]) -> Option<Arc<OuterFrame>> {
    let frame = |input| Some(Arc::new(OuterFrame { input, outer: env.outer.clone() }));
    match inputs {
        [] => frame(one_row()),
        [input] => frame(input.clone()),
        _ => env.outer.clone(),
    }
}

fn reference(text: &Fragment, plan_id: i64) -> Option<&Relation> {
    text.references
        .iter()
        .find(|relation| relation.common.as_ref().is_some_and(|c| c.plan_id == Some(plan_id)))
}

/// What there is in the expressions of a relation.
pub(crate) struct Found<'r> {
    planner: &'r SparkConnectPlanner,
    /// Of the subqueries, in the order they are met.
    plan_ids: Vec<i64>,
    /// SQL texts with subqueries of their own.
    texts: Vec<Arc<Fragment>>,
    /// Whether a plugin's message is among the expressions: nobody else can look in.
    opaque: bool,
    /// Calls that cut the rows into windows of time.
    time_windows: Vec<UnresolvedFunction>,
    /// Levels of the deepest expression.
    depth: usize,
}

impl<'r> Found<'r> {
    /// Looks into `relation`'s own expressions.
    ///
    /// # Errors
    /// If SQL text in an expression does not parse, or one is nested too deep.
    pub(crate) fn look(planner: &'r SparkConnectPlanner, relation: &'r Relation) -> Result<Self> {
        let mut found = Self {
            planner,
            plan_ids: Vec::new(),
            texts: Vec::new(),
            opaque: false,
            time_windows: Vec::new(),
            depth: 0,
        };
        if let Some(kind) = &relation.rel_type {
            found.look_into(own_expressions::of(kind))?;
        }
        Ok(found)
    }

    /// Whether nothing is left to plan.
    pub(crate) fn is_empty(&self) -> bool {
        self.plan_ids.is_empty() && !self.opaque
    }

    /// The calls that cut the rows into windows of time.
    pub(crate) fn take_time_windows(&mut self) -> Vec<UnresolvedFunction> {
        std::mem::take(&mut self.time_windows)
    }

    /// Stack that planning the expressions needs beyond what is always there.
    pub(crate) fn room(&self) -> usize {
        room_for(self.depth)
    }

    fn look_into(&mut self, mut roots: Vec<&Expression>) -> Result<()> {
        roots.reverse();
        let limit = self.planner.session().limits().expression_depth;
        let mut texts = Vec::new();
        let depth = walk(roots, limit, |kind| match kind {
            ExprType::ExpressionString(text) => texts.push(&text.expression),
            ExprType::SubqueryExpression(subquery) => self.subquery(subquery),
            ExprType::Extension(_) => self.opaque = true,
            ExprType::UnresolvedFunction(call) if is_time_window(&call.function_name) => {
                self.time_windows.push(call.clone());
            }
            _ => {}
        })?;
        self.depth = self.depth.max(depth);
        texts.into_iter().try_for_each(|text| self.text(text))
    }

    fn subquery(&mut self, subquery: &SubqueryExpression) {
        if !self.plan_ids.contains(&subquery.plan_id) {
            self.plan_ids.push(subquery.plan_id);
        }
    }

    fn text(&mut self, text: &str) -> Result<()> {
        let fragment = self.planner.parsed_expression(text)?;
        if fragment.references.is_empty() && !names_time_window(text) {
            return Ok(());
        }
        self.look_into(vec![&fragment.expression])?;
        self.texts.push(fragment);
        Ok(())
    }
}
