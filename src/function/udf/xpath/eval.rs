//! What an expression comes to in a document.

use super::Fault;
use super::document::{Document, Kind};
use super::parser::{Axis, Comparison, Expr, Operation, Step, Test};
use crate::planner::grown::with_stack;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// In document order, each once.
    Nodes(Vec<usize>),
    Boolean(bool),
    Number(f64),
    Text(String),
}

impl Value {
    pub(super) fn nodes(self) -> Result<Vec<usize>, Fault> {
        match self {
            Self::Nodes(nodes) => Ok(nodes),
            Self::Boolean(_) | Self::Number(_) | Self::Text(_) => Err(Fault::Malformed),
        }
    }

    pub(super) fn boolean(&self) -> bool {
        match self {
            Self::Nodes(nodes) => !nodes.is_empty(),
            Self::Boolean(value) => *value,
            Self::Number(value) => *value != 0.0 && !value.is_nan(),
            Self::Text(text) => !text.is_empty(),
        }
    }

    pub(super) fn number(&self, document: &Document) -> f64 {
        match self {
            Self::Boolean(value) => f64::from(u8::from(*value)),
            Self::Number(value) => *value,
            Self::Nodes(_) | Self::Text(_) => number_of_text(&self.text(document)),
        }
    }

    pub(super) fn text(&self, document: &Document) -> String {
        match self {
            Self::Nodes(nodes) => nodes.first().map(|at| document.text(*at)).unwrap_or_default(),
            Self::Boolean(value) => value.to_string(),
            Self::Number(value) => text_of_number(*value),
            Self::Text(text) => text.clone(),
        }
    }
}

/// Digits, with a point and a minus if need be; everything else is no number.
pub(super) fn number_of_text(text: &str) -> f64 {
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    match plain && digits.bytes().any(|byte| byte.is_ascii_digit()) {
        true => text.parse().unwrap_or(f64::NAN),
        false => f64::NAN,
    }
}

fn text_of_number(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    match (number.is_infinite(), number > 0.0) {
        (true, true) => "Infinity".to_owned(),
        (true, false) => "-Infinity".to_owned(),
        (false, _) => number.to_string(),
    }
}

/// Where an expression is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'d> {
    pub(super) document: &'d Document,
    pub(super) node: usize,
    pub(super) position: f64,
    pub(super) size: f64,
}

impl<'d> Context<'d> {
    /// At the root; it has no place among others, and Xalan says so this way.
    pub(super) fn new(document: &'d Document) -> Self {
        Self { document, node: Document::ROOT, position: -1.0, size: 0.0 }
    }

    pub(super) fn eval(&self, expr: &Expr) -> Result<Value, Fault> {
        with_stack(|| self.value(expr))
    }

    fn value(&self, expr: &Expr) -> Result<Value, Fault> {
        Ok(match expr {
            Expr::Or(a, b) => Value::Boolean(self.eval(a)?.boolean() || self.eval(b)?.boolean()),
            Expr::And(a, b) => Value::Boolean(self.eval(a)?.boolean() && self.eval(b)?.boolean()),
            Expr::Compare(comparison, a, b) => {
                Value::Boolean(self.compare(*comparison, &self.eval(a)?, &self.eval(b)?))
            }
            Expr::Compute(operation, a, b) => {
                let a = self.eval(a)?.number(self.document);
                let b = self.eval(b)?.number(self.document);
                Value::Number(match operation {
                    Operation::Add => a + b,
                    Operation::Subtract => a - b,
                    Operation::Multiply => a * b,
                    Operation::Divide => a / b,
                    Operation::Modulo => a % b,
                })
            }
            Expr::Negate(value) => Value::Number(-self.eval(value)?.number(self.document)),
            Expr::Union(a, b) => {
                let mut nodes = self.eval(a)?.nodes()?;
                nodes.extend(self.eval(b)?.nodes()?);
                Value::Nodes(in_order(nodes))
            }
            Expr::Path { absolute, steps } => {
                let start = if *absolute { Document::ROOT } else { self.node };
                Value::Nodes(self.walk(vec![start], steps)?)
            }
            Expr::From { base, predicates, steps } => {
                let mut nodes = self.eval(base)?.nodes()?;
                for predicate in predicates {
                    nodes = self.chosen(nodes, predicate)?;
                }
                Value::Nodes(self.walk(nodes, steps)?)
            }
            Expr::Text(text) => Value::Text(text.clone()),
            Expr::Number(number) => Value::Number(*number),
            Expr::Call(function, arguments) => function.call(arguments, self)?,
            Expr::Variable => return Err(Fault::Malformed),
        })
    }

