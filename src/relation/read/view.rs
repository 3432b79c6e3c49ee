//! Views of a catalog: their queries, planned anew at each use.

use crate::catalog::TableDefinition;
use crate::error::{Error, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::proto::Relation;
use crate::proto::ToDf;
use crate::proto::relation::RelType;
use crate::sql::{self, Parameters, Statement};
use crate::types;

/// Puts the session's current database back.
struct Restored<'p>(&'p SparkConnectPlanner, String, String);

impl Drop for Restored<'_> {
    fn drop(&mut self) {
        self.0.session().set_current(self.1.clone(), self.2.clone());
    }
}

/// The query of a view; names in it mean what they meant when it was made.
pub(super) async fn plan(
    definition: &TableDefinition,
    planner: &SparkConnectPlanner,
) -> Result<Planned> {
    let text = definition.text.as_deref().unwrap_or_default();
    let Statement::Query(query) = sql::parse_statement(text, &Parameters::default())? else {
        return Err(Error::internal("a view is a query"));
    };
    let session = planner.session();
    let _restored = match definition.text_namespace.as_slice() {
        [catalog, database]
            if *catalog != session.current_catalog() || *database != session.current_database() =>
        {
            let before = Restored(planner, session.current_catalog(), session.current_database());
            session.set_current(catalog.clone(), database.clone());
            Some(before)
        }
        _ => None,
    };
    let named = ToDf { input: Some(query), column_names: types::field_names(&definition.schema) };
    let named = Relation { common: None, rel_type: Some(RelType::ToDf(Box::new(named))) };
    Box::pin(planner.plan_relation(&named)).await
}
