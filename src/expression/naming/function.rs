//! Names of functions and operators.

use datafusion::logical_expr::ExprSchemable;

use super::{interval, joined, name};
use crate::error::{Required, Result};
use crate::expression::time_window::is_time_window;
use crate::expression::{named, plan_typed, routine};
use crate::function::Typed;
use crate::function::coerce::Kind;
use crate::function::variant;
use crate::planner::scope::Scope;
use crate::proto::Expression;
use crate::proto::data_type::Kind as SparkKind;
use crate::proto::expression::literal::LiteralType;
use crate::proto::expression::{ExprType, UnresolvedFunction};
use crate::sql::build::{LIKE, ROW};
use crate::types::fields::{IntervalFields, fields_of};

pub(super) fn text(message: &UnresolvedFunction, scope: &Scope<'_>) -> Result<String> {
    let UnresolvedFunction { function_name, arguments, is_distinct, .. } = message;
    match function_name.as_str() {
        "#filter" => {
            let [function, condition] = arguments.as_slice() else { return Ok(String::new()) };
            let (function, condition) = (name(function, scope)?, name(condition, scope)?);
            return Ok(format!("{function} FILTER (WHERE {condition})"));
        }
        ROW => return row(arguments, scope),
        variant::PART => return Ok(format!("variant_get({})", joined(arguments, scope)?)),
        "#ignore_nulls" => {
            let shown = name(arguments.first().required("arguments")?, scope)?;
            let edges = [("first_value(", "first("), ("last_value(", "last(")];
            let edge = edges.iter().find(|(own, _)| shown.starts_with(own));
            return Ok(match edge {
                Some((own, other)) => shown.replacen(own, other, 1),
                None => shown,
            });
        }
        "#within_group" => {
            let (function, orders) = arguments.split_first().required("arguments")?;
            let function = name(function, scope)?;
            let full = orders.iter().map(|order| name(order, scope)).collect::<Result<Vec<_>>>()?;
            let orders = orders.iter().map(|order| within_group(order, scope));
            let orders = orders.collect::<Result<Vec<_>>>()?.join(", ");
            return Ok(match function.as_str() {
                // The most frequent value is looked for from the other end.
                "mode()" => match orders.strip_suffix(" DESC") {
                    Some(value) => format!("mode() WITHIN GROUP (ORDER BY {value})"),
                    None => format!("mode() WITHIN GROUP (ORDER BY {orders} DESC)"),
                },
                _ => {
                    let function = function.replace("string_agg(", "listagg(");
                    let orders = match function.starts_with("listagg(") {
                        true => full.join(", "),
                        false => orders,
                    };
                    format!("{function} WITHIN GROUP (ORDER BY {orders})")
                }
            });
        }
        _ => {}
    }
    if let Some(quantified) = function_name.strip_prefix(LIKE) {
        let value = name(arguments.first().required("arguments")?, scope)?;
        let quantifier = quantified.split('.').next().unwrap_or_default();
        return Ok(format!("{quantifier}({value})"));
    }
    if *is_distinct {
        let lower = function_name.to_lowercase();
        let mut shown = joined(arguments, scope)?;
        let added: &[_] = match lower.as_str() {
            "listagg" | "string_agg" => &[(1, "NULL")],
            _ => sketches(&lower),
        };
        for (_, text) in added.iter().filter(|(at, _)| *at >= arguments.len()) {
            shown.push_str(&format!(", {text}"));
        }
        return Ok(format!("{lower}(DISTINCT {shown})"));
    }
    call(function_name, arguments, scope)
}

/// `(a, b + 1)`, with the names that its fields get.
fn row(fields: &[Expression], scope: &Scope<'_>) -> Result<String> {
    let mut shown = Vec::with_capacity(fields.len() * 2);
    for (at, field) in fields.iter().enumerate() {
        let own = match &field.expr_type {
            Some(ExprType::UnresolvedAttribute(_)) => super::last_part(field)?,
            Some(ExprType::UnresolvedNamedLambdaVariable(variable)) => {
                variable.name_parts.last().cloned().unwrap_or_default()
            }
            Some(ExprType::Alias(alias)) => alias.name.join("."),
            _ => format!("col{}", at + 1),
        };
        shown.extend([own, name(field, scope)?]);
    }
    Ok(format!("named_struct({})", shown.join(", ")))
}

