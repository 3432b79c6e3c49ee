//! `pregel`: in every step vertices send messages along edges, get those sent to them
//! aggregated, and change a column of theirs.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion_spark_connect::proto::Relation;
use datafusion_spark_connect::{Error, Planned, Result, SparkConnectPlanner};

use super::{carried, listed, packed, without_rows};
use crate::engine::Table;
use crate::error::require;
use crate::graph::{DST, Graph, ID, SRC};
use crate::method::Method;
use crate::proto::Pregel;
use crate::relation::{
    Given, alias, column, filter, group_by, named, quoted, select, sql, union_all,
};
use crate::structure::{Triplet, query_of_triplets};

/// What expressions know the aggregated message as.
const MESSAGE: &str = "_pregel_msg_";
/// Whether a vertex takes part.
const ACTIVE: &str = "_pregel_is_active";

#[async_trait]
impl Method for Pregel {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        let program = Program::new(self, graph)?;
        let edges = without_rows(graph.edges())?;
        let mut state = without_rows(&program.initial(graph).await?)?;
        // A step may change the column's type, and with it that of the next step.
        for _ in 0..program.steps.min(STEPS_TO_SETTLE) {
            let messages = program.messages(graph, &state, &edges).await?;
            let next = program.update(graph, &state, &without_rows(&messages)?).await?;
            let settled = next.schema()? == state.schema()?;
            state = without_rows(&next)?;
            if settled {
                break;
            }
        }
        program.result(graph, &state).await?.schema().map(Some)
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let program = Program::new(self, graph)?;
        let planner = graph.planner();
        let edges = kept(planner, graph.edges()).await?.planned()?;
        let mut state = kept(planner, &program.initial(graph).await?).await?.planned()?;
        for step in 0..program.steps {
            planner.report_progress(step as u64, program.steps as u64);
            planner.check_cancelled()?;
            let messages = program.messages(graph, &state, &edges).await?;
            let messages = kept(planner, &messages).await?;
            if program.stop_without_messages && messages.rows() == 0 {
                break;
            }
            let next = program.update(graph, &state, &messages.planned()?).await?;
            state = kept(planner, &next).await?.planned()?;
            if program.stop_without_active && !any_active(graph, &state).await? {
                break;
            }
        }
        program.result(graph, &state).await
    }
}

/// Types settle sooner than that, or never.
const STEPS_TO_SETTLE: usize = 4;

async fn kept(planner: &SparkConnectPlanner, planned: &Planned) -> Result<Arc<Table>> {
    Table::of(planner, planned).await
}

async fn any_active(graph: &Graph, state: &Planned) -> Result<bool> {
    let query = format!("select 1 from state where {} limit 1", quoted(ACTIVE));
    let active = graph.sql(&query, &[("state", state)]).await?;
    Ok(kept(graph.planner(), &active).await?.rows() > 0)
}

/// What the client wants to happen.
struct Program {
    steps: usize,
    /// The column that changes.
    column: String,
    initial: Given,
    update: Given,
    initially_active: Given,
    update_active: Given,
    messages: Vec<(Triplet, Given)>,
    aggregate: Given,
    stop_without_messages: bool,
    stop_without_active: bool,
    only_active_send: bool,
    /// Columns of the state, but for the one that changes and [`ACTIVE`].
    vertex_columns: Vec<String>,
    source_columns: Vec<String>,
    destination_columns: Vec<String>,
    edge_columns: Vec<String>,
}

impl Program {
    fn new(message: &Pregel, graph: &Graph) -> Result<Self> {
        // Where and how often Spark keeps steps does not change the result.
        let Pregel {
            agg_msgs,
            send_msg_to_dst,
            send_msg_to_src,
            checkpoint_interval: _,
            max_iter,
            additional_col_name,
            additional_col_initial,
            additional_col_upd,
            early_stopping,
            use_local_checkpoints: _,
            storage_level: _,
            stop_if_all_non_active,
            initial_active_expr,
            update_active_expr,
            skip_messages_from_non_active,
            required_src_columns,
            required_dst_columns,
            required_edge_columns,
        } = message;
        let planner = graph.planner();
        let vertices = graph.vertices();
        let name = additional_col_name;
        require(!vertices.columns().names().any(|own| own == name), || {
            format!("The column {name} already exists among the columns of vertices.")
        })?;
        let to_src = Given::all(planner, send_msg_to_src, "send_msg_to_src")?;
        let to_dst = Given::all(planner, send_msg_to_dst, "send_msg_to_dst")?;
        let messages = to_src.into_iter().map(|m| (Triplet::Source, m));
        let messages: Vec<_> =
            messages.chain(to_dst.into_iter().map(|m| (Triplet::Destination, m))).collect();
        require(!messages.is_empty(), || "Pregel needs messages to send.".to_owned())?;
        let active = |given: &Option<_>, field: &str| -> Result<Given> {
            let given = Given::maybe(planner, given.as_ref(), field)?;
            Ok(given.unwrap_or_else(|| Given::sql("true")))
        };
        let ends = |required: &Option<String>| {
            let mut columns = carried(vertices, &[ID], &names(required));
            // The column that changes comes along unless others are asked for only.
            columns.extend(required.is_none().then(|| name.clone()));
            columns.push(ACTIVE.to_owned());
            columns
        };
        Ok(Self {
            steps: usize::try_from(*max_iter).unwrap_or_default(),
            column: name.clone(),
            initial: Given::new(
                planner,
                additional_col_initial.as_ref(),
                "additional_col_initial",
            )?,
            update: Given::new(planner, additional_col_upd.as_ref(), "additional_col_upd")?,
            initially_active: active(initial_active_expr, "initial_active_expr")?,
            update_active: active(update_active_expr, "update_active_expr")?,
            messages,
            aggregate: Given::new(planner, agg_msgs.as_ref(), "agg_msgs")?,
            stop_without_messages: early_stopping.unwrap_or(false),
            stop_without_active: stop_if_all_non_active.unwrap_or(false),
            only_active_send: skip_messages_from_non_active.unwrap_or(false),
            vertex_columns: carried(vertices, &[ID], &[] as &[&str]),
            source_columns: ends(required_src_columns),
            destination_columns: ends(required_dst_columns),
            edge_columns: carried(graph.edges(), &[SRC, DST], &names(required_edge_columns)),
        })
    }

