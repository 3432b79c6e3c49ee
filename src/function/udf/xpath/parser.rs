//! The grammar of XPath 1.0.

use super::Fault;
use super::functions::Function;
use super::lexer::{Token, tokens};
use crate::planner::grown::with_stack;

/// How deep expressions may be nested.
const DEEPEST: usize = 500;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    Or(Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    Compute(Operation, Box<Expr>, Box<Expr>),
    Negate(Box<Expr>),
    Union(Box<Expr>, Box<Expr>),
    /// Steps from the node at hand, or from the root.
    Path {
        absolute: bool,
        steps: Vec<Step>,
    },
    /// Nodes that another expression gives, chosen from, and steps from them.
    From {
        base: Box<Expr>,
        predicates: Vec<Expr>,
        steps: Vec<Step>,
    },
    Text(String),
    Number(f64),
    Call(Function, Vec<Expr>),
    /// Nothing sets variables.
    Variable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub(super) axis: Axis,
    pub(super) test: Test,
    pub(super) predicates: Vec<Expr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Ancestor,
    AncestorOrSelf,
    Attribute,
    Child,
    Descendant,
    DescendantOrSelf,
    Following,
    FollowingSibling,
    Parent,
    Preceding,
    PrecedingSibling,
    Own,
}

impl Axis {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "ancestor" => Self::Ancestor,
            "ancestor-or-self" => Self::AncestorOrSelf,
            "attribute" => Self::Attribute,
            "child" => Self::Child,
            "descendant" => Self::Descendant,
            "descendant-or-self" => Self::DescendantOrSelf,
            "following" => Self::Following,
            "following-sibling" => Self::FollowingSibling,
            "parent" => Self::Parent,
            "preceding" => Self::Preceding,
            "preceding-sibling" => Self::PrecedingSibling,
            "self" => Self::Own,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    AnyName,
    Name(String),
    /// A name with a prefix, which no node has.
    NoName,
    Node,
    Text,
    Comment,
    Instruction(Option<String>),
}

