//! `aggregate_neighbors`: walks from some vertices, each with values that change from hop
//! to hop, until one is where it should get to, or is told to stop.

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion_spark_connect::proto::{Expression, Relation};
use datafusion_spark_connect::{Planned, Result, SparkConnectPlanner};

use super::{carried, listed, packed, without_rows};
use crate::engine::Table;
use crate::error::require;
use crate::graph::{DST, Graph, ID, SRC};
use crate::method::Method;
use crate::proto::AggregateNeighbors;
use crate::relation::{Given, alias, column, filter, named, quoted, select, sql};

/// Names that expressions know a hop's ends and edge by.
const SOURCE: &str = "src_attributes";
const DESTINATION: &str = "dst_attributes";
const EDGE: &str = "edge_attributes";
/// Names that no client's column has: where a walk is, how far, and what becomes of it.
const AT: &str = "#at";
const HOP: &str = "hop";
const RESULT: &str = "#result";
const GOES_ON: &str = "#goes_on";

#[async_trait]
impl Method for AggregateNeighbors {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        let walks = Walks::new(self, graph)?;
        let moves = Moves {
            edges: without_rows(&walks.edges(graph).await?)?,
            vertices: without_rows(&walks.vertices(graph).await?)?,
        };
        let mut state = without_rows(&walks.start(graph).await?)?;
        let mut results = Vec::new();
        for _ in 0..walks.hops.min(HOPS_TO_SETTLE) {
            let step = without_rows(&walks.hop(graph, &state, &moves).await?)?;
            results.push(walks.results(graph, &step).await?);
            state = walks.going_on(graph, &step).await?;
        }
        walks.together(graph, &results).await?.schema().map(Some)
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let walks = Walks::new(self, graph)?;
        let planner = graph.planner();
        let moves = Moves {
            edges: kept(planner, &walks.edges(graph).await?).await?.0,
            vertices: kept(planner, &walks.vertices(graph).await?).await?.0,
        };
        let mut state = kept(planner, &walks.start(graph).await?).await?.0;
        let mut results = Vec::new();
        for hop in 0..walks.hops {
            planner.report_progress(hop as u64, walks.hops as u64);
            planner.check_cancelled()?;
            let (step, _) = kept(planner, &walks.hop(graph, &state, &moves).await?).await?;
            results.push(kept(planner, &walks.results(graph, &step).await?).await?.0);
            let going_on = walks.going_on(graph, &step).await?;
            let rows;
            (state, rows) = kept(planner, &going_on).await?;
            if rows == 0 {
                break;
            }
        }
        walks.together(graph, &results).await
    }
}

/// Types settle sooner than that, or never.
const HOPS_TO_SETTLE: usize = 3;

/// A relation's rows in a table, as a relation, and how many they are.
async fn kept(planner: &SparkConnectPlanner, planned: &Planned) -> Result<(Planned, usize)> {
    let table = Table::of(planner, planned).await?;
    Ok((table.planned()?, table.rows()))
}

/// Where walks can go.
struct Moves {
    /// `#src`, `#dst`, and the attributes.
    edges: Planned,
    /// `#id`, and the attributes.
    vertices: Planned,
}

/// What the client wants to happen.
struct Walks {
    hops: usize,
    starts: Given,
    names: Vec<String>,
    initial: Vec<Given>,
    updates: Vec<Given>,
    /// Where a walk is a result, and where it ends without being one.
    target: Option<Given>,
    stop: Option<Given>,
    edge_filter: Option<Given>,
    remove_loops: bool,
    vertex_columns: Vec<String>,
    edge_columns: Vec<String>,
}

impl Walks {
    fn new(message: &AggregateNeighbors, graph: &Graph) -> Result<Self> {
        let AggregateNeighbors {
            starting_vertices,
            max_hops,
            accumulator_names,
            accumulator_inits,
            accumulator_updates,
            stopping_condition,
            target_condition,
            required_vertex_attributes,
            required_edge_attributes,
            edge_filter,
            remove_loops,
            checkpoint_interval: _,
            use_local_checkpoints: _,
            storage_level: _,
        } = message;
        let planner = graph.planner();
        let hops = usize::try_from(*max_hops).unwrap_or_default();
        require(hops > 0, || format!("maxHops must be greater than 0, but got {max_hops}"))?;
        let count = accumulator_names.len();
        require(count > 0, || "At least one accumulator is needed".to_owned())?;
        require(count == accumulator_inits.len() && count == accumulator_updates.len(), || {
            "Accumulators need as many names as initial values and updates".to_owned()
        })?;
        require(stopping_condition.is_some() || target_condition.is_some(), || {
            "Either a stopping condition or a target condition, or both, have to be provided"
                .to_owned()
        })?;
        let maybe = |given: &Option<_>, field: &str| Given::maybe(planner, given.as_ref(), field);
        Ok(Self {
            hops,
            starts: Given::new(planner, starting_vertices.as_ref(), "starting_vertices")?,
            names: accumulator_names.clone(),
            initial: Given::all(planner, accumulator_inits, "accumulator_inits")?,
            updates: Given::all(planner, accumulator_updates, "accumulator_updates")?,
            target: maybe(target_condition, "target_condition")?,
            stop: maybe(stopping_condition, "stopping_condition")?,
            edge_filter: maybe(edge_filter, "edge_filter")?,
            remove_loops: *remove_loops,
            vertex_columns: carried(graph.vertices(), &[ID], required_vertex_attributes),
            edge_columns: carried(graph.edges(), &[SRC, DST], required_edge_attributes),
        })
    }

