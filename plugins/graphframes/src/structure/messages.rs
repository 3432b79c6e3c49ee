//! `triplets`, and `aggregateMessages`: messages along edges, aggregated by who gets them.

use async_trait::async_trait;
use datafusion_spark_connect::plugin::Effects;
use datafusion_spark_connect::proto::{Expression, Relation};
use datafusion_spark_connect::{Error, Planned, Result, SparkConnectPlanner};

use super::find::patterns;
use crate::error::require;
use crate::graph::{DST, Graph, ID, SRC};
use crate::method::Method;
use crate::proto::{AggregateMessages, Triplets};
use crate::relation::{alias, call, column, given_all, group_by, named, select, union_all};

/// What aggregates know the message as.
const MESSAGE: &str = "MSG";

#[async_trait]
impl Method for Triplets {
    fn effects(&self) -> Effects {
        Effects::None
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self {} = self;
        patterns(graph, "(src)-[edge]->(dst)").await
    }
}

/// An end of a triplet.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Triplet {
    Source,
    Destination,
}

impl Triplet {
    /// The id of the vertex there, in the relation of [`query_of_triplets`].
    pub(crate) fn id(self) -> Expression {
        match self {
            Self::Source => column("`#src`"),
            Self::Destination => column("`#dst`"),
        }
    }
}

/// The query for triplets with these structs for `src`, `edge` and `dst`, over `vertices`
/// and `edges`. Both ids have columns of their own too, under names that no client's have.
pub(crate) fn query_of_triplets(source: &str, edge: &str, destination: &str) -> String {
    format!(
        "select id1 as `#src`, source as {SRC}, edge, destination as {DST}, id3 as `#dst` from \
         (select {ID} as id1, {source} as source from vertices) join (select {SRC} as src2, {DST} \
         as dst2, {edge} as edge from edges) on src2 = id1 join (select {ID} as id3, {destination} \
         as destination from vertices) on id3 = dst2"
    )
}

#[async_trait]
impl Method for AggregateMessages {
    fn effects(&self) -> Effects {
        Effects::None
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        // Where results are kept is up to the session here.
        let Self { agg_col, send_to_src, send_to_dst, storage_level: _ } = self;
        require(!send_to_src.is_empty() || !send_to_dst.is_empty(), || {
            "To run GraphFrame.aggregateMessages, messages must be sent to src, dst, or both. Set \
             using sendToSrc(), sendToDst()."
                .to_owned()
        })?;
        require(!agg_col.is_empty(), || "At least one aggregate is needed".to_owned())?;
        let planner = graph.planner();
        // Mistakes in expressions are told before those in the graph.
        drop(aggregated(self, planner)?);
        let query = query_of_triplets("struct(*)", "struct(*)", "struct(*)");
        let triplets = graph.sql(&query, &[]).await?;
        planner.plan_relation_over(aggregated(self, planner)?, &[("triplets", &triplets)]).await
    }
}

/// The aggregates over all messages, which are made of the relation `triplets`.
fn aggregated(message: &AggregateMessages, planner: &SparkConnectPlanner) -> Result<Relation> {
    let AggregateMessages { agg_col, send_to_src, send_to_dst, storage_level: _ } = message;
    let sent = [
        (Triplet::Source, given_all(planner, send_to_src, "send_to_src")?),
        (Triplet::Destination, given_all(planner, send_to_dst, "send_to_dst")?),
    ];
    let sent = sent.into_iter().filter(|(_, messages)| !messages.is_empty());
    let sent = sent.map(|(to, messages)| {
        let columns = vec![alias(to.id(), ID), alias(one(messages), MESSAGE)];
        select(named("triplets"), columns)
    });
    let sent = sent.reduce(union_all).ok_or_else(|| Error::missing_field("send_to_src"))?;
    Ok(group_by(sent, vec![column(ID)], given_all(planner, agg_col, "agg_col")?))
}

/// Several messages to one side travel together, as a struct.
fn one(mut messages: Vec<Expression>) -> Expression {
    match (messages.pop(), messages.is_empty()) {
        (Some(only), true) => only,
        (last, _) => call("struct", messages.into_iter().chain(last).collect()),
    }
}
