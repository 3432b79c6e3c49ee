//! Constructors of the protocol's messages.

use crate::proto;
use crate::proto::data_type::{self, Kind as TypeKind};
use crate::proto::expression::literal::LiteralType;
use crate::proto::expression::sort_order::{NullOrdering, SortDirection};
use crate::proto::expression::{self, ExprType};
use crate::proto::relation::RelType;

use super::identifier::quote;

/// An expression of a kind.
pub(crate) fn expression(kind: ExprType) -> proto::Expression {
    proto::Expression { common: None, expr_type: Some(kind) }
}

/// A relation of a kind.
pub(super) fn relation(kind: RelType) -> proto::Relation {
    proto::Relation { common: None, rel_type: Some(kind) }
}

/// A call of a function by its plain name.
pub(crate) fn call(name: &str, arguments: Vec<proto::Expression>) -> proto::Expression {
    expression(ExprType::UnresolvedFunction(expression::UnresolvedFunction {
        function_name: name.to_owned(),
        arguments,
        is_distinct: false,
        is_user_defined_function: false,
        is_internal: None,
    }))
}

/// The arguments, if this is a call of `name`.
pub(crate) fn arguments_of<'e>(
    expression: &'e proto::Expression,
    name: &str,
) -> Option<&'e [proto::Expression]> {
    match expression.expr_type.as_ref() {
        Some(ExprType::UnresolvedFunction(function)) if function.function_name == name => {
            Some(&function.arguments)
        }
        _ => None,
    }
}

/// `not(operand)`.
pub(crate) fn not(operand: proto::Expression) -> proto::Expression {
    call("not", vec![operand])
}

/// `not(operand)` if `negated`, else the operand.
pub(super) fn negated(negated: bool, operand: proto::Expression) -> proto::Expression {
    if negated { not(operand) } else { operand }
}

/// Joins operands by `and` or `or` into a tree as flat as can be: long conditions
/// are common, and depth costs stack wherever a tree is walked.
pub(crate) fn balanced(
    operator: &str,
    mut operands: Vec<proto::Expression>,
) -> Option<proto::Expression> {
    if operands.len() < 2 {
        return operands.pop();
    }
    let right = operands.split_off(operands.len().div_ceil(2));
    let sides = [balanced(operator, operands), balanced(operator, right)];
    Some(call(operator, sides.into_iter().flatten().collect()))
}

/// The function that `(a, b)` stands for: a struct whose name shows its fields' names.
pub(crate) const ROW: &str = "#row";

/// What the names of quantified LIKEs begin with in messages.
pub(crate) const LIKE: &str = "#like.";

/// `(a, b)`.
pub(super) fn row(fields: Vec<proto::Expression>) -> proto::Expression {
    call(ROW, fields)
}

/// The fields of a struct that is written as such.
pub(super) fn fields_of(value: &proto::Expression) -> Option<Vec<proto::Expression>> {
    let fields = arguments_of(value, ROW).or_else(|| arguments_of(value, "struct"));
    fields.map(<[_]>::to_vec)
}

/// A name, not resolved.
pub(crate) fn attribute<S: AsRef<str>>(parts: &[S]) -> proto::Expression {
    expression(ExprType::UnresolvedAttribute(expression::UnresolvedAttribute {
        unparsed_identifier: quote(parts),
        plan_id: None,
        is_metadata_column: None,
    }))
}

/// `*` or `target.*`.
pub(super) fn star(target: &[String]) -> proto::Expression {
    let unparsed_target = (!target.is_empty()).then(|| format!("{}.*", quote(target)));
    expression(ExprType::UnresolvedStar(expression::UnresolvedStar {
        unparsed_target,
        plan_id: None,
    }))
}

/// An expression under a name, or several names for a generator.
pub(super) fn alias(child: proto::Expression, names: Vec<String>) -> proto::Expression {
    expression(ExprType::Alias(Box::new(expression::Alias {
        expr: Some(Box::new(child)),
        name: names,
        metadata: None,
    })))
}

