//! Numbers that tell rows apart while a plan runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use datafusion::arrow::array::UInt64Array;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

/// Gives every row that passes another number.
#[derive(Debug)]
struct RowId {
    signature: Signature,
    next: AtomicU64,
}

/// Numbers of its own for the rows of a plan.
pub(crate) fn row_id() -> Expr {
    let signature = Signature::nullary(Volatility::Volatile);
    let function = RowId { signature, next: AtomicU64::new(0) };
    Arc::new(ScalarUDF::from(function)).call(Vec::new())
}

impl PartialEq for RowId {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for RowId {}

impl std::hash::Hash for RowId {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        std::ptr::from_ref(self).hash(state);
    }
}

impl ScalarUDFImpl for RowId {
    fn name(&self) -> &str {
        "delta_row_id"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::UInt64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = args.number_rows as u64;
        let first = self.next.fetch_add(rows, Ordering::Relaxed);
        Ok(ColumnarValue::Array(Arc::new(UInt64Array::from_iter_values(first..first + rows))))
    }
}
