//! The clauses of a grouped query, and what their expressions can name: items of
//! the select list as well as columns of the input.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::tree_node::{Transformed, TreeNode as _, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema};
use datafusion::logical_expr::expr::Sort as SortExpr;
use datafusion::logical_expr::{EmptyRelation, Expr, ExprSchemable as _, LogicalPlan};

use super::super::sort::resolve_ordinals;
use super::build::{has_aggregate, has_nested_aggregate};
use super::{is_ordinal, resolve_ordinal};
use crate::error::{AtField as _, Condition, Error, Result};
use crate::expression::{NamedExpr, plan, plan_condition, plan_list, plan_sort_orders};
use crate::function::Typed;
use crate::function::cast::{cast, session_mode};
use crate::planner::columns::{ColumnEntry, Columns, same_name};
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::scope::Scope;
use crate::planner::walk::RelationContext;
use crate::proto::Expression;
use crate::proto::expression::{ExprType, SortOrder, UnresolvedFunction};

/// The parts of a grouped query, which SQL text packs into the aggregate list.
pub(super) struct Clauses<'a> {
    pub(super) select: &'a [Expression],
    pub(super) having: Option<&'a Expression>,
    pub(super) qualify: Option<&'a Expression>,
    pub(super) sort: Vec<SortOrder>,
}

impl<'a> Clauses<'a> {
    /// The clauses, if the list holds clauses and not aggregates.
    pub(super) fn of(list: &'a [Expression]) -> Option<Self> {
        let select = list.iter().find_map(|item| marked(item, "#select"))?;
        let having = list.iter().find_map(|item| marked(item, "#having"));
        let sort = list.iter().find_map(|item| marked(item, "#sort")).unwrap_or_default();
        let orders = sort.iter().filter_map(|order| match &order.expr_type {
            Some(ExprType::SortOrder(order)) => Some(order.as_ref().clone()),
            _ => None,
        });
        let qualify = list.iter().find_map(|item| marked(item, "#qualify"));
        let (having, qualify) = (having.and_then(<[_]>::first), qualify.and_then(<[_]>::first));
        Some(Self { select, having, qualify, sort: orders.collect() })
    }
}

fn marked<'a>(item: &'a Expression, mark: &str) -> Option<&'a [Expression]> {
    match &item.expr_type {
        Some(ExprType::UnresolvedFunction(UnresolvedFunction {
            function_name, arguments, ..
        })) if function_name == mark => Some(arguments),
        _ => None,
    }
}

/// The keys of GROUP BY ALL: the items without aggregates. `ALL` may also be a column.
pub(super) fn all(
    grouping: &[Expression],
    list: &[NamedExpr],
    scope: &Scope<'_>,
) -> Result<Option<Vec<Expr>>> {
    let [only] = grouping else { return Ok(None) };
    if !is_all(only) || plan(only, scope).is_ok() {
        return Ok(None);
    }
    let keys: Vec<_> = list
        .iter()
        .filter(|item| !has_aggregate(&item.expr))
        .filter(|item| !item.expr.column_refs().is_empty())
        .map(|item| item.expr.clone())
        .collect();
    let bare = |item: &NamedExpr| !bare_columns(&item.expr).is_empty();
    if keys.is_empty() && list.iter().any(bare) {
        return Err(Error::analysis(Condition::UNRESOLVED_ALL_IN_GROUP_BY, []));
    }
    Ok(Some(keys))
}

/// Whether an expression is the word `ALL`.
pub(in crate::relation) fn is_all(expression: &Expression) -> bool {
    matches!(&expression.expr_type, Some(ExprType::UnresolvedAttribute(attribute))
        if attribute.unparsed_identifier.eq_ignore_ascii_case("all"))
}

/// The columns that an expression has outside of aggregates.
fn bare_columns(expr: &Expr) -> Vec<Column> {
    let mut columns = Vec::new();
    let _ = expr.apply(|node| {
        Ok(match node {
            Expr::AggregateFunction(_) => TreeNodeRecursion::Jump,
            Expr::Column(column) => {
                columns.push(column.clone());
                TreeNodeRecursion::Continue
            }
            _ => TreeNodeRecursion::Continue,
        })
    });
    columns
}

/// The grouping keys: expressions, positions, or names of select items that no
/// column has.
pub(super) fn keys(
    grouping: &[Expression],
    select: &[Expression],
    list: &[NamedExpr],
    scope: &Scope<'_>,
) -> Result<Vec<Expr>> {
    let mut keys = Vec::new();
    for expression in grouping {
        match plan_list(std::slice::from_ref(expression), scope) {
            Ok(mut found) => {
                let is_position = found.iter().any(is_ordinal);
                if is_position && select.iter().any(is_star) {
                    return Err(Error::analysis(Condition::STAR_GROUP_BY_POS, []));
                }
                found.iter_mut().try_for_each(|key| resolve_ordinal(key, list))?;
                keys.extend(found.into_iter().map(|key| key.expr));
            }
            Err(error) => match aliased(expression, list) {
                Some(item) => keys.push(item.expr.clone()),
                None => return Err(error).at("grouping_expressions"),
            },
        }
    }
    if let Some(key) = keys.iter().find(|key| has_aggregate(key)) {
        return Err(Error::analysis(
            Condition::GROUP_BY_AGGREGATE,
            [("sqlExpr", key.human_display().to_string())],
        ));
    }
    Ok(keys)
}

fn is_star(item: &Expression) -> bool {
    matches!(item.expr_type, Some(ExprType::UnresolvedStar(_)))
}

