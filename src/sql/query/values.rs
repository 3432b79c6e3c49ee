//! Inline tables.

use crate::error::Result;
use crate::proto;
use crate::sql::build;
use crate::sql::cursor::Parser;

impl Parser<'_> {
    /// `VALUES (1, 2), (3, 4) AS t(a, b)`.
    pub(super) fn inline_table(&mut self) -> Result<proto::Relation> {
        self.require_word("VALUES")?;
        let rows = self.list(Self::row)?;
        let table = build::table_function("#values", rows);
        Ok(self.table_alias()?.over(table))
    }

    /// A row: a struct, or one value.
    fn row(&mut self) -> Result<proto::Expression> {
        let value = self.expression()?;
        Ok(match build::arguments_of(&value, "struct") {
            Some(_) => value,
            None => build::call("struct", vec![value]),
        })
    }
}
