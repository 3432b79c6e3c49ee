//! `sample` and `sample_by`: rows chosen by chance, the same ones for the same seed.

use std::sync::Arc;

use datafusion::common::ScalarValue;
use datafusion::functions_nested::expr_fn::array_repeat;
use datafusion::logical_expr::{Expr, Filter, LogicalPlan, lit, when};

use super::super::filter::through;
use super::super::select::Select;
use super::super::sort::sorted;
use super::super::unpivot::unnest;
use super::{called, column};
use crate::error::{AtField as _, Error, Required as _, Result};
use crate::expression;
use crate::function::Typed;
use crate::function::cast::coerced;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::{proto, types};

const CHANCE: &str = "#chance";
/// More copies of a row than this are not for a sample.
const MOST_COPIES: f64 = 1_000.0;

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
    let seed = first_of(seed.unwrap_or_else(any_seed));
    let chance =
        called("rand", [Typed::literal(ScalarValue::Int64(Some(seed)))], &context.scope(&input))?;
    if with_replacement {
        return repeated(context, &input, chance, high - low);
    }
    kept(context, &input, chance, |chance| chance.clone().gt_eq(lit(low)).and(chance.lt(lit(high))))
}

fn check(low: f64, high: f64, with_replacement: bool) -> Result<()> {
    let fraction = high - low;
    if with_replacement && !(0.0..=MOST_COPIES).contains(&fraction) {
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
    expr: Expr,
) -> Result<(Planned, Expr)> {
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

/// Every row as often as chance has it: Poisson's distribution around the fraction.
fn repeated(
    context: &RelationContext<'_, '_>,
    input: &Planned,
    chance: Expr,
    mean: f64,
) -> Result<Planned> {
    let (drawn, number) = with_column(context, input, chance)?;
    let mut probability = (-mean).exp();
    let mut total = probability;
    let mut copies = when(number.clone().lt(lit(total)), lit(0_i64));
    let mut count = 0_i64;
    // The tail beyond is less than what a double tells from 1.
    while total < 1.0 - 1e-15 && (count as f64) < mean + 12.0 * mean.sqrt() + 30.0 {
        count += 1;
        probability *= mean / count as f64;
        total += probability;
        copies.when(number.clone().lt(lit(total)), lit(count));
    }
    let copies = array_repeat(lit(0_i32), copies.otherwise(lit(count))?);
    let mut select = Select::new(&drawn, context.field_names());
    if let [kept @ .., _] = drawn.columns().entries() {
        kept.iter().for_each(|entry| select.pass(entry));
    }
    select.compute("#copies", copies, None);
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
    let seed = Typed::literal(ScalarValue::Int64(Some(seed.unwrap_or_else(any_seed))));
    let chance = called("rand", [seed], &scope)?;
    kept(context, input, chance, |chance| chance.lt(bounds))
}

/// A seed of chance, for a client that gives none.
fn any_seed() -> i64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0_u8).cast_signed()
}

/// The first number of Java's generator: Spark seeds a partition with it.
fn first_of(seed: i64) -> i64 {
    const MULTIPLIER: i64 = 0x5_deec_e66d;
    const MASK: i64 = (1 << 48) - 1;
    let mut state = (seed ^ MULTIPLIER) & MASK;
    let mut next = || {
        state = state.wrapping_mul(MULTIPLIER).wrapping_add(0xb) & MASK;
        // The high 32 bits, with their sign.
        i64::from((state >> 16) as i32)
    };
    let high = next() << 32;
    high.wrapping_add(next())
}
