//! `nearest_by_join`: beside each row of the left the few of the right that an
//! expression ranks best.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::JoinType;
use datafusion::logical_expr::{Expr, ExprSchemable as _};

use super::join::ranked::{Choice, Ranked, nullable};
use crate::error::{AtField as _, Condition, Error, Required as _, Result};
use crate::expression::naming;
use crate::planner::planned::Planned;
use crate::planner::walk::RelationContext;
use crate::proto;
use crate::types::arrow_sql_name;

const MOST: i32 = 100_000;

pub(super) fn plan(
    message: &proto::NearestByJoin,
    context: &RelationContext<'_, '_>,
) -> Result<Planned> {
    let proto::NearestByJoin {
        left: _,
        right: _,
        ranking_expression,
        num_results,
        join_type,
        mode,
        direction,
    } = message;
    let rank = ranking_expression.as_ref().required("ranking_expression")?;
    // An approximate answer may be exact.
    check(mode, &["approx", "exact"], Condition::NEAREST_BY_JOIN_UNSUPPORTED_MODE, "mode")?;
    let kinds = ["distance", "similarity"];
    let condition = Condition::NEAREST_BY_JOIN_UNSUPPORTED_DIRECTION;
    let ascending = check(direction, &kinds, condition, "direction")? == 0;
    let join_type = join_type_of(join_type)?;
    let count = u64::try_from(*num_results).ok().filter(|_| (1..=MOST).contains(num_results));
    let count = count.ok_or_else(|| {
        Error::analysis(
            Condition::NEAREST_BY_JOIN_NUM_RESULTS_OUT_OF_RANGE,
            [
                ("numResults", num_results.to_string()),
                ("min", "1".to_owned()),
                ("max", MOST.to_string()),
            ],
        )
    })?;
    let ranked = Ranked::new(context)?;
    let value = ranked.value(rank).at("ranking_expression")?;
    check_order(rank, &value, &ranked, context)?;
    let choice = Choice { rank: rank.clone(), ascending, count, last_first: false };
    nullable(&ranked.best(join_type, Some(value.is_not_null()), &choice)?)
}

fn check(text: &str, known: &[&str; 2], condition: Condition, parameter: &str) -> Result<usize> {
    let found = known.iter().position(|known| text.eq_ignore_ascii_case(known));
    found.ok_or_else(|| {
        let supported = format!("'{}', '{}'", known[0], known[1]);
        Error::analysis(condition, [(parameter, text.to_owned()), ("supported", supported)])
    })
}

fn join_type_of(text: &str) -> Result<JoinType> {
    match text.to_lowercase().replace('_', "").as_str() {
        "inner" => Ok(JoinType::Inner),
        "left" | "leftouter" => Ok(JoinType::Left),
        _ => Err(Error::analysis(
            Condition::NEAREST_BY_JOIN_UNSUPPORTED_JOIN_TYPE,
            [("joinType", text.to_owned()), ("supported", "'INNER', 'LEFT OUTER'".to_owned())],
        )),
    }
}

/// What ranks must have an order.
fn check_order(
    rank: &proto::Expression,
    value: &Expr,
    ranked: &Ranked<'_, '_, '_>,
    context: &RelationContext<'_, '_>,
) -> Result<()> {
    let data_type = value.get_type(ranked.sides.together.df_schema())?;
    if !matches!(data_type, DataType::Map(..)) {
        return Ok(());
    }
    let name = naming::name(rank, &context.scope(&ranked.sides.together))?;
    Err(Error::analysis(
        Condition::NEAREST_BY_JOIN_NON_ORDERABLE_RANKING_EXPRESSION,
        [
            ("expression", format!("\"{name}\"")),
            ("type", format!("\"{}\"", arrow_sql_name(&data_type))),
        ],
    ))
}
