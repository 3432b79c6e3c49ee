//! `cov` and `corr`: one number for two columns of numbers.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ExprSchema as _;
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::logical_expr::{Expr, lit};

use super::super::aggregate;
use super::super::missing::{Family, columns};
use super::{called, column, item};
use crate::error::{Error, Result};
use crate::function::Typed;
use crate::function::cast::coerced;
use crate::planner::planned::Planned;
use crate::planner::scope::Scope;
use crate::planner::walk::RelationContext;
use crate::proto;

pub(in crate::relation) fn cov(
    message: &proto::StatCov,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::StatCov { input: _, col1, col2 } = message;
    let scope = context.scope(context.input()?);
    let pair = pair([col1, col2], "covariance", context, &scope)?;
    let value = called("covar_samp", pair, &scope)?;
    aggregate::global(context, context.input()?, vec![item("cov", value)])
}

pub(in crate::relation) fn corr(
    message: &proto::StatCorr,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::StatCorr { input: _, col1, col2, method } = message;
    if let Some(other) = method.as_deref().filter(|method| *method != "pearson") {
        return Err(Error::requirement(format!(
            "Currently only the calculation of the Pearson Correlation coefficient is supported, \
             not {other}."
        )));
    }
    let scope = context.scope(context.input()?);
    let pair = pair([col1, col2], "correlation", context, &scope)?;
    let value = called("corr", pair, &scope)?;
    aggregate::global(context, context.input()?, vec![item("corr", value)])
}

/// Both columns as doubles; NULL counts as 0 here.
fn pair(
    names: [&String; 2],
    what: &str,
    context: &RelationContext<'_, '_>,
    scope: &Scope<'_>,
) -> Result<Vec<Expr>> {
    let input = context.input()?;
    let numbers = names.map(|name| {
        let found = columns(input, std::slice::from_ref(name))?;
        let Some(entry) = found.first().map(Arc::clone) else {
            return Err(Error::internal("a name has a column"));
        };
        let own = input.df_schema().data_type(entry.column())?;
        if Family::of(own) != Family::Number {
            let own = crate::types::arrow_sql_name(own).to_lowercase();
            return Err(Error::requirement(format!(
                "Currently {what} calculation for columns with dataType {own} not supported."
            )));
        }
        let number = coerced(&Typed::from(column(&entry)), &DataType::Float64, scope)?;
        Ok(coalesce(vec![number.into_expr(), lit(0.0_f64)]))
    });
    numbers.into_iter().collect()
}
