//! `abs` of exact numbers. One function, since CASE would name its argument three times,
//! and nested calls would grow by powers of that.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{ArrayRef, AsArray, PrimitiveArray};
use datafusion::arrow::datatypes::{
    ArrowNativeTypeOp, ArrowPrimitiveType, DataType, Decimal128Type, Int8Type, Int16Type,
    Int32Type, Int64Type,
};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::number::overflow;
use super::{Kernel, Nulls, evaluated, udf};

/// The least number of a type has no absolute value: an error.
pub(crate) static ABS: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| abs("spark_abs", true));

/// The least number of a type stays as it is.
pub(crate) static WRAPPING_ABS: LazyLock<Arc<ScalarUDF>> =
    LazyLock::new(|| abs("spark_wrapping_abs", false));

fn abs(name: &'static str, strict: bool) -> Arc<ScalarUDF> {
    udf(Kernel {
        name,
        nulls: Nulls::Propagate,
        volatility: Volatility::Immutable,
        returns: |args| Ok(args.arg_fields[0].data_type().clone()),
        run: match strict {
            true => |args| evaluated(&args, |arrays, _| absolute(&arrays[0], true)),
            false => |args| evaluated(&args, |arrays, _| absolute(&arrays[0], false)),
        },
    })
}

fn absolute(array: &ArrayRef, strict: bool) -> Result<ArrayRef> {
    match array.data_type() {
        DataType::Int8 => of::<Int8Type>(array, strict),
        DataType::Int16 => of::<Int16Type>(array, strict),
        DataType::Int32 => of::<Int32Type>(array, strict),
        DataType::Int64 => of::<Int64Type>(array, strict),
        DataType::Decimal128(..) => of::<Decimal128Type>(array, strict),
        other => exec_err!("a number is needed, not {other}"),
    }
}

fn of<T: ArrowPrimitiveType>(array: &ArrayRef, strict: bool) -> Result<ArrayRef> {
    let one = |value: T::Native| {
        if value.is_ge(T::Native::ZERO) {
            return Ok(value);
        }
        match value.neg_checked() {
            Ok(positive) => Ok(positive),
            Err(_) if strict => Err(overflow().into()),
            Err(_) => Ok(value),
        }
    };
    let values = array.as_primitive::<T>();
    let absolute = values.iter().map(|value| value.map(one).transpose());
    let absolute = absolute.collect::<Result<PrimitiveArray<T>>>()?;
    Ok(Arc::new(absolute.with_data_type(array.data_type().clone())))
}
