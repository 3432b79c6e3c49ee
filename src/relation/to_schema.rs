//! `to_schema`: the columns of a schema, by name, in its order and its types.

use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{ExprSchema as _, ScalarValue};
use datafusion::logical_expr::{Expr, lit};

use super::select::Select;
use crate::error::{AtField as _, Condition, Error, Required as _, Result};
use crate::function::Typed;
use crate::function::cast::coerced;
use crate::function::coerce::same;
use crate::planner::columns::{ColumnEntry, Resolution, quote_parts};
use crate::planner::planned::Planned;
use crate::planner::scope::unresolved;
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::types::variant::{are_fields, is_variant};
use crate::types::{self, METADATA_KEY, arrow_sql_name};

pub(super) fn plan(
    message: &proto::ToSchema,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::ToSchema { input: _, schema } = message;
    let time_zone = context.planner.session().time_zone();
    let schema = schema.as_ref().required("schema")?;
    let schema = types::to_schema(schema, &time_zone).at("schema")?;
    let input = context.input()?;
    let mut select = Select::new(input, context.field_names());
    for field in schema.fields() {
        add(&mut select, field, input, context)?;
    }
    select.finish()
}

fn add(
    select: &mut Select<'_>,
    field: &Field,
    input: &Planned,
    context: &RelationContext<'_, '_>,
) -> Result<()> {
    let name = [field.name().clone()];
    let metadata = field.metadata().get(METADATA_KEY).map(String::as_str);
    match input.columns().resolve(&name) {
        Resolution::Found { entry, .. } => {
            let value = fitted(&entry, field, input, context)?;
            let own = input.df_schema().field_from_column(entry.column())?;
            let kept = own.metadata().get(METADATA_KEY).map(String::as_str) == metadata;
            match value {
                Expr::Column(_) if kept && entry.name() == field.name() => select.pass(&entry),
                value => select.compute(field.name(), value, metadata),
            }
        }
        Resolution::Missing if field.is_nullable() => {
            let null = lit(ScalarValue::try_from(field.data_type())?);
            select.compute(field.name(), null, metadata);
        }
        Resolution::Missing => return Err(unresolved(&name, input.columns())),
        Resolution::Ambiguous(entries) => {
            let names: Vec<_> = entries.iter().map(|entry| entry.quoted()).collect();
            return Err(Error::analysis(
                Condition::AMBIGUOUS_REFERENCE,
                [
                    ("name", quote_parts([field.name().as_str()])),
                    ("referenceNames", format!("[{}]", names.join(", "))),
                ],
            ));
        }
    }
    Ok(())
}

/// The column as a value of the field.
fn fitted(
    entry: &ColumnEntry,
    field: &Field,
    input: &Planned,
    context: &RelationContext<'_, '_>,
) -> Result<Expr> {
    let own = input.df_schema().field_from_column(entry.column())?;
    let name = || quote_parts([field.name().as_str()]);
    if own.is_nullable() && !field.is_nullable() {
        return Err(Error::analysis(Condition::NULLABLE_COLUMN_OR_FIELD, [("name", name())]));
    }
    let column = Expr::Column(entry.column().clone());
    if same(own.data_type(), field.data_type()) {
        return Ok(column);
    }
    if !is_assignable(own.data_type(), field.data_type()) {
        return Err(Error::analysis(
            Condition::INVALID_COLUMN_OR_FIELD_DATA_TYPE,
            [
                ("name", name()),
                ("type", format!("\"{}\"", arrow_sql_name(own.data_type()))),
                ("expectedType", format!("\"{}\"", arrow_sql_name(field.data_type()))),
            ],
        ));
    }
    let scope = context.scope(input);
    Ok(coerced(&Typed::from(column), field.data_type(), &scope)?.into_expr())
}

/// Whether ANSI SQL lets a value of one type be stored as another.
pub(crate) fn is_assignable(from: &DataType, to: &DataType) -> bool {
    let is_text =
        |t: &DataType| matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let is_time = |t: &DataType| matches!(t, DataType::Date32 | DataType::Timestamp(..));
    match (from, to) {
        (DataType::Null, _) => true,
        (from, to) if from.is_numeric() && to.is_numeric() => true,
        // By position, whatever the names.
        (DataType::Struct(from), DataType::Struct(to)) if are_fields(from) == are_fields(to) => {
            from.len() == to.len()
                && from.iter().zip(to).all(|(from, to)| fits(from.data_type(), to.data_type()))
        }
        (DataType::List(from), DataType::List(to)) => fits(from.data_type(), to.data_type()),
        (from, to) if is_time(from) && is_time(to) => true,
        (from, to) => is_text(to) && (is_variant(from) || !from.is_nested()),
    }
}

/// The same, where the types may be the same too.
fn fits(from: &DataType, to: &DataType) -> bool {
    crate::function::coerce::same(from, to) || is_assignable(from, to)
}
