//! The plan of an aggregation: an Aggregate node of keys and aggregates, and a
//! projection of what is computed from them.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::common::Column;
use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::functions_aggregate::count::count_all;
use datafusion::logical_expr::expr::Sort as SortExpr;
use datafusion::logical_expr::utils::find_aggregate_exprs;
use datafusion::logical_expr::{Aggregate, Expr, Filter, GroupingSet, LogicalPlan};

use super::super::filter::through;
use super::super::select::{project, substitute, with_windows};
use super::super::sort::sorted;
use crate::error::{Condition, Error, Result};
use crate::expression::NamedExpr;
use crate::planner::columns::{ColumnEntry, Columns, FieldNames};
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::walk::RelationContext;

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
        let (having, sort) = (None, Vec::new());
        let input = input.clone();
        Self { context, input, keys, sets, list, having, sort }
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

    /// Orders the groups.
    pub(super) fn sort(&mut self, orders: Vec<SortExpr>) -> Result<()> {
        self.sort = orders;
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Planned> {
        let Self { context, input, keys, sets, mut list, having, mut sort } = self;
        let is_one = matches!(sets, Sets::One);
        let having = having.into_iter().collect::<Vec<_>>();
        let all = list.iter().map(|named| &named.expr).chain(&having);
        let aggregates = find_aggregate_exprs(all.chain(sort.iter().map(|order| &order.expr)));
        if aggregates.iter().any(has_nested_aggregate) {
            return Err(Error::analysis(Condition::NESTED_AGGREGATE_FUNCTION, []));
        }
        let groups = Groups::new(context, &input, keys, sets, aggregates)?;
        let is_global = groups.keys == 0;
        let place = |expr: &mut Expr| groups.place(expr, is_global);
        for named in &mut list {
            place(&mut named.expr)?;
            named.entry = match &named.expr {
                // A key of grouping sets may be NULL where the input's column is not.
                Expr::Column(column) if is_one => {
                    named.entry.take().map(|e| Arc::new(e.with_column(column.clone())))
                }
                _ => None,
            };
        }
        let mut planned = groups.planned.clone();
        for mut predicate in having {
            place(&mut predicate)?;
            let filter = Filter::try_new(predicate, Arc::clone(planned.plan()))?;
            planned = through(&planned, LogicalPlan::Filter(filter));
        }
        sort.iter_mut().try_for_each(|order| place(&mut order.expr))?;
        let (mut planned, list) = with_windows(context, &planned, list)?;
        if !sort.is_empty() {
            planned = through(&planned, sorted(Arc::clone(planned.plan()), sort));
        }
        project(context, &planned, &list)
    }
}

/// The Aggregate node, and where in its output each expression is.
struct Groups {
    planned: Planned,
    places: HashMap<Expr, Column>,
    keys: usize,
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
        let keys = keyed(keys, &mut names, &mut places);
        if keys.is_empty() && aggregates.is_empty() {
            // One row for all: there is nothing else to compute.
            aggregates.push(count_all());
        }
        let aggregates = named(aggregates, &mut names, &mut places);
        let count = keys.len();
        let is_one = matches!(sets, Sets::One);
        let keys = combined(keys, sets, &places)?;
        let node = Aggregate::try_new(Arc::clone(input.plan()), keys, aggregates)?;
        let columns = if is_one { carried(input, &places) } else { Columns::default() };
        let planned = Planned::node(
            Arc::new(LogicalPlan::Aggregate(node)),
            columns,
            vec![Input::plain(input)],
            Shape::Opaque,
        );
        Ok(Self { planned, places, keys: count })
    }

    /// Replaces keys and aggregates by the node's columns; nothing else of the
    /// input may be left.
    fn place(&self, expr: &mut Expr, is_global: bool) -> Result<()> {
        let placed = substitute(expr.clone(), &self.places)?;
        let schema = self.planned.df_schema();
        let foreign = placed.column_refs().into_iter().find(|column| !schema.has_column(column));
        if let Some(column) = foreign {
            return Err(not_grouped(&column.name, is_global));
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
