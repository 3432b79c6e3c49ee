//! `unpivot`: columns turned into rows of a name and a value.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, ExprSchema as _};
use datafusion::functions::core::expr_fn::{coalesce, get_field, named_struct};
use datafusion::functions_nested::expr_fn::make_array;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, lit};

use super::missing::Family;
use super::select::Select;
use crate::error::{AtField as _, Condition, Error, Result};
use crate::expression::{NamedExpr, plan_list};
use crate::function::Typed;
use crate::function::cast::coerced;
use crate::function::coerce::common_type;
use crate::planner::columns::Columns;
use crate::planner::planned::{Input, Planned, Shape};
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::types::arrow_sql_name;

const PAIRS: &str = "#pairs";

pub(super) fn plan(message: &proto::Unpivot, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let proto::Unpivot { input: _, ids, values, variable_column_name, value_column_name } = message;
    let input = context.input()?;
    let scope = context.scope(input);
    let ids = plan_list(ids, &scope).at("ids")?;
    let values = match values {
        Some(proto::unpivot::Values { values }) => plan_list(values, &scope).at("values")?,
        None => others(input, &ids),
    };
    if values.is_empty() {
        return Err(Error::analysis(Condition::UNPIVOT_REQUIRES_VALUE_COLUMNS, []));
    }
    let common = value_type(&values, input)?;
    // Every row gets an array of pairs, which becomes a row for each pair.
    let pairs = values.into_iter().map(|value| {
        let name = lit(value.name);
        let value = coerced(&Typed::from(value.expr), &common, &scope)?.into_expr();
        Ok(named_struct(vec![lit("name"), name, lit("value"), value]))
    });
    let pairs = make_array(pairs.collect::<Result<Vec<_>>>()?);
    let mut select = Select::new(input, context.field_names());
    ids.iter().for_each(|id| select.add(id));
    select.compute(PAIRS, pairs, None);
    let arrays = select.finish()?;
    let unnested = unnest(&arrays)?;
    let mut select = Select::new(&unnested, context.field_names());
    let (pairs, ids) = match unnested.columns().entries() {
        [ids @ .., pairs] => (Expr::Column(pairs.column().clone()), ids),
        [] => return Err(Error::internal("the pairs are gone")),
    };
    ids.iter().for_each(|id| select.pass(id));
    // A name is never NULL, which the field of a struct cannot tell.
    let name = coalesce(vec![get_field(pairs.clone(), "name"), lit("")]);
    select.compute(variable_column_name, name, None);
    select.compute(value_column_name, get_field(pairs, "value"), None);
    select.finish()
}

/// All columns that are no ids.
fn others(input: &Planned, ids: &[NamedExpr]) -> Vec<NamedExpr> {
    let is_id = |expr: &Expr| ids.iter().any(|id| id.expr == *expr);
    let columns = input.columns().entries().iter().map(super::select::passing);
    columns.filter(|column| !is_id(&column.expr)).collect()
}

fn value_type(values: &[NamedExpr], input: &Planned) -> Result<DataType> {
    use datafusion::logical_expr::ExprSchemable as _;
    let schema: &dyn datafusion::common::ExprSchema = input.df_schema().as_ref();
    let types = values.iter().map(|value| Ok(value.expr.get_type(schema)?));
    let types = types.collect::<Result<Vec<_>>>()?;
    // Text and anything else have no common type here.
    let texts = types.iter().filter(|own| Family::of(own) == Family::Text).count();
    let is_mixed = texts > 0 && texts < types.len();
    common_type(&types).filter(|_| !is_mixed).ok_or_else(|| {
        let mut listed: Vec<String> = Vec::new();
        for (value, data_type) in values.iter().zip(&types) {
            listed.push(format!("\"{}\" (`{}`)", arrow_sql_name(data_type), value.name));
        }
        Error::analysis(Condition::UNPIVOT_VALUE_DATA_TYPE_MISMATCH, [("types", listed.join(", "))])
    })
}

/// One row for each element of the last column.
fn unnest(arrays: &Planned) -> Result<Planned> {
    let Some(pairs) = arrays.columns().entries().last() else {
        return Err(Error::internal("the pairs are gone"));
    };
    let builder = LogicalPlanBuilder::new_from_arc(Arc::clone(arrays.plan()));
    let plan = builder.unnest_column(pairs.column().clone())?.build()?;
    let columns: Vec<_> = arrays.columns().entries().to_vec();
    let last = Column::from_name(&pairs.column().name);
    debug_assert!(plan.schema().field_from_column(&last).is_ok());
    let inputs = vec![Input::plain(arrays)];
    let columns = Columns::from_shared(columns);
    Ok(Planned::node(Arc::new(plan), columns, inputs, Shape::Opaque))
}
