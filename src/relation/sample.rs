//! `sample`: rows taken by chance.

use std::sync::Arc;

use datafusion::logical_expr::{Expr, Filter, LogicalPlan, lit};

use super::filter::through;
use crate::error::{Error, Result};
use crate::function::{FunctionCall, Typed, call};
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;

pub(super) fn plan(message: &proto::Sample, context: &RelationContext<'_, '_>) -> Result<Planned> {
    let proto::Sample {
        input: _,
        lower_bound,
        upper_bound,
        with_replacement,
        seed,
        // Rows are taken as they come, whatever their order.
        deterministic_order: _,
    } = message;
    let input = context.input()?;
    if with_replacement.unwrap_or(false) {
        return Err(Error::unsupported("relation.sample.with_replacement"));
    }
    if *lower_bound <= 0.0 && *upper_bound >= 1.0 {
        return Ok(Planned::passing(input, Arc::clone(input.plan())));
    }
    let scope = context.scope(input);
    let seed = first_of(seed.unwrap_or_else(random));
    let chance = call(&FunctionCall::new("rand", [Typed::literal(seed.into())]), &scope)?;
    let chance: Expr = chance.into_expr();
    // One number a row: it is named twice only where both bounds matter.
    let predicate = match *lower_bound > 0.0 {
        true => chance.between(lit(*lower_bound), lit(*upper_bound)),
        false => chance.lt(lit(*upper_bound)),
    };
    let filter = Filter::try_new(predicate, Arc::clone(input.plan()))?;
    Ok(through(input, LogicalPlan::Filter(filter)))
}

fn random() -> i64 {
    let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    nanos.map_or(0, |time| i64::try_from(time.as_nanos() & 0x7fff_ffff).unwrap_or(0))
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
