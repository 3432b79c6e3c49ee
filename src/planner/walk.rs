//! The walk over relations, on a stack of its own: depth costs heap, not stack.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

use futures::future::BoxFuture;

use super::SparkConnectPlanner;
use super::cased::cased;
use super::grown::{Grown, with_room, with_stack};
use super::planned::Planned;
use super::scope::{OuterFrame, Scope, Subqueries};
use crate::error::{AtField as _, Error, Required, Result};
use crate::proto;
use crate::relation::{self, subqueries::Found, time_window};

/// What surrounds a relation: enclosing queries and referenced relations.
#[derive(Clone, Default)]
pub(crate) struct Env<'r> {
    pub(crate) outer: Option<Arc<OuterFrame>>,
    pub(crate) references: Option<Arc<References<'r>>>,
}

/// Relations that others refer to by plan id (subqueries) or by name (CTEs and
/// DataFrames named in SQL text).
pub(crate) struct References<'r> {
    pub(crate) by_plan_id: HashMap<i64, &'r proto::Relation>,
    pub(crate) by_name: Vec<(String, Planned)>,
    pub(crate) parent: Option<Arc<References<'r>>>,
}

impl<'r> Env<'r> {
    /// The relation that a subquery expression refers to.
    pub(crate) fn by_plan_id(&self, plan_id: i64) -> Option<&'r proto::Relation> {
        let mut at = self.references.as_ref();
        while let Some(references) = at {
            if let Some(relation) = references.by_plan_id.get(&plan_id) {
                return Some(relation);
            }
            at = references.parent.as_ref();
        }
        None
    }

    /// The relation that a name means before any catalog is asked.
    pub(crate) fn by_name(&self, name: &str) -> Option<&Planned> {
        let mut at = self.references.as_ref();
        while let Some(references) = at {
            let same = |(own, _): &&(String, Planned)| super::columns::same_name(own, name);
            if let Some((_, planned)) = references.by_name.iter().rev().find(same) {
                return Some(planned);
            }
            at = references.parent.as_ref();
        }
        None
    }
}

/// What a relation's file gets beside its message.
pub(crate) struct RelationContext<'a, 'r> {
    pub(crate) planner: &'a SparkConnectPlanner,
    pub(crate) env: &'a Env<'r>,
    pub(crate) inputs: Vec<Planned>,
    pub(crate) subqueries: Subqueries,
    pub(crate) plan_id: Option<i64>,
}

impl<'a, 'r> RelationContext<'a, 'r> {
    /// The only or first input.
    pub(crate) fn input(&self) -> Result<&Planned> {
        self.inputs.first().required("input")
    }

    /// The scope of expressions over `input`.
    pub(crate) fn scope<'s>(&'s self, input: &'s Planned) -> Scope<'s> {
        Scope::new(self.planner, input, &self.subqueries).within(self.env.outer.as_ref())
    }

    /// Names for DataFusion fields that no enclosing query uses.
    pub(crate) fn field_names(&self) -> super::columns::FieldNames {
        let taken = OuterFrame::field_names(self.env.outer.as_ref());
        super::columns::FieldNames::with_taken(taken.iter().map(String::as_str))
    }
}

/// A planned relation, or the work that still has to be awaited for it.
pub(crate) enum Step<'a> {
    /// Done.
    Ready(Planned),
    /// Needs I/O, a plugin or a run.
    Later(BoxFuture<'a, Result<Planned>>),
}

/// How much a walk has in hand before it takes more memory.
const ROOM: usize = 4;

enum Task<'r> {
    Visit { relation: &'r proto::Relation, env: Env<'r>, depth: usize },
    Finish { relation: &'r proto::Relation, env: Env<'r>, inputs: usize },
}

impl SparkConnectPlanner {
    /// Plans a relation and all it is made of. What few relations await is boxed, so
    /// that the walk of the others is small.
    pub(crate) fn walk<'r>(
        &'r self,
        relation: &'r proto::Relation,
        env: Env<'r>,
    ) -> BoxFuture<'r, Result<Planned>> {
        let sensitive = self.session().conf().case_sensitive();
        Box::pin(async move {
            let mut work = pin!(self.walk_stack(relation, env));
            poll_fn(|context| cased(sensitive, || with_stack(|| work.as_mut().poll(context)))).await
        })
    }

    async fn walk_stack<'r>(&'r self, root: &'r proto::Relation, env: Env<'r>) -> Result<Planned> {
        // A relation without inputs needs no stack.
        if relation::inputs(root)?.iter().next().is_none() {
            self.check_depth(0)?;
            self.check_cancelled()?;
            return self.finish(root, &env, Vec::new()).await;
        }
        let mut tasks = Vec::with_capacity(ROOM);
        tasks.push(Task::Visit { relation: root, env, depth: 0 });
        let mut done: Vec<Planned> = Vec::new();
        while let Some(task) = tasks.pop() {
            match task {
                Task::Visit { relation, env, depth } => {
                    self.visit(relation, env, depth, &mut tasks).await?;
                }
                Task::Finish { relation, env, inputs } => {
                    let inputs = done.split_off(done.len().saturating_sub(inputs));
                    done.push(self.finish(relation, &env, inputs).await?);
                }
            }
        }
        done.pop().ok_or_else(|| Error::internal("the walk ended without a plan"))
    }

    async fn visit<'r>(
        &'r self,
        relation: &'r proto::Relation,
        env: Env<'r>,
        depth: usize,
        tasks: &mut Vec<Task<'r>>,
    ) -> Result<()> {
        self.check_depth(depth)?;
        self.check_cancelled()?;
        let inputs = relation::inputs(relation)?;
        let env = match relation.rel_type.as_ref() {
            Some(proto::relation::RelType::WithRelations(with)) => {
                Box::pin(relation::with_relations::enter(self, with, &env)).await?
            }
            _ => env,
        };
        tasks.push(Task::Finish { relation, env: env.clone(), inputs: inputs.iter().count() });
        for input in inputs.iter().rev() {
            tasks.push(Task::Visit { relation: input, env: env.clone(), depth: depth + 1 });
        }
        Ok(())
    }

    async fn finish<'r>(
        &'r self,
        relation: &'r proto::Relation,
        env: &Env<'r>,
        inputs: Vec<Planned>,
    ) -> Result<Planned> {
        let mut found = Found::look(self, relation).at(relation::name(relation))?;
        let (room, time_windows) = (found.room(), found.take_time_windows());
        let subqueries = match found.is_empty() {
            true => Subqueries::new(),
            false => Box::pin(relation::subqueries::plan(self, found, env, &inputs)).await?,
        };
        let plan_id = relation.common.as_ref().and_then(|common| common.plan_id);
        let is_leaf = inputs.is_empty();
        let mut context = RelationContext { planner: self, env, inputs, subqueries, plan_id };
        time_window::beside(&mut context, &time_windows).at(relation::name(relation))?;
        let planned = match with_room(room, || relation::plan(relation, &context))? {
            Step::Ready(planned) => planned,
            Step::Later(work) => Grown::with_room(room, work).await?,
        };
        let planned = match is_leaf {
            true => relation::apart_from_outer(planned, &context)?,
            false => planned,
        };
        Ok(planned.with_plan_id(plan_id))
    }
}
