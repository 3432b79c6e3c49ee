//! The language of motifs: `(a)-[e]->(b); (b)-[]->(c); !(c)-[]->(a)`.

use std::collections::BTreeSet;

use datafusion_spark_connect::{Error, Result};

use crate::error::bad_motif;

/// A term of a motif.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Term {
    /// A vertex by itself.
    Vertex(String),
    /// An edge that is there.
    Edge(Edge),
    /// An edge that is not there.
    Not(Edge),
}

/// An edge with its ends; what has no name is anonymous.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) src: Option<String>,
    pub(super) name: Option<String>,
    pub(super) dst: Option<String>,
}

/// Reads a motif.
///
/// # Errors
/// The library's `InvalidParseException`, with the position, from 0, where the text goes
/// wrong; `Unsupported` for edges of variable length and named ones of several steps.
pub(super) fn parse(text: &str) -> Result<Vec<Term>> {
    let mut parser = Parser { text, rest: text };
    let mut terms = Vec::new();
    loop {
        parser.term(&mut terms)?;
        match parser.take(";") {
            true => {}
            false if parser.skip_space().is_empty() => break,
            false => return Err(parser.expected("';' or the end")),
        }
    }
    check(text, &terms)?;
    Ok(terms)
}

/// Names of vertices and edges, in order, once each.
pub(super) fn names(terms: &[Term]) -> Vec<(&str, Element)> {
    let mut seen = BTreeSet::new();
    let all = terms.iter().flat_map(|term| match term {
        Term::Vertex(name) => vec![(name.as_str(), Element::Vertex)],
        Term::Edge(edge) | Term::Not(edge) => edge.names(),
    });
    all.filter(|(name, _)| seen.insert(*name)).collect()
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Vertex,
    Edge,
}

impl Edge {
    fn names<'s>(&'s self) -> Vec<(&'s str, Element)> {
        let Self { src, name, dst } = self;
        let vertex = |name: &'s Option<String>| name.as_deref().map(|name| (name, Element::Vertex));
        let edge = name.as_deref().map(|name| (name, Element::Edge));
        vertex(src).into_iter().chain(edge).chain(vertex(dst)).collect()
    }
}

/// What the grammar cannot say.
fn check(text: &str, terms: &[Term]) -> Result<()> {
    let refuse = |why: String| Err(bad_motif(format!("{why} The motif is '{text}'.")));
    let mut vertices = BTreeSet::new();
    let mut edges = BTreeSet::new();
    for term in terms {
        let edge = match term {
            Term::Vertex(name) => {
                vertices.insert(name.as_str());
                continue;
            }
            Term::Edge(edge) => edge,
            Term::Not(edge) => {
                if let Some(name) = &edge.name {
                    return refuse(format!(
                        "Motif reused name '{name}' in a negated edge: negated edges may not be \
                         named, since they never appear in results."
                    ));
                }
                edge
            }
        };
        if edge.names().is_empty() {
            return refuse("Motifs may not have edges without any named element.".to_owned());
        }
        vertices.extend(edge.src.as_deref());
        vertices.extend(edge.dst.as_deref());
        let again = edge.name.as_deref().filter(|name| !edges.insert(*name));
        if let Some(name) = again {
            return refuse(format!(
                "Motif reused name '{name}' for multiple edges, which is not allowed."
            ));
        }
    }
    match vertices.intersection(&edges).next() {
        Some(name) => refuse(format!(
            "Motif reused name '{name}' for both a vertex and an edge, which is not allowed."
        )),
        None => Ok(()),
    }
}

/// Reads from the left.
struct Parser<'t> {
    text: &'t str,
    rest: &'t str,
}

impl<'t> Parser<'t> {
    /// `(a)`, `(a)-[e]->(b)`, `(a)<-[e]-(b)`, `(a)-[*3]->(b)`, and edges after `!`.
    fn term(&mut self, terms: &mut Vec<Term>) -> Result<()> {
        let negated = self.take("!");
        let left = self.vertex()?;
        let arrow = self.skip_space();
        if !arrow.starts_with('-') && !arrow.starts_with('<') {
            return match left {
                Some(name) if !negated => {
                    terms.push(Term::Vertex(name));
                    Ok(())
                }
                _ => Err(self.expected("'-['")),
            };
        }
        let incoming = self.take("<-");
        if !incoming {
            self.need("-")?;
        }
        self.need("[")?;
        let name = self.name();
        let steps = self.steps(name.as_deref())?;
        self.need("]")?;
        self.need(if incoming { "-" } else { "->" })?;
        let right = self.vertex()?;
        let (src, dst) = if incoming { (right, left) } else { (left, right) };
        match (negated, steps) {
            (false, 1) => terms.push(Term::Edge(Edge { src, name, dst })),
            (true, 1) => terms.push(Term::Not(Edge { src, name, dst })),
            (true, _) => return Err(self.expected("an edge of one step after '!'")),
            (false, steps) => chain(src, dst, steps, terms),
        }
        Ok(())
    }

