//! The plan of an aggregation: an Aggregate node of keys and aggregates, and a
//! projection of what is computed from them.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::common::Column;
use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::functions_aggregate::count::count_all;
use datafusion::logical_expr::expr::Sort as SortExpr;
use datafusion::logical_expr::utils::find_aggregate_exprs;
use datafusion::logical_expr::{
    Aggregate, Expr, ExprSchemable as _, Filter, GroupingSet, LogicalPlan, lit,
};

use super::super::filter::through;
use super::super::generate::with_generator;
use super::super::lateral::{refuse_outer_in_groups, with_grouped_scalars, with_scalars_of_filter};
use super::super::places::with_places;
use super::super::select::{project, substitute, with_windows};
use super::super::sort::sorted;
use super::super::time_window::merged;
use super::grouping::{self, Bits};
use crate::error::{Condition, Error, Result};
use crate::expression::NamedExpr;
use crate::planner::columns::{ColumnEntry, Columns, FieldNames};
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::scope::unresolved;
use crate::planner::walk::RelationContext;
use crate::types::arrow_sql_name;
use crate::types::variant::holds_variant;

/// Variants are no keys.
fn refuse_variant(key: &Expr, input: &Planned) -> Result<()> {
    match key.get_type(input.df_schema()) {
        Ok(own) if holds_variant(&own) => Err(Error::analysis(
            Condition::GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE,
            [
                ("sqlExpr", format!("\"{}\"", key.human_display())),
                ("dataType", format!("\"{}\"", arrow_sql_name(&own))),
            ],
        )),
        _ => Ok(()),
    }
}

/// Whether an aggregate is in the expression.
pub(super) fn has_aggregate(expr: &Expr) -> bool {
    !find_aggregate_exprs([expr]).is_empty()
}

/// Whether an aggregate is inside another.
pub(super) fn has_nested_aggregate(expr: &Expr) -> bool {
    find_aggregate_exprs([expr]).iter().any(|aggregate| {
        let mut nested = false;
        let _ = aggregate.apply_children(|child| {
            nested |= has_aggregate(child);
            Ok(TreeNodeRecursion::Continue)
        });
        nested
    })
}

/// How the grouping keys combine.
pub(super) enum Sets {
    /// One grouping by all of them.
    One,
    /// By all, by all but the last, and so on to none.
    Rollup,
    /// By every subset.
    Cube,
    /// By these.
    Listed(Vec<Vec<Expr>>),
}

/// An aggregation under construction.
pub(super) struct Aggregation<'a> {
    context: &'a RelationContext<'a, 'a>,
    input: Planned,
    keys: Vec<Expr>,
    sets: Sets,
    list: Vec<NamedExpr>,
    having: Option<Expr>,
    qualify: Option<Expr>,
    sort: Vec<SortExpr>,
}

impl<'a> Aggregation<'a> {
    pub(super) fn new(
        context: &'a RelationContext<'a, '_>,
        input: &Planned,
        keys: Vec<Expr>,
        sets: Sets,
        list: Vec<NamedExpr>,
    ) -> Self {
        let (having, qualify, sort) = (None, None, Vec::new());
        let input = input.clone();
        Self { context, input, keys, sets, list, having, qualify, sort }
    }

    /// The select list.
    pub(super) fn list(&self) -> &[NamedExpr] {
        &self.list
    }

    /// Keeps the groups for which the condition holds.
    pub(super) fn having(&mut self, predicate: Expr) -> Result<()> {
        self.having = Some(predicate);
        Ok(())
    }

    /// Keeps the rows for which the condition holds, which may ask window functions.
    pub(super) fn qualify(&mut self, predicate: Expr) -> Result<()> {
        self.qualify = Some(predicate);
        Ok(())
    }

