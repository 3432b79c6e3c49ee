//! `PIVOT` and `UNPIVOT`. Of the protocol's messages they need more than its fields
//! hold: `#others` for the columns that are not named, `#pivot_values`, and the sets of
//! columns of UNPIVOT as `#columns`.

use crate::error::Result;
use crate::proto;
use crate::proto::aggregate::{GroupType, Pivot};
use crate::proto::relation::RelType;
use crate::sql::build;
use crate::sql::cursor::Parser;

type Expression = proto::Expression;

impl Parser<'_> {
    /// The relation with all `PIVOT` and `UNPIVOT` that follow it.
    pub(super) fn pivots(&mut self, mut from: proto::Relation) -> Result<proto::Relation> {
        loop {
            if self.word_at(0, "PIVOT") && self.symbol_at(1, "(") {
                from = self.pivot(from)?;
            } else if self.word_at(0, "UNPIVOT")
                && (self.symbol_at(1, "(") || self.any_word_at(1, &["INCLUDE", "EXCLUDE"]))
            {
                from = self.unpivot(from)?;
            } else {
                return Ok(from);
            }
            self.grow()?;
        }
    }

    /// `PIVOT (sum(a) AS s FOR b IN (1 AS x, 2)) [AS] p`.
    pub(super) fn pivot(&mut self, input: proto::Relation) -> Result<proto::Relation> {
        self.require_word("PIVOT")?;
        self.require("(")?;
        let mut aggregates = self.list(Self::pivot_aggregate)?;
        self.require_word("FOR")?;
        let column = self.pivot_columns()?;
        self.require_word("IN")?;
        let values = self.parenthesised(Self::pivot_value)?;
        self.require(")")?;
        aggregates.push(build::call("#pivot_values", values));
        let pivoted = build::relation(RelType::Aggregate(Box::new(proto::Aggregate {
            input: Some(Box::new(input)),
            group_type: GroupType::Pivot as i32,
            grouping_expressions: vec![build::call("#others", Vec::new())],
            aggregate_expressions: aggregates,
            pivot: Some(Pivot { col: Some(column), values: Vec::new() }),
            grouping_sets: Vec::new(),
        })));
        Ok(self.table_alias()?.over(pivoted))
    }

    /// An aggregate, where `FOR` is no alias.
    fn pivot_aggregate(&mut self) -> Result<Expression> {
        let value = self.expression()?;
        self.pivot_alias(value)
    }

    fn pivot_alias(&mut self, value: Expression) -> Result<Expression> {
        let marked = self.eat_word("AS");
        if marked || (self.identifier_at(0) && !self.word_at(0, "FOR")) {
            return Ok(build::alias(value, vec![self.identifier()?]));
        }
        Ok(value)
    }

    fn pivot_columns(&mut self) -> Result<Expression> {
        if self.symbol_at(0, "(") {
            let columns = self.parenthesised(Self::multipart_identifier)?;
            let columns = columns.iter().map(|parts| build::attribute(parts)).collect();
            return Ok(build::call("struct", columns));
        }
        Ok(build::attribute(&[self.identifier()?]))
    }

    fn pivot_value(&mut self) -> Result<Expression> {
        let value = self.expression()?;
        self.pivot_alias(value)
    }

    /// `UNPIVOT [INCLUDE NULLS] (v FOR n IN (a AS x, b)) [AS] u`.
    pub(super) fn unpivot(&mut self, input: proto::Relation) -> Result<proto::Relation> {
        self.require_word("UNPIVOT")?;
        let with_nulls = self.eat_words(&["INCLUDE", "NULLS"]);
        if !with_nulls && self.eat_word("EXCLUDE") {
            self.require_word("NULLS")?;
        }
        self.require("(")?;
        let several = self.symbol_at(0, "(");
        let names = if several { self.identifier_list()? } else { vec![self.identifier()?] };
        self.require_word("FOR")?;
        let variable_column_name = self.identifier()?;
        self.require_word("IN")?;
        let mut values = self.parenthesised(|parser| parser.unpivot_set(several))?;
        self.require(")")?;
        let names: Vec<_> = names.into_iter().map(build::text).collect();
        values.push(build::call("#names", names));
        if !with_nulls {
            values.push(build::call("#without_nulls", Vec::new()));
        }
        let unpivoted = build::relation(RelType::Unpivot(Box::new(proto::Unpivot {
            input: Some(Box::new(input)),
            ids: vec![build::call("#others", Vec::new())],
            values: Some(proto::unpivot::Values { values }),
            variable_column_name,
            value_column_name: String::new(),
        })));
        Ok(self.table_alias()?.over(unpivoted))
    }

    /// `a AS x` or `(a, b) AS x`.
    fn unpivot_set(&mut self, several: bool) -> Result<Expression> {
        let columns = match several {
            true => self.parenthesised(Self::multipart_identifier)?,
            false => vec![self.multipart_identifier()?],
        };
        let columns = columns.iter().map(|parts| build::attribute(parts)).collect();
        let set = build::call("#columns", columns);
        let marked = self.eat_word("AS");
        if marked || self.identifier_at(0) {
            return Ok(build::alias(set, vec![self.identifier()?]));
        }
        Ok(set)
    }
}
