//! Expressions: from messages to DataFusion's `Expr`, by Spark's rules.
//!
//! [`plan_typed`] is the dispatch over the kinds of expression, one file each;
//! functions and operators are looked up in [`crate::function`].

mod attribute;
mod blame;
mod cast;
pub(crate) mod children;
mod extract;
mod file_fact;
pub(crate) mod generator;
pub(crate) mod grouping;
mod higher_order;
mod lambda;
mod lateral;
mod list;
mod literal;
mod named;
pub(crate) mod naming;
pub(crate) mod routine;
mod sort;
mod star;
mod string;
pub(crate) mod subquery;
pub(crate) mod time_window;
mod unresolved_function;
mod update_fields;
mod window;

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::Sort;

use crate::error::{Condition, Error, Required, Result};
use crate::function::Typed;
use crate::planner::columns::ColumnEntry;
use crate::planner::grown::with_stack;
use crate::planner::scope::Scope;
use crate::proto::{self, expression::ExprType};

/// An expression of a select list with the name of its column.
#[derive(Debug, Clone)]
pub(crate) struct NamedExpr {
    /// The value, without the alias.
    pub(crate) expr: Expr,
    /// The name Spark gives the column.
    pub(crate) name: String,
    /// The column this is, if it is one passed on unchanged: it keeps its id.
    pub(crate) entry: Option<std::sync::Arc<ColumnEntry>>,
    /// Metadata of the column, as JSON text, if an alias sets it.
    pub(crate) metadata: Option<String>,
}

/// Plans one expression; stars and generators are refused.
pub(crate) fn plan(expression: &proto::Expression, scope: &Scope<'_>) -> Result<Expr> {
    plan_typed(expression, scope).map(Typed::into_expr)
}

/// Plans a select list: stars and regexes expand, every column gets its name.
pub(crate) fn plan_list(list: &[proto::Expression], scope: &Scope<'_>) -> Result<Vec<NamedExpr>> {
    list::plan(list, scope)
}

/// Plans sort keys.
pub(crate) fn plan_sort_orders(
    orders: &[proto::expression::SortOrder],
    scope: &Scope<'_>,
) -> Result<Vec<Sort>> {
    orders.iter().map(|order| sort::plan(order, scope)).collect()
}

/// Whether a sort order is ascending, and whether NULLs come first.
pub(crate) fn order_of(order: &proto::expression::SortOrder) -> Result<(bool, bool)> {
    sort::order_of(order)
}

/// Plans a filter's or join's condition, which must be boolean.
pub(crate) fn plan_condition(condition: &proto::Expression, scope: &Scope<'_>) -> Result<Expr> {
    let typed = plan_typed(condition, scope)?;
    crate::function::condition(typed, || naming::name(condition, scope), scope)
}

/// Plans the condition of a relation that filters, where NULL alone will not do.
pub(crate) fn plan_filter(condition: &proto::Expression, scope: &Scope<'_>) -> Result<Expr> {
    let typed = plan_typed(condition, scope)?;
    if typed.data_type(scope)?.is_null() {
        return Err(crate::function::not_boolean(
            &naming::name(condition, scope)?,
            &DataType::Null,
        ));
    }
    crate::function::condition(typed, || naming::name(condition, scope), scope)
}

/// Plans one expression, with its type where that is known for free.
pub(crate) fn plan_typed(expression: &proto::Expression, scope: &Scope<'_>) -> Result<Typed> {
    blame::told(with_stack(|| dispatch(expression, scope)), expression, scope)
}

