//! Relations of Spark in a few words, over relations that are planned already and
//! known by a name.

use std::collections::HashMap;

use datafusion_spark_connect::proto::aggregate::GroupType;
use datafusion_spark_connect::proto::expression::{
    Alias, ExprType, ExpressionString, UnresolvedAttribute, UnresolvedFunction,
};
use datafusion_spark_connect::proto::read::{NamedTable, ReadType};
use datafusion_spark_connect::proto::relation::RelType;
use datafusion_spark_connect::proto::set_operation::SetOpType;
use datafusion_spark_connect::proto::{
    Aggregate, Expression, Filter, Project, Read, Relation, SetOperation,
};
use datafusion_spark_connect::{Error, Result, SparkConnectPlanner};

use crate::proto::ColumnOrExpression;
use crate::proto::column_or_expression::ColOrExpr;

fn of(kind: RelType) -> Relation {
    Relation { common: None, rel_type: Some(kind) }
}

/// The relation that goes by this name.
pub(crate) fn named(name: &str) -> Relation {
    let table = NamedTable { unparsed_identifier: name.to_owned(), options: HashMap::new() };
    let read_type = Some(ReadType::NamedTable(table));
    of(RelType::Read(Read { read_type, is_streaming: false }))
}

pub(crate) fn select(input: Relation, expressions: Vec<Expression>) -> Relation {
    let input = Some(Box::new(input));
    of(RelType::Project(Box::new(Project { input, expressions })))
}

pub(crate) fn filter(input: Relation, condition: Expression) -> Relation {
    let (input, condition) = (Some(Box::new(input)), Some(Box::new(condition)));
    of(RelType::Filter(Box::new(Filter { input, condition: condition.map(|c| *c) })))
}

pub(crate) fn union_all(left: Relation, right: Relation) -> Relation {
    let set = SetOperation {
        left_input: Some(Box::new(left)),
        right_input: Some(Box::new(right)),
        set_op_type: SetOpType::Union as i32,
        is_all: Some(true),
        by_name: None,
        allow_missing_columns: None,
    };
    of(RelType::SetOp(Box::new(set)))
}

pub(crate) fn group_by(
    input: Relation,
    keys: Vec<Expression>,
    aggregates: Vec<Expression>,
) -> Relation {
    let aggregate = Aggregate {
        input: Some(Box::new(input)),
        group_type: GroupType::Groupby as i32,
        grouping_expressions: keys,
        aggregate_expressions: aggregates,
        pivot: None,
        grouping_sets: Vec::new(),
    };
    of(RelType::Aggregate(Box::new(aggregate)))
}

fn expr(kind: ExprType) -> Expression {
    Expression { common: None, expr_type: Some(kind) }
}

/// A name as SQL text would have it: `id`, `src.id`.
pub(crate) fn column(name: &str) -> Expression {
    let attribute = UnresolvedAttribute {
        unparsed_identifier: name.to_owned(),
        plan_id: None,
        is_metadata_column: None,
    };
    expr(ExprType::UnresolvedAttribute(attribute))
}

/// An expression in Spark's SQL.
pub(crate) fn sql(text: impl Into<String>) -> Expression {
    expr(ExprType::ExpressionString(ExpressionString { expression: text.into() }))
}

pub(crate) fn call(name: &str, arguments: Vec<Expression>) -> Expression {
    let call = UnresolvedFunction {
        function_name: name.to_owned(),
        arguments,
        is_distinct: false,
        is_user_defined_function: false,
        is_internal: None,
    };
    expr(ExprType::UnresolvedFunction(call))
}

pub(crate) fn alias(of: Expression, name: &str) -> Expression {
    let alias = Alias { expr: Some(Box::new(of)), name: vec![name.to_owned()], metadata: None };
    expr(ExprType::Alias(Box::new(alias)))
}

/// An identifier in backquotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// What a client gave for an expression, which it must not leave out.
///
/// # Errors
/// If it is unset, or the bytes are no expression.
pub(crate) fn given(
    planner: &SparkConnectPlanner,
    expression: Option<&ColumnOrExpression>,
    field: &str,
) -> Result<Expression> {
    let ColumnOrExpression { col_or_expr } =
        expression.ok_or_else(|| Error::missing_field(field))?;
    match col_or_expr {
        Some(ColOrExpr::Col(bytes)) => {
            let expression = planner.parse_expression_bytes(bytes).map_err(|e| e.at(field))?;
            Ok(expression.with(Expression::clone))
        }
        Some(ColOrExpr::Expr(text)) => Ok(sql(text.clone())),
        None => Err(Error::missing_field(field)),
    }
}

/// The same for several.
///
/// # Errors
/// As [`given`].
pub(crate) fn given_all(
    planner: &SparkConnectPlanner,
    expressions: &[ColumnOrExpression],
    field: &str,
) -> Result<Vec<Expression>> {
    expressions.iter().map(|e| given(planner, Some(e), field)).collect()
}

/// An expression that a client gave, known to be one. It is read anew for each use, so
/// that futures hold its bytes rather than Spark's messages.
#[derive(Debug, Clone)]
pub(crate) struct Given(ColumnOrExpression);

impl Given {
    /// # Errors
    /// As [`given`].
    pub(crate) fn new(
        planner: &SparkConnectPlanner,
        expression: Option<&ColumnOrExpression>,
        field: &str,
    ) -> Result<Self> {
        given(planner, expression, field)?;
        Ok(Self(expression.cloned().unwrap_or_default()))
    }

    /// The same for several.
    ///
    /// # Errors
    /// As [`given`].
    pub(crate) fn all(
        planner: &SparkConnectPlanner,
        expressions: &[ColumnOrExpression],
        field: &str,
    ) -> Result<Vec<Self>> {
        expressions.iter().map(|e| Self::new(planner, Some(e), field)).collect()
    }

    /// The same for one that may be left out.
    ///
    /// # Errors
    /// As [`given`].
    pub(crate) fn maybe(
        planner: &SparkConnectPlanner,
        expression: Option<&ColumnOrExpression>,
        field: &str,
    ) -> Result<Option<Self>> {
        expression.map(|e| Self::new(planner, Some(e), field)).transpose()
    }

    /// An expression in Spark's SQL.
    pub(crate) fn sql(text: &str) -> Self {
        Self(ColumnOrExpression { col_or_expr: Some(ColOrExpr::Expr(text.to_owned())) })
    }

    /// # Errors
    /// As [`given`].
    pub(crate) fn read(&self, planner: &SparkConnectPlanner) -> Result<Expression> {
        given(planner, Some(&self.0), "expression")
    }
}
