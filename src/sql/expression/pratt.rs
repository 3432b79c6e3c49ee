//! Operators and their precedence.

use crate::error::Result;
use crate::proto;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

/// An infix operator: the function it calls, and how tightly it binds.
#[derive(Debug, Clone, Copy)]
struct Infix {
    function: &'static str,
    negated: bool,
    power: u8,
}

const fn infix(function: &'static str, power: u8) -> Option<Infix> {
    Some(Infix { function, negated: false, power })
}

fn infix_symbol(symbol: &str) -> Option<Infix> {
    match symbol {
        "=" | "==" => infix("==", 1),
        "<>" | "!=" => Some(Infix { function: "==", negated: true, power: 1 }),
        "<=>" => infix("<=>", 1),
        "<" => infix("<", 1),
        "<=" | "!>" => infix("<=", 1),
        ">" => infix(">", 1),
        ">=" | "!<" => infix(">=", 1),
        "|" => infix("|", 2),
        "^" => infix("^", 3),
        "&" => infix("&", 4),
        "<<" => infix("<<", 5),
        ">>" => infix(">>", 5),
        ">>>" => infix(">>>", 5),
        "+" => infix("+", 6),
        "-" => infix("-", 6),
        "||" => infix("||", 6),
        "*" => infix("*", 7),
        "/" => infix("/", 7),
        "%" => infix("%", 7),
        _ => None,
    }
}

impl Parser<'_> {
    pub(super) fn disjunction(&mut self) -> Result<proto::Expression> {
        self.chain("OR", "or", Self::conjunction)
    }

    fn conjunction(&mut self) -> Result<proto::Expression> {
        self.chain("AND", "and", Self::negation)
    }

    fn chain(
        &mut self,
        word: &str,
        function: &str,
        operand: fn(&mut Self) -> Result<proto::Expression>,
    ) -> Result<proto::Expression> {
        let mut operands = vec![self.apart(operand)?];
        while self.operator_ahead(word) {
            self.bump();
            operands.push(self.apart(operand)?);
        }
        if operands.len() > 1 {
            self.grow()?;
        }
        match build::balanced(function, operands) {
            Some(expression) => Ok(expression),
            None => Err(self.unexpected()),
        }
    }

    fn negation(&mut self) -> Result<proto::Expression> {
        let not = self.word_at(0, "NOT") && !self.ends_item();
        if not || self.symbol_at(0, "!") {
            self.bump();
            return Ok(build::not(self.nested(Self::negation)?));
        }
        if self.word_at(0, "EXISTS") && self.query_in_parentheses(self.index() + 1) {
            self.bump();
            return self.exists_subquery();
        }
        let value = self.value()?;
        self.predicate(value)
    }

    /// An expression without `AND`, `OR`, `NOT` and predicates.
    pub(in crate::sql) fn value(&mut self) -> Result<proto::Expression> {
        self.operation(0)
    }

    fn operation(&mut self, power: u8) -> Result<proto::Expression> {
        let mut left = self.unary()?;
        while let Some(operator) = self.infix().filter(|operator| operator.power >= power) {
            self.bump();
            let right = self.apart(|parser| parser.operation(operator.power + 1))?;
            let call = build::call(operator.function, vec![left, right]);
            left = build::negated(operator.negated, call);
            self.grow()?;
        }
        Ok(left)
    }

    fn infix(&self) -> Option<Infix> {
        match self.kind() {
            Kind::Symbol(symbol) => infix_symbol(symbol),
            Kind::Word if self.operator_ahead("DIV") => infix("div", 7),
            _ => None,
        }
    }

    fn unary(&mut self) -> Result<proto::Expression> {
        let function = match self.kind() {
            Kind::Symbol("-") if matches!(self.token(1).kind, Kind::Number(_)) => {
                return self.primary();
            }
            Kind::Symbol("-") => "-",
            Kind::Symbol("+") => "+",
            Kind::Symbol("~") => "~",
            _ => return self.primary(),
        };
        self.bump();
        let operand = self.nested(Self::unary)?;
        Ok(build::call(function, vec![operand]))
    }
}