/// Ascending is not said here.
fn within_group(order: &Expression, scope: &Scope<'_>) -> Result<String> {
    let full = name(order, scope)?;
    let short = full.strip_suffix(" ASC NULLS FIRST").or_else(|| full.strip_suffix(" NULLS LAST"));
    Ok(short.map_or_else(|| full.clone(), str::to_owned))
}

/// The text of a call.
pub(super) fn call(function: &str, arguments: &[Expression], scope: &Scope<'_>) -> Result<String> {
    let lower = function.to_lowercase();
    if is_time_window(&lower) {
        return Ok(lower);
    }
    if let Some(shown) = routine::shown(function, scope) {
        return Ok(format!("{shown}({})", joined(arguments, scope)?));
    }
    if let ("+" | "-", [left, right]) = (lower.as_str(), arguments)
        && let Some(text) = temporal(&lower, left, right, scope)?
    {
        return Ok(text);
    }
    if lower == "current_database" && arguments.is_empty() {
        return Ok("current_schema()".to_owned());
    }
    if lower == "count"
        && let [only] = arguments
        && matches!(only.expr_type, Some(ExprType::UnresolvedStar(_)))
    {
        return Ok("count(1)".to_owned());
    }
    if let ("array_sort", [array]) = (lower.as_str(), arguments) {
        return Ok(format!("array_sort({}, {USUAL_ORDER})", name(array, scope)?));
    }
    if let ("lpad" | "rpad", [value, _]) = (lower.as_str(), arguments)
        && Kind::of(plan_typed(value, scope)?.data_type(scope)?) == Kind::Binary
    {
        return Ok(format!("{lower}({}, X'00')", joined(arguments, scope)?));
    }
    if let ("ceil" | "floor", [_, _]) = (lower.as_str(), arguments) {
        return Ok(format!("{lower}({})", joined(arguments, scope)?));
    }
    if matches!(lower.as_str(), "rank" | "dense_rank" | "percent_rank") {
        return Ok(format!("{}()", shown(&lower)));
    }
    let texts = texts(&named::arranged(function, arguments)?, scope)?;
    if lower == "from_json" && texts.get(1).is_some_and(|schema| is_map(schema)) {
        return Ok("entries".to_owned());
    }
    // Schemas and options do not show.
    let texts = match (lower.as_str(), texts.len()) {
        (
            "from_json" | "from_csv" | "from_xml" | "to_json" | "to_csv" | "to_xml"
            | "schema_of_json" | "schema_of_csv" | "schema_of_xml",
            2..,
        ) => texts.into_iter().take(1).collect(),
        ("variant_get" | "try_variant_get", 3) => texts.into_iter().take(2).collect(),
        _ => texts,
    };
    if let Some(text) = interval::of_interval(&lower, arguments, &texts, scope)? {
        return Ok(text);
    }
    if let ("to_char" | "to_varchar", [value, _]) = (lower.as_str(), arguments) {
        return number_text(&lower, value, texts, scope);
    }
    Ok(operator(&lower, &texts).unwrap_or_else(|| plain(&lower, texts)))
}

/// The order of `array_sort` where none is given: by value, NULLs last.
const USUAL_ORDER: &str = "lambdafunction((IF(((namedlambdavariable() IS NULL) AND \
    (namedlambdavariable() IS NULL)), 0, (IF((namedlambdavariable() IS NULL), 1, \
    (IF((namedlambdavariable() IS NULL), -1, (IF((namedlambdavariable() < \
    namedlambdavariable()), -1, (IF((namedlambdavariable() > namedlambdavariable()), 1, \
    0)))))))))), namedlambdavariable(), namedlambdavariable())";

/// Whether a schema, as DDL or JSON, is a map.
fn is_map(schema: &str) -> bool {
    let schema: String = schema.split_whitespace().collect();
    schema.to_uppercase().starts_with("MAP<")
        || schema.starts_with("{\"type\":\"map\"")
        || schema.starts_with('{') && schema.ends_with("\"type\":\"map\"}")
}

