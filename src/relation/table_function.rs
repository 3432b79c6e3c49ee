//! `unresolved_table_valued_function`: rows made by a function.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder};

use super::project::one_row;
use super::range::numbers;
use super::set_op;
use crate::error::{AtField as _, Condition, Error, Result};
use crate::expression::plan;
use crate::planner::columns::{ColumnEntry, Columns};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::proto::Expression;
use crate::proto::expression::ExprType;
use datafusion::common::Column;

pub(super) fn plan_function(
    message: &proto::UnresolvedTableValuedFunction,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::UnresolvedTableValuedFunction { function_name, arguments } = message;
    match function_name.to_lowercase().as_str() {
        "range" => range(arguments, context).at("arguments"),
        "#values" => values(arguments, context).at("arguments"),
        name => Err(Error::unsupported(format!("table_function.{name}"))),
    }
}

fn range(arguments: &[Expression], context: &RelationContext<'_, '_>) -> Result<Planned> {
    let input = one_row();
    let scope = context.scope(&input);
    let numbers_of = arguments.iter().map(|argument| number(plan(argument, &scope)?));
    match numbers_of.collect::<Result<Vec<_>>>()?.as_slice() {
        [end] => numbers(0, *end, 1),
        [start, end] => numbers(*start, *end, 1),
        [start, end, step] | [start, end, step, _] => numbers(*start, *end, *step),
        other => Err(Error::analysis(
            Condition::WRONG_NUM_ARGS,
            [
                ("functionName", "`range`".to_owned()),
                ("expectedNum", "[1, 2, 3, 4]".to_owned()),
                ("actualNum", other.len().to_string()),
                ("docroot", "https://spark.apache.org/docs/latest".to_owned()),
            ],
        )),
    }
}

fn number(expr: Expr) -> Result<i64> {
    let value = match expr {
        Expr::Literal(value, _) => value,
        Expr::Negative(inner) => return Ok(-number(*inner)?),
        other => {
            return Err(Error::unsupported_because(
                "table_function.range.expression",
                format!("the argument {other} is no number"),
            ));
        }
    };
    match value {
        ScalarValue::Int8(Some(n)) => Ok(i64::from(n)),
        ScalarValue::Int16(Some(n)) => Ok(i64::from(n)),
        ScalarValue::Int32(Some(n)) => Ok(i64::from(n)),
        ScalarValue::Int64(Some(n)) => Ok(n),
        other => Err(Error::invalid_plan(format!("a range is of whole numbers, not {other}"))),
    }
}

/// VALUES: every argument is a struct, one for each row.
fn values(rows: &[Expression], context: &RelationContext<'_, '_>) -> Result<Planned> {
    let input = one_row();
    let scope = context.scope(&input);
    let rows = rows
        .iter()
        .map(|row| cells(row)?.iter().map(|cell| plan(cell, &scope)).collect::<Result<Vec<_>>>());
    let rows = set_op::widened_rows(rows.collect::<Result<Vec<_>>>()?, &scope)?;
    let built = LogicalPlanBuilder::values(rows)?.build()?;
    let entries = built.schema().iter().enumerate().map(|(at, (table, field))| {
        let column = Column::new(table.cloned(), field.name());
        ColumnEntry::new(format!("col{}", at + 1), column)
    });
    let columns = Columns::new(entries.collect());
    Ok(Planned::leaf(built, columns))
}

fn cells(row: &Expression) -> Result<&[Expression]> {
    match &row.expr_type {
        Some(ExprType::UnresolvedFunction(call)) if call.function_name == "struct" => {
            Ok(&call.arguments)
        }
        _ => Err(Error::invalid_plan("a row of VALUES is a struct")),
    }
}
