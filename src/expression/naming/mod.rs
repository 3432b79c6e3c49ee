//! The names Spark gives to columns of unaliased expressions: `(a + 1)`,
//! `CAST(a AS INT)`, `sum(x)`.
//!
//! They are made from the message, as implicit casts do not show in them, and only
//! where a name is needed.

mod function;
mod interval;
mod window;

use datafusion::common::ScalarValue;
use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::logical_expr::Expr;

use super::{attribute, cast, string};
use crate::error::{Required, Result};
use crate::function::Typed;
use crate::planner::columns::same_name;
use crate::planner::grown::with_stack;
use crate::planner::scope::Scope;
use crate::proto::data_type::Kind;
use crate::proto::expression::cast::EvalMode;
use crate::proto::expression::literal::LiteralType;
use crate::proto::expression::window::WindowFrame;
use crate::proto::expression::{
    Cast, ExprType, LambdaFunction, Literal, SortOrder, UnresolvedAttribute,
    UnresolvedExtractValue, UpdateFields,
};
use crate::proto::subquery_expression::SubqueryType;
use crate::proto::{CallFunction, CommonInlineUserDefinedFunction, Expression, SubqueryExpression};

/// The text of an expression inside another one's name.
pub(crate) fn name(expression: &Expression, scope: &Scope<'_>) -> Result<String> {
    with_stack(|| of_kind(expression.expr_type.as_ref().required("expr_type")?, scope))
}

/// The name of a column in a select list: as [`name`], but a column that is only
/// cast keeps its name.
pub(super) fn column_name(expression: &Expression, scope: &Scope<'_>) -> Result<String> {
    if let Some(ExprType::Cast(cast)) = expression.expr_type.as_ref()
        && let Some(inner) = cast.expr.as_deref()
    {
        match inner.expr_type.as_ref() {
            Some(ExprType::UnresolvedAttribute(_)) => return last_part(inner),
            Some(ExprType::Alias(alias)) => {
                return Ok(alias.name.last().cloned().unwrap_or_default());
            }
            _ => {}
        }
    }
    name(expression, scope)
}

fn last_part(attribute: &Expression) -> Result<String> {
    let Some(ExprType::UnresolvedAttribute(attribute)) = attribute.expr_type.as_ref() else {
        return Ok(String::new());
    };
    let parts = attribute::parse_name(&attribute.unparsed_identifier)?;
    Ok(parts.last().cloned().unwrap_or_default())
}

/// The text of a window's frame.
pub(super) fn frame(frame: &WindowFrame, scope: &Scope<'_>) -> Result<String> {
    window::frame_text(frame, scope)
}

/// The same, with the distances as the message has them.
pub(super) fn frame_of_distances(frame: &WindowFrame, scope: &Scope<'_>) -> Result<String> {
    window::frame_of_distances(frame, scope)
}

/// A name for error messages, where columns cannot be looked up.
pub(super) fn quiet(expression: &Expression) -> String {
    match expression.expr_type.as_ref() {
        Some(ExprType::UnresolvedAttribute(attribute)) => attribute.unparsed_identifier.clone(),
        Some(ExprType::UnresolvedFunction(function)) => {
            let arguments: Vec<_> = function.arguments.iter().map(quiet).collect();
            format!("{}({})", function.function_name, arguments.join(", "))
        }
        Some(ExprType::ExpressionString(text)) => text.expression.clone(),
        Some(kind) => super::kind_name(kind).to_owned(),
        None => String::new(),
    }
}

fn of_kind(kind: &ExprType, scope: &Scope<'_>) -> Result<String> {
    match kind {
        ExprType::Literal(literal) => {
            let zone = scope.planner().session().time_zone();
            crate::types::literal::name(literal, &zone)
        }
        ExprType::UnresolvedAttribute(attribute) => column(attribute, scope),
        ExprType::UnresolvedFunction(call) => function::text(call, scope),
        ExprType::CallFunction(CallFunction { function_name, arguments }) => {
            function::call(function_name, arguments, scope)
        }
        ExprType::ExpressionString(text) => name(&string::parse(text, scope)?.expression, scope),
        ExprType::Alias(alias) => {
            let inner = alias.expr.as_deref().required("expr")?;
            Ok(format!("{} AS {}", name(inner, scope)?, alias.name.join(", ")))
        }
        ExprType::Cast(message) => cast_name(message, scope),
        ExprType::SortOrder(order) => sort_order(order, scope),
        ExprType::Window(window) => window::text(window, scope),
        ExprType::UnresolvedExtractValue(extract) => extraction(extract, scope),
        ExprType::UpdateFields(update) => update_fields(update, scope),
        ExprType::LambdaFunction(lambda) => lambda_function(lambda, scope),
        ExprType::UnresolvedNamedLambdaVariable(_) => Ok("namedlambdavariable()".to_owned()),
        ExprType::SubqueryExpression(subquery) => subquery_name(subquery, scope),
        ExprType::NamedArgumentExpression(named) => {
            let value = named.value.as_deref().required("value")?;
            Ok(format!("{} => {}", named.key, name(value, scope)?))
        }
        ExprType::CommonInlineUserDefinedFunction(CommonInlineUserDefinedFunction {
            function_name,
            arguments,
            ..
        }) => Ok(format!("{function_name}({})", joined(arguments, scope)?)),
        ExprType::Extension(_) => extension(kind, scope),
        ExprType::UnresolvedStar(_) => Ok("*".to_owned()),
        ExprType::UnresolvedRegex(regex) => Ok(regex.col_name.clone()),
        ExprType::MergeAction(_) | ExprType::TypedAggregateExpression(_) => {
            Ok(super::kind_name(kind).to_owned())
        }
        ExprType::DirectShufflePartitionId(id) => {
            let child = id.child.as_deref().required("child")?;
            Ok(format!("direct_shuffle_partition_id({})", name(child, scope)?))
        }
    }
}

