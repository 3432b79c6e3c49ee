//! PIVOT: columns made of the values of a column. Each is an aggregate over the rows
//! that have the value, and NULL for groups without such rows.

use datafusion::arrow::array::{Array as _, AsArray as _};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::functions_aggregate::count::count_all;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, lit, when};

use super::build::{Aggregation, Sets, has_aggregate};
use crate::error::{AtField as _, Condition, Error, Required as _, Result};
use crate::execute;
use crate::expression::{NamedExpr, plan as plan_expression, plan_list};
use crate::function::cast::{cast, session_mode};
use crate::function::{FunctionCall, Typed, call};
use crate::planner::planned::Planned;
use crate::planner::scope::Scope;
use crate::planner::walk::RelationContext;
use crate::proto::aggregate::Pivot;
use crate::proto::expression::ExprType;
use crate::proto::{Aggregate, Expression};
use crate::relation::project::one_row;
use crate::relation::select::passing;
use crate::sql::build::ROW;

/// More values than this are refused where they are looked up.
const MAX_VALUES: usize = 10_000;

/// A value that gets a column: the name it was given, and what it is, in parts if
/// several columns are pivoted.
struct Value {
    alias: Option<String>,
    parts: Vec<Expr>,
}

pub(super) async fn plan(
    message: &Aggregate,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let pivot = message.pivot.as_ref().required("pivot")?;
    let column = pivot.col.as_ref().required("col").at("pivot")?;
    let given = marked(&message.aggregate_expressions);
    let values = match (given, pivot.values.is_empty()) {
        (Some(given), _) => given_values(given, parts(column).len(), context)?,
        (None, true) => looked_up(column, context).await?,
        (None, false) => literals(pivot, context)?,
    };
    let names = names(&values, context).await?;
    pivoted(message, column, values, names, context)
}

/// The columns of `FOR (a, b)`, or the one of `FOR a`.
fn parts(column: &Expression) -> &[Expression] {
    match &column.expr_type {
        Some(ExprType::UnresolvedFunction(call))
            if ["struct", ROW].contains(&call.function_name.as_str()) =>
        {
            &call.arguments
        }
        _ => std::slice::from_ref(column),
    }
}

/// The values that SQL text lists.
fn marked(list: &[Expression]) -> Option<&[Expression]> {
    list.iter().find_map(|item| match &item.expr_type {
        Some(ExprType::UnresolvedFunction(call)) if call.function_name == "#pivot_values" => {
            Some(call.arguments.as_slice())
        }
        _ => None,
    })
}

fn given_values(
    given: &[Expression],
    width: usize,
    context: &RelationContext<'_, '_>,
) -> Result<Vec<Value>> {
    let scope = context.scope(context.input()?);
    let value = |message: &Expression| {
        let (value, alias) = match &message.expr_type {
            Some(ExprType::Alias(alias)) => {
                (alias.expr.as_deref().required("expr")?, alias.name.first().cloned())
            }
            _ => (message, None),
        };
        let messages = if width == 1 { std::slice::from_ref(value) } else { parts(value) };
        let exprs = messages.iter().map(|part| {
            let expr = plan_expression(part, &scope)?;
            match expr.column_refs().is_empty() {
                true => Ok(expr),
                false => Err(Error::analysis(
                    Condition::NON_LITERAL_PIVOT_VALUES,
                    [(
                        "expression",
                        format!("\"{}\"", crate::expression::naming::name(part, &scope)?),
                    )],
                )),
            }
        });
        Ok(Value { alias, parts: exprs.collect::<Result<_>>()? })
    };
    given.iter().map(value).collect()
}

fn literals(pivot: &Pivot, context: &RelationContext<'_, '_>) -> Result<Vec<Value>> {
    let scope = context.scope(context.input()?);
    let value = |literal: &crate::proto::expression::Literal| {
        let message =
            Expression { common: None, expr_type: Some(ExprType::Literal(literal.clone())) };
        Ok(Value { alias: None, parts: vec![plan_expression(&message, &scope)?] })
    };
    pivot.values.iter().map(value).collect::<Result<_>>().at("pivot")
}