    fn walk(&self, start: Vec<usize>, steps: &[Step]) -> Result<Vec<usize>, Fault> {
        let mut nodes = start;
        for step in steps {
            let mut found = Vec::new();
            for node in nodes {
                let mut reached = self.along(step.axis, node);
                reached.retain(|at| self.passes(*at, &step.test, step.axis));
                for predicate in &step.predicates {
                    reached = self.chosen(reached, predicate)?;
                }
                found.extend(reached);
            }
            nodes = in_order(found);
        }
        Ok(nodes)
    }

    /// The nodes for which a predicate holds; a number is a place among them.
    fn chosen(&self, nodes: Vec<usize>, predicate: &Expr) -> Result<Vec<usize>, Fault> {
        let size = nodes.len() as f64;
        let mut chosen = Vec::new();
        for (at, node) in nodes.into_iter().enumerate() {
            let position = (at + 1) as f64;
            let context = Context { node, position, size, ..*self };
            let holds = match context.eval(predicate)? {
                Value::Number(number) => number == position,
                other => other.boolean(),
            };
            if holds {
                chosen.push(node);
            }
        }
        Ok(chosen)
    }

    /// The nodes on an axis, nearest first.
    fn along(&self, axis: Axis, node: usize) -> Vec<usize> {
        let own = self.document.node(node);
        match axis {
            Axis::Own => vec![node],
            Axis::Parent => own.parent.into_iter().collect(),
            Axis::Child => own.children.clone(),
            Axis::Attribute => own.attributes.clone(),
            Axis::Ancestor => self.ancestors(node),
            Axis::AncestorOrSelf => [vec![node], self.ancestors(node)].concat(),
            Axis::Descendant => self.descendants(node),
            Axis::DescendantOrSelf => [vec![node], self.descendants(node)].concat(),
            Axis::FollowingSibling => self.siblings(node, true),
            Axis::PrecedingSibling => self.siblings(node, false),
            Axis::Following => self.beside(node, true),
            Axis::Preceding => self.beside(node, false),
        }
    }

    fn ancestors(&self, node: usize) -> Vec<usize> {
        std::iter::successors(self.document.node(node).parent, |at| self.document.node(*at).parent)
            .collect()
    }

    fn descendants(&self, node: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut open: Vec<usize> =
            self.document.node(node).children.iter().rev().copied().collect();
        while let Some(at) = open.pop() {
            found.push(at);
            open.extend(self.document.node(at).children.iter().rev());
        }
        found
    }

    fn siblings(&self, node: usize, after: bool) -> Vec<usize> {
        let own = self.document.node(node);
        let Some(parent) = own.parent.filter(|_| own.kind != Kind::Attribute) else {
            return Vec::new();
        };
        let all = self.document.node(parent).children.iter().copied();
        match after {
            true => all.filter(|at| *at > node).collect(),
            false => all.rev().filter(|at| *at < node).collect(),
        }
    }

    /// What stands after or before a node and everything around it.
    fn beside(&self, node: usize, after: bool) -> Vec<usize> {
        let mut found = Vec::new();
        let own = self.document.node(node);
        // What is in an element comes after its attributes.
        if after
            && own.kind == Kind::Attribute
            && let Some(parent) = own.parent
        {
            found.extend(self.descendants(parent));
        }
        for around in [vec![node], self.ancestors(node)].concat() {
            for sibling in self.siblings(around, after) {
                let mut all = [vec![sibling], self.descendants(sibling)].concat();
                if !after {
                    all.reverse();
                }
                found.extend(all);
            }
        }
        found
    }

