//! The warehouse as DataFusion's catalog.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::{CatalogProvider, SchemaProvider, TableProvider};
use datafusion::error::Result as DataFusionResult;
use datafusion::execution::SessionState;
use datafusion::prelude::SessionContext;

use super::definition::TableDefinition;
use super::open::{TIME_ZONE, open_table};
use super::store::Warehouse;
use crate::error::Error;

/// The state of the context that the catalog is registered in, which must not keep
/// itself alive.
#[derive(Clone)]
struct State(Arc<dyn Fn() -> Option<SessionState> + Send + Sync>);

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("State")
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct WarehouseCatalog {
    warehouse: Arc<Warehouse>,
    state: State,
}

impl WarehouseCatalog {
    /// The catalog's name.
    pub(super) const NAME: &'static str = "spark_catalog";

    pub(super) fn new(warehouse: Arc<Warehouse>, context: &SessionContext) -> Self {
        let state = context.state_weak_ref();
        let state = State(Arc::new(move || state.upgrade().map(|state| state.read().clone())));
        Self { warehouse, state }
    }
}

impl CatalogProvider for WarehouseCatalog {
    fn schema_names(&self) -> Vec<String> {
        self.warehouse.database_names()
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        let database = self.warehouse.database(name)?;
        Some(Arc::new(WarehouseSchema {
            warehouse: Arc::clone(&self.warehouse),
            state: self.state.clone(),
            name: database.name,
        }))
    }
}

/// A database of a warehouse.
#[derive(Debug)]
pub(crate) struct WarehouseSchema {
    pub(crate) warehouse: Arc<Warehouse>,
    state: State,
    pub(crate) name: String,
}

impl WarehouseSchema {
    /// What is known of a table.
    pub(crate) fn definition(&self, table: &str) -> Option<Arc<TableDefinition>> {
        self.warehouse.table(&self.name, table)
    }
}

#[async_trait]
impl SchemaProvider for WarehouseSchema {
    fn table_names(&self) -> Vec<String> {
        self.warehouse.table_names(&self.name)
    }

    async fn table(&self, name: &str) -> DataFusionResult<Option<Arc<dyn TableProvider>>> {
        let Some(definition) = self.definition(name) else { return Ok(None) };
        let state = (self.state.0)();
        let state = state.ok_or_else(|| Error::internal("the session of a table is gone"))?;
        Ok(Some(open_table(&definition, &state, TIME_ZONE).await?))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.definition(name).is_some()
    }
}
