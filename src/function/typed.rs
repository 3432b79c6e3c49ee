//! An expression and, once somebody asked, its type.

use std::cell::OnceCell;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, ExprSchemable};

use crate::error::Result;
use crate::planner::scope::Scope;

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

    pub(crate) fn expr(&self) -> &Expr {
        &self.expr
    }

    pub(crate) fn into_expr(self) -> Expr {
        self.expr
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