/// All values that there are, in order.
async fn looked_up(column: &Expression, context: &RelationContext<'_, '_>) -> Result<Vec<Value>> {
    let input = context.input()?;
    let plan = {
        let key = plan_expression(column, &context.scope(input))?.alias("#pivot");
        let order = Expr::Column("#pivot".into()).sort(true, true);
        LogicalPlanBuilder::new_from_arc(std::sync::Arc::clone(input.plan()))
            .project([key])?
            .distinct()?
            .sort([order])?
            .limit(0, Some(MAX_VALUES + 1))?
            .build()?
    };
    let (_, batches) = execute::collect(context.planner, &Planned::from(plan)).await?;
    let mut values = Vec::new();
    for batch in &batches {
        for row in 0..batch.num_rows() {
            let value = ScalarValue::try_from_array(batch.column(0), row)?;
            values.push(Value { alias: None, parts: vec![lit(value)] });
        }
    }
    if values.len() > MAX_VALUES {
        return Err(Error::analysis(
            Condition::PIVOT_TOO_MANY_VALUES,
            [("maxValues", MAX_VALUES.to_string()), ("pivotColumn", "pivot".to_owned())],
        ));
    }
    Ok(values)
}

/// The text of each value that has no other name.
async fn names(values: &[Value], context: &RelationContext<'_, '_>) -> Result<Vec<String>> {
    let input = one_row();
    let plan = {
        let scope = context.scope(&input);
        let text = |part: &Expr| -> Result<Expr> {
            let text =
                cast(Typed::from(part.clone()), &DataType::Utf8, session_mode(&scope), &scope)?;
            Ok(text.into_expr())
        };
        let mut exprs = Vec::new();
        for (at, value) in values.iter().enumerate() {
            for (part, expr) in value.parts.iter().enumerate() {
                exprs.push(text(expr)?.alias(format!("{at}.{part}")));
            }
        }
        if exprs.is_empty() {
            return Ok(Vec::new());
        }
        LogicalPlanBuilder::new_from_arc(std::sync::Arc::clone(input.plan()))
            .project(exprs)?
            .build()?
    };
    let (_, batches) = execute::collect(context.planner, &Planned::from(plan)).await?;
    let batch = batches.first().ok_or_else(|| Error::internal("no names of pivot values"))?;
    let mut texts = batch.columns().iter().map(|column| {
        let column = datafusion::arrow::compute::cast(column, &DataType::Utf8)
            .map_err(datafusion::error::DataFusionError::from)?;
        let column = column.as_string::<i32>();
        let null = column.is_empty() || column.is_null(0);
        Ok(if null { "null".to_owned() } else { column.value(0).to_owned() })
    });
    let name = |value: &Value| {
        let own: Vec<String> = texts.by_ref().take(value.parts.len()).collect::<Result<_>>()?;
        Ok(match (&value.alias, own.as_slice()) {
            (Some(alias), _) => alias.clone(),
            (None, [only]) => only.clone(),
            (None, several) => format!("{{{}}}", several.join(", ")),
        })
    };
    values.iter().map(name).collect()
}

