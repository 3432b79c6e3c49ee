//! `sample` and `sample_by`: rows chosen by chance, the same ones for the same seed.

use std::sync::Arc;

use datafusion::functions_nested::expr_fn::array_repeat;
use datafusion::logical_expr::{Expr, Filter, LogicalPlan, lit, when};

use super::super::filter::through;
use super::super::places::with_places;
use super::super::select::Select;
use super::super::sort::sorted;
use super::super::unpivot::unnest;
use super::{called, column};
use crate::error::{AtField as _, Error, Required as _, Result};
use crate::expression;
use crate::function::Typed;
use crate::function::cast::coerced;
use crate::function::random::{MOST_BY_PRODUCT, Random, any_seed};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::{proto, types};

const CHANCE: &str = "#chance";

pub(in crate::relation) fn sample(
    message: &proto::Sample,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::Sample {
        input: _,
        lower_bound,
        upper_bound,
        with_replacement,
        seed,
        deterministic_order,
    } = message;
    let (low, high) = (*lower_bound, *upper_bound);
    let with_replacement = with_replacement.unwrap_or(false);
    check(low, high, with_replacement)?;
    let mut input = context.input()?.clone();
    if *deterministic_order {
        let all = input.columns().entries().iter().map(|entry| column(entry).sort(true, true));
        let all: Vec<_> = all.collect();
        input = through(&input, sorted(Arc::clone(input.plan()), all));
    }
    let seed = seed.unwrap_or_else(any_seed);
    let fraction = high - low;
    if !with_replacement {
        let within = |chance: Expr| chance.clone().gt_eq(lit(low)).and(chance.lt(lit(high)));
        return kept(context, &input, Random::Even.seeded(seed), within);
    }
    match fraction {
        0.0 => kept(context, &input, Random::Even.seeded(seed), |_| lit(false)),
        fraction if fraction < MOST_BY_PRODUCT => {
            repeated(context, &input, Random::Copies(fraction).seeded(seed))
        }
        _ => Err(Error::unsupported("relation.sample.many_copies")),
    }
}

fn check(low: f64, high: f64, with_replacement: bool) -> Result<()> {
    let fraction = high - low;
    if with_replacement && !(fraction >= 0.0 && fraction.is_finite()) {
        return Err(Error::requirement(format!(
            "Sampling fraction ({fraction:?}) must be nonnegative with replacement"
        )));
    }
    if !with_replacement && !(0.0..=1.0).contains(&fraction) {
        return Err(Error::requirement(format!(
            "Sampling fraction ({fraction:?}) must be on interval [0, 1] without replacement"
        )));
    }
    Ok(())
}

/// The rows whose number is in the range. The number is a column first: it is drawn
/// once for each row.
fn kept(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    chance: Expr,
    condition: impl FnOnce(Expr) -> Expr,
) -> Result<Planned> {
    let (drawn, number) = with_column(context, input, chance)?;
    let filter = Filter::try_new(condition(number), Arc::clone(drawn.plan()))?;
    let filtered = through(&drawn, LogicalPlan::Filter(filter));
    without_last(context, &filtered)
}

/// The input with one more column, and that column.
fn with_column(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    mut expr: Expr,
) -> Result<(Planned, Expr)> {
    let input = &with_places(context, input, [&mut expr])?;
    let mut select = Select::new(input, context.field_names());
    input.columns().entries().iter().for_each(|entry| select.pass(entry));
    select.compute(CHANCE, expr, None);
    let planned = select.finish()?;
    let last = planned.columns().entries().last().map(|entry| column(entry));
    let last = last.ok_or_else(|| Error::internal("the column is gone"))?;
    Ok((planned, last))
}

fn without_last(context: &RelationContext<'_, '_>, planned: &Planned) -> Result<Planned> {
    let mut select = Select::new(planned, context.field_names());
    if let [kept @ .., _] = planned.columns().entries() {
        kept.iter().for_each(|entry| select.pass(entry));
    }
    select.finish()
}

/// Every row as often as `copies` says.
fn repeated(context: &RelationContext<'_, '_>, input: &Planned, copies: Expr) -> Result<Planned> {
    let (drawn, copies) = with_column(context, input, copies)?;
    let mut select = Select::new(&drawn, context.field_names());
    if let [kept @ .., _] = drawn.columns().entries() {
        kept.iter().for_each(|entry| select.pass(entry));
    }
    select.compute("#copies", array_repeat(lit(0_i32), copies), None);
    without_last(context, &unnest(&select.finish()?)?)
}

pub(in crate::relation) fn by_stratum(
    message: &proto::StatSampleBy,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::StatSampleBy { input: _, col, fractions, seed } = message;
    let input = context.input()?;
    let scope = context.scope(input);
    let stratum = Typed::from(expression::plan(col.as_ref().required("col")?, &scope).at("col")?);
    let own = stratum.data_type(&scope)?.clone();
    let zone = context.planner.session().time_zone();
    let mut bounds = lit(0.0_f64);
    for proto::stat_sample_by::Fraction { stratum: value, fraction } in fractions.iter().rev() {
        if !(0.0..=1.0).contains(fraction) {
            return Err(Error::requirement(format!(
                "Fractions must be in [0, 1], but got {fraction:?}."
            )));
        }
        let value = types::literal::scalar(value.as_ref().required("stratum")?, &zone)?;
        let value = coerced(&Typed::literal(value), &own, &scope)?.into_expr();
        let same = called("<=>", [stratum.expr().clone(), value], &scope)?;
        bounds = when(same, lit(*fraction)).otherwise(bounds)?;
    }
    let chance = Random::Even.seeded(seed.unwrap_or_else(any_seed));
    kept(context, input, chance, |chance| chance.lt(bounds))
}