    /// Orders the groups.
    pub(super) fn sort(&mut self, orders: Vec<SortExpr>) -> Result<()> {
        self.sort = orders;
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Planned> {
        let Self { context, input, mut keys, sets, mut list, having, qualify, mut sort } = self;
        let exprs = keys.iter().chain(list.iter().map(|named| &named.expr));
        refuse_outer_in_groups(context, exprs)?;
        let input = with_grouped_scalars(context, &input, &mut keys, &mut list)?;
        keys.iter().try_for_each(|key| refuse_variant(key, &input))?;
        let exprs = keys.iter_mut().chain(list.iter_mut().map(|named| &mut named.expr));
        let input = with_places(context, &input, exprs)?;
        let is_one = matches!(sets, Sets::One);
        let input = merged(&input, &keys, is_one)?;
        let having = having.into_iter().collect::<Vec<_>>();
        let all = list.iter().map(|named| &named.expr).chain(&having).chain(&qualify);
        let aggregates = find_aggregate_exprs(all.chain(sort.iter().map(|order| &order.expr)));
        if aggregates.iter().any(has_nested_aggregate) {
            return Err(Error::analysis(Condition::NESTED_AGGREGATE_FUNCTION, []));
        }
        let groups = Groups::new(context, &input, keys, sets, aggregates)?;
        let items = names(&list);
        for named in &mut list {
            groups.place(&mut named.expr, Foreign::NotGrouped)?;
            named.entry = match &named.expr {
                // A key of grouping sets may be NULL where the input's column is not.
                Expr::Column(column) if is_one => {
                    named.entry.take().map(|e| Arc::new(e.with_column(column.clone())))
                }
                _ => None,
            };
        }
        let mut planned = groups.without_empty()?;
        for mut predicate in having {
            groups.place(&mut predicate, Foreign::Unknown(&items))?;
            planned = with_scalars_of_filter(context, &planned, &mut predicate)?;
            let filter = Filter::try_new(predicate, Arc::clone(planned.plan()))?;
            planned = through(&planned, LogicalPlan::Filter(filter));
        }
        let width = list.len();
        if let Some(mut expr) = qualify {
            groups.place(&mut expr, Foreign::Unknown(&items))?;
            list.push(NamedExpr { expr, name: String::new(), entry: None, metadata: None });
        }
        let place = |order: &mut SortExpr| groups.place(&mut order.expr, Foreign::Unknown(&items));
        sort.iter_mut().try_for_each(place)?;
        let (planned, mut list) = with_generator(context, &planned, list)?;
        let (mut planned, mut rest) = {
            let orders = sort.iter().map(|order| NamedExpr {
                expr: order.expr.clone(),
                name: String::new(),
                entry: None,
                metadata: None,
            });
            list.extend(orders);
            let (planned, list) = with_windows(context, &planned, list)?;
            (planned, list)
        };
        let orders = rest.split_off(rest.len() - sort.len());
        for predicate in rest.split_off(width) {
            let filter = Filter::try_new(predicate.expr, Arc::clone(planned.plan()))?;
            planned = through(&planned, LogicalPlan::Filter(filter));
        }
        sort.iter_mut().zip(orders).for_each(|(order, placed)| order.expr = placed.expr);
        if !sort.is_empty() {
            planned = through(&planned, sorted(Arc::clone(planned.plan()), sort));
        }
        project(context, &planned, &rest)
    }
}

/// What a column of the input that is no key means where it stands.
#[derive(Clone, Copy)]
enum Foreign<'a> {
    /// It must be aggregated.
    NotGrouped,
    /// No clause can name it beside these.
    Unknown(&'a Columns),
}

/// The names of the select items, as an error proposes them.
fn names(list: &[NamedExpr]) -> Columns {
    let entry = |named: &NamedExpr| match &named.entry {
        Some(entry) => ColumnEntry::clone(entry),
        None => ColumnEntry::new(named.name.as_str(), Column::from_name(&named.name)),
    };
    Columns::new(list.iter().map(entry).collect())
}

/// The Aggregate node, and where in its output each expression is.
struct Groups {
    planned: Planned,
    places: HashMap<Expr, Column>,
    bits: Option<Bits>,
    is_global: bool,
}

impl Groups {
    fn new(
        context: &RelationContext<'_, '_>,
        input: &Planned,
        keys: Vec<Expr>,
        sets: Sets,
        mut aggregates: Vec<Expr>,
    ) -> Result<Self> {
        let mut names = context.field_names();
        let mut places = HashMap::new();
        let asked = keys.clone();
        let keys = keyed(keys, &mut names, &mut places);
        if keys.is_empty() && aggregates.is_empty() {
            // One row for all: there is nothing else to compute.
            aggregates.push(count_all());
        }
        let is_global = keys.is_empty();
        let is_one = matches!(sets, Sets::One);
        if !is_one && !is_global && !aggregates.contains(&count_all()) {
            aggregates.push(count_all());
        }
        let aggregates = named(aggregates, &mut names, &mut places);
        let keys = combined(keys, sets, &places)?;
        let node = Aggregate::try_new(Arc::clone(input.plan()), keys, aggregates)?;
        let bits = match is_one || is_global {
            true => None,
            false => Some(Bits::new(&node, &asked, &places)?),
        };
        let columns = if is_one { carried(input, &places) } else { Columns::default() };
        let planned = Planned::node(
            Arc::new(LogicalPlan::Aggregate(node)),
            columns,
            vec![Input::plain(input)],
            Shape::Opaque,
        );
        Ok(Self { planned, places, bits, is_global })
    }