fn dispatch(expression: &proto::Expression, scope: &Scope<'_>) -> Result<Typed> {
    // The origin only locates errors in the client's program.
    let proto::Expression { common: _, expr_type } = expression;
    let kind = expr_type.as_ref().required("expr_type")?;
    match kind {
        ExprType::Literal(literal) => literal::plan(literal, scope),
        ExprType::UnresolvedAttribute(attribute) => attribute::plan(attribute, scope),
        ExprType::UnresolvedFunction(call) => unresolved_function::plan(call, scope),
        ExprType::ExpressionString(text) => string::plan(text, scope),
        ExprType::UnresolvedStar(_) => Err(list::misplaced_star()),
        ExprType::Alias(alias) => list::plan_inner_alias(alias, scope),
        ExprType::Cast(cast) => cast::plan(cast, scope),
        ExprType::UnresolvedRegex(regex) => list::plan_single_regex(regex, scope),
        ExprType::SortOrder(_) => Err(Error::invalid_plan("a sort order is no value here")),
        ExprType::LambdaFunction(_) => {
            Err(Error::invalid_plan("a lambda function is no value here"))
        }
        ExprType::Window(window) => window::plan(window, scope),
        ExprType::UnresolvedExtractValue(extract) => extract::plan(extract, scope),
        ExprType::UpdateFields(update) => update_fields::plan(update, scope),
        ExprType::UnresolvedNamedLambdaVariable(variable) => lambda::plan_variable(variable, scope),
        ExprType::CallFunction(call) => unresolved_function::plan_call(call, scope),
        ExprType::SubqueryExpression(subquery) => subquery::plan(subquery, scope),
        ExprType::Extension(any) => crate::plugin::expression(any, scope).map(Typed::from),
        ExprType::NamedArgumentExpression(_) => {
            Err(Error::invalid_plan("a named argument is no value here"))
        }
        ExprType::MergeAction(_) => Err(Error::invalid_plan("an action of a merge is no value")),
        ExprType::DirectShufflePartitionId(id) => {
            check_partition_id(id.child.as_deref().required("child")?, scope)?;
            Err(Error::internal("a partition is named where rows are repartitioned only"))
        }
        ExprType::CommonInlineUserDefinedFunction(_) | ExprType::TypedAggregateExpression(_) => {
            Err(Error::unsupported(format!("expression.{}", kind_name(kind))))
        }
    }
}

/// The number of a partition is an int.
///
/// # Errors
/// `DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE` if the value is something else.
pub(crate) fn check_partition_id(child: &proto::Expression, scope: &Scope<'_>) -> Result<()> {
    let value = plan_typed(child, scope)?;
    let data_type = value.data_type(scope)?;
    if matches!(data_type, DataType::Int32 | DataType::Null) {
        return Ok(());
    }
    let name = naming::name(child, scope)?;
    Err(Error::analysis(
        Condition::DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE,
        [
            ("sqlExpr", format!("\"direct_shuffle_partition_id({name})\"")),
            ("paramIndex", "first".to_owned()),
            ("requiredType", "\"INT\"".to_owned()),
            ("inputSql", format!("\"{name}\"")),
            ("inputType", format!("\"{}\"", crate::types::arrow_sql_name(data_type))),
        ],
    ))
}

/// The kind's field name in the protocol.
pub(crate) fn kind_name(kind: &ExprType) -> &'static str {
    match kind {
        ExprType::Literal(_) => "literal",
        ExprType::UnresolvedAttribute(_) => "unresolved_attribute",
        ExprType::UnresolvedFunction(_) => "unresolved_function",
        ExprType::ExpressionString(_) => "expression_string",
        ExprType::UnresolvedStar(_) => "unresolved_star",
        ExprType::Alias(_) => "alias",
        ExprType::Cast(_) => "cast",
        ExprType::UnresolvedRegex(_) => "unresolved_regex",
        ExprType::SortOrder(_) => "sort_order",
        ExprType::LambdaFunction(_) => "lambda_function",
        ExprType::Window(_) => "window",
        ExprType::UnresolvedExtractValue(_) => "unresolved_extract_value",
        ExprType::UpdateFields(_) => "update_fields",
        ExprType::UnresolvedNamedLambdaVariable(_) => "unresolved_named_lambda_variable",
        ExprType::CommonInlineUserDefinedFunction(_) => "common_inline_user_defined_function",
        ExprType::CallFunction(_) => "call_function",
        ExprType::NamedArgumentExpression(_) => "named_argument_expression",
        ExprType::MergeAction(_) => "merge_action",
        ExprType::TypedAggregateExpression(_) => "typed_aggregate_expression",
        ExprType::SubqueryExpression(_) => "subquery_expression",
        ExprType::DirectShufflePartitionId(_) => "direct_shuffle_partition_id",
        ExprType::Extension(_) => "extension",
    }
}
