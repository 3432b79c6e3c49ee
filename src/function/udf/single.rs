//! The value of a subquery that must not have more than one row.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::AsArray as _;
use datafusion::arrow::datatypes::Int64Type;
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::{Kernel, Nulls, evaluated, udf};
use crate::error::{Condition, Error};

/// The value, if the number of rows beside it is one, or there are none.
///
/// Volatile, so that nothing is raised before a row is there.
pub(crate) static SINGLE: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "scalar_subquery_value",
        nulls: Nulls::Always,
        volatility: Volatility::Volatile,
        returns: |args| Ok(args.arg_fields[0].data_type().clone()),
        run: |args| {
            evaluated(&args, |arrays, _| {
                let counts = arrays[1].as_primitive::<Int64Type>();
                if counts.iter().flatten().any(|count| count > 1) {
                    let condition = Condition::CORRELATED_SUBQUERY_TOO_MANY_ROWS;
                    return Err(Error::analysis(condition, []).into());
                }
                Ok(Arc::clone(&arrays[0]))
            })
        },
    })
});
