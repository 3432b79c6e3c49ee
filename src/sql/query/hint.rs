//! Hints: `/*+ BROADCAST(t) */`.

use crate::error::Result;
use crate::proto;
use crate::proto::relation::RelType;
use crate::sql::build;
use crate::sql::cursor::Parser;

/// One hint.
pub(super) struct Hint {
    name: String,
    parameters: Vec<proto::Expression>,
}

impl Hint {
    /// The relation with the hint.
    pub(super) fn over(self, input: proto::Relation) -> proto::Relation {
        build::relation(RelType::Hint(Box::new(proto::Hint {
            input: Some(Box::new(input)),
            name: self.name,
            parameters: self.parameters,
        })))
    }
}

impl Parser<'_> {
    /// All hints here, in order.
    pub(super) fn hints(&mut self) -> Result<Vec<Hint>> {
        let mut hints = Vec::new();
        while self.eat("/*+") {
            hints.push(self.hint()?);
            while !self.eat("*/") {
                self.eat(",");
                hints.push(self.hint()?);
            }
        }
        Ok(hints)
    }

    fn hint(&mut self) -> Result<Hint> {
        let name = self.identifier()?;
        let parameters = if self.symbol_at(0, "(") {
            self.parenthesised(|parser| parser.nested(Self::primary))?
        } else {
            Vec::new()
        };
        Ok(Hint { name, parameters })
    }
}
