//! `unresolved_table_valued_function`: rows made by a function.

mod intervals;
mod listing;

use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::utils::find_aggregate_exprs;
use datafusion::logical_expr::{ColumnarValue, Expr, LogicalPlanBuilder};

use super::partition::positive;
use super::project::one_row;
use super::range::spread;
use super::{select, set_op};
use crate::error::{AtField as _, Condition, Error, Result};
use crate::expression::{generator, naming, plan, plan_list, routine};
use crate::function::cast::coerced;
use crate::function::{self, Typed};
use crate::planner::columns::{ColumnEntry, Columns};
use crate::planner::planned::Planned;
use crate::planner::scope::Scope;
use crate::planner::walk::{RelationContext, Step};
use crate::proto;
use crate::proto::Expression;
use crate::proto::data_type::Kind;
use crate::proto::expression::{ExprType, UnresolvedFunction};
use crate::proto::relation::RelType;
use crate::session::routines::Routine;
use crate::sql::{self, Parameters, Statement};
use datafusion::common::Column;

pub(super) fn plan_function<'a>(
    message: &'a proto::UnresolvedTableValuedFunction,
    context: &'a RelationContext<'a, '_>,
) -> Result<Step<'a>> {
    match routine::find(&message.function_name, context.planner) {
        Some(own) => {
            let query = body(&own, &message.arguments)?;
            Ok(Step::Later(Box::pin(async move {
                let planned: Planned = context.planner.walk(&query, context.env.clone()).await?;
                Ok(planned)
            })))
        }
        None => built_in(message, context).map(Step::Ready),
    }
}

/// The query of a function that SQL text made, with the arguments put in.
fn body(own: &Routine, arguments: &[Expression]) -> Result<proto::Relation> {
    let function = &own.function;
    routine::check_class(own)?;
    if !function.is_table {
        return Err(Error::analysis(
            Condition::NOT_A_TABLE_FUNCTION,
            [("functionName", format!("`{}`", own.shown))],
        ));
    }
    let mut parameters = Parameters::default();
    for (parameter, argument) in function.parameters.iter().zip(routine::given(own, arguments)?) {
        let value = sql::cast_value(argument, &parameter.data_type);
        parameters.bound.insert(parameter.name.to_lowercase(), value);
    }
    let Statement::Query(query) = sql::parse_statement(&function.body, &parameters)? else {
        return Err(Error::internal("a table function is a query"));
    };
    let Some(returns) = &function.returns else { return Ok(*query) };
    let Some(Kind::Struct(columns)) = &returns.kind else { return Ok(*query) };
    let types: Vec<_> = columns.fields.iter().filter_map(|field| field.data_type.clone()).collect();
    let input = Some(Box::new(sql::cast_columns(&query, &types)));
    let column_names = columns.fields.iter().map(|field| field.name.clone()).collect();
    let named = proto::ToDf { input, column_names };
    Ok(proto::Relation { common: None, rel_type: Some(RelType::ToDf(Box::new(named))) })
}

fn built_in(
    message: &proto::UnresolvedTableValuedFunction,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::UnresolvedTableValuedFunction { function_name, arguments } = message;
    if let Some(generator) = generator::in_from(function_name) {
        return generated(generator, arguments, context);
    }
    match function_name.to_lowercase().as_str() {
        "range" => range(arguments, context).at("arguments"),
        "collations" => listing::collations(arguments),
        "sql_keywords" => listing::keywords(arguments),
        "#values" => values(arguments, context).at("arguments"),
        name if function::is_builtin(name) => Err(Error::analysis(
            Condition::NOT_A_TABLE_FUNCTION,
            [("functionName", format!("`{name}`"))],
        )),
        name => Err(Error::analysis(
            Condition::UNRESOLVABLE_TABLE_VALUED_FUNCTION,
            [("name", format!("`{name}`"))],
        )),
    }
}

/// The rows of a generator, of nothing else.
fn generated(
    function_name: String,
    arguments: &[Expression],
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let call = ExprType::UnresolvedFunction(UnresolvedFunction {
        function_name,
        arguments: arguments.to_vec(),
        is_distinct: false,
        is_user_defined_function: false,
        is_internal: None,
    });
    let call = Expression { common: None, expr_type: Some(call) };
    let input = one_row();
    let list = plan_list(&[call], &context.scope(&input))?;
    select::select(context, &input, list)
}

/// The names of the arguments, by how many there are.
const RANGE: [&[&str]; 4] = [
    &["end"],
    &["start", "end"],
    &["start", "end", "step"],
    &["start", "end", "step", "numSlices"],
];

fn range(arguments: &[Expression], context: &RelationContext<'_, '_>) -> Result<Planned> {
    let input = one_row();
    let scope = context.scope(&input);
    let Some(names) = arguments.len().checked_sub(1).and_then(|at| RANGE.get(at)) else {
        return Err(Error::analysis(
            Condition::WRONG_NUM_ARGS,
            [
                ("functionName", "`range`".to_owned()),
                ("expectedNum", "[1, 2, 3, 4]".to_owned()),
                ("actualNum", arguments.len().to_string()),
                ("docroot", "https://spark.apache.org/docs/latest".to_owned()),
            ],
        ));
    };
    let numbers_of =
        arguments.iter().zip(names.iter()).map(|(argument, name)| number(argument, name, &scope));
    let (start, end, step, partitions) = match numbers_of.collect::<Result<Vec<_>>>()?.as_slice() {
        [end] => (0, *end, 1, None),
        [start, end] => (*start, *end, 1, None),
        [start, end, step] => (*start, *end, *step, None),
        [start, end, step, partitions, ..] => (*start, *end, *step, Some(*partitions)),
        [] => (0, 0, 1, None),
    };
    let partitions = partitions.map(|count| positive(i32::try_from(count).unwrap_or(0)));
    if step == 0 {
        return Err(Error::analysis(
            Condition::FAILED_FUNCTION_CALL,
            [("funcName", "`range`".to_owned())],
        ));
    }
    spread(start, end, step, partitions.transpose()?)
}