pub(super) fn parse(text: &str) -> Result<Expr, Fault> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let expr = parser.expr()?;
    match parser.at == parser.tokens.len() {
        true => Ok(expr),
        false => Err(Fault::Malformed),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Some(Token::Sign(own)) if *own == sign)
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), Fault> {
        if self.eat(sign) { Ok(()) } else { Err(Fault::Malformed) }
    }

    fn expr(&mut self) -> Result<Expr, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault::TooLong);
        }
        let expr = with_stack(|| self.or())?;
        self.depth -= 1;
        Ok(expr)
    }

    fn or(&mut self) -> Result<Expr, Fault> {
        let mut left = self.and()?;
        while self.eat("or") {
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr, Fault> {
        let mut left = self.equality()?;
        while self.eat("and") {
            left = Expr::And(Box::new(left), Box::new(self.equality()?));
        }
        Ok(left)
    }

    fn equality(&mut self) -> Result<Expr, Fault> {
        let signs = [("=", Comparison::Equal), ("!=", Comparison::Unequal)];
        self.compared(&signs, Self::relational)
    }

    fn relational(&mut self) -> Result<Expr, Fault> {
        let signs = [
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        self.compared(&signs, Self::sum)
    }

    fn compared(
        &mut self,
        signs: &[(&str, Comparison)],
        operand: fn(&mut Self) -> Result<Expr, Fault>,
    ) -> Result<Expr, Fault> {
        let mut left = operand(self)?;
        while let Some((sign, comparison)) = signs.iter().find(|(sign, _)| self.is(sign)) {
            self.expect(sign)?;
            left = Expr::Compare(*comparison, Box::new(left), Box::new(operand(self)?));
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Expr, Fault> {
        let signs = [("+", Operation::Add), ("-", Operation::Subtract)];
        self.computed(&signs, Self::product)
    }

    fn product(&mut self) -> Result<Expr, Fault> {
        let signs =
            [("*", Operation::Multiply), ("div", Operation::Divide), ("mod", Operation::Modulo)];
        self.computed(&signs, Self::negated)
    }

    fn computed(
        &mut self,
        signs: &[(&str, Operation)],
        operand: fn(&mut Self) -> Result<Expr, Fault>,
    ) -> Result<Expr, Fault> {
        let mut left = operand(self)?;
        while let Some((sign, operation)) = signs.iter().find(|(sign, _)| self.is(sign)) {
            self.expect(sign)?;
            left = Expr::Compute(*operation, Box::new(left), Box::new(operand(self)?));
        }
        Ok(left)
    }

    fn negated(&mut self) -> Result<Expr, Fault> {
        // Xalan takes one sign, not several.
        match self.eat("-") {
            true => Ok(Expr::Negate(Box::new(self.union()?))),
            false => self.union(),
        }
    }

    fn union(&mut self) -> Result<Expr, Fault> {
        let mut left = self.path()?;
        while self.eat("|") {
            left = Expr::Union(Box::new(left), Box::new(self.path()?));
        }
        Ok(left)
    }

    fn path(&mut self) -> Result<Expr, Fault> {
        if let Some(base) = self.primary()? {
            let predicates = self.predicates()?;
            let steps = if self.is("/") || self.is("//") { self.more_steps()? } else { Vec::new() };
            return Ok(match predicates.is_empty() && steps.is_empty() {
                true => base,
                false => Expr::From { base: Box::new(base), predicates, steps },
            });
        }
        if self.is("//") {
            return Ok(Expr::Path { absolute: true, steps: self.more_steps()? });
        }
        if self.eat("/") {
            let steps = if self.at_step() { self.steps()? } else { Vec::new() };
            return Ok(Expr::Path { absolute: true, steps });
        }
        Ok(Expr::Path { absolute: false, steps: self.steps()? })
    }

    /// What is no path: texts, numbers, calls and what stands in parentheses.
    fn primary(&mut self) -> Result<Option<Expr>, Fault> {
        let expr = match self.peek() {
            Some(Token::Text(text)) => Expr::Text(text.clone()),
            Some(Token::Number(number)) => Expr::Number(*number),
            Some(Token::Sign("$")) => {
                self.at += 1;
                match self.peek() {
                    Some(Token::Name { .. }) => Expr::Variable,
                    _ => return Err(Fault::Malformed),
                }
            }
            Some(Token::Sign("(")) => {
                self.at += 1;
                let expr = self.expr()?;
                self.expect(")")?;
                return Ok(Some(expr));
            }
            Some(Token::Name { prefix, local }) if self.is_call(local) => {
                if prefix.is_some() {
                    return Err(Fault::Malformed);
                }
                let local = local.clone();
                return self.call(&local).map(Some);
            }
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(expr))
    }

    /// Tests of nodes look like calls.
    fn is_call(&self, name: &str) -> bool {
        let is_open = matches!(self.tokens.get(self.at + 1), Some(Token::Sign("(")));
        is_open && !matches!(name, "node" | "text" | "comment" | "processing-instruction")
    }

    fn call(&mut self, name: &str) -> Result<Expr, Fault> {
        self.at += 2;
        let mut arguments = Vec::new();
        if !self.eat(")") {
            loop {
                arguments.push(self.expr()?);
                if !self.eat(",") {
                    break;
                }
            }
            self.expect(")")?;
        }
        let function = Function::of(name, arguments.len()).ok_or(Fault::Malformed)?;
        Ok(Expr::Call(function, arguments))
    }

    fn predicates(&mut self) -> Result<Vec<Expr>, Fault> {
        let mut predicates = Vec::new();
        while self.eat("[") {
            predicates.push(self.expr()?);
            self.expect("]")?;
        }
        Ok(predicates)
    }

    fn at_step(&self) -> bool {
        match self.peek() {
            Some(Token::Name { .. }) => true,
            Some(Token::Sign(sign)) => matches!(*sign, "." | ".." | "@"),
            _ => false,
        }
    }

    fn steps(&mut self) -> Result<Vec<Step>, Fault> {
        let mut steps = vec![self.step()?];
        if self.is("/") || self.is("//") {
            steps.extend(self.more_steps()?);
        }
        Ok(steps)
    }

    fn more_steps(&mut self) -> Result<Vec<Step>, Fault> {
        let mut steps = Vec::new();
        loop {
            if self.eat("//") {
                steps.push(plain(Axis::DescendantOrSelf));
            } else if !self.eat("/") {
                return Ok(steps);
            }
            steps.push(self.step()?);
        }
    }

    fn step(&mut self) -> Result<Step, Fault> {
        if self.eat("..") {
            return Ok(plain(Axis::Parent));
        }
        if self.eat(".") {
            return Ok(plain(Axis::Own));
        }
        let mut axis = if self.eat("@") { Axis::Attribute } else { Axis::Child };
        if matches!(self.tokens.get(self.at + 1), Some(Token::Sign("::"))) {
            let Some(Token::Name { prefix: None, local }) = self.peek() else {
                return Err(Fault::Malformed);
            };
            axis = Axis::of(local).ok_or(match local.as_str() {
                "namespace" => Fault::Namespaces,
                _ => Fault::Malformed,
            })?;
            self.at += 2;
        }
        let test = self.test()?;
        Ok(Step { axis, test, predicates: self.predicates()? })
    }

    fn test(&mut self) -> Result<Test, Fault> {
        let Some(Token::Name { prefix, local }) = self.peek().cloned() else {
            return Err(Fault::Malformed);
        };
        self.at += 1;
        if self.eat("(") {
            let target = match self.peek() {
                Some(Token::Text(target)) if local == "processing-instruction" => {
                    Some(target.clone())
                }
                _ => None,
            };
            self.at += usize::from(target.is_some());
            self.expect(")")?;
            return Ok(match local.as_str() {
                "node" => Test::Node,
                "text" => Test::Text,
                "comment" => Test::Comment,
                "processing-instruction" => Test::Instruction(target),
                _ => return Err(Fault::Malformed),
            });
        }
        Ok(match (prefix, local.as_str()) {
            (Some(_), _) => Test::NoName,
            (None, "*") => Test::AnyName,
            (None, _) => Test::Name(local),
        })
    }
}

fn plain(axis: Axis) -> Step {
    Step { axis, test: Test::Node, predicates: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_expression_is_refused() {
        for text in [
            "",
            "a[",
            "a/b/",
            "!",
            "no_such_function(a)",
            "1e3",
            "a b",
            "\"a\"\"b\"",
            "concat('x')",
            "--3",
            "a::b",
            "(a",
            "a]",
            "1.2.3",
            "x:y()",
            "@",
            "//",
            "a/(b)",
        ] {
            assert_eq!(parse(text), Err(Fault::Malformed), "{text}");
        }
    }

    #[test]
    fn depth_and_length_have_their_bounds() {
        let deep = format!("{}1{}", "(".repeat(900), ")".repeat(900));
        assert_eq!(parse(&deep), Err(Fault::TooLong));
        assert_eq!(parse(&"1+".repeat(5000)), Err(Fault::TooLong));
        assert!(parse(&format!("1{}", "+1".repeat(900))).is_ok());
    }
}
