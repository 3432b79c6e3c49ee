//! A plan that names columns of a row outside of it, computed for all rows at once: for
//! the distinct values of those columns, which it then has as columns of its own.
//!
//! DataFusion does this for conditions of filters. Here it is done for all nodes that
//! Spark's plans have; see Neumann and Kemper, "Unnesting Arbitrary Queries".

use std::cell::Cell;
use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _};
use datafusion::common::{Column, JoinType, NullEquality};
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::logical_expr::expr::{Exists, InSubquery, Sort as SortExpr};
use datafusion::logical_expr::{
    Aggregate, Distinct, DistinctOn, EmptyRelation, Expr, FetchType, Filter, Join, JoinConstraint,
    Limit, LogicalPlan, LogicalPlanBuilder, Projection, SkipType, Sort, Subquery, Union, Window,
    lit, when,
};

use crate::error::{Error, Result};
use crate::planner::columns::FieldNames;
use crate::planner::grown::with_stack;
use crate::relation::row_number::row_number;

/// The outer columns that a plan names, and their values.
pub(super) struct Domain {
    /// As they are outside.
    outer: Vec<Column>,
    /// As they are inside.
    inner: Vec<Column>,
    /// Each combination of values once.
    rows: LogicalPlan,
    /// How many names were made for copies.
    copies: Cell<usize>,
}

impl Domain {
    /// The columns of `outside` that `plan` names; none if it names others too.
    pub(super) fn of(
        plan: &LogicalPlan,
        outside: &Arc<LogicalPlan>,
        names: &mut FieldNames,
    ) -> Result<Option<Self>> {
        let mut outer = Vec::new();
        for reference in plan.all_out_ref_exprs() {
            let Expr::OuterReferenceColumn(_, column) = reference else { return Ok(None) };
            if !outside.schema().has_column(&column) {
                return Ok(None);
            }
            if !outer.contains(&column) {
                outer.push(column);
            }
        }
        let inner = (0..outer.len()).map(|at| names.take(&format!("#outer{at}")));
        let inner: Vec<_> = inner.map(Column::from_name).collect();
        let values = outer
            .iter()
            .zip(&inner)
            .map(|(outer, inner)| Expr::Column(outer.clone()).alias(&inner.name));
        let values = Projection::try_new(values.collect(), Arc::clone(outside))?;
        let values = Arc::new(LogicalPlan::Projection(values));
        let rows = LogicalPlan::Distinct(Distinct::All(values));
        Ok(Some(Self { outer, inner, rows, copies: Cell::new(0) }))
    }

