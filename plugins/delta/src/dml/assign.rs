//! `SET column = value`: which columns get which values.

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::logical_expr::Expr;
use datafusion_spark_connect::proto::expression::{ExprType, UpdateFields};
use datafusion_spark_connect::proto::{Expression, expression};
use datafusion_spark_connect::{Error, Planned, Resolution, Result, SparkConnectPlanner};

use super::target::Target;
use crate::error::analysis;
use crate::proto::Assignment;
use crate::table::quoted;
use crate::write::Layout;

/// Fields inside a column, outermost first, and what they are set to.
type Part<'m> = (Vec<String>, &'m Expression);

/// Values for columns, by place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Assigned(Vec<(usize, Expr)>);

/// A column of the target, or a field in one.
struct Place {
    column: usize,
    fields: Vec<String>,
}

impl Assigned {
    /// What assignments say, with values over the columns of `values`.
    pub(crate) fn of(
        assignments: &[Assignment],
        target: &Target,
        values: &Planned,
        planner: &SparkConnectPlanner,
    ) -> Result<Self> {
        Self::into(assignments, target, &target.layout.spark, values, planner)
    }

    /// The same, into columns of which the last may be new.
    pub(crate) fn into(
        assignments: &[Assignment],
        target: &Target,
        schema: &SchemaRef,
        values: &Planned,
        planner: &SparkConnectPlanner,
    ) -> Result<Self> {
        let mut by_column: Vec<(usize, Vec<Part<'_>>)> = Vec::new();
        for Assignment { field, value } in assignments {
            let field = field.as_ref().ok_or_else(|| Error::missing_field("field"))?;
            let value = value.as_ref().ok_or_else(|| Error::missing_field("value"))?;
            let Place { column, fields } = place(field, target, schema, planner)?;
            match by_column.iter_mut().find(|(known, _)| *known == column) {
                Some((_, parts)) => parts.push((fields, value)),
                None => by_column.push((column, vec![(fields, value)])),
            }
        }
        let mut assigned = Vec::with_capacity(by_column.len());
        for (column, parts) in by_column {
            let name = schema.field(column).name();
            let message = combined(name, &parts, target)?;
            let value = planner.plan_expression(&message, values)?.unalias_nested().data;
            let shown = &target.location.shown;
            let value = planner.store_value(value, values, shown, schema.field(column))?;
            assigned.push((column, value));
        }
        Ok(Self(assigned))
    }

    /// Columns by name, with values in their types.
    pub(crate) fn named(values: Vec<(String, Expr)>, layout: &Layout) -> Result<Self> {
        let place = |(name, value): (String, Expr)| {
            let mut fields = layout.spark.fields().iter();
            let at = fields.position(|field| field.name().eq_ignore_ascii_case(&name));
            let at = at.ok_or_else(|| Error::internal(format!("a table has no column {name}")));
            Ok((at?, value))
        };
        values.into_iter().map(place).collect::<Result<_>>().map(Self)
    }

    /// Columns by place, with values for them.
    pub(crate) fn new(values: Vec<(usize, Expr)>) -> Self {
        Self(values)
    }

    /// The values of all columns: what is assigned, and else what is there.
    pub(crate) fn over(&self, columns: &[Expr]) -> Vec<Expr> {
        let value = |(at, old): (usize, &Expr)| self.get(at).unwrap_or(old).clone();
        columns.iter().enumerate().map(value).collect()
    }

    /// The columns that get values, by place.
    pub(crate) fn columns(&self) -> impl Iterator<Item = usize> {
        self.0.iter().map(|(at, _)| *at)
    }

    /// The value for a column.
    pub(crate) fn get(&self, column: usize) -> Option<&Expr> {
        self.0.iter().find(|(at, _)| *at == column).map(|(_, value)| value)
    }
}

fn place(
    field: &Expression,
    target: &Target,
    schema: &SchemaRef,
    planner: &SparkConnectPlanner,
) -> Result<Place> {
    let text = match &field.expr_type {
        Some(ExprType::UnresolvedAttribute(attribute)) => &attribute.unparsed_identifier,
        Some(ExprType::ExpressionString(string)) => &string.expression,
        _ => return Err(Error::invalid_plan("a column to assign to is not named").at("field")),
    };
    let parts = planner.parse_identifier(text)?;
    let columns = target.planned.columns();
    if let Resolution::Found { entry, parts: used } = columns.resolve(&parts)
        && let Some(column) = columns.entries().iter().position(|own| own.id() == entry.id())
    {
        let fields = parts.get(used..).unwrap_or_default().to_vec();
        return Ok(Place { column, fields });
    }
    // A column that is about to be made has no values yet, and a name only.
    let added = schema
        .fields()
        .iter()
        .position(|field| parts.last().is_some_and(|name| field.name().eq_ignore_ascii_case(name)));
    if let Some(column) = added.filter(|at| *at >= columns.len()) {
        return Ok(Place { column, fields: Vec::new() });
    }
    // The error for a name that is not there.
    planner.plan_expression(field, &target.planned)?;
    Err(Error::invalid_plan("a column to assign to is not in the table").at("field"))
}

/// One value for a column out of those for it or its fields.
fn combined(
    name: &str,
    parts: &[(Vec<String>, &Expression)],
    target: &Target,
) -> Result<Expression> {
    if let [(fields, value)] = parts
        && fields.is_empty()
    {
        return Ok((*value).clone());
    }
    if parts.iter().any(|(fields, _)| fields.is_empty())
        || parts.iter().enumerate().any(|(at, (fields, _))| {
            parts.iter().skip(at + 1).any(|(other, _)| {
                let common = fields.len().min(other.len());
                fields.iter().zip(other).take(common).all(|(a, b)| a.eq_ignore_ascii_case(b))
            })
        })
    {
        return Err(analysis(
            "DELTA_CONFLICT_SET_COLUMN",
            "42701",
            format!("There is a conflict from these SET columns: {}.", quoted(&[name.to_owned()])),
            &[("columnList", name)],
        ));
    }
    let entry = target.planned.columns().entries().iter().find(|entry| entry.name() == name);
    let own = entry.map(|entry| entry.quoted()).unwrap_or_else(|| quoted(&[name.to_owned()]));
    let mut value = attribute(own);
    for (fields, new) in parts {
        let update = UpdateFields {
            struct_expression: Some(Box::new(value)),
            field_name: quoted(fields),
            value_expression: Some(Box::new((*new).clone())),
        };
        value =
            Expression { common: None, expr_type: Some(ExprType::UpdateFields(Box::new(update))) };
    }
    Ok(value)
}

fn attribute(unparsed_identifier: String) -> Expression {
    let attribute = expression::UnresolvedAttribute {
        unparsed_identifier,
        ..expression::UnresolvedAttribute::default()
    };
    Expression { common: None, expr_type: Some(ExprType::UnresolvedAttribute(attribute)) }
}
