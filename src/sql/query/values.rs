//! Inline tables.

use crate::error::{Condition, Error, Result};
use crate::proto;
use crate::sql::build;
use crate::sql::cursor::Parser;

impl Parser<'_> {
    /// `VALUES (1, 2), (3, 4) AS t(a, b)`.
    pub(super) fn inline_table(&mut self) -> Result<proto::Relation> {
        self.require_word("VALUES")?;
        let references = self.references.len();
        let rows = self.list(Self::row)?;
        let has_subquery = self.references.len() > references;
        let widths: Vec<_> = rows.iter().map(width).collect();
        let table = build::table_function("#values", rows);
        let alias = self.table_alias()?;
        let expected = alias.width().or_else(|| widths.first().copied()).unwrap_or(0);
        if let Some(at) = widths.iter().position(|width| *width != expected) {
            self.blame(Error::analysis(
                Condition::INVALID_INLINE_TABLE_NUM_COLUMNS_MISMATCH,
                [
                    ("expectedNumCols", expected.to_string()),
                    ("actualNumCols", widths[at].to_string()),
                    ("rowIndex", at.to_string()),
                ],
            ));
        }
        if has_subquery {
            self.blame(Error::analysis(Condition::SCALAR_SUBQUERY_IN_VALUES, []));
        }
        Ok(alias.over(table))
    }

    /// A row: a struct, or one value.
    fn row(&mut self) -> Result<proto::Expression> {
        let value = self.expression()?;
        Ok(build::call("struct", build::fields_of(&value).unwrap_or_else(|| vec![value])))
    }
}

fn width(row: &proto::Expression) -> usize {
    build::arguments_of(row, "struct").map_or(0, <[_]>::len)
}