fn pivoted(
    message: &Aggregate,
    column: &Expression,
    values: Vec<Value>,
    names: Vec<String>,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let input = context.input()?;
    let scope = context.scope(input);
    let columns = parts(column).iter().map(|part| plan_expression(part, &scope));
    let columns = columns.collect::<Result<Vec<_>>>().at("pivot")?;
    let is_value = |item: &&Expression| marked(std::slice::from_ref(*item)).is_none();
    let aggregates: Vec<_> =
        message.aggregate_expressions.iter().filter(is_value).cloned().collect();
    let aggregates = plan_list(&aggregates, &scope).at("aggregate_expressions")?;
    for named in &aggregates {
        if !has_aggregate(&named.expr) {
            return Err(Error::analysis(
                Condition::PIVOT_WITHOUT_AGGREGATE,
                [("sql", named.name.clone())],
            ));
        }
    }
    let mut list = match others(&message.grouping_expressions) {
        true => rest(input, &columns, &aggregates),
        false => plan_list(&message.grouping_expressions, &scope).at("grouping_expressions")?,
    };
    let keys = list.iter().map(|named| named.expr.clone()).collect();
    for (value, name) in values.iter().zip(names) {
        let condition = has_value(&columns, value, &scope)?;
        for aggregate in &aggregates {
            let name = match aggregates.len() {
                1 => name.clone(),
                _ => format!("{name}_{}", aggregate.name),
            };
            let expr = over_rows_with(aggregate.expr.clone(), &condition)?;
            list.push(NamedExpr { expr, name, entry: None, metadata: None });
        }
    }
    Aggregation::new(context, input, keys, Sets::One, list).finish()
}

/// Whether SQL text groups by all that it does not name.
fn others(grouping: &[Expression]) -> bool {
    matches!(grouping, [Expression { expr_type: Some(ExprType::UnresolvedFunction(call)), .. }]
        if call.function_name == "#others")
}

/// The columns that neither the pivot nor an aggregate names.
fn rest(input: &Planned, columns: &[Expr], aggregates: &[NamedExpr]) -> Vec<NamedExpr> {
    let mut used = std::collections::HashSet::new();
    for expr in columns.iter().chain(aggregates.iter().map(|named| &named.expr)) {
        used.extend(expr.column_refs());
    }
    let entries = input.columns().entries().iter();
    entries.filter(|entry| !used.contains(entry.column())).map(passing).collect()
}

/// Whether a row has the value, or the NULL.
fn has_value(columns: &[Expr], value: &Value, scope: &Scope<'_>) -> Result<Expr> {
    if columns.len() != value.parts.len() {
        return Err(Error::invalid_plan("a pivot value has a part for each column"));
    }
    let mut all: Option<Expr> = None;
    for (column, part) in columns.iter().zip(&value.parts) {
        let column = Typed::from(column.clone());
        let own = column.data_type(scope)?.clone();
        let part = Typed::from(part.clone());
        let cast_part = cast(part.clone(), &own, session_mode(scope), scope);
        let part = cast_part.map_err(|error| mismatch(&part, &own, scope).unwrap_or(error))?;
        let equal = call(&FunctionCall::new("<=>", [column, part]), scope)?.into_expr();
        all = Some(match all {
            Some(before) => before.and(equal),
            None => equal,
        });
    }
    all.ok_or_else(|| Error::invalid_plan("a pivot without a column"))
}

fn mismatch(value: &Typed, to: &DataType, scope: &Scope<'_>) -> Option<Error> {
    let own = value.data_type(scope).ok()?;
    Some(Error::analysis(
        Condition::PIVOT_VALUE_DATA_TYPE_MISMATCH,
        [
            ("value", value.expr().human_display().to_string()),
            ("valueType", crate::types::arrow_sql_name(own)),
            ("pivotType", crate::types::arrow_sql_name(to)),
        ],
    ))
}

/// The expression with its aggregates over the rows for which the condition holds;
/// NULL if there are none.
fn over_rows_with(expr: Expr, condition: &Expr) -> Result<Expr> {
    let narrowed = |expr: Expr| -> Result<Expr> {
        let narrowed = expr.transform_up(|node| {
            Ok(match node {
                Expr::AggregateFunction(mut function) => {
                    let filter = match function.params.filter.take() {
                        Some(own) => own.and(condition.clone()),
                        None => condition.clone(),
                    };
                    function.params.filter = Some(Box::new(filter));
                    Transformed::yes(Expr::AggregateFunction(function))
                }
                other => Transformed::no(other),
            })
        })?;
        Ok(narrowed.data)
    };
    let rows = narrowed(count_all())?;
    Ok(when(rows.gt(lit(0_i64)), narrowed(expr)?).end()?)
}
