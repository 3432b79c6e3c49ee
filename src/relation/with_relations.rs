//! `with_relations`: relations that the root refers to, by plan id or by name.

use std::collections::HashMap;
use std::sync::Arc;

use super::recursive;
use crate::error::Result;
use crate::planner::SparkConnectPlanner;
use crate::planner::walk::{Env, References};
use crate::proto::{WithRelations, relation::RelType};

/// The surroundings of the root: the references become reachable. Named ones are
/// planned now, each seeing those before it; the others when an expression needs
/// them, since they may be correlated with it.
pub(crate) async fn enter<'r>(
    planner: &'r SparkConnectPlanner,
    message: &'r WithRelations,
    env: &Env<'r>,
) -> Result<Env<'r>> {
    let WithRelations { root: _, references } = message;
    let by_plan_id: HashMap<i64, _> = references
        .iter()
        .filter_map(|relation| Some((relation.common.as_ref()?.plan_id?, relation)))
        .collect();
    let mut env = Env {
        outer: env.outer.clone(),
        references: Some(Arc::new(References {
            by_plan_id,
            by_name: Vec::new(),
            parent: env.references.clone(),
        })),
    };
    for relation in references {
        let Some(RelType::SubqueryAlias(alias)) = relation.rel_type.as_ref() else { continue };
        let planned = match recursive::is_recursive(alias) {
            true => Box::pin(recursive::plan(planner, alias, &env)).await?,
            false => planner.walk(relation, env.clone()).await?,
        };
        env.references = Some(Arc::new(References {
            by_plan_id: HashMap::new(),
            by_name: vec![(alias.alias.clone(), planned)],
            parent: env.references.clone(),
        }));
    }
    Ok(env)
}
