//! Subqueries in expressions; their relations are planned before
//! ([`crate::relation::subqueries`]).

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::common::{Column, DFSchema, ExprSchema as _, ScalarValue, Spans};
use datafusion::logical_expr::expr::{
    Exists, HigherOrderFunction, InSubquery, Lambda, LambdaVariable,
};
use datafusion::logical_expr::utils::split_conjunction_owned;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Projection, Subquery};

use super::{naming, plan_typed};
use crate::error::{Condition, Error, Result};
use crate::function::cast::coerced;
use crate::function::{FunctionCall, Typed, call, coerce, generated, higher};
use crate::planner::planned::Planned;
use crate::planner::scope::Scope;
use crate::proto::subquery_expression::SubqueryType;
use crate::proto::{Expression, SubqueryExpression};

pub(super) fn plan(message: &SubqueryExpression, scope: &Scope<'_>) -> Result<Typed> {
    let SubqueryExpression { plan_id, subquery_type, table_arg_options, in_subquery_values } =
        message;
    let kind = SubqueryType::try_from(*subquery_type).unwrap_or(SubqueryType::Unknown);
    if table_arg_options.is_some() {
        return Err(Error::unsupported("expression.subquery_expression.table_arg"));
    }
    match kind {
        SubqueryType::Scalar => scalar(scope.subquery(*plan_id)?),
        SubqueryType::Exists => exists(scope.subquery(*plan_id)?),
        SubqueryType::In => is_in(scope.subquery(*plan_id)?, in_subquery_values, scope),
        SubqueryType::TableArg => {
            Err(Error::unsupported("expression.subquery_expression.table_arg"))
        }
        SubqueryType::Unknown => {
            Err(Error::missing_field("subquery_type").at("subquery_expression"))
        }
    }
}

fn scalar(planned: &Planned) -> Result<Typed> {
    let plan = planned.to_output_plan()?;
    let [field] = plan.schema().fields().as_ref() else {
        return Err(Error::analysis(
            Condition::INVALID_SUBQUERY_EXPRESSION_SCALAR,
            [("number", planned.columns().len().to_string())],
        ));
    };
    let (data_type, nullable) = (field.data_type().clone(), field.is_nullable());
    let value = Expr::ScalarSubquery(subquery(plan));
    if nullable {
        return Ok(Typed::new(value, data_type));
    }
    // There may be no row, which DataFusion does not think of.
    let value = generated::maybe(Typed::new(value, data_type.clone()));
    Ok(Typed::new(value.into_expr(), data_type))
}

fn exists(planned: &Planned) -> Result<Typed> {
    let exists = Exists::new(subquery(LogicalPlan::clone(planned.plan())), false);
    Ok(Typed::new(Expr::Exists(exists), DataType::Boolean))
}

/// The subqueries of a filter's condition, where DataFusion has none, as those of a
/// select list. It joins those that are a condition by themselves and name the row in
/// filters only.
pub(crate) fn in_filter(predicate: Expr, outside: &DFSchema) -> Result<Expr> {
    let conditions = split_conjunction_owned(predicate).into_iter().map(|condition| {
        let whole = match &condition {
            Expr::Not(inner) => inner.as_ref(),
            other => other,
        };
        match whole {
            Expr::Exists(Exists { subquery, .. })
            | Expr::InSubquery(InSubquery { subquery, .. })
                if names_row_in_filters(&subquery.subquery, &|_| true) =>
            {
                Ok(condition)
            }
            _ => super::list::listed(condition),
        }
    });
    let conditions = conditions.map(|condition| without(condition?, outside));
    let conditions = conditions.collect::<Result<Vec<_>>>()?;
    conditions.into_iter().reduce(Expr::and).ok_or_else(|| Error::internal("no condition is left"))
}

/// `value NOT IN (rows)` as: no row equals the value, or might if it were not for NULLs.
/// DataFusion does it where columns are compared, and with no other condition.
fn without(condition: Expr, outside: &DFSchema) -> Result<Expr> {
    let list = match condition {
        Expr::Not(inner) => match *inner {
            Expr::InSubquery(list) => InSubquery { negated: !list.negated, ..list },
            other => return Ok(Expr::Not(Box::new(other))),
        },
        Expr::InSubquery(list) => list,
        other => return Ok(other),
    };
    let InSubquery { expr: value, subquery: rows, negated } = list;
    let correlated = !rows.outer_ref_columns.is_empty();
    if !negated || (!correlated && value.any_column_refs()) {
        return Ok(Expr::InSubquery(InSubquery { expr: value, subquery: rows, negated }));
    }
    let value = value.transform(|node| match node {
        Expr::Column(column) => {
            let field = Arc::clone(outside.field_from_column(&column)?);
            Ok(Transformed::yes(Expr::OuterReferenceColumn(field, column)))
        }
        other => Ok(Transformed::no(other)),
    })?;
    let (table, field) = rows.subquery.schema().qualified_field(0);
    let column = Expr::Column(Column::new(table.cloned(), field.name()));
    let plan = LogicalPlanBuilder::from(LogicalPlan::clone(&rows.subquery))
        .filter(column.eq(value.data).is_not_false())?
        .build()?;
    Ok(Expr::Exists(Exists::new(subquery(plan), true)))
}