    fn vertex(&mut self) -> Result<Option<String>> {
        self.need("(")?;
        let name = self.name();
        self.need(")")?;
        Ok(name)
    }

    /// How many edges in a row: `*3`; 1 if it does not say.
    fn steps(&mut self, name: Option<&str>) -> Result<usize> {
        if !self.take("*") {
            return Ok(1);
        }
        let digits = self.skip_space().len()
            - self.rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = self.rest.split_at(digits);
        if rest.starts_with("..") {
            return Err(Error::unsupported_because(
                "graphframes.find.variable_length",
                "find the lengths one by one",
            ));
        }
        let steps = number.parse().ok().filter(|steps| *steps > 0);
        let steps = steps.ok_or_else(|| self.expected("a number of steps"))?;
        self.rest = rest;
        match (name, steps) {
            (Some(_), 2..) => Err(Error::unsupported_because(
                "graphframes.find.named_steps",
                "name the edges one by one",
            )),
            _ => Ok(steps),
        }
    }

    /// Letters, digits and underscores; none is no name.
    fn name(&mut self) -> Option<String> {
        let text = self.skip_space();
        let rest = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let name = &text[..text.len() - rest.len()];
        self.rest = rest;
        Some(name.to_owned()).filter(|name| !name.is_empty())
    }

    fn skip_space(&mut self) -> &'t str {
        self.rest = self.rest.trim_start();
        self.rest
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip_space();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn need(&mut self, token: &str) -> Result<()> {
        match self.take(token) {
            true => Ok(()),
            false => Err(self.expected(&format!("'{token}'"))),
        }
    }

    fn expected(&mut self, what: &str) -> Error {
        let at = self.text.len() - self.skip_space().len();
        let position = self.text[..at].chars().count();
        let found = match self.rest.chars().next() {
            Some(character) => format!("'{character}' found"),
            None => "end of source found".to_owned(),
        };
        bad_motif(format!(
            "Failed to parse bad motif string: '{}'.  Returned message: {what} expected but \
             {found} (position {position})",
            self.text
        ))
    }
}

/// Edges in a row, through vertices without a name that clients can spell.
fn chain(src: Option<String>, dst: Option<String>, steps: usize, terms: &mut Vec<Term>) {
    let link = terms.len();
    let mut at = src;
    for step in 1..=steps {
        let next = match step == steps {
            true => dst.clone(),
            false => Some(format!("{HIDDEN}{link}.{step}")),
        };
        terms.push(Term::Edge(Edge { src: at, name: None, dst: next.clone() }));
        at = next;
    }
}

/// What names of vertices begin with that are not in the result.
pub(super) const HIDDEN: &str = "#";

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(src: &str, name: &str, dst: &str) -> Edge {
        let some = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        Edge { src: some(src), name: some(name), dst: some(dst) }
    }

    #[test]
    fn terms_of_all_kinds() -> Result<()> {
        let terms = parse(" (a) - [e1] -> (b);(b)-[]->();!(b)-[]->(a); (c);(a)<-[e2]-(c)")?;
        assert_eq!(
            terms,
            [
                Term::Edge(edge("a", "e1", "b")),
                Term::Edge(edge("b", "", "")),
                Term::Not(edge("b", "", "a")),
                Term::Vertex("c".to_owned()),
                Term::Edge(edge("c", "e2", "a")),
            ]
        );
        let names: Vec<_> = names(&terms).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "e1", "b", "c", "e2"]);
        Ok(())
    }

    #[test]
    fn steps_are_a_chain() -> Result<()> {
        let terms = parse("(a)-[*3]->(b)")?;
        assert_eq!(
            terms,
            [
                Term::Edge(edge("a", "", "#0.1")),
                Term::Edge(edge("#0.1", "", "#0.2")),
                Term::Edge(edge("#0.2", "", "b")),
            ]
        );
        Ok(())
    }

    fn error(text: &str) -> String {
        parse(text).map_or_else(|error| error.to_string(), |terms| format!("{terms:?}"))
    }

    #[test]
    fn mistakes_have_a_position() {
        for (text, position) in [
            ("(a)-[e]>(b)", 7),
            ("(a)-[e]->(b", 11),
            ("", 0),
            ("(a)-[e]->(b) (c)", 13),
            ("!(a)", 4),
            ("(a)-[]->(b);", 12),
            ("(ä)-[]->(b)", 1),
            ("()", 2),
        ] {
            let error = error(text);
            assert!(error.contains(&format!("(position {position})")), "{text}: {error}");
        }
    }

    #[test]
    fn what_the_grammar_cannot_say() {
        for (text, why) in [
            ("()-[]->()", "without any named element"),
            ("!()-[]->()", "without any named element"),
            ("(a)-[]->(b); !(b)-[e]->(a)", "negated"),
            ("(a)-[e]->(b); (b)-[e]->(c)", "multiple edges"),
            ("(a)-[a]->(b)", "both a vertex and an edge"),
            ("(a)-[*1..3]->(b)", "graphframes.find.variable_length"),
            ("(a)-[e*2]->(b)", "graphframes.find.named_steps"),
        ] {
            let error = error(text);
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
