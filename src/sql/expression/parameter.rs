//! Parameters: `:name` and `?`.

use crate::error::{Condition, Result};
use crate::proto;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    pub(super) fn named_parameter(&mut self) -> Result<proto::Expression> {
        let colon = self.bump();
        let name = self.identifier()?;
        match self.parameters.named.get(&name) {
            Some(value) => Ok(value.clone()),
            None => {
                let parameters = [("name", name)];
                self.blame(self.fault(&colon, Condition::UNBOUND_SQL_PARAMETER, parameters));
                Ok(build::null())
            }
        }
    }

    pub(super) fn positional_parameter(&mut self) -> Result<proto::Expression> {
        // Counted anew, since a piece of text may be parsed more than once.
        let before = (0..self.index())
            .filter(|index| self.token_at(*index).kind == Kind::Symbol("?"))
            .count();
        let mark = self.bump();
        match self.parameters.positional.get(before) {
            Some(value) => Ok(value.clone()),
            None => {
                let parameters = [("name", format!("_{}", mark.character))];
                self.blame(self.fault(&mark, Condition::UNBOUND_SQL_PARAMETER, parameters));
                Ok(build::null())
            }
        }
    }
}
