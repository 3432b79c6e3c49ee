//! Spark SQL: text to the protocol's messages.
//!
//! The parser builds what a client would have sent, so SQL text and DataFrame
//! calls meet in one planner. It resolves nothing: names stay names, and the
//! types of literals are all it knows about types.
//!
//! What SQL can say and no field of the protocol holds travels as a call of a
//! function whose name starts with `#`, which no text can spell: `#select`,
//! `#having` and `#sort` in an aggregate, `#filter`, `#ignore_nulls` and
//! `#within_group` around a function, `#values` for an inline table.
//!
//! - [`lexer`]: text to tokens; [`cursor`]: the parser's state;
//! - [`expression`], [`query`], [`statement`], [`data_type`]: the grammar;
//! - [`build`]: the messages.

pub(crate) mod action;
mod aggregates;
pub(crate) mod build;
mod cursor;
mod data_type;
mod expression;
mod identifier;
mod interval_text;
mod lexer;
mod query;
pub(crate) mod script;
mod span;
mod statement;

use std::collections::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::error::{Condition, Error, Result};
use crate::proto;
use cursor::{MAX_DEPTH, Parser};
use lexer::Kind;
pub(crate) use span::{SpanFault, span_of};

pub(crate) use aggregates::{aggregates, is_aggregate};
pub(crate) use query::cte::RECURSIVE;
pub(crate) use statement::Statement;

/// Values of the parameters `:name` and `?` of a statement.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parameters {
    /// By name, without the colon.
    pub(crate) named: HashMap<String, proto::Expression>,
    /// In the order of the question marks.
    pub(crate) positional: Vec<proto::Expression>,
    /// What stands for plain names, in lower case: the parameters of a function.
    pub(crate) bound: HashMap<String, proto::Expression>,
}

/// For texts that take no parameters.
static NO_VALUES: LazyLock<Parameters> = LazyLock::new(Parameters::default);

/// An expression of SQL text, and the subqueries in it.
#[derive(Debug, Clone)]
pub(crate) struct Fragment {
    /// The expression.
    pub(crate) expression: proto::Expression,
    /// Relations that its subquery expressions refer to by plan id.
    pub(crate) references: Vec<proto::Relation>,
}

/// An interval of months, days and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    pub(crate) months: i32,
    pub(crate) days: i32,
    pub(crate) micros: i64,
}

impl Interval {
    /// All but the months.
    pub(crate) fn whole_micros(self) -> Option<i64> {
        let days = i64::from(self.days).checked_mul(86_400_000_000)?;
        days.checked_add(self.micros)
    }
}

/// The interval that a text such as `1 day 2 hours` is.
pub(crate) fn interval_of(text: &str) -> Option<Interval> {
    interval_text::parse_units(text).ok().and_then(|(amount, _)| amount.parts())
}

/// A plan id that no client sends and no other subquery of this process has.
pub(crate) fn fresh_plan_id() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(-1);
    NEXT.fetch_sub(1, Ordering::Relaxed)
}

/// Parses one statement.
///
/// # Errors
/// As Spark: `PARSE_SYNTAX_ERROR` and others with the position in the text;
/// [`crate::Error::Unsupported`] for what is Spark SQL but not served.
pub(crate) fn parse_statement(text: &str, parameters: &Parameters) -> Result<Statement> {
    parse_statement_within(text, parameters, MAX_DEPTH)
}

/// The same, with a bound of its own on nesting.
pub(crate) fn parse_statement_within(
    text: &str,
    parameters: &Parameters,
    depth: usize,
) -> Result<Statement> {
    whole(text, parameters, depth, Parser::statement)
}

/// Parses one expression, which may have an alias, as `selectExpr` takes them.
///
/// # Errors
/// As [`parse_statement`].
pub(crate) fn parse_expression(text: &str) -> Result<Fragment> {
    whole(text, &NO_VALUES, MAX_DEPTH, |parser| {
        let expression = parser.named_expression()?;
        Ok(Fragment { expression, references: std::mem::take(&mut parser.references) })
    })
}

/// Parses a data type, such as `array<int>`.
///
/// # Errors
/// As [`parse_statement`].
pub(crate) fn parse_data_type(text: &str) -> Result<proto::DataType> {
    whole(text, &NO_VALUES, MAX_DEPTH, Parser::data_type).map_err(standing_alone)
}

/// Parses a schema: columns such as `a int, b string`, or a data type.
///
/// # Errors
/// As [`parse_statement`], for the text taken as columns.
pub(crate) fn parse_schema(text: &str) -> Result<proto::DataType> {
    whole(text, &NO_VALUES, MAX_DEPTH, Parser::table_schema)
        .map_err(standing_alone)
        .or_else(|error| parse_data_type(text).map_err(|_| error))
}

fn standing_alone(error: Error) -> Error {
    match error {
        Error::Analysis(error) => Error::Analysis(Box::new(error.standing_alone())),
        other => other,
    }
}

/// An expression cast to a type.
pub(crate) fn cast_value(value: &proto::Expression, to: &proto::DataType) -> proto::Expression {
    let mode = proto::expression::cast::EvalMode::Unspecified;
    build::cast(value.clone(), to.clone(), mode)
}

/// A query's columns cast to types, by position.
pub(crate) fn cast_columns(query: &proto::Relation, to: &[proto::DataType]) -> proto::Relation {
    let names: Vec<String> = (0..to.len()).map(|at| format!("v{at}")).collect();
    let cast = |(name, to): (&String, &proto::DataType)| {
        let mode = proto::expression::cast::EvalMode::Unspecified;
        build::cast(build::attribute(&[name]), to.clone(), mode)
    };
    let casts = names.iter().zip(to).map(cast).collect();
    build::project(Some(build::to_df(query.clone(), names)), casts)
}

/// Parses what stands behind `SET` where it sets variables.
///
/// # Errors
/// As [`parse_statement`].
pub(crate) fn parse_assignment(text: &str) -> Result<action::Action> {
    whole(text, &NO_VALUES, MAX_DEPTH, Parser::assignment_of_variables)
}

/// Splits a dotted name into its parts, such as `` a.`b.c` ``.
///
/// # Errors
/// As [`parse_statement`].
pub(crate) fn parse_identifier(text: &str) -> Result<Vec<String>> {
    if text.split('.').all(is_plain_name) {
        return Ok(text.split('.').map(str::to_owned).collect());
    }
    whole(text, &NO_VALUES, MAX_DEPTH, Parser::multipart_identifier)
}

/// Whether a parser has nothing to say of a name: any word may be one.
fn is_plain_name(part: &str) -> bool {
    part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn whole<'t, T>(
    text: &'t str,
    parameters: &'t Parameters,
    depth: usize,
    parse: impl FnOnce(&mut Parser<'t>) -> Result<T>,
) -> Result<T> {
    let mut parser = Parser::new(text, parameters, depth)?;
    if parser.kind() == Kind::End {
        return Err(parser.fault(
            &parser.token(0).to_owned(),
            Condition::PARSE_EMPTY_STATEMENT,
            cursor::NO_PARAMETERS,
        ));
    }
    let parsed = parse(&mut parser)?;
    parser.require_end()?;
    parser.finish()?;
    Ok(parsed)
}

#[cfg(test)]
mod tests;