    /// The edges that may be gone along.
    async fn edges(&self, graph: &Graph) -> Result<Planned> {
        let query = format!("select *, {} as {EDGE} from edges", packed(&self.edge_columns));
        let edges = graph.sql(&query, &[]).await?;
        let planner = graph.planner();
        planner.plan_relation_over(self.allowed(planner)?, &[("moves", &edges)]).await
    }

    fn allowed(&self, planner: &SparkConnectPlanner) -> Result<Relation> {
        let mut relation = named("moves");
        if let Some(condition) = &self.edge_filter {
            relation = filter(relation, condition.read(planner)?);
        }
        if self.remove_loops {
            relation = filter(relation, sql(format!("{SRC} <> {DST}")));
        }
        let ends = [SRC, DST].map(|end| alias(column(end), &format!("#{end}")));
        Ok(select(relation, ends.into_iter().chain([column(EDGE)]).collect()))
    }

    async fn vertices(&self, graph: &Graph) -> Result<Planned> {
        let whole = packed(&self.vertex_columns);
        let query = format!("select {ID} as `#{ID}`, {whole} as {DESTINATION} from vertices");
        graph.sql(&query, &[]).await
    }

    /// Walks of no hop.
    async fn start(&self, graph: &Graph) -> Result<Planned> {
        let planner = graph.planner();
        let relation = self.first(planner)?;
        planner.plan_relation_over(relation, &[("vertices", graph.vertices())]).await
    }

    fn first(&self, planner: &SparkConnectPlanner) -> Result<Relation> {
        let starts = filter(named("vertices"), self.starts.read(planner)?);
        let mut columns = vec![
            alias(column(ID), AT),
            alias(sql("0"), HOP),
            alias(sql(packed(&self.vertex_columns)), SOURCE),
        ];
        columns.extend(self.values(&self.initial, planner)?);
        Ok(select(starts, columns))
    }

    /// The accumulators, with these values.
    fn values(&self, values: &[Given], planner: &SparkConnectPlanner) -> Result<Vec<Expression>> {
        let values = self.names.iter().zip(values);
        values.map(|(name, value)| Ok(alias(value.read(planner)?, name))).collect()
    }

    /// Every walk, a hop on, along every edge that there is.
    async fn hop(&self, graph: &Graph, state: &Planned, moves: &Moves) -> Result<Planned> {
        let planner = graph.planner();
        let names = || self.names.iter().map(String::as_str);
        let query = format!(
            "select `#{ID}`, {}, {EDGE}, {DESTINATION} from state join edges on `#{SRC}` = `{AT}` \
             join vertices on `#{ID}` = `#{DST}`",
            listed([HOP, SOURCE].into_iter().chain(names()))
        );
        let tables = [("state", state), ("edges", &moves.edges), ("vertices", &moves.vertices)];
        let joined = planner.plan_sql_over(&query, &tables).await?;
        let moved = self.moved(planner)?;
        let moved = planner.plan_relation_over(moved, &[("joined", &joined)]).await?;
        let judged = self.judged(planner)?;
        let judged = planner.plan_relation_over(judged, &[("moved", &moved)]).await?;
        let result = if self.target.is_some() { "#target" } else { "#stop" };
        let query = format!(
            "select {}, coalesce(`{result}`, false) as `{RESULT}`, not coalesce(`#target`, false) \
             and not coalesce(`#stop`, false) as `{GOES_ON}` from judged",
            listed([AT, HOP, DESTINATION].into_iter().chain(names()))
        );
        planner.plan_sql_over(&query, &[("judged", &judged)]).await
    }

    /// Where the walks of `joined` are after the hop, and what became of their values.
    fn moved(&self, planner: &SparkConnectPlanner) -> Result<Relation> {
        let mut columns = vec![
            alias(column(&format!("`#{ID}`")), AT),
            alias(sql(format!("{HOP} + 1")), HOP),
            column(SOURCE),
            column(EDGE),
            column(DESTINATION),
        ];
        columns.extend(self.values(&self.updates, planner)?);
        Ok(select(named("joined"), columns))
    }

    /// The walks of `moved`, with what they meet.
    fn judged(&self, planner: &SparkConnectPlanner) -> Result<Relation> {
        let names = [AT, HOP, DESTINATION].into_iter();
        let names = names.chain(self.names.iter().map(String::as_str));
        let mut columns: Vec<_> = names.map(|name| column(&quoted(name))).collect();
        for (name, condition) in [("#target", &self.target), ("#stop", &self.stop)] {
            let met = match condition {
                Some(condition) => condition.read(planner)?,
                None => sql("false"),
            };
            columns.push(alias(met, name));
        }
        Ok(select(named("moved"), columns))
    }

    /// The walks that are results.
    async fn results(&self, graph: &Graph, step: &Planned) -> Result<Planned> {
        let query = format!(
            "select `{AT}` as {ID}, {HOP}, {} from step where `{RESULT}`",
            listed(&self.names)
        );
        graph.sql(&query, &[("step", step)]).await
    }

    /// The walks that take another hop.
    async fn going_on(&self, graph: &Graph, step: &Planned) -> Result<Planned> {
        let query = format!(
            "select `{AT}`, {HOP}, {DESTINATION} as {SOURCE}, {} from step where `{GOES_ON}`",
            listed(&self.names)
        );
        graph.sql(&query, &[("step", step)]).await
    }

    /// The results of all hops.
    async fn together(&self, graph: &Graph, results: &[Planned]) -> Result<Planned> {
        let names: Vec<_> = (0..results.len()).map(|hop| format!("hop{hop}")).collect();
        let parts: Vec<_> = names.iter().map(|name| format!("select * from {name}")).collect();
        let tables: Vec<_> = names.iter().map(String::as_str).zip(results).collect();
        graph.planner().plan_sql_over(&parts.join(" union all "), &tables).await
    }
}
