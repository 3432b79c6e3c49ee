//! Queries inside expressions.

use crate::error::Result;
use crate::proto;
use crate::proto::expression::ExprType;
use crate::proto::subquery_expression::{SubqueryType, TableArgOptions};
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::fresh_plan_id;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    /// Whether a query starts at a token.
    pub(in crate::sql) fn query_at(&self, index: usize) -> bool {
        let next = self.token_at(index + 1);
        let ended = matches!(next.kind, Kind::Symbol(")" | "," | "." | ";" | "->") | Kind::End);
        let word = |word| self.word_at_index(index, word);
        let named = matches!(next.kind, Kind::Word | Kind::Quoted);
        (word("SELECT") || word("VALUES")) && !ended
            || word("FROM") && (named || next.kind == Kind::Symbol("("))
            || (word("WITH") || word("TABLE")) && named
            || (word("MAP") || word("REDUCE")) && named
    }

    /// Whether the parenthesis at `index` holds a query, however many more
    /// parentheses the query begins with.
    pub(in crate::sql) fn query_in_parentheses(&self, index: usize) -> bool {
        if self.token_at(index).kind != Kind::Symbol("(") {
            return false;
        }
        let mut open = index;
        while self.token_at(open + 1).kind == Kind::Symbol("(") {
            open += 1;
        }
        if !self.query_at(open + 1) {
            return false;
        }
        while open > index {
            // A pair that nothing closes is a query that is not finished.
            let Some(behind) = self.behind(open) else { return true };
            if self.token_at(behind).kind != Kind::Symbol(")") && !self.query_goes_on(behind) {
                return false;
            }
            open -= 1;
        }
        true
    }

    fn query_goes_on(&self, index: usize) -> bool {
        let words = ["UNION", "INTERSECT", "EXCEPT", "MINUS", "LIMIT", "OFFSET", "WINDOW"];
        let organised = ["ORDER", "SORT", "CLUSTER", "DISTRIBUTE"];
        words.iter().any(|word| self.word_at_index(index, word))
            || organised
                .iter()
                .any(|word| self.word_at_index(index, word) && self.word_at_index(index + 1, "BY"))
            || matches!(self.token_at(index).kind, Kind::Symbol("|>") | Kind::End)
    }

    /// The query in the parentheses that are next, as a relation others refer to.
    fn referenced_query(&mut self) -> Result<i64> {
        self.require("(")?;
        let query = self.query()?;
        self.require_or_miss(")")?;
        Ok(self.reference(query))
    }

    /// Keeps a relation for expressions to refer to, under a plan id of its own.
    pub(in crate::sql) fn reference(&mut self, mut relation: proto::Relation) -> i64 {
        let plan_id = fresh_plan_id();
        relation.common.get_or_insert_default().plan_id = Some(plan_id);
        self.references.push(relation);
        plan_id
    }

    pub(super) fn scalar_subquery(&mut self) -> Result<proto::Expression> {
        let plan_id = self.referenced_query()?;
        Ok(subquery(plan_id, SubqueryType::Scalar, None, Vec::new()))
    }

    pub(super) fn exists_subquery(&mut self) -> Result<proto::Expression> {
        let plan_id = self.referenced_query()?;
        Ok(subquery(plan_id, SubqueryType::Exists, None, Vec::new()))
    }

    /// `value IN (query)`; a struct compares field by field with the columns.
    pub(super) fn in_subquery(&mut self, value: proto::Expression) -> Result<proto::Expression> {
        let plan_id = self.referenced_query()?;
        let values = match build::fields_of(&value) {
            Some(fields) => fields,
            None => vec![value],
        };
        Ok(subquery(plan_id, SubqueryType::In, None, values))
    }
}

/// A table as an argument of a table-valued function.
pub(in crate::sql) fn table_argument(plan_id: i64, options: TableArgOptions) -> proto::Expression {
    subquery(plan_id, SubqueryType::TableArg, Some(options), Vec::new())
}

fn subquery(
    plan_id: i64,
    kind: SubqueryType,
    table_arg_options: Option<TableArgOptions>,
    in_subquery_values: Vec<proto::Expression>,
) -> proto::Expression {
    build::expression(ExprType::SubqueryExpression(proto::SubqueryExpression {
        plan_id,
        subquery_type: kind as i32,
        table_arg_options,
        in_subquery_values,
    }))
}