/// Whether nothing but filters above a plan that is free of it names the row outside, and
/// their conditions are as wanted.
pub(crate) fn names_row_in_filters(plan: &LogicalPlan, wanted: &dyn Fn(&Expr) -> bool) -> bool {
    if plan.all_out_ref_exprs().is_empty() {
        return true;
    }
    match plan {
        LogicalPlan::Filter(node) => {
            wanted(&node.predicate) && names_row_in_filters(&node.input, wanted)
        }
        LogicalPlan::SubqueryAlias(node) => names_row_in_filters(&node.input, wanted),
        LogicalPlan::Projection(node) => {
            !node.expr.iter().any(Expr::contains_outer) && names_row_in_filters(&node.input, wanted)
        }
        _ => false,
    }
}

/// Whether a subquery has rows, as a scalar subquery that counts them.
pub(super) fn counted(rows: &Subquery, negated: bool) -> datafusion::common::Result<Expr> {
    use datafusion::functions::core::expr_fn::coalesce;
    use datafusion::functions_aggregate::count::count;
    use datafusion::logical_expr::lit;
    let number = count(lit(1_i64)).alias("count#rows");
    let plan = LogicalPlanBuilder::from(LogicalPlan::clone(&rows.subquery))
        .aggregate(Vec::<Expr>::new(), vec![number])?
        .build()?;
    let counted = Expr::ScalarSubquery(subquery(plan));
    let zero = lit(0_i64);
    // Never NULL, which DataFusion does not see of a count.
    let some = if negated { counted.eq(zero) } else { counted.gt(zero) };
    Ok(coalesce(vec![some, lit(false)]))
}

/// Whether a value is among the rows of a subquery, or is not, where that is no condition
/// by itself. Spark asks there whether a row equals the value, or might if it were not for
/// NULLs: the answer is no NULL, though it is said to be one, but for a NULL that is
/// written down.
pub(super) fn contained(list: InSubquery, negated: bool) -> datafusion::common::Result<Expr> {
    use datafusion::functions_aggregate::array_agg::array_agg;
    use datafusion::functions_aggregate::count::count;
    use datafusion::functions_nested::expr_fn::array_has;
    use datafusion::logical_expr::{lit, when};
    let InSubquery { expr: value, subquery: rows, negated: inner } = list;
    let negated = negated != inner;
    let (table, field) = rows.subquery.schema().qualified_field(0);
    let column = Expr::Column(Column::new(table.cloned(), field.name()));
    let aggregated = |aggregate: Expr| -> datafusion::common::Result<Expr> {
        let plan = LogicalPlanBuilder::from(LogicalPlan::clone(&rows.subquery))
            .aggregate(Vec::<Expr>::new(), vec![aggregate.alias("in#rows")])?
            .build()?;
        Ok(Expr::ScalarSubquery(subquery(plan)))
    };
    let unknown = Expr::Literal(ScalarValue::Boolean(None), None);
    let number = aggregated(count(lit(1_i64)))?;
    let none = number.clone().eq(lit(0_i64));
    if matches!(value.as_ref(), Expr::Literal(value, _) if value.is_null()) {
        return when(none, lit(negated)).otherwise(unknown);
    }
    let there = aggregated(count(column.clone()))?;
    let all = aggregated(array_agg(column))?;
    let mut cases = when(none, lit(negated));
    // Never, but so that the type says what Spark's says.
    cases.when(number.clone().lt(lit(0_i64)), unknown);
    cases.when(value.clone().is_null(), lit(false));
    cases.when(array_has(all, *value), lit(!negated));
    if negated {
        cases.when(there.lt(number), lit(false));
    }
    cases.otherwise(lit(negated))
}

fn is_in(planned: &Planned, values: &[Expression], scope: &Scope<'_>) -> Result<Typed> {
    let width = planned.columns().len();
    if values.len() != width {
        return Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_IN_SUBQUERY_LENGTH_MISMATCH,
            [
                ("sqlExpr", format!("\"({} IN (listquery()))\"", row_name(values, scope)?)),
                ("leftLength", values.len().to_string()),
                ("rightLength", width.to_string()),
                ("leftColumns", String::new()),
                ("rightColumns", planned.columns().names().collect::<Vec<_>>().join(", ")),
            ],
        ));
    }
    let [value] = values else { return is_in_rows(planned, values, scope) };
    let value = plan_typed(value, scope)?;
    let own = value.data_type(scope)?;
    let theirs = planned.schema()?.field(0).data_type().clone();
    let Some(common) = coerce::wider(own, &theirs) else {
        return Err(Error::analysis(
            Condition::DATATYPE_MISMATCH_IN_SUBQUERY_DATA_TYPE_MISMATCH,
            [
                ("sqlExpr", format!("\"({} IN (listquery()))\"", value.expr().human_display())),
                ("mismatchedColumns", String::new()),
                ("leftType", crate::types::arrow_sql_name(own)),
                ("rightType", crate::types::arrow_sql_name(&theirs)),
            ],
        ));
    };
    let value = coerced(&value, &common, scope)?;
    let plan = listed_as(with_type(planned.to_output_plan()?, &common, scope)?)?;
    let list = InSubquery::new(Box::new(value.into_expr()), subquery(plan), false);
    Ok(Typed::new(Expr::InSubquery(list), DataType::Boolean))
}