    /// The vertices before the first step.
    async fn initial(&self, graph: &Graph) -> Result<Planned> {
        let planner = graph.planner();
        let relation = self.with_own("vertices", &self.initial, &self.initially_active, planner)?;
        planner.plan_relation_over(relation, &[("vertices", graph.vertices())]).await
    }

    /// The vertices' columns out of a relation, with these for what changes.
    fn with_own(
        &self,
        relation: &str,
        value: &Given,
        active: &Given,
        planner: &SparkConnectPlanner,
    ) -> Result<Relation> {
        let columns = self.vertex_columns.iter().map(|name| column(&quoted(name)));
        let own = [alias(value.read(planner)?, &self.column), alias(active.read(planner)?, ACTIVE)];
        Ok(select(named(relation), columns.chain(own).collect()))
    }

    /// The messages of a step, aggregated by the id of who gets them.
    async fn messages(&self, graph: &Graph, state: &Planned, edges: &Planned) -> Result<Planned> {
        let query = query_of_triplets(
            &packed(&self.source_columns),
            &packed(&self.edge_columns),
            &packed(&self.destination_columns),
        );
        let planner = graph.planner();
        let tables = [("vertices", state), ("edges", edges)];
        let triplets = planner.plan_sql_over(&query, &tables).await?;
        let relation = self.aggregated(planner)?;
        planner.plan_relation_over(relation, &[("triplets", &triplets)]).await
    }

    /// The same, of the relation `triplets`.
    fn aggregated(&self, planner: &SparkConnectPlanner) -> Result<Relation> {
        let sent = self.messages.iter().map(|(to, message)| {
            let sender = match to {
                Triplet::Source => DST,
                Triplet::Destination => SRC,
            };
            let triplets = match self.only_active_send {
                true => filter(named("triplets"), column(&format!("{sender}.{ACTIVE}"))),
                false => named("triplets"),
            };
            let message = alias(message.read(planner)?, MESSAGE);
            Ok(select(triplets, vec![alias(to.id(), ID), message]))
        });
        let sent = sent.collect::<Result<Vec<_>>>()?.into_iter().reduce(union_all);
        let sent = sent.ok_or_else(|| Error::internal("there are messages"))?;
        let sent = filter(sent, sql(format!("{MESSAGE} is not null")));
        let aggregate = alias(self.aggregate.read(planner)?, MESSAGE);
        Ok(group_by(sent, vec![column(ID)], vec![aggregate]))
    }

    /// The vertices after a step. Expressions see those before it, and the message.
    async fn update(&self, graph: &Graph, state: &Planned, messages: &Planned) -> Result<Planned> {
        let all = self.vertex_columns.iter().map(String::as_str).chain([&*self.column, ACTIVE]);
        let query = format!(
            "select {}, {MESSAGE} from state left join (select {ID} as `#{ID}`, {MESSAGE} from \
             messages) on `#{ID}` = {ID}",
            listed(all)
        );
        let joined = graph.sql(&query, &[("state", state), ("messages", messages)]).await?;
        let planner = graph.planner();
        let relation = self.with_own("joined", &self.update, &self.update_active, planner)?;
        planner.plan_relation_over(relation, &[("joined", &joined)]).await
    }

    /// The vertices as the client sees them.
    async fn result(&self, graph: &Graph, state: &Planned) -> Result<Planned> {
        let columns = self.vertex_columns.iter().chain([&self.column]);
        let query = format!("select {} from state", listed(columns));
        graph.sql(&query, &[("state", state)]).await
    }
}

/// Names with commas between.
fn names(list: &Option<String>) -> Vec<&str> {
    let names = list.iter().flat_map(|list| list.split(','));
    names.map(str::trim).filter(|name| !name.is_empty()).collect()
}
