//! `LIMIT` and `OFFSET`: the protocol takes numbers, so constants are computed here.

use crate::error::{Condition, Error, Result};
use crate::planner::grown::with_stack;
use crate::proto;
use crate::proto::data_type::Kind as TypeKind;
use crate::proto::expression::cast::CastToType;
use crate::proto::expression::literal::LiteralType;
use crate::proto::expression::{Cast, ExprType};
use crate::proto::relation::RelType;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

/// The first rows of a relation.
pub(super) fn limited(input: proto::Relation, limit: i32) -> proto::Relation {
    build::relation(RelType::Limit(Box::new(proto::Limit { input: Some(Box::new(input)), limit })))
}

/// A relation without its first rows.
pub(super) fn without_first(input: proto::Relation, offset: i32) -> proto::Relation {
    build::relation(RelType::Offset(Box::new(proto::Offset {
        input: Some(Box::new(input)),
        offset,
    })))
}

impl Parser<'_> {
    /// `LIMIT n OFFSET m`, in this order.
    pub(super) fn limits(&mut self, mut relation: proto::Relation) -> Result<proto::Relation> {
        let mut limit = None;
        if self.eat_word("LIMIT") {
            let ends = matches!(self.token(1).kind, Kind::End | Kind::Symbol(_));
            if self.word_at(0, "ALL") && (ends || self.word_at(1, "OFFSET")) {
                self.bump();
            } else {
                limit = self.constant_of("limit")?;
            }
        }
        if self.token(1).kind != Kind::End
            && self.eat_word("OFFSET")
            && let Some(offset) = self.constant_of("offset")?
        {
            relation = without_first(relation, offset);
        }
        Ok(match limit {
            Some(limit) => limited(relation, limit),
            None => relation,
        })
    }

    /// A constant int; nothing, and refused, if it is none.
    pub(super) fn constant_count(&mut self) -> Result<Option<i32>> {
        self.constant_of("limit")
    }

    fn constant_of(&mut self, clause: &str) -> Result<Option<i32>> {
        let expression = self.expression()?;
        let count = constant(&expression).and_then(|count| i32::try_from(count).ok());
        if count.is_none() {
            self.blame(no_count(&expression, clause));
        }
        Ok(count)
    }
}

/// Spark's error for a limit that is no constant int.
fn no_count(expression: &proto::Expression, clause: &str) -> Error {
    let name = ("name", clause.to_owned());
    let unfoldable = |text: String| {
        let expr = ("expr", format!("\"{text}\""));
        Error::analysis(Condition::LIMIT_UNFOLDABLE, [name.clone(), expr])
    };
    let literal = match expression.expr_type.as_ref() {
        Some(ExprType::Literal(literal)) => literal.literal_type.as_ref(),
        Some(ExprType::UnresolvedAttribute(attribute)) => {
            return unfoldable(attribute.unparsed_identifier.clone());
        }
        Some(ExprType::SubqueryExpression(_)) => return unfoldable("scalarsubquery()".to_owned()),
        _ => None,
    };
    let (text, data_type) = match literal {
        Some(LiteralType::String(text)) => (text.clone(), "STRING".to_owned()),
        Some(LiteralType::Null(_)) => ("NULL".to_owned(), "VOID".to_owned()),
        Some(LiteralType::Long(value)) => (value.to_string(), "BIGINT".to_owned()),
        Some(LiteralType::Double(value)) => (format!("{value:?}"), "DOUBLE".to_owned()),
        Some(LiteralType::Boolean(value)) => (value.to_string(), "BOOLEAN".to_owned()),
        Some(LiteralType::Decimal(value)) => {
            let (precision, scale) = (value.precision.unwrap_or(38), value.scale.unwrap_or(0));
            (value.value.clone(), format!("DECIMAL({precision},{scale})"))
        }
        _ => return Error::unsupported("sql.limit_expression"),
    };
    Error::analysis(
        Condition::LIMIT_DATA_TYPE,
        [name, ("expr", format!("\"{text}\"")), ("dataType", format!("\"{data_type}\""))],
    )
}

fn constant(expression: &proto::Expression) -> Option<i64> {
    with_stack(|| match expression.expr_type.as_ref()? {
        ExprType::Literal(literal) => match literal.literal_type.as_ref()? {
            LiteralType::Byte(value) | LiteralType::Short(value) | LiteralType::Integer(value) => {
                Some(i64::from(*value))
            }
            _ => None,
        },
        ExprType::UnresolvedFunction(function) => {
            let arguments: Vec<_> =
                function.arguments.iter().map(constant).collect::<Option<_>>()?;
            match (function.function_name.as_str(), arguments.as_slice()) {
                ("+", [left, right]) => left.checked_add(*right),
                ("-", [left, right]) => left.checked_sub(*right),
                ("*", [left, right]) => left.checked_mul(*right),
                ("-" | "negative", [value]) => value.checked_neg(),
                ("+" | "positive", [value]) => Some(*value),
                _ => None,
            }
        }
        ExprType::Cast(cast) => to_integer(cast),
        _ => None,
    })
}

fn to_integer(cast: &Cast) -> Option<i64> {
    let integer = match cast.cast_to_type.as_ref()? {
        CastToType::Type(data_type) => matches!(data_type.kind, Some(TypeKind::Integer(_))),
        CastToType::TypeStr(_) => false,
    };
    constant(cast.expr.as_deref()?).filter(|_| integer)
}