/// The left side of IN as errors print it.
fn row_name(values: &[Expression], scope: &Scope<'_>) -> Result<String> {
    let names = values.iter().map(|value| naming::name(value, scope));
    let names = names.collect::<Result<Vec<_>>>()?;
    Ok(match names.as_slice() {
        [only] => only.clone(),
        _ => {
            let fields: Vec<_> = names.iter().map(|name| format!("'{name}', {name}")).collect();
            format!("named_struct({})", fields.join(", "))
        }
    })
}

/// Whether several values are together in a row of a subquery: true if a row equals
/// them, NULL if one might but for NULLs, else false.
fn is_in_rows(planned: &Planned, values: &[Expression], scope: &Scope<'_>) -> Result<Typed> {
    use datafusion::functions_aggregate::array_agg::array_agg;
    use datafusion::functions_aggregate::count::count;
    use datafusion::logical_expr::{lit, when};
    let plan = planned.to_output_plan()?;
    let names: Vec<_> = (0..values.len()).map(|at| format!("c{at}")).collect();
    let columns = plan.schema().columns();
    let pairs = names.iter().zip(&columns);
    let fields = pairs.flat_map(|(name, column)| [lit(name), Expr::Column(column.clone())]);
    let row = datafusion::functions::core::named_struct().call(fields.collect());
    let aggregated = |aggregate: Expr| -> Result<LogicalPlan> {
        let builder = LogicalPlanBuilder::from(plan.clone());
        Ok(builder.aggregate(Vec::<Expr>::new(), vec![aggregate.alias("in#rows")])?.build()?)
    };
    let rows = aggregated(array_agg(row))?;
    let list = rows.schema().field(0).data_type().clone();
    let parameter = higher::element_parameters(&list).and_then(|all| all.into_iter().next());
    let parameter = parameter.ok_or_else(|| Error::internal("rows are no array"))?;
    let DataType::Struct(fields) = parameter.data_type().clone() else {
        return Err(Error::internal("rows are no structs"));
    };
    let variable = LambdaVariable::new("row".to_owned(), Some(Arc::clone(&parameter)));
    let variable = Typed::new(Expr::LambdaVariable(variable), parameter.data_type().clone());
    let mut equal: Option<Expr> = None;
    for (at, value) in values.iter().enumerate() {
        let sides =
            [super::extract::field_at(variable.clone(), at, &fields), plan_typed(value, scope)?];
        let same = call(&FunctionCall::new("==", sides), scope)?.into_expr();
        equal = Some(equal.map_or(same.clone(), |others| others.and(same)));
    }
    let body = equal.unwrap_or_else(|| lit(true));
    let lambda = Expr::Lambda(Lambda::new(vec!["row".to_owned()], body));
    let rows = Expr::ScalarSubquery(subquery(rows));
    let found = HigherOrderFunction::new(Arc::clone(&higher::EXISTS), vec![rows, lambda]);
    let number = Expr::ScalarSubquery(subquery(aggregated(count(lit(1_i64)))?));
    let answer = when(number.eq(lit(0_i64)), lit(false));
    let answer = { answer }.otherwise(Expr::HigherOrderFunction(found))?;
    Ok(Typed::new(answer, DataType::Boolean))
}

/// A plan of one column, under a name that no column outside has: DataFusion's rule
/// takes one for the other.
fn listed_as(plan: LogicalPlan) -> Result<LogicalPlan> {
    let (table, field) = plan.schema().qualified_field(0);
    let column = Expr::Column(Column::new(table.cloned(), field.name()));
    let projection = Projection::try_new(vec![column.alias("#listed")], Arc::new(plan))?;
    Ok(LogicalPlan::Projection(projection))
}

/// A plan of one column, cast to a type if it is of another.
fn with_type(plan: LogicalPlan, to: &DataType, scope: &Scope<'_>) -> Result<LogicalPlan> {
    let (table, field) = plan.schema().qualified_field(0);
    if coerce::same(field.data_type(), to) {
        return Ok(plan);
    }
    let name = field.name().clone();
    let column = Expr::Column(Column::new(table.cloned(), name.as_str()));
    let value = coerced(&Typed::new(column, field.data_type().clone()), to, scope)?;
    let projection = Projection::try_new(vec![value.into_expr().alias(name)], Arc::new(plan))?;
    Ok(LogicalPlan::Projection(projection))
}

fn subquery(plan: LogicalPlan) -> Subquery {
    let outer_ref_columns = plan.all_out_ref_exprs();
    Subquery { subquery: Arc::new(plan), outer_ref_columns, spans: Spans::new() }
}