/// `child[extraction]`, or a field if the extraction is a string.
pub(super) fn extract(child: proto::Expression, by: proto::Expression) -> proto::Expression {
    expression(ExprType::UnresolvedExtractValue(Box::new(expression::UnresolvedExtractValue {
        child: Some(Box::new(child)),
        extraction: Some(Box::new(by)),
    })))
}

/// `CAST` or `TRY_CAST`.
pub(super) fn cast(
    child: proto::Expression,
    to: proto::DataType,
    mode: expression::cast::EvalMode,
) -> proto::Expression {
    expression(ExprType::Cast(Box::new(expression::Cast {
        expr: Some(Box::new(child)),
        eval_mode: mode as i32,
        cast_to_type: Some(expression::cast::CastToType::Type(to)),
    })))
}

/// A literal that says its type by its kind.
pub(super) fn literal(value: LiteralType) -> proto::Expression {
    typed_literal(value, None)
}

/// A literal with a type of its own.
pub(super) fn typed_literal(value: LiteralType, data_type: Option<TypeKind>) -> proto::Expression {
    expression(ExprType::Literal(expression::Literal {
        data_type: data_type.map(of_kind),
        literal_type: Some(value),
    }))
}

/// A string literal.
pub(crate) fn text(value: impl Into<String>) -> proto::Expression {
    literal(LiteralType::String(value.into()))
}

/// An int literal.
pub(crate) fn integer(value: i32) -> proto::Expression {
    literal(LiteralType::Integer(value))
}

/// `NULL`.
pub(crate) fn null() -> proto::Expression {
    literal(LiteralType::Null(of_kind(TypeKind::Null(data_type::Null::default()))))
}

/// A data type of a kind.
pub(super) fn of_kind(kind: TypeKind) -> proto::DataType {
    proto::DataType { kind: Some(kind) }
}

/// One item of `ORDER BY`; nulls go where Spark puts them if nothing is said.
pub(crate) fn sort_order(
    child: proto::Expression,
    descending: bool,
    nulls_first: Option<bool>,
) -> expression::SortOrder {
    let direction = if descending { SortDirection::Descending } else { SortDirection::Ascending };
    let nulls = match nulls_first.unwrap_or(!descending) {
        true => NullOrdering::SortNullsFirst,
        false => NullOrdering::SortNullsLast,
    };
    expression::SortOrder {
        child: Some(Box::new(child)),
        direction: direction as i32,
        null_ordering: nulls as i32,
    }
}

/// A sort order as an argument.
pub(crate) fn sort_expression(order: expression::SortOrder) -> proto::Expression {
    expression(ExprType::SortOrder(Box::new(order)))
}

/// A table by name.
pub(crate) fn table<S: AsRef<str>>(parts: &[S]) -> proto::Relation {
    read(proto::read::ReadType::NamedTable(proto::read::NamedTable {
        unparsed_identifier: quote(parts),
        options: Default::default(),
    }))
}

/// A `read` of a table or of files.
pub(super) fn read(source: proto::read::ReadType) -> proto::Relation {
    relation(RelType::Read(proto::Read { is_streaming: false, read_type: Some(source) }))
}

/// A relation under a name.
pub(crate) fn subquery_alias(input: proto::Relation, alias: String) -> proto::Relation {
    relation(RelType::SubqueryAlias(Box::new(proto::SubqueryAlias {
        input: Some(Box::new(input)),
        alias,
        qualifier: Vec::new(),
    })))
}

/// A relation with all its columns renamed.
pub(super) fn to_df(input: proto::Relation, column_names: Vec<String>) -> proto::Relation {
    relation(RelType::ToDf(Box::new(proto::ToDf { input: Some(Box::new(input)), column_names })))
}

