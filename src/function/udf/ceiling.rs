//! `ceil` and `floor` of decimals at a number of places.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, Decimal128Array};
use datafusion::arrow::datatypes::{DataType, Decimal128Type};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::number::Direction;
use super::parameterized::{Parameterized, parameterized};
use super::{Nulls, evaluated};
use crate::function::coerce::decimal;

/// The type of the result for a decimal of this precision and scale.
pub(crate) fn result_type(precision: u8, scale: i8, places: i32) -> DataType {
    let (precision, scale) = (i32::from(precision), i32::from(scale));
    let whole = precision - scale + 1;
    let small = |number: i32| i16::try_from(number.clamp(0, 1_000)).unwrap_or(0);
    if places < 0 {
        return decimal(small(whole.max(places.saturating_neg().saturating_add(1))), 0);
    }
    let kept = scale.min(places);
    decimal(small(whole + kept), small(kept))
}

/// The function for a number of places: below zero it counts them before the point.
pub(crate) fn at_places(to: Direction, places: i32, result: DataType) -> Arc<ScalarUDF> {
    let name = match to {
        Direction::Up => "spark_ceil_at",
        Direction::Down => "spark_floor_at",
    };
    parameterized(Parameterized {
        name,
        parameters: vec![places.to_string(), (to == Direction::Up).to_string()],
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        to: result,
        run: |parameters, result, args| {
            let places = places_of(parameters)?;
            let up = parameters.get(1).is_some_and(|up| up == "true");
            let to = if up { Direction::Up } else { Direction::Down };
            evaluated(&args, |arrays, _| {
                rounded(arrays[0].as_primitive::<Decimal128Type>(), places, to, result)
            })
        },
    })
}

fn places_of(parameters: &[String]) -> Result<i32> {
    match parameters.first().and_then(|places| places.parse().ok()) {
        Some(places) => Ok(places),
        None => exec_err!("a number of places is needed"),
    }
}

fn rounded(
    values: &Decimal128Array,
    places: i32,
    to: Direction,
    result: &DataType,
) -> Result<datafusion::arrow::array::ArrayRef> {
    let scale = i32::from(values.scale());
    let rounded: Decimal128Array =
        values.iter().map(|value| value.map(|value| one(value, scale, places, to))).collect();
    Ok(Arc::new(rounded.with_data_type(result.clone())))
}

fn one(value: i128, scale: i32, places: i32, to: Direction) -> i128 {
    let dropped = u32::try_from(scale.saturating_sub(places)).unwrap_or(0);
    // A unit beyond all digits leaves the sign alone.
    let Some(unit) = 10_i128.checked_pow(dropped) else { return 0 };
    let whole = match to {
        Direction::Down => value.div_euclid(unit),
        Direction::Up => -(-value).div_euclid(unit),
    };
    let before_point = u32::try_from(places.saturating_neg()).unwrap_or(0);
    10_i128.checked_pow(before_point).map_or(0, |unit| whole.saturating_mul(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_kept_as_in_spark() {
        assert_eq!(one(31_411, 4, 3, Direction::Up), 3_142);
        assert_eq!(one(31_411, 4, -3, Direction::Up), 1_000);
        assert_eq!(one(31_411, 4, -3, Direction::Down), 0);
        assert_eq!(one(-315, 2, 1, Direction::Down), -32);
        assert_eq!(one(31_411, 4, 6, Direction::Up), 31_411);
        assert_eq!(result_type(5, 4, -3), DataType::Decimal128(4, 0));
        assert_eq!(result_type(5, 4, 6), DataType::Decimal128(6, 4));
    }
}