/// `to_char` is the function that does it for the type at hand.
fn number_text(
    function: &str,
    value: &Expression,
    mut texts: Vec<String>,
    scope: &Scope<'_>,
) -> Result<String> {
    let kind = plan_typed(value, scope)?.data_type(scope).map(Kind::of);
    let function = match kind? {
        Kind::Date | Kind::Timestamp | Kind::TimestampNtz => "date_format",
        Kind::Binary => {
            let format = texts.pop().unwrap_or_default().to_lowercase();
            match (function, format.as_str()) {
                ("to_char", "base64") => "base64",
                ("to_char", "hex") => "hex",
                _ => function,
            }
        }
        _ => "to_char",
    };
    Ok(format!("{function}({})", texts.join(", ")))
}

/// The texts of arguments; a star is all that it stands for.
pub(super) fn texts(arguments: &[Expression], scope: &Scope<'_>) -> Result<Vec<String>> {
    let mut texts = Vec::with_capacity(arguments.len());
    for argument in arguments {
        match &argument.expr_type {
            Some(ExprType::UnresolvedStar(star)) => {
                let columns = crate::expression::list::expand(star, scope)?;
                texts.extend(columns.into_iter().map(|column| column.name));
            }
            _ => texts.push(name(argument, scope)?),
        }
    }
    Ok(texts)
}

/// Operators, and functions that print as such.
fn operator(function: &str, arguments: &[String]) -> Option<String> {
    Some(match (function, arguments) {
        ("==" | "=", [a, b]) => format!("({a} = {b})"),
        ("!=" | "<>", [a, b]) => format!("(NOT ({a} = {b}))"),
        (
            "+" | "-" | "*" | "/" | "%" | "div" | "<=>" | "<" | "<=" | ">" | ">=" | "&" | "|" | "^"
            | "<<" | ">>" | ">>>",
            [a, b],
        ) => format!("({a} {function} {b})"),
        ("and" | "or", [first, rest @ ..]) if !rest.is_empty() => {
            let word = function.to_uppercase();
            rest.iter().fold(first.clone(), |all, next| format!("({all} {word} {next})"))
        }
        ("not" | "!", [a]) => format!("(NOT {a})"),
        ("-", [a]) => format!("(- {a})"),
        ("positive" | "+", [a]) => format!("(+ {a})"),
        ("~", [a]) => format!("~{a}"),
        ("isnull", [a]) => format!("({a} IS NULL)"),
        ("isnotnull", [a]) => format!("({a} IS NOT NULL)"),
        ("in", [value, list @ ..]) => format!("({value} IN ({}))", list.join(", ")),
        ("like", [a, b]) => format!("{a} LIKE {b}"),
        ("like", [a, b, escape]) => format!("{a} LIKE {b} ESCAPE '{escape}'"),
        ("rlike" | "regexp" | "regexp_like", [a, b]) => {
            format!("{}({a}, {b})", function.to_uppercase())
        }
        ("ilike", [a, b, _]) => format!("ilike({a}, {b})"),
        ("||", arguments) => format!("concat({})", arguments.join(", ")),
        ("when", arguments) => case(arguments),
        ("if", [test, yes, no]) => format!("(IF({test}, {yes}, {no}))"),
        ("extract" | "datepart", [field, source]) => {
            format!("{function}({field} FROM {source})")
        }
        ("trim", [characters, source]) => format!("TRIM(BOTH {characters} FROM {source})"),
        ("ltrim", [characters, source]) => format!("TRIM(LEADING {characters} FROM {source})"),
        ("rtrim", [characters, source]) => format!("TRIM(TRAILING {characters} FROM {source})"),
        _ => return None,
    })
}

fn case(arguments: &[String]) -> String {
    let mut text = "CASE".to_owned();
    let mut pairs = arguments.chunks_exact(2);
    for pair in pairs.by_ref() {
        text.push_str(&format!(" WHEN {} THEN {}", pair[0], pair[1]));
    }
    if let [otherwise] = pairs.remainder() {
        text.push_str(&format!(" ELSE {otherwise}"));
    }
    text.push_str(" END");
    text
}

