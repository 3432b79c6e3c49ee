//! Messages and SQL text over relations that are planned already: how a plugin builds
//! its own relations out of Spark's, by the one planner.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::error::Result;
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::planner::walk::{Env, References};
use crate::proto::{self, Deep, relation::RelType};

impl SparkConnectPlanner {
    /// Plans a relation in which table names may mean relations that are planned
    /// already; they come before views and catalogs.
    ///
    /// # Errors
    /// As [`Self::plan_relation`].
    // Boxed here and given the message whole, so that a plugin's futures do not hold
    // Spark's messages: to see that those may be sent takes the compiler minutes.
    pub fn plan_relation_over(
        &self,
        relation: proto::Relation,
        named: &[(&str, &Planned)],
    ) -> BoxFuture<'_, Result<Planned>> {
        let by_name =
            named.iter().map(|(name, planned)| ((*name).to_owned(), (*planned).clone())).collect();
        let relation = Deep::new(relation);
        Box::pin(async move {
            let references = References { by_plan_id: HashMap::new(), by_name, parent: None };
            let env = Env { outer: None, references: Some(Arc::new(references)) };
            self.walk(&relation, env).await
        })
    }

    /// Plans a query in Spark's SQL over relations that are planned already.
    ///
    /// # Errors
    /// As [`Self::plan_relation`].
    pub fn plan_sql_over(
        &self,
        query: &str,
        named: &[(&str, &Planned)],
    ) -> BoxFuture<'_, Result<Planned>> {
        let sql = proto::Sql { query: query.to_owned(), ..proto::Sql::default() };
        let rel_type = Some(RelType::Sql(sql));
        self.plan_relation_over(proto::Relation { common: None, rel_type }, named)
    }
}