/// A select list; over one row of nothing if there is no input.
pub(super) fn project(
    input: Option<proto::Relation>,
    expressions: Vec<proto::Expression>,
) -> proto::Relation {
    relation(RelType::Project(Box::new(proto::Project { input: input.map(Box::new), expressions })))
}

/// `WHERE`.
pub(super) fn filter(input: proto::Relation, condition: proto::Expression) -> proto::Relation {
    relation(RelType::Filter(Box::new(proto::Filter {
        input: Some(Box::new(input)),
        condition: Some(condition),
    })))
}

/// `ORDER BY`, or `SORT BY` if not global.
pub(super) fn sort(
    input: proto::Relation,
    order: Vec<expression::SortOrder>,
    global: bool,
) -> proto::Relation {
    relation(RelType::Sort(Box::new(proto::Sort {
        input: Some(Box::new(input)),
        order,
        is_global: Some(global),
    })))
}

/// A relation whose expressions refer to others, by plan id or by name.
pub(super) fn with_relations(
    root: proto::Relation,
    references: Vec<proto::Relation>,
) -> proto::Relation {
    if references.is_empty() {
        return root;
    }
    relation(RelType::WithRelations(Box::new(proto::WithRelations {
        root: Some(Box::new(root)),
        references,
    })))
}

/// A table-valued function.
pub(super) fn table_function(
    name: impl Into<String>,
    arguments: Vec<proto::Expression>,
) -> proto::Relation {
    relation(RelType::UnresolvedTableValuedFunction(proto::UnresolvedTableValuedFunction {
        function_name: name.into(),
        arguments,
    }))
}

/// A join whose right side may name columns of the left.
pub(super) fn lateral_join(
    left: proto::Relation,
    right: proto::Relation,
    condition: Option<proto::Expression>,
    kind: proto::join::JoinType,
) -> proto::Relation {
    relation(RelType::LateralJoin(Box::new(proto::LateralJoin {
        left: Some(Box::new(left)),
        right: Some(Box::new(right)),
        join_condition: condition,
        join_type: kind as i32,
    })))
}

/// A union, intersection or difference.
pub(super) fn set_operation(
    left: proto::Relation,
    right: proto::Relation,
    kind: proto::set_operation::SetOpType,
    all: bool,
) -> proto::Relation {
    relation(RelType::SetOp(Box::new(proto::SetOperation {
        left_input: Some(Box::new(left)),
        right_input: Some(Box::new(right)),
        set_op_type: kind as i32,
        is_all: Some(all),
        by_name: Some(false),
        allow_missing_columns: Some(false),
    })))
}

/// `SELECT DISTINCT`.
pub(super) fn distinct(input: proto::Relation) -> proto::Relation {
    relation(RelType::Deduplicate(Box::new(proto::Deduplicate {
        input: Some(Box::new(input)),
        column_names: Vec::new(),
        all_columns_as_keys: Some(true),
        within_watermark: None,
    })))
}

/// `TRUE` or `FALSE`.
pub(super) fn boolean(value: bool) -> proto::Expression {
    literal(LiteralType::Boolean(value))
}

/// A name that begins with a parameter of a lambda function.
pub(super) fn lambda_variable(name_parts: Vec<String>) -> proto::Expression {
    expression(ExprType::UnresolvedNamedLambdaVariable(expression::UnresolvedNamedLambdaVariable {
        name_parts,
    }))
}

/// A join; `using` are the names that both sides share.
pub(super) fn join(
    left: proto::Relation,
    right: proto::Relation,
    condition: Option<proto::Expression>,
    kind: proto::join::JoinType,
    using: Vec<String>,
) -> proto::Relation {
    relation(RelType::Join(Box::new(proto::Join {
        left: Some(Box::new(left)),
        right: Some(Box::new(right)),
        join_condition: condition,
        join_type: kind as i32,
        using_columns: using,
        join_data_type: None,
    })))
}
