//! `bfs`: the shortest paths from some vertices to others, all of the same length.
//!
//! Steps to the destinations are counted backwards over the edges, by number. Then the
//! paths are joins: of vertices that are so far away, of edges that lead to one that is a
//! step nearer, and so on. How many columns there are depends on the data.

use std::fmt::Write as _;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, AsArray as _, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::Column;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder};
use datafusion_spark_connect::{ColumnEntry, Columns, Planned, Result};
use futures::StreamExt as _;

use crate::engine::{EdgeList, Loaded, Table, Work, compute};
use crate::error::{OrArrow as _, require};
use crate::graph::Graph;
use crate::method::Method;
use crate::proto::{Bfs, ColumnOrExpression};
use crate::relation::{given, quoted};
use crate::structure::filtered;

#[async_trait]
impl Method for Bfs {
    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self { from_expr, to_expr, edge_filter, max_path_length } = self;
        let most = usize::try_from(*max_path_length);
        require(most.is_ok(), || {
            format!("BFS maxPathLength must be >= 0, but was set to {max_path_length}")
        })?;
        let most = most.unwrap_or_default();
        let vertices = marked(graph, from_expr.as_ref(), to_expr.as_ref()).await?;
        let edges = filtered(graph, graph.edges(), edge_filter.as_ref())?;
        let edges = graph
            .sql("select src, dst, struct(*) as whole from filtered", &[("filtered", &edges)])
            .await?;
        let edges = Table::of(graph.planner(), &edges).await?.planned()?;
        let loaded = Loaded::new(&graph.with(vertices, edges.clone())).await?;
        let (starts, ends) = (flags(&loaded, STARTS).await?, flags(&loaded, ENDS).await?);
        let list = loaded.edges();
        let (length, steps) = compute(graph.planner(), "bfs", move |work| {
            steps_to(&ends, &starts, &list, most, work)
        })
        .await?;
        let steps: ArrayRef = Arc::new(Int64Array::from(steps));
        let field = Field::new("steps", DataType::Int64, true);
        let vertices = loaded.with_column(field, steps).await?;
        match length {
            Some(length) => graph.sql(&paths(length), &[("v", &vertices), ("e", &edges)]).await,
            // No path: nothing, with the columns of the vertices.
            None => graph.sql("select * from vertices where false", &[]).await,
        }
    }
}

pub(super) const STARTS: &str = "starts";
pub(super) const ENDS: &str = "ends";

/// Vertices as `id`, the whole, and whether paths may start and end there.
pub(super) async fn marked(
    graph: &Graph,
    from: Option<&ColumnOrExpression>,
    to: Option<&ColumnOrExpression>,
) -> Result<Planned> {
    let marked = with_marks(graph, from, to)?;
    let own: Vec<_> = graph.vertices().columns().names().map(quoted).collect();
    let query = format!(
        "select id, struct({}) as whole, coalesce(`#{STARTS}`, false) as {STARTS}, \
         coalesce(`#{ENDS}`, false) as {ENDS} from marked",
        own.join(", ")
    );
    graph.sql(&query, &[("marked", &marked)]).await
}

/// Vertices with two columns after theirs, under names that no client's have.
fn with_marks(
    graph: &Graph,
    from: Option<&ColumnOrExpression>,
    to: Option<&ColumnOrExpression>,
) -> Result<Planned> {
    let (planner, vertices) = (graph.planner(), graph.vertices());
    let mut entries = vertices.columns().entries().to_vec();
    let mut exprs: Vec<_> =
        entries.iter().map(|entry| Expr::Column(entry.column().clone())).collect();
    for (name, condition, field) in [(STARTS, from, "from_expr"), (ENDS, to, "to_expr")] {
        let condition = given(planner, condition, field)?;
        let name = format!("#{name}");
        exprs.push(planner.plan_condition(&condition, vertices)?.alias(&name));
        entries.push(Arc::new(ColumnEntry::new(name.as_str(), Column::from_name(&name))));
    }
    let plan =
        LogicalPlanBuilder::from(vertices.plan().as_ref().clone()).project(exprs)?.build()?;
    Ok(Planned::over(vertices, plan, Columns::from_shared(entries)))
}

