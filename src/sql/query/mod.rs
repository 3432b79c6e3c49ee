//! Queries.

mod clause;
pub(super) mod cte;
mod from;
mod function;
mod group;
mod hint;
mod join;
mod lateral_view;
mod limit;
mod order;
mod pipe;
mod pivot;
mod sample;
mod select;
mod set;
mod table;
mod values;

use super::build;
use super::cursor::Parser;
use crate::error::Result;
use crate::proto;

impl Parser<'_> {
    /// A whole query, with its common table expressions, order and limit.
    pub(super) fn query(&mut self) -> Result<proto::Relation> {
        self.nested(Self::query_here)
    }

    fn query_here(&mut self) -> Result<proto::Relation> {
        let windows = self.windows.len();
        let tables = if self.word_at(0, "WITH") { self.common_tables()? } else { Vec::new() };
        let outer = std::mem::take(&mut self.references);
        let body = self.query_body();
        let references = std::mem::replace(&mut self.references, outer);
        self.windows.truncate(windows);
        Ok(build::with_relations(build::with_relations(body?, references), tables))
    }

    fn query_body(&mut self) -> Result<proto::Relation> {
        let term = self.query_term()?;
        self.organised(term)
    }
}
