//! What generators are made of.

use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::Unnest;

use super::Typed;
use super::call::scalar;
use super::udf::nested;

/// The array's elements in structs with their positions.
pub(crate) fn positioned(array: Typed) -> Typed {
    scalar(&nested::POSITIONED, [array])
}

/// An expression of the type that one of an unnested array's rows has.
pub(crate) fn element_of(unnest: &Expr) -> Expr {
    match unnest {
        Expr::Unnest(Unnest { expr, outer: _ }) => {
            let index = Typed::literal(0_i64.into());
            scalar(&nested::GET, [Typed::from(expr.as_ref().clone()), index]).into_expr()
        }
        other => other.clone(),
    }
}