/// A boolean column, by number of vertex.
pub(super) async fn flags(loaded: &Loaded, name: &str) -> Result<Vec<bool>> {
    let at = loaded.vertices().schema().index_of(name).or_arrow()?;
    let mut flags = vec![false; loaded.len()];
    let (mut batches, mut from) = (loaded.vertices().stream()?, 0);
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        let numbers = loaded.numbers(from, batch.num_rows());
        from += batch.num_rows();
        for (number, set) in numbers.values().iter().zip(batch.column(at).as_boolean()) {
            flags[*number as usize] |= set == Some(true);
        }
    }
    Ok(flags)
}

/// How many steps the shortest path takes, if there is one of at most so many, and how
/// many it takes from each vertex on one.
fn steps_to(
    ends: &[bool],
    starts: &[bool],
    edges: &EdgeList,
    most: usize,
    work: &Work,
) -> Result<(Option<usize>, Vec<Option<i64>>)> {
    let mut steps = work.array(None, ends.len())?;
    steps.iter_mut().zip(ends).filter(|(_, end)| **end).for_each(|(step, _)| *step = Some(0));
    for (step, at) in (0..=most).zip(0_i64..) {
        work.step(step, most)?;
        let arrived = |(start, steps): (&bool, &Option<i64>)| *start && *steps == Some(at);
        if starts.iter().zip(&steps).any(arrived) {
            return Ok((Some(step), steps));
        }
        let mut any = false;
        edges.for_each(work, |src, dst, _| {
            if steps[dst] == Some(at) && steps[src].is_none() {
                steps[src] = Some(at + 1);
                any = true;
            }
        })?;
        if !any {
            break;
        }
    }
    Ok((None, steps))
}

/// The query for paths of this many steps, over `v` (id, whole, starts, steps) and `e`
/// (src, dst, whole). Columns are named with the step: nothing has to be qualified.
fn paths(length: usize) -> String {
    if length == 0 {
        return "select whole as `from`, whole as `to` from v where starts and steps = 0"
            .to_owned();
    }
    let mut columns = "v0 as `from`".to_owned();
    let mut joins =
        format!("(select id as id0, whole as v0 from v where starts and steps = {length})");
    for step in 0..length {
        let (next, left) = (step + 1, length - step - 1);
        let name = if left == 0 { "to".to_owned() } else { format!("v{next}") };
        // Writing to a string does not fail.
        let _ = write!(columns, ", e{step}, v{next} as `{name}`");
        let _ = write!(
            joins,
            " join (select src as src{step}, dst as dst{step}, whole as e{step} from e) on \
             src{step} = id{step} join (select id as id{next}, whole as v{next} from v where steps \
             = {left}) on id{next} = dst{step}"
        );
    }
    format!("select {columns} from {joins}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{edges, work};

    #[test]
    fn steps_count_backwards() -> Result<()> {
        let edges = edges(&[(0, 1), (1, 2), (0, 3), (3, 2), (2, 4), (5, 5)])?;
        let flag = |at: usize| (0..6).map(|vertex| vertex == at).collect::<Vec<_>>();
        let (length, steps) = steps_to(&flag(2), &flag(0), &edges, 9, &work()?)?;
        assert_eq!(length, Some(2));
        assert_eq!(steps, [Some(2), Some(1), Some(0), Some(1), None, None]);
        assert_eq!(steps_to(&flag(2), &flag(0), &edges, 1, &work()?)?.0, None);
        assert_eq!(steps_to(&flag(2), &flag(2), &edges, 0, &work()?)?.0, Some(0));
        assert_eq!(steps_to(&flag(0), &flag(4), &edges, 9, &work()?)?.0, None);
        Ok(())
    }
}