    /// The groups; of no rows, not even the group of all.
    fn without_empty(&self) -> Result<Planned> {
        let rows = self.places.get(&count_all()).filter(|_| self.bits.is_some());
        let Some(rows) = rows else { return Ok(self.planned.clone()) };
        let some = Expr::Column(rows.clone()).gt(lit(0_i64));
        let filter = Filter::try_new(some, Arc::clone(self.planned.plan()))?;
        Ok(through(&self.planned, LogicalPlan::Filter(filter)))
    }

    /// Replaces keys and aggregates by the node's columns; nothing else of the
    /// input may be left.
    fn place(&self, expr: &mut Expr, foreign: Foreign<'_>) -> Result<()> {
        let opened = match &self.bits {
            Some(bits) => bits.open(expr.clone())?,
            None => {
                grouping::refuse(expr)?;
                expr.clone()
            }
        };
        let placed = substitute(opened, &self.places)?;
        let schema = self.planned.df_schema();
        let other = placed.column_refs().into_iter().find(|column| !schema.has_column(column));
        match (other, foreign) {
            (None, _) => {}
            (Some(column), Foreign::Unknown(items)) if !self.is_global => {
                return Err(unresolved(std::slice::from_ref(&column.name), items));
            }
            (Some(column), _) => return Err(not_grouped(&column.name, self.is_global)),
        }
        *expr = placed;
        Ok(())
    }
}

fn not_grouped(name: &str, is_global: bool) -> Error {
    if is_global {
        return Error::analysis(Condition::MISSING_GROUP_BY, []);
    }
    Error::analysis(
        Condition::MISSING_AGGREGATION,
        [
            ("expression", format!("\"{name}\"")),
            ("expressionAnyValue", format!("\"any_value({name})\"")),
        ],
    )
}

/// The keys, each once, computed ones under a name.
fn keyed(keys: Vec<Expr>, names: &mut FieldNames, places: &mut HashMap<Expr, Column>) -> Vec<Expr> {
    let mut kept = Vec::new();
    for key in keys {
        if places.contains_key(&key) {
            continue;
        }
        let column = match &key {
            Expr::Column(column) if !names.contains(&column.name) => {
                names.take(&column.name);
                kept.push(key.clone());
                column.clone()
            }
            _ => {
                let name = names.take(&key.schema_name().to_string());
                kept.push(key.clone().alias(&name));
                Column::from_name(name)
            }
        };
        places.insert(key, column);
    }
    kept
}

/// The keys as the node takes them.
fn combined(keys: Vec<Expr>, sets: Sets, places: &HashMap<Expr, Column>) -> Result<Vec<Expr>> {
    if keys.is_empty() {
        return Ok(keys);
    }
    let set = match sets {
        Sets::One => return Ok(keys),
        Sets::Rollup => GroupingSet::Rollup(keys),
        Sets::Cube => GroupingSet::Cube(keys),
        Sets::Listed(sets) => {
            let key = |expr: Expr| {
                let place = places.get(&expr);
                place.map(|column| keyed_as(expr, column)).ok_or_else(|| {
                    Error::invalid_plan("a grouping set names what is not grouped by")
                })
            };
            let set = |set: Vec<Expr>| set.into_iter().map(key).collect::<Result<Vec<_>>>();
            GroupingSet::GroupingSets(sets.into_iter().map(set).collect::<Result<_>>()?)
        }
    };
    Ok(vec![Expr::GroupingSet(set)])
}

fn keyed_as(expr: Expr, column: &Column) -> Expr {
    match &expr {
        Expr::Column(own) if own == column => expr,
        _ => expr.alias(&column.name),
    }
}

/// The aggregates under names of their own.
fn named(
    aggregates: Vec<Expr>,
    names: &mut FieldNames,
    places: &mut HashMap<Expr, Column>,
) -> Vec<Expr> {
    let named = aggregates.into_iter().map(|aggregate| {
        let name = names.take(&aggregate.schema_name().to_string());
        places.insert(aggregate.clone(), Column::from_name(&name));
        aggregate.alias(name)
    });
    named.collect()
}

/// The input's columns that are keys: they keep their identity.
fn carried(input: &Planned, places: &HashMap<Expr, Column>) -> Columns {
    let kept = input.columns().entries().iter().filter_map(|entry| {
        let column = places.get(&Expr::Column(entry.column().clone()))?;
        Some(Arc::<ColumnEntry>::new(entry.with_column(column.clone())))
    });
    Columns::from_shared(kept.collect())
}
