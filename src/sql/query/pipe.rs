//! Pipes: `FROM t |> WHERE a > 1 |> SELECT a`.

use crate::error::{Condition, Result};
use crate::proto;
use crate::proto::relation::RelType;
use crate::proto::set_operation::SetOpType;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::{Kind, Token};

type Expression = proto::Expression;

impl Parser<'_> {
    /// The step behind `|>`.
    pub(super) fn pipe(&mut self, input: proto::Relation) -> Result<proto::Relation> {
        let word = match self.kind() {
            Kind::Word => self.text_of(self.token(0)).to_ascii_uppercase(),
            Kind::End | Kind::Symbol(")" | "|>") => return Ok(input),
            _ => return Err(self.unexpected()),
        };
        match word.as_str() {
            "SELECT" => self.select(Some(input)),
            "WHERE" => {
                self.bump();
                Ok(build::filter(input, self.condition()?))
            }
            "EXTEND" => {
                self.bump();
                let mut items = vec![build::star(&[])];
                items.extend(self.list(Self::named_expression)?);
                Ok(build::project(Some(input), items))
            }
            "SET" => self.pipe_set(input),
            "DROP" => self.pipe_drop(input),
            "AS" => {
                self.bump();
                Ok(build::subquery_alias(input, self.identifier()?))
            }
            "AGGREGATE" => self.pipe_aggregate(input),
            "UNION" | "INTERSECT" | "EXCEPT" | "MINUS" => self.pipe_set_operation(&word, input),
            "ORDER" | "SORT" | "CLUSTER" | "DISTRIBUTE" | "LIMIT" | "OFFSET" => {
                self.pipe_organised(input)
            }
            "PIVOT" => self.pivot(input),
            "UNPIVOT" => self.unpivot(input),
            "TABLESAMPLE" => self.sampled(input),
            "LATERAL" => self.lateral_views(input),
            _ => match self.join(input)? {
                (joined, true) => Ok(joined),
                (_, false) => Err(self.unexpected()),
            },
        }
    }

    /// `ORDER BY` and the like, of which a step has one.
    fn pipe_organised(&mut self, input: proto::Relation) -> Result<proto::Relation> {
        let start = *self.token(0);
        let (organised, clauses) = self.clauses_of_order(input)?;
        if let [first, second, ..] = clauses.as_slice() {
            let condition = Condition::MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS;
            let name = |clause: &&str| (*clause).to_owned();
            let parameters = [("clause1", name(first)), ("clause2", name(second))];
            self.blame(self.fault(&start, condition, parameters));
        }
        self.limits_of_pipe(organised, clauses.is_empty(), &start)
    }

    fn limits_of_pipe(
        &mut self,
        input: proto::Relation,
        allowed: bool,
        start: &Token,
    ) -> Result<proto::Relation> {
        if !allowed && self.word_at(0, "LIMIT") {
            let condition = Condition::MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS;
            let first = self.text_of(start).to_ascii_uppercase();
            let parameters = [("clause1", format!("{first} BY")), ("clause2", "LIMIT".to_owned())];
            self.blame(self.fault(start, condition, parameters));
        }
        self.limits(input)
    }

    fn pipe_set(&mut self, input: proto::Relation) -> Result<proto::Relation> {
        self.bump();
        let aliases = self.list(Self::assignment)?;
        Ok(build::relation(RelType::WithColumns(Box::new(proto::WithColumns {
            input: Some(Box::new(input)),
            aliases,
        }))))
    }

    fn assignment(&mut self) -> Result<proto::expression::Alias> {
        let name = self.checked_identifier()?;
        self.require("=")?;
        let value = self.expression()?;
        // The column must be there.
        let value = build::call("#set", vec![build::attribute(&[&name]), value]);
        Ok(proto::expression::Alias {
            expr: Some(Box::new(value)),
            name: vec![name],
            metadata: None,
        })
    }

    fn pipe_drop(&mut self, input: proto::Relation) -> Result<proto::Relation> {
        self.bump();
        let names = self.list(Self::checked_identifier)?;
        let mut parts = vec![build::star(&[])];
        parts.extend(names.iter().map(|name| build::attribute(&[name])));
        Ok(build::relation(RelType::Project(Box::new(proto::Project {
            input: Some(Box::new(input)),
            expressions: vec![build::call("#star_except", parts)],
        }))))
    }

    fn pipe_aggregate(&mut self, input: proto::Relation) -> Result<proto::Relation> {
        self.bump();
        let grouped = self.words(&["GROUP", "BY"]);
        let items: Vec<Expression> =
            if grouped { Vec::new() } else { self.list(Self::named_expression)? };
        if !self.eat_words(&["GROUP", "BY"]) {
            return Ok(super::group::Grouping::default().plain(input, items));
        }
        let grouping = self.named_grouping()?;
        Ok(grouping.plain(input, items))
    }

    fn pipe_set_operation(
        &mut self,
        word: &str,
        input: proto::Relation,
    ) -> Result<proto::Relation> {
        self.bump();
        let kind = match word {
            "UNION" => SetOpType::Union,
            "INTERSECT" => SetOpType::Intersect,
            _ => SetOpType::Except,
        };
        let all = self.set_quantifier();
        let right = self.apart(Self::query_primary)?;
        Ok(build::set_operation(input, right, kind, all))
    }
}
