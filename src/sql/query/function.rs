//! Table-valued functions.

use crate::error::Result;
use crate::proto;
use crate::proto::expression::ExprType;
use crate::proto::subquery_expression::TableArgOptions;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::expression::table_argument;
use crate::sql::identifier::quote;

type Expression = proto::Expression;

impl Parser<'_> {
    /// A call in `FROM`; the parenthesis is next.
    pub(super) fn table_function(&mut self, name: &[String]) -> Result<proto::Relation> {
        let arguments = self.table_function_arguments()?;
        let function = match name {
            [only] => only.clone(),
            _ => quote(name),
        };
        let call = build::table_function(function, arguments);
        Ok(self.table_alias()?.over(call))
    }

    fn table_function_arguments(&mut self) -> Result<Vec<Expression>> {
        if self.symbol_at(1, ")") {
            self.bump();
            self.bump();
            return Ok(Vec::new());
        }
        self.parenthesised(Self::table_function_argument)
    }

    fn table_function_argument(&mut self) -> Result<Expression> {
        if self.identifier_at(0) && self.symbol_at(1, "=>") {
            let key = self.identifier()?;
            self.require("=>")?;
            let value = Some(Box::new(self.table_or_expression()?));
            return Ok(build::expression(ExprType::NamedArgumentExpression(Box::new(
                proto::NamedArgumentExpression { key, value },
            ))));
        }
        self.table_or_expression()
    }

    fn table_or_expression(&mut self) -> Result<Expression> {
        let table = self.word_at(0, "TABLE") && (self.symbol_at(1, "(") || self.identifier_at(1));
        if !table {
            return self.expression();
        }
        self.bump();
        let query = self.query_in_parentheses(self.index());
        let parenthesised = self.eat("(");
        let relation = if query { self.query()? } else { build::table(&self.table_name()?) };
        if parenthesised {
            self.require(")")?;
        }
        let options = self.table_options()?;
        let plan_id = self.reference(relation);
        Ok(table_argument(plan_id, options))
    }

    fn table_options(&mut self) -> Result<TableArgOptions> {
        let mut options = TableArgOptions::default();
        if self.eat_words(&["WITH", "SINGLE", "PARTITION"]) {
            options.with_single_partition = Some(true);
        } else if self.eat_words(&["PARTITION", "BY"]) || self.eat_words(&["DISTRIBUTE", "BY"]) {
            options.partition_spec = self.listed(Self::expression)?;
        }
        if self.eat_words(&["ORDER", "BY"]) || self.eat_words(&["SORT", "BY"]) {
            options.order_spec = self.listed(Self::sort_item)?;
        }
        Ok(options)
    }

    /// One item, or several in parentheses.
    fn listed<T>(&mut self, item: fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        if self.symbol_at(0, "(") { self.parenthesised(item) } else { Ok(vec![item(self)?]) }
    }
}