fn joined(arguments: &[Expression], scope: &Scope<'_>) -> Result<String> {
    Ok(function::texts(arguments, scope)?.join(", "))
}

/// A column as asked for, without its qualifier, with the fields in it.
fn column(message: &UnresolvedAttribute, scope: &Scope<'_>) -> Result<String> {
    let (parts, resolved) = match attribute::resolve(message, scope) {
        Ok(found) => found,
        Err(_) if attribute::is_literal_function(message) => {
            return function::call(&message.unparsed_identifier, &[], scope);
        }
        Err(error) => return Err(error),
    };
    if resolved.entry.is_none() {
        return Ok(match resolved.expr {
            Expr::LambdaVariable(_) => "namedlambdavariable()".to_owned(),
            Expr::Literal(value, _) if !is_alias(&parts, scope) => {
                variable(&parts, &value, resolved.parts)
            }
            _ => format!("lateralAliasReference({})", parts.join(".")),
        });
    }
    Ok(parts[resolved.parts.saturating_sub(1)..].join("."))
}

/// Whether a name is an alias further left in the list, or a parameter.
fn is_alias(parts: &[String], scope: &Scope<'_>) -> bool {
    let mut at = scope.lambda();
    while let Some(lambda) = at {
        if lambda
            .variables
            .iter()
            .any(|(name, _)| parts.first().is_some_and(|p| same_name(p, name)))
        {
            return true;
        }
        at = lambda.outer;
    }
    false
}

/// A session variable, with its value.
fn variable(parts: &[String], value: &ScalarValue, used: usize) -> String {
    let name = parts[used.saturating_sub(1)].to_lowercase();
    let value = match value {
        ScalarValue::Utf8(Some(text)) => format!("'{text}'"),
        other => other.to_string(),
    };
    format!("variablereference(system.session.{name}={value})")
}

fn cast_name(message: &Cast, scope: &Scope<'_>) -> Result<String> {
    let Cast { expr, eval_mode, cast_to_type } = message;
    if let Some(literal) = timestamp_literal(message, scope)? {
        return Ok(literal);
    }
    let value = name(expr.as_deref().required("expr")?, scope)?;
    let target = cast::target(cast_to_type.as_ref())?;
    if matches!(target.kind, Some(Kind::Array(_) | Kind::Map(_) | Kind::Struct(_))) {
        return Ok(value);
    }
    // A length is not kept where a value is cast.
    let to = match target.kind {
        Some(Kind::Char(_) | Kind::VarChar(_)) => "STRING".to_owned(),
        _ => crate::types::sql_name(&target),
    };
    let function = match cast::eval_mode_of(*eval_mode)? {
        EvalMode::Try => "TRY_CAST",
        EvalMode::Unspecified | EvalMode::Legacy | EvalMode::Ansi => "CAST",
    };
    Ok(format!("{function}({value} AS {to})"))
}

/// `TIMESTAMP '..'` is a constant, not a cast.
fn timestamp_literal(message: &Cast, scope: &Scope<'_>) -> Result<Option<String>> {
    if message.eval_mode != EvalMode::Ansi as i32 {
        return Ok(None);
    }
    let value = super::plan_typed(message.expr.as_deref().required("expr")?, scope)?;
    let literal = cast::timestamp_literal(message, &value, scope);
    let Some(ScalarValue::TimestampMicrosecond(Some(micros), _)) =
        literal.as_ref().and_then(Typed::as_literal)
    else {
        return Ok(None);
    };
    let literal = Literal { data_type: None, literal_type: Some(LiteralType::Timestamp(*micros)) };
    let zone = scope.planner().session().time_zone();
    crate::types::literal::name(&literal, &zone).map(Some)
}

