//! `fill_na` and `drop_na`: NULLs and NaNs replaced, or rows with them dropped.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ExprSchema as _, ScalarValue};
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::functions::math::expr_fn::{isnan, nanvl};
use datafusion::logical_expr::{Expr, Filter, LogicalPlan, lit, not, when};

use super::filter::through;
use super::select::Select;
use crate::error::{AtField as _, Error, Result};
use crate::function::Typed;
use crate::function::cast::coerced;
use crate::planner::columns::{ColumnEntry, Resolution, same_name};
use crate::planner::planned::Planned;
use crate::planner::scope::{Scope, unresolved};
use crate::planner::walk::RelationContext;
use crate::proto::{NaDrop, NaFill};
use crate::{sql, types};

/// What values a replacement is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Number,
    Text,
    Truth,
    Other,
}

impl Family {
    pub(super) fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Text,
            DataType::Boolean => Self::Truth,
            other if other.is_numeric() => Self::Number,
            _ => Self::Other,
        }
    }
}

/// The columns named; all if none is.
pub(super) fn columns(input: &Planned, names: &[String]) -> Result<Vec<Arc<ColumnEntry>>> {
    if names.is_empty() {
        return Ok(input.columns().entries().to_vec());
    }
    let named = names.iter().map(|name| {
        let parts = sql::parse_identifier(name).unwrap_or_else(|_| vec![name.clone()]);
        match input.columns().resolve(&parts) {
            Resolution::Found { entry, parts: used } if used == parts.len() => Ok(entry),
            _ => Err(unresolved(&parts, input.columns())),
        }
    });
    named.collect()
}

pub(super) fn fill(message: &NaFill, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let NaFill { input: _, cols, values } = message;
    let input = context.input()?;
    let scope = context.scope(input);
    let time_zone = context.planner.session().time_zone();
    let values = values.iter().map(|value| types::literal::scalar(value, &time_zone));
    let values = values.collect::<Result<Vec<_>>>().at("values")?;
    let targets = columns(input, cols).at("cols")?;
    // One value is for the columns of its kind; several are one for each column.
    let fills: Vec<(&Arc<ColumnEntry>, &ScalarValue)> = match values.as_slice() {
        [] => return Err(Error::missing_field("values")),
        [value] => {
            let family = Family::of(&value.data_type());
            let fits = |entry: &&Arc<ColumnEntry>| {
                let data_type = input.df_schema().data_type(entry.column());
                data_type.is_ok_and(|own| Family::of(own) == family)
            };
            targets.iter().filter(fits).map(|entry| (entry, value)).collect()
        }
        several if several.len() == targets.len() => targets.iter().zip(several).collect(),
        _ => return Err(Error::invalid_plan("there must be a value for each column").at("values")),
    };
    let mut select = Select::new(input, context.field_names());
    for entry in input.columns().entries() {
        match fills.iter().find(|(target, _)| same_name(target.name(), entry.name())) {
            Some((_, value)) => {
                let filled = filled(entry, value, &scope)?;
                select.compute(entry.name(), filled, None);
            }
            None => select.pass(entry),
        }
    }
    select.finish()
}

fn filled(entry: &ColumnEntry, value: &ScalarValue, scope: &Scope<'_>) -> Result<Expr> {
    let column = Expr::Column(entry.column().clone());
    let own = scope.df_schema().data_type(entry.column())?;
    let value = coerced(&Typed::literal(value.clone()), own, scope)?.into_expr();
    let column = match own {
        DataType::Float32 | DataType::Float64 => nanvl(column, lit(ScalarValue::try_from(own)?)),
        _ => column,
    };
    Ok(coalesce(vec![column, value]))
}

pub(super) fn drop(message: &NaDrop, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let NaDrop { input: _, cols, min_non_nulls } = message;
    let input = context.input()?;
    let present = columns(input, cols).at("cols")?;
    let present = present.iter().map(|entry| is_present(input, entry));
    let present = present.collect::<Result<Vec<_>>>()?;
    let wanted = min_non_nulls.map_or(present.len() as i64, i64::from);
    if wanted <= 0 {
        return Ok(input.clone());
    }
    let predicate = if wanted == present.len() as i64 {
        present.into_iter().reduce(Expr::and)
    } else if wanted == 1 {
        present.into_iter().reduce(Expr::or)
    } else {
        at_least(present, wanted)?
    };
    let predicate = predicate.unwrap_or_else(|| lit(false));
    let filter = Filter::try_new(predicate, Arc::clone(input.plan()))?;
    Ok(through(input, LogicalPlan::Filter(filter)))
}

fn is_present(input: &Planned, entry: &ColumnEntry) -> Result<Expr> {
    let column = Expr::Column(entry.column().clone());
    let there = column.clone().is_not_null();
    Ok(match input.df_schema().data_type(entry.column())? {
        DataType::Float32 | DataType::Float64 => there.and(not(isnan(column))),
        _ => there,
    })
}

fn at_least(present: Vec<Expr>, wanted: i64) -> Result<Option<Expr>> {
    let ones = present.into_iter().map(|there| Ok(when(there, lit(1_i64)).otherwise(lit(0_i64))?));
    let ones = ones.collect::<Result<Vec<_>>>()?;
    Ok(ones.into_iter().reduce(|a, b| a + b).map(|count| count.gt_eq(lit(wanted))))
}
