//! A graph that was read: vertices in a table, ids as numbers, edges as pairs of these.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, UInt32Array};
use datafusion::arrow::compute::{cast, take};
use datafusion::arrow::datatypes::{DataType, Field, Fields, Float64Type, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion_spark_connect::{Error, Planned, Result, SparkConnectPlanner};
use futures::StreamExt as _;
use futures::future::BoxFuture;

use super::edges::{EdgeList, EdgeWriter};
use super::ids::Ids;
use super::table::{Table, TableWriter};
use super::work::Work;
use crate::error::OrArrow as _;
use crate::graph::{Graph, ID};
use crate::relation::quoted;

/// See the module. Edges whose ends are not both vertices are left out.
pub(crate) struct Loaded {
    planner: SparkConnectPlanner,
    vertices: Arc<Table>,
    /// The number of each row of the table, where that is not just its place.
    rows: Option<Vec<u32>>,
    ids: Arc<Ids>,
    edges: Arc<EdgeList>,
    /// Holds the memory of ids and numbers.
    _work: Work,
}

impl Loaded {
    /// Reads a graph; all edges weigh 1.
    ///
    /// # Errors
    /// If running its relations fails, or memory runs out for what is held by vertex.
    pub(crate) fn new(graph: &Graph) -> BoxFuture<'_, Result<Self>> {
        Self::weighted(graph, None)
    }

    /// Reads a graph whose edges weigh what a column of theirs says, NULL being 0.
    ///
    /// # Errors
    /// As [`Self::new`], and if there is no such column or it is no number.
    pub(crate) fn weighted<'a>(
        graph: &'a Graph,
        weight: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Self>> {
        Box::pin(async move {
            let planner = graph.planner().clone();
            let work = Work::new(&planner, "vertices");
            let (vertices, rows, ids) = read_vertices(graph, &work).await?;
            let edges = read_edges(graph, &ids, weight).await?;
            let (ids, edges) = (Arc::new(ids), Arc::new(edges));
            Ok(Self { planner, vertices, rows, ids, edges, _work: work })
        })
    }

    /// How many vertices there are.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn ids(&self) -> Arc<Ids> {
        Arc::clone(&self.ids)
    }

    pub(crate) fn edges(&self) -> Arc<EdgeList> {
        Arc::clone(&self.edges)
    }

    /// The vertices as they came.
    pub(crate) fn vertices(&self) -> &Arc<Table> {
        &self.vertices
    }

    /// The vertices with a column after theirs, whose values are by number of vertex.
    ///
    /// # Errors
    /// If there is no room for the result.
    pub(crate) async fn with_column(&self, field: Field, values: ArrayRef) -> Result<Planned> {
        self.with_columns(vec![(field, values)], |own, new| [own, new].concat()).await
    }

    /// The vertices with other columns, put together by `arrange` out of theirs and the new.
    ///
    /// # Errors
    /// As [`Self::with_column`].
    pub(crate) async fn with_columns(
        &self,
        columns: Vec<(Field, ArrayRef)>,
        arrange: impl Fn(Vec<Column>, Vec<Column>) -> Vec<Column>,
    ) -> Result<Planned> {
        let mut writer: Option<TableWriter> = None;
        let mut write = |batch: &RecordBatch, from: usize| -> Result<()> {
            let numbers = self.numbers(from, batch.num_rows());
            let taken = columns.iter().map(|(field, values)| {
                Ok((Arc::new(field.clone()), take(values, &numbers, None).or_arrow()?))
            });
            let own = batch.schema_ref().fields().iter().cloned();
            let own = own.zip(batch.columns().iter().cloned()).collect();
            let (fields, arrays): (Vec<_>, Vec<_>) =
                arrange(own, taken.collect::<Result<_>>()?).into_iter().unzip();
            let schema = Arc::new(Schema::new(Fields::from(fields)));
            let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).or_arrow()?;
            writer.get_or_insert_with(|| TableWriter::new(&self.planner, schema)).push(&batch)
        };
        // The schema comes from a batch: with none, from an empty one.
        write(&RecordBatch::new_empty(Arc::clone(self.vertices.schema())), 0)?;
        let mut batches = self.vertices.stream()?;
        let mut from = 0;
        while let Some(batch) = batches.next().await {
            let batch = batch?;
            write(&batch, from)?;
            from += batch.num_rows();
        }
        let table = writer.ok_or_else(|| Error::internal("a table has a writer"))?.finish()?;
        table.planned()
    }

    /// The numbers of some rows of [`Self::vertices`].
    pub(crate) fn numbers(&self, from: usize, count: usize) -> UInt32Array {
        let number = |row: usize| match &self.rows {
            Some(rows) => rows[row],
            None => row as u32,
        };
        (from..from + count).map(number).collect::<Vec<_>>().into()
    }
}

/// A column of a batch.
pub(crate) type Column = (Arc<Field>, ArrayRef);

async fn read_vertices(graph: &Graph, work: &Work) -> Result<(Arc<Table>, Option<Vec<u32>>, Ids)> {
    let (schema, mut batches) = graph.planner().stream(graph.vertices()).await?;
    let at = schema.index_of(ID).or_arrow()?;
    let mut ids = Ids::new(schema.field(at).data_type())?;
    let mut writer = TableWriter::new(graph.planner(), schema);
    let (mut rows, mut count) = (None, 0);
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        writer.push(&batch)?;
        let numbers = ids.add(batch.column(at), work)?;
        let distinct = numbers.iter().zip(count..).all(|(number, row)| *number as usize == row);
        if !distinct {
            rows.get_or_insert_with(|| (0..count as u32).collect::<Vec<_>>());
        }
        if let Some(rows) = &mut rows {
            work.reserve(numbers.len() * size_of::<u32>())?;
            rows.extend_from_slice(&numbers);
        }
        count += numbers.len();
    }
    Ok((writer.finish()?, rows, ids))
}

async fn read_edges(graph: &Graph, ids: &Ids, weight: Option<&str>) -> Result<EdgeList> {
    let query = match weight {
        None => "select src, dst from edges".to_owned(),
        Some(column) => format!("select src, dst, cast({} as double) from edges", quoted(column)),
    };
    let planned = graph.sql(&query, &[]).await?;
    let (_, mut batches) = graph.planner().stream(&planned).await?;
    let mut writer = EdgeWriter::new(graph.planner());
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        let (src, dst) = (ids.find(batch.column(0))?, ids.find(batch.column(1))?);
        let weights = match weight {
            None => None,
            Some(_) => Some(cast(batch.column(2), &DataType::Float64).or_arrow()?),
        };
        let weights = weights.as_ref().map(|array| array.as_primitive::<Float64Type>());
        for (at, ends) in src.into_iter().zip(dst).enumerate() {
            let (Some(src), Some(dst)) = ends else { continue };
            let weight = match weights {
                Some(weights) if weights.is_valid(at) => weights.value(at),
                Some(_) => 0.0,
                None => 1.0,
            };
            writer.push(src, dst, weight)?;
        }
    }
    writer.finish()
}