/// `name(arguments)`, with the defaults that Spark writes out.
fn plain(function: &str, mut arguments: Vec<String>) -> String {
    if let [only] = arguments.as_slice()
        && crate::function::cast::by_name(function).is_some()
    {
        return only.clone();
    }
    if matches!(function, "aggregate" | "reduce") && arguments.len() == 3 {
        let same = "lambdafunction(namedlambdavariable(), namedlambdavariable())";
        arguments.push(same.to_owned());
    }
    if function == "convert_timezone" && arguments.len() == 2 {
        arguments.insert(0, "current_timezone()".to_owned());
    }
    if let ("assert_true", [only]) = (function, arguments.as_slice()) {
        arguments.push(format!("'{only}' is not true!"));
    }
    if let ("mode", [value, _]) = (function, arguments.as_slice()) {
        return match arguments[1].as_str() {
            "true" => format!("mode() WITHIN GROUP (ORDER BY {value} DESC)"),
            _ => format!("mode({value})"),
        };
    }
    // Precisions do not show.
    if matches!(function, "current_timestamp" | "now" | "localtimestamp") {
        arguments.clear();
    }
    if function == "try_make_timestamp" && arguments.len() == 7 {
        arguments.truncate(6);
    }
    if let ("make_timestamp_ltz" | "try_make_timestamp_ltz", 2 | 3) = (function, arguments.len()) {
        return format!("make_timestamp({})", arguments.join(", "));
    }
    if let ("try_make_timestamp_ntz", 2) = (function, arguments.len()) {
        let made = arguments.join(", ");
        return format!("try_make_timestamp_ntz(make_timestamp_ntz({made}))");
    }
    if function == "log" && arguments.len() == 1 {
        arguments.insert(0, "E()".to_owned());
    }
    for (at, text) in defaults(function) {
        if arguments.len() == *at {
            arguments.push((*text).to_owned());
        }
    }
    if matches!(function, "first" | "last" | "first_value" | "last_value" | "any_value") {
        arguments.truncate(1);
    }
    let shown = shown(function);
    format!("{shown}({})", arguments.join(", "))
}

/// Arguments that Spark adds, by how many are there before.
fn defaults(function: &str) -> &'static [(usize, &'static str)] {
    match function {
        "round" | "bround" => &[(1, "0")],
        "variant_set" | "try_variant_set" => &[(3, "true")],
        "variant_strip_nulls" => &[(1, "true")],
        "split" => &[(2, "-1")],
        "regexp_replace" => &[(3, "1")],
        "regexp_extract" | "regexp_extract_all" => &[(2, "1")],
        "regexp_instr" => &[(2, "0")],
        "locate" | "position" | "charindex" => &[(2, "1")],
        "substring" | "substr" => &[(2, "2147483647")],
        "replace" => &[(2, "")],
        "lpad" | "rpad" => &[(2, " ")],
        "overlay" => &[(3, "-1")],
        "from_unixtime" => &[(1, "yyyy-MM-dd HH:mm:ss")],
        "unix_timestamp" | "to_unix_timestamp" => {
            &[(0, "current_timestamp()"), (1, "yyyy-MM-dd HH:mm:ss")]
        }
        "months_between" => &[(2, "true")],
        "sort_array" => &[(1, "true")],
        "percentile" => &[(2, "1")],
        "instr" => &[(3, "1")],
        "ntile" => &[(0, "1")],
        "mask" => &[(1, "X"), (2, "x"), (3, "n"), (4, "NULL")],
        "sentences" => &[(1, ""), (2, "")],
        "aes_encrypt" => &[(2, "GCM"), (3, "DEFAULT"), (4, ""), (5, "")],
        "aes_decrypt" | "try_aes_decrypt" => &[(2, "GCM"), (3, "DEFAULT"), (4, "")],
        "hmac" => &[(2, "SHA-256")],
        "listagg" | "string_agg" => &[(1, "NULL")],
        "str_to_map" => &[(1, ","), (2, ":")],
        "make_ym_interval" => &[(0, "0"), (1, "0")],
        "make_dt_interval" => &[(0, "0"), (1, "0"), (2, "0"), (3, "0.000000")],
        "make_interval" | "try_make_interval" => {
            &[(0, "0"), (1, "0"), (2, "0"), (3, "0"), (4, "0"), (5, "0"), (6, "0.000000")]
        }
        "percentile_approx" | "approx_percentile" => &[(2, "10000")],
        "lag" | "lead" => &[(1, "1"), (2, "NULL")],
        _ => sketches(function),
    }
}

