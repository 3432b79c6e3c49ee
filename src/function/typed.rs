//! An expression and, once somebody asked, its type.

use std::cell::OnceCell;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, ExprSchemable};

use crate::error::{Error, Result};
use crate::planner::scope::Scope;

/// The most parts of an expression that stands twice in another one.
const MOST_COPIED: usize = 1_000;

/// An expression whose type is found at most once.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    expr: Expr,
    data_type: OnceCell<DataType>,
}

impl Typed {
    /// An expression of a type that is known.
    pub(crate) fn new(expr: Expr, data_type: DataType) -> Self {
        Self { expr, data_type: OnceCell::from(data_type) }
    }

    /// A constant.
    pub(crate) fn literal(value: ScalarValue) -> Self {
        let data_type = value.data_type();
        Self::new(Expr::Literal(value, None), data_type)
    }

    /// The Arrow type of the value.
    pub(crate) fn data_type(&self, scope: &Scope<'_>) -> Result<&DataType> {
        if let Some(known) = self.data_type.get() {
            return Ok(known);
        }
        let found = self.expr.get_type(scope.df_schema().as_ref())?;
        Ok(self.data_type.get_or_init(|| found))
    }

    /// Whether the value may be NULL.
    pub(crate) fn is_nullable(&self, scope: &Scope<'_>) -> Result<bool> {
        Ok(self.expr.nullable(scope.df_schema().as_ref())?)
    }

    pub(crate) fn expr(&self) -> &Expr {
        &self.expr
    }

    pub(crate) fn into_expr(self) -> Expr {
        self.expr
    }

    /// Whether the value may stand twice in an expression: one that is made of many parts
    /// would grow by powers of two in calls of calls.
    ///
    /// # Errors
    /// If it has too many parts.
    pub(crate) fn may_be_copied(&self) -> Result<()> {
        use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
        let mut parts = 0_usize;
        self.expr.apply(|_| {
            parts += 1;
            Ok(if parts > MOST_COPIED {
                TreeNodeRecursion::Stop
            } else {
                TreeNodeRecursion::Continue
            })
        })?;
        match parts > MOST_COPIED {
            true => Err(Error::invalid_plan(format!(
                "an expression of more than {MOST_COPIED} parts is used twice"
            ))),
            false => Ok(()),
        }
    }

    /// The constant this is, if it is one.
    pub(crate) fn as_literal(&self) -> Option<&ScalarValue> {
        match &self.expr {
            Expr::Literal(value, _) => Some(value),
            _ => None,
        }
    }
}

/// Of a type to be found.
impl From<Expr> for Typed {
    fn from(expr: Expr) -> Self {
        Self { expr, data_type: OnceCell::new() }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use datafusion::logical_expr::lit;

    #[test]
    fn copies_of_copies_are_bounded() {
        let doubled = |value: Typed| {
            value.may_be_copied().map(|()| Typed::from(value.expr().clone() + value.into_expr()))
        };
        let mut value = Typed::from(lit(1));
        for _ in 0..9 {
            value = doubled(value).unwrap();
        }
        assert!(doubled(value).is_err());
    }
}