pub(super) fn sort_order(order: &SortOrder, scope: &Scope<'_>) -> Result<String> {
    let child = name(order.child.as_deref().required("child")?, scope)?;
    let (ascending, nulls_first) = super::sort::order_of(order)?;
    let direction = if ascending { "ASC" } else { "DESC" };
    let nulls = if nulls_first { "FIRST" } else { "LAST" };
    Ok(format!("{child} {direction} NULLS {nulls}"))
}

fn extraction(message: &UnresolvedExtractValue, scope: &Scope<'_>) -> Result<String> {
    let child = message.child.as_deref().required("child")?;
    let extraction = message.extraction.as_deref().required("extraction")?;
    let base = name(child, scope)?;
    let key = name(extraction, scope)?;
    let is_field = is_string(extraction) && !is_map(child, scope);
    Ok(if is_field { format!("{base}.{key}") } else { format!("{base}[{key}]") })
}

fn is_string(expression: &Expression) -> bool {
    match expression.expr_type.as_ref() {
        Some(ExprType::Literal(literal)) => {
            matches!(literal.literal_type, Some(LiteralType::String(_)))
        }
        _ => false,
    }
}

fn is_map(expression: &Expression, scope: &Scope<'_>) -> bool {
    super::plan_typed(expression, scope).is_ok_and(|value| {
        let data_type = value.data_type(scope);
        data_type.is_ok_and(|t| matches!(t, datafusion::arrow::datatypes::DataType::Map(..)))
    })
}

fn update_fields(message: &UpdateFields, scope: &Scope<'_>) -> Result<String> {
    let holder = name(message.struct_expression.as_deref().required("struct_expression")?, scope)?;
    match message.value_expression.as_deref() {
        Some(value) => Ok(format!("update_fields({holder}, WithField({}))", name(value, scope)?)),
        None => Ok(format!("update_fields({holder}, dropfield())")),
    }
}

fn lambda_function(message: &LambdaFunction, scope: &Scope<'_>) -> Result<String> {
    use datafusion::logical_expr::expr::LambdaVariable;
    let variables: Vec<_> = message
        .arguments
        .iter()
        .map(|argument| {
            let name = argument.name_parts.join(".");
            let variable = LambdaVariable::new(name.clone(), None);
            (name, datafusion::logical_expr::Expr::LambdaVariable(variable))
        })
        .collect();
    let lambda =
        crate::planner::scope::LambdaScope { variables: &variables, outer: scope.lambda() };
    let body = name(message.function.as_deref().required("function")?, &scope.in_lambda(&lambda))?;
    let arguments = vec!["namedlambdavariable()"; message.arguments.len()].join(", ");
    Ok(format!("lambdafunction({body}, {arguments})"))
}

fn subquery_name(message: &SubqueryExpression, scope: &Scope<'_>) -> Result<String> {
    let outer = outer_names(message.plan_id, scope)?;
    match SubqueryType::try_from(message.subquery_type).unwrap_or(SubqueryType::Unknown) {
        SubqueryType::Exists => Ok(format!("exists({outer})")),
        SubqueryType::In => {
            let values = match message.in_subquery_values.as_slice() {
                [only] => name(only, scope)?,
                several => {
                    let pairs = several.iter().map(|value| {
                        let text = name(value, scope)?;
                        Ok(format!("'{text}', {text}"))
                    });
                    format!("named_struct({})", pairs.collect::<Result<Vec<_>>>()?.join(", "))
                }
            };
            Ok(format!("({values} IN (listquery({outer})))"))
        }
        SubqueryType::Unknown | SubqueryType::Scalar | SubqueryType::TableArg => {
            Ok(format!("scalarsubquery({outer})"))
        }
    }
}

/// The columns outside that a subquery names, each as often as it does.
fn outer_names(plan_id: i64, scope: &Scope<'_>) -> Result<String> {
    let subquery = scope.subquery(plan_id)?;
    let entries = scope.input().columns().entries();
    let mut names = Vec::new();
    subquery.plan().apply(|node| {
        for expression in node.expressions() {
            expression.apply(|expression| {
                if let Expr::OuterReferenceColumn(_, column) = expression {
                    let entry = entries.iter().find(|entry| entry.column() == column);
                    names.push(entry.map_or(column.name.as_str(), |entry| entry.name()).to_owned());
                }
                Ok(TreeNodeRecursion::Continue)
            })?;
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(names.join(", "))
}

/// A plugin's expression names itself.
fn extension(kind: &ExprType, scope: &Scope<'_>) -> Result<String> {
    let expression = Expression { common: None, expr_type: Some(kind.clone()) };
    Ok(match super::plan(&expression, scope)? {
        datafusion::logical_expr::Expr::Alias(alias) => alias.name,
        other => other.human_display().to_string(),
    })
}
