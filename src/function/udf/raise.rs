//! Errors that the user raises.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, NullArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::text::strings;
use super::{Kernel, Nulls, evaluated, udf};
use crate::error::{Condition, Error};

// Volatile, so that nothing is raised before a row is there.
pub(crate) static RAISE_ERROR: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_raise_error",
        nulls: Nulls::Always,
        volatility: Volatility::Volatile,
        returns: |_| Ok(DataType::Null),
        run: |args| {
            let rows = args.number_rows;
            evaluated(&args, |arrays, _| {
                let texts = strings(&arrays[0])?;
                match rows {
                    0 => Ok(Arc::new(NullArray::new(0)) as ArrayRef),
                    _ => Err(raised(texts.is_valid(0).then(|| texts.value(0))).into()),
                }
            })
        },
    })
});

pub(crate) static ASSERT_TRUE: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_assert_true",
        nulls: Nulls::Always,
        volatility: Volatility::Volatile,
        returns: |_| Ok(DataType::Null),
        run: |args| {
            let any = args.number_rows > 0;
            evaluated(&args, |arrays, rows| {
                let (tests, texts) = (arrays[0].as_boolean(), strings(&arrays[1])?);
                let failed = (0..rows).find(|row| tests.is_null(*row) || !tests.value(*row));
                match failed.filter(|_| any) {
                    Some(row) => Err(raised(texts.is_valid(row).then(|| texts.value(row))).into()),
                    None => Ok(Arc::new(NullArray::new(rows)) as ArrayRef),
                }
            })
        },
    })
});

fn raised(message: Option<&str>) -> Error {
    let message = message.unwrap_or("null").to_owned();
    Error::analysis(Condition::USER_RAISED_EXCEPTION, [("errorMessage", message)])
}