/// One key, as in a grouping set.
pub(super) fn key(
    expression: &Expression,
    select: &[Expression],
    list: &[NamedExpr],
    scope: &Scope<'_>,
) -> Result<Expr> {
    let found = keys(std::slice::from_ref(expression), select, list, scope)?;
    found.into_iter().next().ok_or_else(|| Error::invalid_plan("a grouping key stands for nothing"))
}

fn aliased<'a>(expression: &Expression, list: &'a [NamedExpr]) -> Option<&'a NamedExpr> {
    let Some(ExprType::UnresolvedAttribute(attribute)) = &expression.expr_type else { return None };
    let name = attribute.unparsed_identifier.trim_matches('`');
    list.iter().find(|item| same_name(&item.name, name))
}

/// The condition of HAVING.
pub(super) fn having(
    condition: &Expression,
    context: &RelationContext<'_, '_>,
    input: &Planned,
    list: &[NamedExpr],
) -> Result<Expr> {
    with_items(
        context,
        input,
        list,
        |scope| as_boolean(condition, scope),
        |expr, items| {
            let expr = items.open(expr)?;
            Ok((has_nested_aggregate(&expr), expr))
        },
    )
}

/// A condition, made boolean.
pub(in crate::relation) fn as_boolean(condition: &Expression, scope: &Scope<'_>) -> Result<Expr> {
    let value = Typed::from(plan(condition, scope)?);
    let mode = session_mode(scope);
    match value.data_type(scope)? {
        DataType::Boolean | DataType::Null => plan_condition(condition, scope),
        _ => cast(value, &DataType::Boolean, mode, scope).map(Typed::into_expr),
    }
}

/// The keys of ORDER BY.
pub(super) fn orders(
    orders: &[SortOrder],
    context: &RelationContext<'_, '_>,
    input: &Planned,
    list: &[NamedExpr],
) -> Result<Vec<SortExpr>> {
    let planned = with_items(
        context,
        input,
        list,
        |scope| plan_sort_orders(orders, scope),
        |orders, items| {
            let nested = Cell::new(false);
            let orders = orders.into_iter().map(|order| {
                let expr = items.open(order.expr)?;
                nested.set(nested.get() || has_nested_aggregate(&expr));
                Ok(SortExpr { expr, ..order })
            });
            let orders = orders.collect::<Result<Vec<_>>>()?;
            Ok((nested.get(), orders))
        },
    );
    let mut planned = match (planned, orders) {
        (Err(_), [only]) if only.child.as_deref().is_some_and(is_all) => {
            let (asc, nulls_first) = crate::expression::order_of(only)?;
            let key = |item: &NamedExpr| SortExpr { expr: item.expr.clone(), asc, nulls_first };
            list.iter().map(key).collect()
        }
        (planned, _) => planned?,
    };
    resolve_ordinals(&mut planned, list.len(), |at| list[at].expr.clone())?;
    Ok(planned)
}

/// Plans expressions that see the select items before the input's columns; where
/// that puts an aggregate into an aggregate, as in `sum(x) AS x .. HAVING sum(x)`,
/// the input's columns were meant.
fn with_items<T, U>(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    list: &[NamedExpr],
    plan: impl Fn(&Scope<'_>) -> Result<T>,
    open: impl Fn(T, &Items) -> Result<(bool, U)>,
) -> Result<U> {
    let items = Items::new(input, list)?;
    let (nested, planned) = open(plan(&context.scope(&items.relation))?, &items)?;
    if !nested {
        return Ok(planned);
    }
    Ok(open(plan(&context.scope(input))?, &items)?.1)
}

/// The select items as columns beside those of the input.
struct Items {
    relation: Planned,
    exprs: HashMap<Column, Expr>,
}

impl Items {
    fn new(input: &Planned, list: &[NamedExpr]) -> Result<Self> {
        let schema = input.df_schema();
        let mut fields: Vec<_> = schema.iter().map(|(t, f)| (t.cloned(), Arc::clone(f))).collect();
        let mut exprs = HashMap::new();
        let mut output = Vec::new();
        for (at, item) in list.iter().enumerate() {
            let (_, field) = item.expr.to_field(schema)?;
            let name = format!("#item{at}");
            let column = Column::from_name(&name);
            fields.push((None, Arc::new(Field::clone(&field).with_name(name))));
            output.push(Arc::new(match &item.entry {
                Some(entry) => entry.with_column(column.clone()),
                None => ColumnEntry::new(item.name.as_str(), column.clone()),
            }));
            exprs.insert(column, item.expr.clone());
        }
        let schema = DFSchema::new_with_metadata(fields, Default::default())?;
        let plan = LogicalPlan::EmptyRelation(EmptyRelation {
            produce_one_row: false,
            schema: Arc::new(schema),
        });
        let of_input = input.columns().entries().iter().chain(input.columns().hidden());
        let columns = Columns::with_hidden(output, of_input.cloned().collect());
        let inputs = vec![Input::plain(input)];
        let relation = Planned::node(Arc::new(plan), columns, inputs, Shape::Opaque);
        Ok(Self { relation, exprs })
    }

    /// Puts the items' expressions in the place of their columns.
    fn open(&self, expr: Expr) -> Result<Expr> {
        let opened = expr.transform_up(|node| {
            Ok(match &node {
                Expr::Column(column) => match self.exprs.get(column) {
                    Some(expr) => Transformed::yes(expr.clone()),
                    None => Transformed::no(node),
                },
                _ => Transformed::no(node),
            })
        })?;
        Ok(opened.data)
    }
}
