//! `find`: a motif as joins of vertices and edges.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use async_trait::async_trait;
use datafusion_spark_connect::plugin::Effects;
use datafusion_spark_connect::{Planned, Result};

use super::motif::{self, Edge, Element, HIDDEN, Term};
use crate::graph::Graph;
use crate::method::Method;
use crate::proto::Find;
use crate::relation::quoted;

#[async_trait]
impl Method for Find {
    fn effects(&self) -> Effects {
        Effects::None
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self { pattern } = self;
        patterns(graph, pattern).await
    }
}

/// The places in a graph that look like a motif, each named element as a struct.
///
/// # Errors
/// As [`motif::parse`] and [`Graph::sql`].
pub(super) async fn patterns(graph: &Graph, motif: &str) -> Result<Planned> {
    let query = query(&motif::parse(motif)?);
    let vertices = graph.sql("select id, struct(*) as whole from vertices", &[]).await?;
    let edges = graph.sql("select src, dst, struct(*) as whole from edges", &[]).await?;
    graph.sql(&query, &[("v", &vertices), ("e", &edges)]).await
}

/// The query over `v` (id, whole) and `e` (src, dst, whole).
fn query(terms: &[Term]) -> String {
    let mut joins = Joins::default();
    // Vertices that only negated edges name may be any; the negated edges come last, when
    // both ends are known.
    let known: Vec<&Term> = terms.iter().filter(|term| !matches!(term, Term::Not(_))).collect();
    let named = |term: &&Term, name: &str| {
        motif::names(std::slice::from_ref(*term)).iter().any(|(known, _)| *known == name)
    };
    for (name, element) in motif::names(terms) {
        if element == Element::Vertex && !known.iter().any(|term| named(term, name)) {
            joins.vertex(name);
        }
    }
    for term in known {
        match term {
            Term::Vertex(name) => joins.vertex(name),
            Term::Edge(edge) => joins.edge(edge),
            Term::Not(_) => {}
        }
    }
    for term in terms {
        if let Term::Not(edge) = term {
            joins.not(edge);
        }
    }
    let names = motif::names(terms).into_iter().filter(|(name, _)| !name.starts_with(HIDDEN));
    let columns: Vec<_> = names
        .filter_map(|(name, _)| Some(format!("w{} as {}", joins.tables.get(name)?, quoted(name))))
        .collect();
    format!("select {} from {}", columns.join(", "), joins.from)
}

/// The tables joined so far. Each has a number, and its columns are named with that:
/// nothing has to be qualified.
#[derive(Default)]
struct Joins {
    from: String,
    count: usize,
    /// The table of each name.
    tables: BTreeMap<String, usize>,
}

impl Joins {
    /// Joins another table, on what is equal.
    fn join(&mut self, table: Table, kind: &str, on: &[(&str, String)]) -> usize {
        self.count += 1;
        let number = self.count;
        let on: Vec<_> = on.iter().map(|(own, other)| format!("{own}{number} = {other}")).collect();
        let on = on.join(" and ");
        let (name, keys) = match table {
            Table::Vertices => ("v", format!("id as id{number}")),
            Table::Edges => ("e", format!("src as src{number}, dst as dst{number}")),
        };
        let table = format!("(select {keys}, whole as w{number} from {name}) t{number}");
        // Writing to a string does not fail.
        let _ = match (self.from.is_empty(), on.is_empty()) {
            (true, _) => write!(self.from, "{table}"),
            (false, true) => write!(self.from, " cross join {table}"),
            (false, false) => write!(self.from, " {kind} join {table} on {on}"),
        };
        number
    }

    /// Joins a vertex that may be any, if it is new.
    fn vertex(&mut self, name: &str) {
        if self.id(Some(name)).is_none() {
            self.new_vertex(name, &[]);
        }
    }

    fn new_vertex(&mut self, name: &str, on: &[(&str, String)]) {
        let table = self.join(Table::Vertices, "inner", on);
        self.tables.insert(name.to_owned(), table);
    }

    /// The id of a vertex that is joined already.
    fn id(&self, name: Option<&str>) -> Option<String> {
        self.tables.get(name?).map(|table| format!("id{table}"))
    }

    fn edge(&mut self, edge: &Edge) {
        let Edge { src, name, dst } = edge;
        let table = self.join(Table::Edges, "inner", &self.known_ends(edge));
        if let Some(name) = name {
            self.tables.insert(name.clone(), table);
        }
        let ends = ["src", "dst"].map(|end| ("id", format!("{end}{table}")));
        let new = |joins: &Self, name: &Option<String>| {
            name.clone().filter(|name| joins.id(Some(name)).is_none())
        };
        match (new(self, src), new(self, dst)) {
            (Some(src), Some(dst)) if src == dst => self.new_vertex(&src, &ends),
            (src, dst) => {
                for (name, end) in [src, dst].into_iter().zip(ends) {
                    name.into_iter()
                        .for_each(|name| self.new_vertex(&name, std::slice::from_ref(&end)));
                }
            }
        }
    }

    fn not(&mut self, edge: &Edge) {
        self.join(Table::Edges, "left anti", &self.known_ends(edge));
    }

    /// The ends of an edge that are joined already.
    fn known_ends(&self, edge: &Edge) -> Vec<(&'static str, String)> {
        let ends = [("src", edge.src.as_deref()), ("dst", edge.dst.as_deref())];
        ends.into_iter().filter_map(|(end, name)| Some((end, self.id(name)?))).collect()
    }
}

/// One of the two tables.
#[derive(Debug, Clone, Copy)]
enum Table {
    Vertices,
    Edges,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(motif: &str) -> Result<String> {
        Ok(query(&motif::parse(motif)?))
    }

    const EDGE: &str = "(select src as src1, dst as dst1, whole as w1 from e) t1";

    #[test]
    fn joins_of_motifs() -> Result<()> {
        let ends = format!(
            "{EDGE} inner join (select id as id2, whole as w2 from v) t2 on id2 = src1 inner join \
             (select id as id3, whole as w3 from v) t3 on id3 = dst1"
        );
        assert_eq!(
            of("(a)-[e]->(b)")?,
            format!("select w2 as `a`, w1 as `e`, w3 as `b` from {ends}")
        );
        assert_eq!(
            of("(a)-[]->(b); !(b)-[]->(a)")?,
            format!(
                "select w2 as `a`, w3 as `b` from {ends} left anti join (select src as src4, dst \
                 as dst4, whole as w4 from e) t4 on src4 = id3 and dst4 = id2"
            )
        );
        assert_eq!(
            of("(a)-[e]->(a)")?,
            format!(
                "select w2 as `a`, w1 as `e` from {EDGE} inner join (select id as id2, whole as w2 \
                 from v) t2 on id2 = src1 and id2 = dst1"
            )
        );
        Ok(())
    }

    #[test]
    fn vertices_of_negated_edges_may_be_any() -> Result<()> {
        let query = of("(a)-[]->(); !(a)-[]->(b)")?;
        assert!(query.starts_with("select w3 as `a`, w1 as `b` from (select id as id1"), "{query}");
        assert!(query.contains(" cross join (select src as src2"), "{query}");
        assert!(query.ends_with("t4 on src4 = id3 and dst4 = id1"), "{query}");
        Ok(())
    }
}
