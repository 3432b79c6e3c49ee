//! `replace`: some values by others, in the columns of their kind.

use datafusion::common::{ExprSchema as _, ScalarValue};
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::Case;

use super::missing::{Family, columns};
use super::select::Select;
use crate::error::{AtField as _, Required as _, Result};
use crate::function::Typed;
use crate::function::cast::coerced;
use crate::planner::columns::ColumnEntry;
use crate::planner::planned::Planned;
use crate::planner::scope::Scope;
use crate::planner::walk::RelationContext;
use crate::proto::NaReplace;
use crate::proto::na_replace::Replacement;
use crate::types;

pub(super) fn plan(message: &NaReplace, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let NaReplace { input: _, cols, replacements } = message;
    let input = context.input()?;
    let time_zone = context.planner.session().time_zone();
    let pairs = replacements.iter().map(|replacement| pair(replacement, &time_zone));
    let pairs = pairs.collect::<Result<Vec<_>>>().at("replacements")?;
    let Some(family) = family(&pairs) else { return Ok(input.clone()) };
    columns(input, cols).at("cols")?;
    let scope = context.scope(input);
    let mut select = Select::new(input, context.field_names());
    for entry in input.columns().entries() {
        let own = input.df_schema().data_type(entry.column())?;
        // Names are compared with regard to case here, as in Spark.
        let named = cols.is_empty() || cols.iter().any(|name| name == entry.name());
        if named && Family::of(own) == family {
            select.compute(entry.name(), replaced(entry, &pairs, &scope)?, None);
        } else {
            select.pass(entry);
        }
    }
    select.finish()
}

type Pair = (ScalarValue, ScalarValue);

fn pair(replacement: &Replacement, time_zone: &str) -> Result<Pair> {
    let Replacement { old_value, new_value } = replacement;
    let old = old_value.as_ref().required("old_value")?;
    let new = new_value.as_ref().required("new_value")?;
    let scalar = |literal| types::literal::scalar(literal, time_zone);
    Ok((scalar(old)?, scalar(new)?))
}

/// The first value that is not NULL says what columns are meant.
fn family(pairs: &[Pair]) -> Option<Family> {
    let (old, new) = pairs.first()?;
    let known = if old.is_null() { new } else { old };
    Some(Family::of(&known.data_type()))
}

fn replaced(entry: &ColumnEntry, pairs: &[Pair], scope: &Scope<'_>) -> Result<Expr> {
    let column = Expr::Column(entry.column().clone());
    let own = scope.df_schema().data_type(entry.column())?;
    let value = |value: &ScalarValue| -> Result<Expr> {
        if value.is_null() {
            return Ok(Expr::Literal(ScalarValue::try_from(own)?, None));
        }
        Ok(coerced(&Typed::literal(value.clone()), own, scope)?.into_expr())
    };
    let branches = pairs.iter().map(|(old, new)| {
        let same = match old.is_null() {
            true => column.clone().is_null(),
            false => column.clone().eq(value(old)?),
        };
        Ok((Box::new(same), Box::new(value(new)?)))
    });
    let branches = branches.collect::<Result<Vec<_>>>()?;
    Ok(Expr::Case(Case::new(None, branches, Some(Box::new(column)))))
}
