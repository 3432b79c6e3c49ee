//! Select lists: stars and regexes expand, aliases become names.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::Exists;

use super::{
    NamedExpr, attribute, blame, extract, generator, lateral, naming, plan_typed, star, string,
};
use crate::error::{AtField, Condition, Error, Required, Result};
use crate::function::Typed;
use crate::planner::columns::ColumnEntry;
use crate::planner::scope::{LambdaScope, Scope};
use crate::proto::Expression;
use crate::proto::expression::{
    Alias, ExprType, UnresolvedAttribute, UnresolvedRegex, UnresolvedStar,
};
use crate::types::variant::are_fields;

pub(super) fn plan(list: &[Expression], scope: &Scope<'_>) -> Result<Vec<NamedExpr>> {
    let mut named = Vec::with_capacity(list.len());
    for expression in list {
        match add(expression, scope, &mut named) {
            Ok(()) => {}
            Err(error) if names_no_column(&error) && !named.is_empty() => {
                match add_with_aliases(expression, scope, &mut named) {
                    Err(other) if names_no_column(&other) => return Err(error),
                    done => done?,
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(named)
}

fn names_no_column(error: &Error) -> bool {
    error.condition().is_some_and(|condition| condition.starts_with("UNRESOLVED_COLUMN"))
}

/// A name that is no column may be an alias further left in the list.
fn add_with_aliases(
    expression: &Expression,
    scope: &Scope<'_>,
    out: &mut Vec<NamedExpr>,
) -> Result<()> {
    lateral::check(expression, scope, out)?;
    let mut variables: Vec<(String, Expr)> = Vec::new();
    for named in out.iter().filter(|named| named.entry.is_none()) {
        // What an array is made of is told of its elements where it is written, not by name.
        let expr = match &named.expr {
            expr @ Expr::ScalarFunction(_) => expr.clone().alias("#alias"),
            expr => expr.clone(),
        };
        variables.push((named.name.clone(), expr));
    }
    let aliases = LambdaScope { variables: &variables, outer: scope.lambda() };
    add(expression, &scope.in_lambda(&aliases), out)
}

fn add(expression: &Expression, scope: &Scope<'_>, out: &mut Vec<NamedExpr>) -> Result<()> {
    match expression.expr_type.as_ref().required("expr_type")? {
        ExprType::UnresolvedStar(star) => out.extend(expand(star, scope)?),
        ExprType::UnresolvedRegex(regex) => {
            out.extend(matching(regex, scope)?.iter().map(passed_on));
        }
        ExprType::ExpressionString(text) => {
            let parsed = string::parse(text, scope)?;
            crate::planner::grown::with_stack(|| add(&parsed.expression, scope, out))?;
        }
        ExprType::UnresolvedAttribute(attribute) => match column(attribute, scope) {
            Ok(named) => out.push(named),
            Err(error) if names_no_column(&error) && is_call(attribute) => {
                out.push(computed(expression, scope)?);
            }
            Err(error) => return Err(error),
        },
        ExprType::Alias(alias) => match generated_under(alias, scope)? {
            Some(columns) => out.extend(columns),
            None => out.push(aliased(alias, scope)?),
        },
        ExprType::UnresolvedFunction(call) if call.function_name == star::EXCEPT => {
            out.extend(star::expand_except(&call.arguments, scope)?);
        }
        ExprType::UnresolvedFunction(call) => {
            let columns = generator::plan(&call.function_name, &call.arguments, scope);
            match blame::told(columns, expression, scope)? {
                Some(columns) => out.extend(columns.into_iter().map(generated)),
                None => out.push(computed(expression, scope)?),
            }
        }
        ExprType::Extension(any) => {
            out.push(named_by_itself(crate::plugin::expression(any, scope)?))
        }
        _ => out.push(computed(expression, scope)?),
    }
    Ok(())
}

/// Whether a name that no column has is a function's without parentheses.
fn is_call(attribute: &UnresolvedAttribute) -> bool {
    attribute.unparsed_identifier.eq_ignore_ascii_case(super::grouping::COLUMN)
        || attribute::is_literal_function(attribute)
}

fn computed(expression: &Expression, scope: &Scope<'_>) -> Result<NamedExpr> {
    let expr = listed(super::plan(expression, scope)?)?;
    let name = naming::column_name(expression, scope)?;
    Ok(NamedExpr { expr, name, entry: None, metadata: None })
}

fn generated((name, expr): generator::Column) -> NamedExpr {
    NamedExpr { expr, name, entry: None, metadata: None }
}

/// A generator's columns under the names that an alias gives them, if the alias is
/// of a generator: as many as there are columns.
fn generated_under(alias: &Alias, scope: &Scope<'_>) -> Result<Option<Vec<NamedExpr>>> {
    let Some(inner) = alias.expr.as_deref() else { return Ok(None) };
    let Some(ExprType::UnresolvedFunction(call)) = inner.expr_type.as_ref() else {
        return Ok(None);
    };
    let columns = generator::plan(&call.function_name, &call.arguments, scope);
    let columns = blame::told(columns, inner, scope)?;
    let Some(columns) = columns else { return Ok(None) };
    if columns.len() != alias.name.len() {
        return Err(Error::analysis(
            Condition::UDTF_ALIAS_NUMBER_MISMATCH,
            [("aliasesSize", columns.len().to_string()), ("aliasesNames", alias.name.join(","))],
        ));
    }
    let names = alias.name.iter().cloned();
    let columns = columns.into_iter().zip(names).map(|((_, expr), name)| NamedExpr {
        expr,
        name,
        entry: None,
        metadata: alias.metadata.clone(),
    });
    Ok(Some(columns.collect()))
}

/// A plugin's expression: its alias, or its text, names the column.
fn named_by_itself(expr: Expr) -> NamedExpr {
    let (expr, name) = match expr {
        Expr::Alias(alias) => (*alias.expr, alias.name),
        expr => {
            let name = expr.schema_name().to_string();
            (expr, name)
        }
    };
    NamedExpr { expr, name, entry: None, metadata: None }
}

fn column(message: &UnresolvedAttribute, scope: &Scope<'_>) -> Result<NamedExpr> {
    let (mut parts, resolved) = attribute::resolve(message, scope)?;
    let whole = resolved.parts == parts.len() && attribute::is_column(&resolved.expr);
    // An outer column is computed anew in every row: only one of ours keeps its id.
    let own = whole && matches!(resolved.expr, datafusion::logical_expr::Expr::Column(_));
    let entry = resolved.entry.clone().filter(|_| own);
    let expr = attribute::descend(resolved, &parts, scope)?.into_expr();
    let name = parts.pop().unwrap_or_default();
    Ok(NamedExpr { expr, name, entry, metadata: None })
}

fn aliased(alias: &Alias, scope: &Scope<'_>) -> Result<NamedExpr> {
    let (expression, name, metadata) = open(alias)?;
    let value = plan_typed(expression, scope)?;
    Ok(NamedExpr {
        expr: listed(value.into_expr())?,
        name: name.to_owned(),
        entry: None,
        metadata: metadata.map(str::to_owned),
    })
}

/// EXISTS outside a filter: DataFusion has it there only, so that it becomes the
/// comparison of a count.
pub(super) fn listed(expr: Expr) -> Result<Expr> {
    let rewritten = expr.transform_down(|expr| match expr {
        Expr::Not(inner) if matches!(*inner, Expr::InSubquery(_)) => match *inner {
            Expr::InSubquery(list) => super::subquery::contained(list, true).map(Transformed::yes),
            other => Ok(Transformed::no(Expr::Not(Box::new(other)))),
        },
        Expr::Exists(Exists { subquery, negated }) => {
            super::subquery::counted(&subquery, negated).map(Transformed::yes)
        }
        Expr::InSubquery(list) => super::subquery::contained(list, false).map(Transformed::yes),
        other => Ok(Transformed::no(other)),
    });
    Ok(rewritten?.data)
}

/// The parts of an alias that gives one name.
fn open(alias: &Alias) -> Result<(&Expression, &str, Option<&str>)> {
    let Alias { expr, name, metadata } = alias;
    let expression = expr.as_deref().required("expr").at("alias")?;
    match name.as_slice() {
        [name] => Ok((expression, name, metadata.as_deref())),
        names => Err(Error::analysis(
            Condition::MULTI_ALIAS_WITHOUT_GENERATOR,
            [("expr", naming::quiet(expression)), ("names", names.join(", "))],
        )),
    }
}

/// An alias inside an expression does nothing to its value.
pub(super) fn plan_inner_alias(alias: &Alias, scope: &Scope<'_>) -> Result<Typed> {
    let (expression, _, _) = open(alias)?;
    plan_typed(expression, scope)
}

/// The expressions that a star stands for: columns, or the fields of a struct.
pub(super) fn expand(star: &UnresolvedStar, scope: &Scope<'_>) -> Result<Vec<NamedExpr>> {
    let target = target_of(star)?;
    match scope.star(&target, star.plan_id) {
        Ok(entries) => Ok(entries.iter().map(passed_on).collect()),
        Err(error) => match fields_of(&target, scope)? {
            Some(fields) => Ok(fields),
            None if scope.resolve(&target, None).is_ok() => Err(Error::analysis(
                Condition::STAR_EXPAND_NO_STRUCT,
                [("attributes", format!("List({})", target.join(", ")))],
            )),
            None => Err(error),
        },
    }
}

/// The columns a star stands for, as arguments of a function.
pub(super) fn expand_arguments(star: &UnresolvedStar, scope: &Scope<'_>) -> Result<Vec<Typed>> {
    Ok(expand(star, scope)?.into_iter().map(|named| Typed::from(named.expr)).collect())
}

fn target_of(star: &UnresolvedStar) -> Result<Vec<String>> {
    let UnresolvedStar { unparsed_target, plan_id: _ } = star;
    match unparsed_target {
        None => Ok(Vec::new()),
        Some(text) => match text.strip_suffix(".*") {
            Some(target) => attribute::parse_name(target),
            None => Err(Error::invalid_plan(format!("the target {text} does not end in .*"))
                .at("unresolved_star")),
        },
    }
}

fn fields_of(target: &[String], scope: &Scope<'_>) -> Result<Option<Vec<NamedExpr>>> {
    if target.is_empty() {
        return Ok(None);
    }
    let Ok(resolved) = scope.resolve(target, None) else { return Ok(None) };
    let value = attribute::descend(resolved, target, scope)?;
    let fields = match value.data_type(scope)?.clone() {
        DataType::Struct(fields) if !are_fields(&fields) => fields,
        _ => return Ok(None),
    };
    let named = fields.iter().enumerate().map(|(at, field)| {
        let expr = extract::field_at(value.clone(), at, &fields).into_expr();
        Ok(NamedExpr { expr, name: field.name().clone(), entry: None, metadata: None })
    });
    named.collect::<Result<Vec<_>>>().map(Some)
}

fn passed_on(entry: &Arc<ColumnEntry>) -> NamedExpr {
    NamedExpr {
        expr: datafusion::logical_expr::Expr::Column(entry.column().clone()),
        name: entry.name().to_owned(),
        entry: Some(Arc::clone(entry)),
        metadata: None,
    }
}

/// The columns whose whole name matches, without regard to case.
fn matching(regex: &UnresolvedRegex, scope: &Scope<'_>) -> Result<Vec<Arc<ColumnEntry>>> {
    let UnresolvedRegex { col_name, plan_id } = regex;
    let pattern = col_name.trim_start_matches('`').trim_end_matches('`');
    let compiled = fancy_regex::Regex::new(&format!("(?i)^(?:{pattern})$"))
        .map_err(|error| Error::invalid_plan(error.to_string()).at("unresolved_regex"))?;
    // Of the columns at hand, if those of the DataFrame it is asked of are not among them.
    let entries = scope.star(&[], *plan_id).or_else(|_| scope.star(&[], None))?;
    Ok(entries
        .into_iter()
        .filter(|entry| compiled.is_match(entry.name()).unwrap_or(false))
        .collect())
}

/// A regex outside a list must match one column.
pub(super) fn plan_single_regex(regex: &UnresolvedRegex, scope: &Scope<'_>) -> Result<Typed> {
    match matching(regex, scope)?.as_slice() {
        [entry] => Ok(Typed::from(datafusion::logical_expr::Expr::Column(entry.column().clone()))),
        _ => Err(Error::analysis(
            Condition::INVALID_USAGE_OF_STAR_OR_REGEX,
            [
                ("elem", format!("regular expression '{}'", regex.col_name.trim_matches('`'))),
                ("prettyName", "expression".to_owned()),
            ],
        )),
    }
}

/// The columns of this name, as arguments of a function.
pub(super) fn matching_columns(regex: &UnresolvedRegex, scope: &Scope<'_>) -> Result<Vec<Typed>> {
    let columns = matching(regex, scope)?.into_iter();
    Ok(columns.map(|entry| Typed::from(Expr::Column(entry.column().clone()))).collect())
}

/// Spark's error for `*` where one value is needed.
pub(super) fn misplaced_star() -> Error {
    Error::analysis(
        Condition::INVALID_USAGE_OF_STAR_OR_REGEX,
        [("elem", "'*'".to_owned()), ("prettyName", "expression".to_owned())],
    )
}