/// The same, for functions of sketches.
fn sketches(function: &str) -> &'static [(usize, &'static str)] {
    match function {
        "hll_sketch_agg" | "theta_sketch_agg" | "theta_union_agg" => &[(1, "12")],
        "hll_union_agg" => &[(1, "false")],
        "hll_union" => &[(2, "false")],
        "theta_union" => &[(2, "12")],
        "approx_top_k" => &[(1, "5"), (2, "10000")],
        "approx_top_k_accumulate" => &[(1, "10000")],
        "approx_top_k_combine" => &[(1, "-1")],
        "approx_top_k_estimate" => &[(1, "5")],
        "tuple_sketch_agg_double"
        | "tuple_sketch_agg_integer"
        | "tuple_union_double"
        | "tuple_union_integer"
        | "tuple_union_theta_double"
        | "tuple_union_theta_integer" => &[(2, "12"), (3, "sum")],
        "tuple_union_agg_double" | "tuple_union_agg_integer" => &[(1, "12"), (2, "sum")],
        "tuple_intersection_agg_double"
        | "tuple_intersection_agg_integer"
        | "tuple_sketch_summary_double"
        | "tuple_sketch_summary_integer" => &[(1, "sum")],
        "tuple_intersection_double"
        | "tuple_intersection_integer"
        | "tuple_intersection_theta_double"
        | "tuple_intersection_theta_integer" => &[(2, "sum")],
        _ => &[],
    }
}

/// Functions that Spark prints in capitals.
const CAPITALS: &[&str] = &[
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "cos",
    "cosh",
    "cot",
    "csc",
    "degrees",
    "dense_rank",
    "e",
    "exp",
    "expm1",
    "floor",
    "hypot",
    "log",
    "log10",
    "log1p",
    "log2",
    "percent_rank",
    "pi",
    "power",
    "radians",
    "rank",
    "sec",
    "signum",
    "sin",
    "sinh",
    "spark_partition_id",
    "sqrt",
    "tan",
    "tanh",
];

/// The name that Spark prints, where it is not the one that was called.
fn shown(function: &str) -> std::borrow::Cow<'_, str> {
    match function {
        "array_agg" => "collect_list".into(),
        "curdate" => "current_date".into(),
        "random" => "rand".into(),
        "dateadd" => "date_add".into(),
        other if CAPITALS.contains(&other) => other.to_uppercase().into(),
        other => other.into(),
    }
}

/// What an operand of `+` or `-` is, as far as the name shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Date,
    Timestamp,
    Days,
    Interval,
    Integral,
    Other,
}

/// Dates and timestamps moved by intervals have names of their own.
fn temporal(
    operator: &str,
    left: &Expression,
    right: &Expression,
    scope: &Scope<'_>,
) -> Result<Option<String>> {
    let (a, b) = (shape(left, scope), shape(right, scope));
    let point = |shape| matches!(shape, Shape::Date | Shape::Timestamp);
    let (point_side, a, by_side, b) = match (point(a), point(b)) {
        (true, false) => (left, a, right, b),
        (false, true) if operator == "+" => (right, b, left, a),
        _ => return Ok(None),
    };
    let texts = || Ok::<_, crate::error::Error>((name(point_side, scope)?, name(by_side, scope)?));
    Ok(match (a, b, operator) {
        (Shape::Date, Shape::Days, "+") => {
            let (date, by) = texts()?;
            Some(format!("date_add({date}, extractansiintervaldays({by}))"))
        }
        (Shape::Date, Shape::Days, _) => {
            let (date, by) = texts()?;
            Some(format!("date_add({date}, (- extractansiintervaldays({by})))"))
        }
        (Shape::Date, Shape::Integral, _) => {
            let (date, by) = texts()?;
            let function = if operator == "+" { "date_add" } else { "date_sub" };
            Some(format!("{function}({date}, {by})"))
        }
        (_, Shape::Days | Shape::Interval, _) => {
            let (point, by) = texts()?;
            Some(format!("{point} {operator} {by}"))
        }
        _ => None,
    })
}

