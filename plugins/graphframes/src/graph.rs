//! A graph as the client sent it: two relations, checked for the columns that every
//! graph has.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner};
use futures::future::BoxFuture;

use crate::error::require;
use crate::proto::GraphFramesApi;

/// The vertices' id.
pub(crate) const ID: &str = "id";
/// Where an edge begins.
pub(crate) const SRC: &str = "src";
/// Where an edge ends.
pub(crate) const DST: &str = "dst";

/// See the module. Nothing has run yet.
pub(crate) struct Graph {
    planner: SparkConnectPlanner,
    vertices: Planned,
    edges: Planned,
}

impl Graph {
    /// Plans the relations of a message.
    ///
    /// # Errors
    /// If they cannot be planned, or lack `id`, `src` or `dst`.
    pub(crate) async fn read(
        message: &GraphFramesApi,
        planner: &SparkConnectPlanner,
    ) -> Result<Self> {
        let GraphFramesApi { vertices, edges, method: _ } = message;
        let vertices = planner.plan_bytes(vertices).await.map_err(|e| e.at("vertices"))?;
        let edges = planner.plan_bytes(edges).await.map_err(|e| e.at("edges"))?;
        has(&vertices, "Vertex ID", ID, "Vertex")?;
        has(&edges, "Source vertex ID", SRC, "Edge")?;
        has(&edges, "Destination vertex ID", DST, "Edge")?;
        Ok(Self { planner: planner.clone(), vertices, edges })
    }

    /// Another graph, in the same request; its relations have the columns that every graph
    /// has.
    pub(crate) fn with(&self, vertices: Planned, edges: Planned) -> Self {
        Self { planner: self.planner.clone(), vertices, edges }
    }

    pub(crate) fn planner(&self) -> &SparkConnectPlanner {
        &self.planner
    }

    pub(crate) fn vertices(&self) -> &Planned {
        &self.vertices
    }

    pub(crate) fn edges(&self) -> &Planned {
        &self.edges
    }

    /// A query in Spark's SQL over the tables `vertices` and `edges`, and others.
    ///
    /// # Errors
    /// As [`SparkConnectPlanner::plan_sql_over`].
    pub(crate) fn sql(
        &self,
        query: &str,
        others: &[(&str, &Planned)],
    ) -> BoxFuture<'_, Result<Planned>> {
        let own = [("vertices", &self.vertices), ("edges", &self.edges)];
        let named: Vec<_> = own.into_iter().chain(others.iter().copied()).collect();
        self.planner.plan_sql_over(query, &named)
    }

    /// The type of ids.
    ///
    /// # Errors
    /// If a column is not in its plan, which is a fault of whoever built it.
    pub(crate) fn id_type(&self) -> Result<DataType> {
        let schema = self.vertices.schema()?;
        let id = schema.fields().iter().find(|field| field.name() == ID);
        Ok(id.map_or(DataType::Null, |field| field.data_type().clone()))
    }

    /// The vertices' columns.
    ///
    /// # Errors
    /// As [`Self::id_type`].
    pub(crate) fn vertex_schema(&self) -> Result<SchemaRef> {
        self.vertices.schema()
    }

    /// The vertices' columns and another after them: what most methods return.
    ///
    /// # Errors
    /// As [`Self::id_type`].
    pub(crate) fn vertex_schema_with(&self, field: Field) -> Result<SchemaRef> {
        let schema = self.vertices.schema()?;
        let fields: Fields = schema.fields().iter().cloned().chain([Arc::new(field)]).collect();
        Ok(Arc::new(Schema::new(fields)))
    }
}

/// Spark compares names without regard to case, but the library does not.
fn has(relation: &Planned, what: &str, column: &str, side: &str) -> Result<()> {
    require(relation.columns().names().any(|name| name == column), || {
        let names: Vec<_> = relation.columns().names().collect();
        format!(
            "{what} column {column} missing from {side} DataFrame, which has columns: {}",
            names.join(",")
        )
    })
}
