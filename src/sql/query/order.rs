//! What stands behind the selects of a query: order, distribution, limits.

use crate::error::Result;
use crate::proto;
use crate::proto::aggregate::GroupType;
use crate::proto::expression::SortOrder;
use crate::proto::relation::RelType;
use crate::sql::aggregates::aggregates;
use crate::sql::build;
use crate::sql::cursor::Parser;

impl Parser<'_> {
    /// One item of `ORDER BY`.
    pub(in crate::sql) fn sort_item(&mut self) -> Result<SortOrder> {
        let child = self.expression()?;
        let descending = self.eat_word("DESC");
        if !descending {
            self.eat_word("ASC");
        }
        let nulls_first = if self.eat_words(&["NULLS", "FIRST"]) {
            Some(true)
        } else if self.eat_words(&["NULLS", "LAST"]) {
            Some(false)
        } else {
            None
        };
        Ok(build::sort_order(child, descending, nulls_first))
    }

    /// A query's selects with all that follows them.
    pub(super) fn organised(&mut self, query: proto::Relation) -> Result<proto::Relation> {
        let (query, _) = self.clauses_of_order(query)?;
        self.limits(query)
    }

    /// The query in order and distributed, and the clauses that say so.
    pub(super) fn clauses_of_order(
        &mut self,
        mut query: proto::Relation,
    ) -> Result<(proto::Relation, Vec<&'static str>)> {
        let mut clauses = Vec::new();
        if self.eat_words(&["ORDER", "BY"]) {
            clauses.push("ORDER BY");
            query = sorted(query, self.list(Self::sort_item)?);
            self.grow()?;
        }
        if self.eat_words(&["CLUSTER", "BY"]) {
            clauses.push("CLUSTER BY");
            let by = self.list(Self::expression)?;
            let order = |by: &proto::Expression| build::sort_order(by.clone(), false, None);
            let orders = by.iter().map(order).collect();
            query = build::sort(distributed(query, by), orders, false);
        }
        if self.eat_words(&["DISTRIBUTE", "BY"]) {
            clauses.push("DISTRIBUTE BY");
            query = distributed(query, self.list(Self::expression)?);
        }
        if self.eat_words(&["SORT", "BY"]) {
            clauses.push("SORT BY");
            query = build::sort(query, self.list(Self::sort_item)?, false);
        }
        Ok((query, clauses))
    }
}

/// The query in order. An aggregate sorts itself, since the order may need values
/// that the select list leaves out.
fn sorted(mut query: proto::Relation, orders: Vec<SortOrder>) -> proto::Relation {
    if let Some(RelType::Aggregate(aggregate)) = query.rel_type.as_mut() {
        let items = &mut aggregate.aggregate_expressions;
        let open = items.first().is_some_and(|item| build::arguments_of(item, "#select").is_some())
            && items.last().is_some_and(|item| build::arguments_of(item, "#sort").is_none());
        if open {
            let orders = orders.into_iter().map(build::sort_expression).collect();
            items.push(build::call("#sort", orders));
            return query;
        }
    }
    let grouped = |order: &SortOrder| order.child.as_deref().is_some_and(aggregates);
    match query.rel_type.take() {
        // One group of all rows.
        Some(RelType::Project(project))
            if orders.iter().any(grouped) && project.expressions.iter().any(aggregates) =>
        {
            sorted(of_one_group(*project), orders)
        }
        other => {
            query.rel_type = other;
            build::sort(query, orders, true)
        }
    }
}

fn of_one_group(project: proto::Project) -> proto::Relation {
    build::relation(RelType::Aggregate(Box::new(proto::Aggregate {
        input: project.input,
        group_type: GroupType::Groupby as i32,
        aggregate_expressions: vec![build::call("#select", project.expressions)],
        ..proto::Aggregate::default()
    })))
}

fn distributed(input: proto::Relation, by: Vec<proto::Expression>) -> proto::Relation {
    build::relation(RelType::RepartitionByExpression(Box::new(proto::RepartitionByExpression {
        input: Some(Box::new(input)),
        partition_exprs: by,
        num_partitions: None,
    })))
}
