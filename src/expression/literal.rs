//! Constants.

use datafusion::common::metadata::FieldMetadata;
use datafusion::logical_expr::Expr;

use crate::error::Result;
use crate::function::Typed;
use crate::planner::scope::Scope;
use crate::proto::expression::Literal;
use crate::proto::expression::literal::LiteralType;

pub(super) fn plan(literal: &Literal, scope: &Scope<'_>) -> Result<Typed> {
    let zone = scope.planner().session().time_zone();
    let value = crate::types::literal::scalar(literal, &zone)?;
    let data_type = value.data_type();
    Ok(Typed::new(Expr::Literal(value, metadata(literal, &zone)?), data_type))
}

/// What Arrow's type does not say: which fields an interval has, which decides
/// whether a date moved by it stays a date.
fn metadata(literal: &Literal, zone: &str) -> Result<Option<FieldMetadata>> {
    let Literal { data_type, literal_type } = literal;
    let is_interval = matches!(
        literal_type,
        Some(LiteralType::DayTimeInterval(_) | LiteralType::YearMonthInterval(_))
    );
    let Some(data_type) = data_type.as_ref().filter(|_| is_interval) else { return Ok(None) };
    let field = crate::types::to_field("", data_type, false, None, zone)?;
    Ok((!field.metadata().is_empty()).then(|| FieldMetadata::from(field.metadata())))
}