fn number(argument: &Expression, name: &str, scope: &Scope<'_>) -> Result<i64> {
    let not_foldable = || {
        Error::analysis(
            Condition::NON_FOLDABLE_ARGUMENT,
            [
                ("funcName", "`range`".to_owned()),
                ("paramName", format!("`{name}`")),
                ("paramType", "\"BIGINT\"".to_owned()),
            ],
        )
    };
    if matches!(argument.expr_type, Some(ExprType::NamedArgumentExpression(_))) {
        return Err(not_foldable());
    }
    let value = Typed::from(plan(argument, scope)?);
    if value.expr().any_column_refs() || value.expr().contains_outer() {
        return Err(not_foldable());
    }
    let own = value.data_type(scope)?.clone();
    let unexpected = || {
        Error::analysis(
            Condition::UNEXPECTED_INPUT_TYPE,
            [
                ("functionName", "`range`".to_owned()),
                ("paramIndex", name.to_owned()),
                ("inputSql", value.expr().human_display().to_string()),
                ("inputType", format!("\"{}\"", crate::types::arrow_sql_name(&own))),
                ("requiredType", "\"BIGINT\"".to_owned()),
            ],
        )
    };
    if !own.is_numeric() && !matches!(own, DataType::Utf8) {
        return Err(unexpected());
    }
    let cast = coerced(&value, &DataType::Int64, scope)?.into_expr();
    match constant(&cast, scope)? {
        ScalarValue::Int64(Some(number)) => Ok(number),
        _ => Err(unexpected()),
    }
}

/// The value of an expression that names no column.
fn constant(expr: &Expr, scope: &Scope<'_>) -> Result<ScalarValue> {
    let schema = Arc::new(Schema::empty());
    let physical =
        scope.planner().state().create_physical_expr(expr.clone(), &DFSchema::empty())?;
    let options = RecordBatchOptions::new().with_row_count(Some(1));
    let row = RecordBatch::try_new_with_options(schema, Vec::new(), &options)
        .map_err(DataFusionError::from)?;
    Ok(match physical.evaluate(&row)? {
        ColumnarValue::Scalar(value) => value,
        ColumnarValue::Array(array) => ScalarValue::try_from_array(&array, 0)?,
    })
}

/// VALUES: every argument is a struct, one for each row.
fn values(rows: &[Expression], context: &RelationContext<'_, '_>) -> Result<Planned> {
    let input = one_row();
    let scope = context.scope(&input);
    let cells = rows.iter().map(cells).collect::<Result<Vec<_>>>()?;
    // Spark evaluates constants as it parses them, and calls when it has found the functions.
    let incompatible = if cells.iter().copied().flatten().any(calls_function) {
        Condition::INVALID_INLINE_TABLE_INCOMPATIBLE_RESOLVED_TYPES
    } else {
        Condition::INVALID_INLINE_TABLE_INCOMPATIBLE_TYPES
    };
    let rows = cells.iter().map(|row| row.iter().map(|it| cell(it, &scope)).collect());
    let rows = set_op::widened_rows(rows.collect::<Result<_>>()?, incompatible, &scope)?;
    let rows = intervals::aligned(rows, &scope)?;
    let built = LogicalPlanBuilder::values(rows)?.build()?;
    let entries = built.schema().iter().enumerate().map(|(at, (table, field))| {
        let column = Column::new(table.cloned(), field.name());
        ColumnEntry::new(format!("col{}", at + 1), column)
    });
    let columns = Columns::new(entries.collect());
    Ok(Planned::leaf(built, columns))
}

/// A value, which is known without rows.
fn cell(message: &Expression, scope: &Scope<'_>) -> Result<Expr> {
    let cannot = || {
        let text = naming::name(message, scope).unwrap_or_default();
        Error::analysis(
            Condition::CANNOT_EVALUATE_IN_INLINE_TABLE,
            [("expr", format!("\"{text}\""))],
        )
    };
    if let Some(ExprType::UnresolvedFunction(call)) = &message.expr_type
        && generator::is_generator(&call.function_name)
    {
        return Err(cannot());
    }
    let expr = plan(message, scope)?;
    let special = expr.is_volatile() || !find_aggregate_exprs([&expr]).is_empty();
    if special { Err(cannot()) } else { Ok(expr) }
}

/// Whether this is a call of a function by name, not an operator.
fn calls_function(message: &Expression) -> bool {
    matches!(&message.expr_type, Some(ExprType::UnresolvedFunction(call))
        if call.function_name.starts_with(|first: char| first.is_alphabetic()))
}

fn cells(row: &Expression) -> Result<&[Expression]> {
    match &row.expr_type {
        Some(ExprType::UnresolvedFunction(call)) if call.function_name == "struct" => {
            Ok(&call.arguments)
        }
        _ => Err(Error::invalid_plan("a row of VALUES is a struct")),
    }
}