fn shape(expression: &Expression, scope: &Scope<'_>) -> Shape {
    crate::planner::grown::with_stack(|| shape_of(expression, scope))
}

fn shape_of(expression: &Expression, scope: &Scope<'_>) -> Shape {
    match expression.expr_type.as_ref() {
        Some(ExprType::Literal(literal)) => {
            literal_shape(literal.literal_type.as_ref(), literal.data_type.as_ref())
        }
        Some(ExprType::UnresolvedFunction(call)) if is_numeric_operator(&call.function_name) => {
            match call.arguments.as_slice() {
                [left, right] => sum_shape(shape(left, scope), shape(right, scope)),
                _ => Shape::Other,
            }
        }
        Some(
            ExprType::UnresolvedAttribute(_) | ExprType::Cast(_) | ExprType::UnresolvedFunction(_),
        ) => planned_shape(expression, scope),
        _ => Shape::Other,
    }
}

fn is_numeric_operator(name: &str) -> bool {
    matches!(name, "+" | "-" | "*" | "/" | "%")
}

fn sum_shape(a: Shape, b: Shape) -> Shape {
    match (a, b) {
        (Shape::Timestamp, _) | (_, Shape::Timestamp) => Shape::Timestamp,
        (Shape::Date, Shape::Date) => Shape::Days,
        (Shape::Date, _) | (_, Shape::Date) => Shape::Date,
        (Shape::Interval | Shape::Days, _) | (_, Shape::Interval | Shape::Days) => Shape::Interval,
        (Shape::Integral, Shape::Integral) => Shape::Integral,
        _ => Shape::Other,
    }
}

fn literal_shape(
    literal: Option<&LiteralType>,
    data_type: Option<&crate::proto::DataType>,
) -> Shape {
    match literal {
        Some(LiteralType::Date(_)) => Shape::Date,
        Some(LiteralType::Timestamp(_) | LiteralType::TimestampNtz(_)) => Shape::Timestamp,
        Some(LiteralType::YearMonthInterval(_) | LiteralType::CalendarInterval(_)) => {
            Shape::Interval
        }
        Some(LiteralType::DayTimeInterval(_)) => {
            match data_type.and_then(|data_type| data_type.kind.as_ref()) {
                Some(SparkKind::DayTimeInterval(fields))
                    if fields.start_field == Some(0) && fields.end_field.unwrap_or(0) == 0 =>
                {
                    Shape::Days
                }
                _ => Shape::Interval,
            }
        }
        Some(
            LiteralType::Byte(_)
            | LiteralType::Short(_)
            | LiteralType::Integer(_)
            | LiteralType::Long(_),
        ) => Shape::Integral,
        _ => Shape::Other,
    }
}

/// The fields of an interval.
fn fields(value: &Typed, scope: &Scope<'_>) -> Option<IntervalFields> {
    let (_, field) = value.expr().to_field(scope.df_schema().as_ref()).ok()?;
    fields_of(&field)
}

fn planned_shape(expression: &Expression, scope: &Scope<'_>) -> Shape {
    let Ok(value) = plan_typed(expression, scope) else { return Shape::Other };
    match value.data_type(scope).map(Kind::of) {
        Ok(Kind::Date) => Shape::Date,
        Ok(Kind::Timestamp | Kind::TimestampNtz) => Shape::Timestamp,
        Ok(Kind::DayTime) if fields(&value, scope) == Some((0, 0)) => Shape::Days,
        Ok(Kind::DayTime | Kind::YearMonth | Kind::Calendar) => Shape::Interval,
        Ok(Kind::Integral) => Shape::Integral,
        _ => Shape::Other,
    }
}
