//! `catalog`: questions about databases, tables and functions, and changes of them.
//!
//! Changes are made while the relation is planned, and not if only a schema is
//! asked for.

mod caching;
mod change;
mod database;
mod function;
pub(crate) mod pattern;
mod rows;
mod table;
pub(crate) mod table_text;

use crate::error::{AtField as _, Required as _, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::proto::catalog::CatType;

pub(super) async fn plan(
    message: &proto::Catalog,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::Catalog { cat_type } = message;
    let question = cat_type.as_ref().required("cat_type")?;
    answer(question, context.planner, context.plan_id).await.at("cat_type")
}

async fn answer(
    question: &CatType,
    planner: &SparkConnectPlanner,
    plan_id: Option<i64>,
) -> Result<Planned> {
    let session = planner.session();
    match question {
        CatType::CurrentDatabase(proto::CurrentDatabase {}) => {
            rows::text(&session.current_database())
        }
        CatType::SetCurrentDatabase(q) => database::set_current(q, planner),
        CatType::ListDatabases(q) => database::list(q, planner),
        CatType::ListTables(q) => table::list(q, planner).await,
        CatType::ListFunctions(q) => function::list(q, planner),
        CatType::ListColumns(q) => table::columns(q, planner).await,
        CatType::GetDatabase(q) => database::get(q, planner),
        CatType::GetTable(q) => table::get(q, planner).await,
        CatType::GetFunction(q) => function::get(q, planner),
        CatType::DatabaseExists(q) => database::exists(q, planner),
        CatType::TableExists(q) => table::exists(q, planner),
        CatType::FunctionExists(q) => function::exists(q, planner),
        CatType::CreateExternalTable(q) => change::create_external(q, planner, plan_id).await,
        CatType::CreateTable(q) => change::create(q, planner, plan_id).await,
        CatType::DropTempView(q) => change::drop_temp_view(q, planner),
        CatType::DropGlobalTempView(q) => change::drop_global_temp_view(q, planner),
        CatType::RecoverPartitions(q) => change::recover_partitions(q, planner).await,
        CatType::IsCached(q) => caching::is_cached(q, planner).await,
        CatType::CacheTable(q) => caching::cache(q, planner).await,
        CatType::UncacheTable(q) => caching::uncache(q, planner).await,
        CatType::ClearCache(proto::ClearCache {}) => caching::clear(planner),
        CatType::RefreshTable(q) => caching::refresh(q, planner).await,
        CatType::RefreshByPath(proto::RefreshByPath { path: _ }) => {
            caching::refresh_all(planner).await
        }
        CatType::CurrentCatalog(proto::CurrentCatalog {}) => rows::text(&session.current_catalog()),
        CatType::SetCurrentCatalog(q) => database::set_current_catalog(q, planner),
        CatType::ListCatalogs(q) => database::list_catalogs(q, planner),
        CatType::DropTable(q) => change::drop_table(q, planner).await,
        CatType::DropView(q) => change::drop_view(q, planner),
        CatType::CreateDatabase(q) => database::create(q, planner),
        CatType::DropDatabase(q) => database::drop(q, planner).await,
        CatType::ListPartitions(q) => table_text::partitions(q, planner).await,
        CatType::ListViews(q) => table::list_views(q, planner),
        CatType::GetTableProperties(q) => table_text::properties(q, planner),
        CatType::GetCreateTableString(q) => table_text::create_string(q, planner),
        CatType::TruncateTable(q) => change::truncate(q, planner).await,
        CatType::AnalyzeTable(q) => change::analyze(q, planner),
    }
}