    fn passes(&self, at: usize, test: &Test, axis: Axis) -> bool {
        let node = self.document.node(at);
        let principal = if axis == Axis::Attribute { Kind::Attribute } else { Kind::Element };
        match test {
            Test::Node => true,
            Test::Text => node.kind == Kind::Text,
            Test::Comment => node.kind == Kind::Comment,
            Test::Instruction(target) => {
                node.kind == Kind::Instruction
                    && target.as_ref().is_none_or(|target| *target == node.name)
            }
            Test::AnyName => node.kind == principal,
            Test::Name(name) => node.kind == principal && node.name == *name,
            Test::NoName => false,
        }
    }

    fn compare(&self, comparison: Comparison, a: &Value, b: &Value) -> bool {
        match (a, b) {
            // Nodes are their truth beside a truth, and each of them beside others.
            (Value::Boolean(_), _) | (_, Value::Boolean(_)) => {
                let (a, b) = (Value::Boolean(a.boolean()), Value::Boolean(b.boolean()));
                self.compare_plain(comparison, &a, &b)
            }
            (Value::Nodes(nodes), _) => nodes.iter().any(|at| {
                let own = Value::Text(self.document.text(*at));
                self.compare(comparison, &own, b)
            }),
            (_, Value::Nodes(nodes)) => nodes.iter().any(|at| {
                let own = Value::Text(self.document.text(*at));
                self.compare_plain(comparison, a, &own)
            }),
            _ => self.compare_plain(comparison, a, b),
        }
    }

    fn compare_plain(&self, comparison: Comparison, a: &Value, b: &Value) -> bool {
        let same = || match (a, b) {
            (Value::Boolean(a), Value::Boolean(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            _ => a.number(self.document) == b.number(self.document),
        };
        let numbers = || (a.number(self.document), b.number(self.document));
        match comparison {
            Comparison::Equal => same(),
            Comparison::Unequal => !same(),
            Comparison::Less => numbers().0 < numbers().1,
            Comparison::LessOrEqual => numbers().0 <= numbers().1,
            Comparison::Greater => numbers().0 > numbers().1,
            Comparison::GreaterOrEqual => numbers().0 >= numbers().1,
        }
    }
}

fn in_order(mut nodes: Vec<usize>) -> Vec<usize> {
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::parser::parse;
    use super::*;

    const TEXT: &str = "<a><b>b1</b><b>b2</b><c id='7'>3</c><e>x<f>y</f>z</e></a>";

    fn value(path: &str) -> Result<Value, Fault> {
        Context::new(&Document::parse(TEXT).unwrap()).eval(&parse(path)?)
    }

    fn text(path: &str) -> String {
        value(path).unwrap().text(&Document::parse(TEXT).unwrap())
    }

    #[test]
    fn paths_lead_to_nodes() {
        for (path, expected) in [
            ("a/b[2]", "b2"),
            ("a/b[last()]/text()", "b2"),
            ("//@id", "7"),
            ("a/c[@id='7']/preceding-sibling::b[1]", "b2"),
            ("a/e/f/preceding::b[1]", "b2"),
            ("a/b[1]/following::text()[2]", "3"),
            ("a/e", "xyz"),
            ("a/f/ancestor::a", ""),
            ("//f/ancestor::*[last()]/b", "b1"),
            ("name(a/*[3])", "c"),
            ("(a/b)[2]", "b2"),
            ("a/e/text()[2] | a/zz", "z"),
        ] {
            assert_eq!(text(path), expected, "{path}");
        }
    }

    #[test]
    fn values_are_computed() {
        for (path, expected) in [
            ("count(a/b) * 2 + a/c", "7"),
            ("1 div 0", "Infinity"),
            ("5 mod -3", "2"),
            ("round(-0.4)", "0"),
            ("round(2.5)", "3"),
            ("0.00000001", "0.00000001"),
            ("number('1e3')", "NaN"),
            ("substring('12345', 1.5, 2.6)", "234"),
            ("substring('12345', 0, 3)", "12"),
            ("translate('bar', 'abc', 'AB')", "BAr"),
            ("normalize-space('  a  b ')", "a b"),
            ("a/b = 'b2' and a/b != 'b2'", "true"),
            ("a/c > 2 or false()", "true"),
            ("-(-a/c)", "3"),
            ("substring('abc', 0 div 0)", "abc"),
        ] {
            assert_eq!(text(path), expected, "{path}");
        }
        assert_eq!(value("count(1)"), Err(Fault::Malformed));
        assert_eq!(value("$x"), Err(Fault::Malformed));
    }
}