    /// The columns outside, each with that inside.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&Column, &Column)> {
        self.outer.iter().zip(&self.inner)
    }

    /// The plan for each row of the domain, whose columns it has besides its own.
    ///
    /// # Errors
    /// `Unsupported` for nodes that this is not known for.
    pub(super) fn push(&self, plan: &LogicalPlan) -> Result<LogicalPlan> {
        with_stack(|| self.push_here(plan))
    }

    fn push_here(&self, plan: &LogicalPlan) -> Result<LogicalPlan> {
        if plan.all_out_ref_exprs().is_empty() {
            return Ok(LogicalPlanBuilder::from(self.rows.clone())
                .cross_join(plan.clone())?
                .build()?);
        }
        match plan {
            LogicalPlan::Projection(node) => {
                let input = self.push(&node.input)?;
                self.project(self.all_within(&node.expr)?, input)
            }
            LogicalPlan::Filter(node) => {
                let predicate = self.within(&node.predicate)?;
                let input = self.push(&node.input)?;
                Ok(LogicalPlan::Filter(Filter::try_new(predicate, Arc::new(input))?))
            }
            LogicalPlan::SubqueryAlias(node) => self.alias(node),
            LogicalPlan::Sort(node) if node.fetch.is_none() => {
                let input = Arc::new(self.push(&node.input)?);
                let expr = self.keys(&node.expr)?;
                Ok(LogicalPlan::Sort(Sort { expr, input, fetch: None }))
            }
            LogicalPlan::Sort(node) => self.few(&node.input, &node.expr, 0, node.fetch),
            LogicalPlan::Limit(node) => self.limit(node),
            LogicalPlan::Distinct(Distinct::All(input)) => {
                let input = Arc::new(self.push(input)?);
                Ok(LogicalPlan::Distinct(Distinct::All(input)))
            }
            LogicalPlan::Distinct(Distinct::On(node)) => self.distinct_on(node),
            LogicalPlan::Aggregate(node) => self.aggregate(node),
            LogicalPlan::Window(node) => self.window(node),
            LogicalPlan::Join(node) => self.join(node),
            LogicalPlan::Union(node) => {
                let inputs = node.inputs.iter().map(|input| {
                    let own = input.schema().columns().into_iter().map(Expr::Column).collect();
                    Ok(Arc::new(self.project(own, self.push(input)?)?))
                });
                let inputs = inputs.collect::<Result<Vec<_>>>()?;
                Ok(LogicalPlan::Union(Union::try_new_with_loose_types(inputs)?))
            }
            LogicalPlan::Unnest(node) => {
                let input = LogicalPlanBuilder::from(self.push(&node.input)?);
                let (columns, options) = (node.exec_columns.clone(), node.options.clone());
                Ok(input.unnest_columns_with_options(columns, options)?.build()?)
            }
            _ => Err(Error::unsupported("relation.lateral_join.correlated_node")),
        }
    }

    fn own(&self) -> impl Iterator<Item = Expr> {
        self.inner.iter().cloned().map(Expr::Column)
    }

    /// The expression with the columns of the domain in the place of those outside.
    fn within(&self, expr: &Expr) -> Result<Expr> {
        let replaced = expr.clone().transform(|expr| {
            Ok(match &expr {
                Expr::OuterReferenceColumn(_, column) => {
                    match self.pairs().find(|(outer, _)| *outer == column) {
                        Some((_, inner)) => Transformed::yes(Expr::Column(inner.clone())),
                        None => Transformed::no(expr),
                    }
                }
                Expr::ScalarSubquery(subquery)
                | Expr::InSubquery(InSubquery { subquery, .. })
                | Expr::Exists(Exists { subquery, .. })
                    if self.is_named_in(subquery) =>
                {
                    let error = Error::unsupported("relation.lateral_join.subquery_in_expression");
                    return Err(error.into());
                }
                _ => Transformed::no(expr),
            })
        });
        Ok(replaced.data()?)
    }

    /// Whether a subquery names columns of the domain, and not only those of the plan
    /// that it is in.
    fn is_named_in(&self, subquery: &Subquery) -> bool {
        subquery.outer_ref_columns.iter().any(|outer| match outer {
            Expr::OuterReferenceColumn(_, column) => self.outer.contains(column),
            _ => true,
        })
    }

    fn all_within(&self, exprs: &[Expr]) -> Result<Vec<Expr>> {
        exprs.iter().map(|expr| self.within(expr)).collect()
    }

    fn keys(&self, keys: &[SortExpr]) -> Result<Vec<SortExpr>> {
        let key =
            |key: &SortExpr| Ok(SortExpr::new(self.within(&key.expr)?, key.asc, key.nulls_first));
        keys.iter().map(key).collect()
    }

    /// These expressions, and the domain.
    fn project(&self, exprs: Vec<Expr>, input: LogicalPlan) -> Result<LogicalPlan> {
        let exprs = exprs.into_iter().chain(self.own()).collect();
        Ok(LogicalPlan::Projection(Projection::try_new(exprs, Arc::new(input))?))
    }

    fn alias(&self, node: &datafusion::logical_expr::SubqueryAlias) -> Result<LogicalPlan> {
        let input = self.push(&node.input)?;
        let aliased = LogicalPlanBuilder::from(input).alias(node.alias.clone())?.build()?;
        let own = node.schema.columns().into_iter().map(Expr::Column);
        let domain = self.inner.iter().map(|column| {
            let inside = Column::new(Some(node.alias.clone()), &column.name);
            Expr::Column(inside).alias(&column.name)
        });
        let exprs = own.chain(domain).collect();
        Ok(LogicalPlan::Projection(Projection::try_new(exprs, Arc::new(aliased))?))
    }

    fn limit(&self, node: &Limit) -> Result<LogicalPlan> {
        let (SkipType::Literal(skip), FetchType::Literal(fetch)) =
            (node.get_skip_type()?, node.get_fetch_type()?)
        else {
            return Err(Error::unsupported("relation.lateral_join.computed_limit"));
        };
        match node.input.as_ref() {
            LogicalPlan::Sort(sort) if sort.fetch.is_none() => {
                self.few(&sort.input, &sort.expr, skip, fetch)
            }
            _ => self.few(&node.input, &[], skip, fetch),
        }
    }

    /// For each row of the domain the first rows by some keys.
    fn few(
        &self,
        input: &LogicalPlan,
        keys: &[SortExpr],
        skip: usize,
        fetch: Option<usize>,
    ) -> Result<LogicalPlan> {
        let place = self.copy("place");
        let number = row_number(self.own().collect(), self.keys(keys)?);
        let number = vec![number.alias(&place.name)];
        let placed = Window::try_new(number, Arc::new(self.push(input)?))?;
        let place = Expr::Column(place);
        let mut wanted = place.clone().gt(lit(skip as u64));
        if let Some(fetch) = fetch {
            wanted = wanted.and(place.lt_eq(lit(skip.saturating_add(fetch) as u64)));
        }
        let kept = Filter::try_new(wanted, Arc::new(LogicalPlan::Window(placed)))?;
        let own = input.schema().columns().into_iter().map(Expr::Column).collect();
        self.project(own, LogicalPlan::Filter(kept))
    }

    /// A name that no plan has.
    fn copy(&self, of: &str) -> Column {
        self.copies.set(self.copies.get() + 1);
        let base = self.inner.first().map_or("#outer", |column| column.name.as_str());
        Column::from_name(format!("{base}#{of}{}", self.copies.get()))
    }

    fn distinct_on(&self, node: &DistinctOn) -> Result<LogicalPlan> {
        let input = Arc::new(self.push(&node.input)?);
        let on = self.own().chain(self.all_within(&node.on_expr)?).collect();
        let select = self.all_within(&node.select_expr)?.into_iter().chain(self.own()).collect();
        let sort = node.sort_expr.as_ref().map(|keys| {
            let first = self.own().map(|column| column.sort(true, false));
            Ok::<_, Error>(first.chain(self.keys(keys)?).collect())
        });
        let distinct = DistinctOn::try_new(on, select, sort.transpose()?, input)?;
        Ok(LogicalPlan::Distinct(Distinct::On(distinct)))
    }

    fn window(&self, node: &Window) -> Result<LogicalPlan> {
        let input = Arc::new(self.push(&node.input)?);
        let exprs = self.all_within(&node.window_expr)?.into_iter().map(|expr| {
            let apart = expr.transform(|expr| {
                Ok(match expr {
                    Expr::WindowFunction(mut function) => {
                        function.params.partition_by.extend(self.own());
                        Transformed::yes(Expr::WindowFunction(function))
                    }
                    other => Transformed::no(other),
                })
            });
            Ok(apart.data()?)
        });
        let exprs = exprs.collect::<Result<Vec<_>>>()?;
        let own = node.schema.columns();
        let window = LogicalPlan::Window(Window::try_new(exprs, Arc::clone(&input))?);
        let first = input.schema().fields().len();
        let made = window.schema().columns().split_off(first);
        let kept = own.len() - made.len();
        let own = own.into_iter().enumerate().map(|(at, column)| match at.checked_sub(kept) {
            Some(at) => Expr::Column(made[at].clone()).alias(&column.name),
            None => Expr::Column(column),
        });
        self.project(own.collect(), window)
    }

    /// Groups of each row of the domain. Without GROUP BY there is one group even where
    /// there are no rows.
    fn aggregate(&self, node: &Aggregate) -> Result<LogicalPlan> {
        if matches!(node.group_expr.as_slice(), [Expr::GroupingSet(_)]) {
            return Err(Error::unsupported("relation.lateral_join.grouping_sets"));
        }
        let input = Arc::new(self.push(&node.input)?);
        let group = self.all_within(&node.group_expr)?.into_iter().chain(self.own()).collect();
        let values = self.all_within(&node.aggr_expr)?;
        let grouped = Aggregate::try_new(Arc::clone(&input), group, values.clone())?;
        let made = grouped.schema.columns().split_off(grouped.group_expr.len());
        let names: Vec<_> = node.schema.columns().split_off(node.group_expr.len());
        let grouped = LogicalPlan::Aggregate(grouped);
        if !node.group_expr.is_empty() {
            let own = node.schema.columns().into_iter().take(node.group_expr.len());
            let groups = own.map(Expr::Column);
            let values = made.into_iter().zip(names);
            let values = values.map(|(made, name)| Expr::Column(made).alias(&name.name));
            return self.project(groups.chain(values).collect(), grouped);
        }
        self.with_empty_groups(grouped, made, &names, values, &input)
    }

    /// Beside each row of the domain its group, or what the aggregates of no rows are.
    fn with_empty_groups(
        &self,
        grouped: LogicalPlan,
        made: Vec<Column>,
        names: &[Column],
        values: Vec<Expr>,
        input: &LogicalPlan,
    ) -> Result<LogicalPlan> {
        let there = self.copy("there");
        let renamed: Vec<_> = made.iter().map(|_| self.copy("value")).collect();
        let (found, copies) = self.copied(grouped, |exprs| {
            exprs.extend(
                made.iter()
                    .zip(&renamed)
                    .map(|(made, name)| Expr::Column(made.clone()).alias(&name.name)),
            );
            exprs.push(lit(true).alias(&there.name));
        })?;
        let none = EmptyRelation { produce_one_row: false, schema: Arc::clone(input.schema()) };
        let none = Arc::new(LogicalPlan::EmptyRelation(none));
        let empty = Aggregate::try_new(none, Vec::new(), values)?;
        let of_none: Vec<_> = made.iter().map(|_| self.copy("none")).collect();
        let columns = empty.schema.columns().into_iter().zip(&of_none);
        let columns = columns.map(|(own, name)| Expr::Column(own).alias(&name.name)).collect();
        let empty = Projection::try_new(columns, Arc::new(LogicalPlan::Aggregate(empty)))?;
        let empty = LogicalPlan::Projection(empty);
        let all = LogicalPlanBuilder::from(self.rows.clone()).cross_join(empty)?.build()?;
        let joined = joined(all, found, JoinType::Left, Vec::new(), self.same(&copies))?;
        let is_there = Expr::Column(there).is_not_null();
        let own = renamed.into_iter().zip(of_none).zip(names).map(|((value, none), name)| {
            let value =
                when(is_there.clone(), Expr::Column(value)).otherwise(Expr::Column(none))?;
            Ok(value.alias(&name.name))
        });
        self.project(own.collect::<Result<_>>()?, joined)
    }

    /// The plan's columns and others under new names for the domain.
    fn copied(
        &self,
        plan: LogicalPlan,
        others: impl FnOnce(&mut Vec<Expr>),
    ) -> Result<(LogicalPlan, Vec<Column>)> {
        let copies: Vec<_> = self.inner.iter().map(|_| self.copy("copy")).collect();
        let mut exprs = Vec::new();
        others(&mut exprs);
        exprs.extend(self.own().zip(&copies).map(|(own, copy)| own.alias(&copy.name)));
        let plan = Projection::try_new(exprs, Arc::new(plan))?;
        Ok((LogicalPlan::Projection(plan), copies))
    }

    /// Whether rows of two plans are of one row of the domain.
    fn same(&self, copies: &[Column]) -> Option<Expr> {
        let pairs = self.own().zip(copies);
        pairs.map(|(own, copy)| same(own, Expr::Column(copy.clone()))).reduce(Expr::and)
    }

    fn join(&self, node: &Join) -> Result<LogicalPlan> {
        let free = |plan: &LogicalPlan| plan.all_out_ref_exprs().is_empty();
        let on = node.on.iter().map(|(left, right)| Ok((self.within(left)?, self.within(right)?)));
        let on = on.collect::<Result<Vec<_>>>()?;
        let filter = node.filter.as_ref().map(|filter| self.within(filter)).transpose()?;
        if node.null_aware || node.null_equality != NullEquality::NullEqualsNothing {
            return Err(Error::unsupported("relation.lateral_join.null_aware_join"));
        }
        let kind = node.join_type;
        let whole = |plan: &LogicalPlan| plan.clone();
        match kind {
            JoinType::Full => return self.full_join(node, on, filter),
            JoinType::Right if free(&node.left) => {
                return joined(whole(&node.left), self.push(&node.right)?, kind, on, filter);
            }
            JoinType::Right => {}
            _ if free(&node.right) => {
                return joined(self.push(&node.left)?, whole(&node.right), kind, on, filter);
            }
            _ => {}
        }
        // The side that is kept whole has the domain's rows under their own names.
        let (copied, kept) = match kind {
            JoinType::Right => (&node.left, &node.right),
            _ => (&node.right, &node.left),
        };
        let (copied, copies) = self.pushed_apart(copied)?;
        let kept = self.push(kept)?;
        let filter = filter.into_iter().chain(self.same(&copies)).reduce(Expr::and);
        match kind {
            JoinType::Right => joined(copied, kept, kind, on, filter),
            _ => joined(kept, copied, kind, on, filter),
        }
    }

    /// Either side may have rows of the domain that the other has not.
    fn full_join(
        &self,
        node: &Join,
        on: Vec<(Expr, Expr)>,
        filter: Option<Expr>,
    ) -> Result<LogicalPlan> {
        let (right, copies) = self.pushed_apart(&node.right)?;
        let filter = filter.into_iter().chain(self.same(&copies)).reduce(Expr::and);
        let all = joined(self.push(&node.left)?, right, JoinType::Full, on, filter)?;
        let own = node.schema.columns().into_iter().map(Expr::Column);
        let domain = self.inner.iter().zip(&copies).map(|(own, copy)| {
            let either = [own, copy].map(|column| Expr::Column(column.clone()));
            coalesce(either.to_vec()).alias(&own.name)
        });
        let exprs = own.chain(domain).collect();
        Ok(LogicalPlan::Projection(Projection::try_new(exprs, Arc::new(all))?))
    }

    /// The plan for each row of the domain, whose columns have other names.
    fn pushed_apart(&self, plan: &LogicalPlan) -> Result<(LogicalPlan, Vec<Column>)> {
        let columns = plan.schema().columns();
        self.copied(self.push(plan)?, |exprs| {
            exprs.extend(columns.into_iter().map(Expr::Column));
        })
    }
}

/// Whether two values are equal, or both NULL.
pub(super) fn same(left: Expr, right: Expr) -> Expr {
    use datafusion::logical_expr::{Operator, binary_expr};
    binary_expr(left, Operator::IsNotDistinctFrom, right)
}

pub(super) fn joined(
    left: LogicalPlan,
    right: LogicalPlan,
    kind: JoinType,
    on: Vec<(Expr, Expr)>,
    filter: Option<Expr>,
) -> Result<LogicalPlan> {
    let (left, right) = (Arc::new(left), Arc::new(right));
    let equality = NullEquality::NullEqualsNothing;
    let join = Join::try_new(left, right, on, filter, kind, JoinConstraint::On, equality, false)?;
    Ok(LogicalPlan::Join(join))
}
