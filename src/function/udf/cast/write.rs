//! Values to text, as Spark writes them.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, StringArray};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::Result;

use super::{Target, native};
use crate::types::display::{ValueFormatter, double_text, float_text};

/// `field` says of the values what Arrow's type does not.
pub(super) fn strings(array: &ArrayRef, field: &Field, target: &Target) -> Result<ArrayRef> {
    let formatter = ValueFormatter::for_cast(field)?;
    let mut texts = Vec::with_capacity(array.len());
    for row in 0..array.len() {
        let text = if array.is_null(row) { None } else { Some(formatter.text(array, row)?) };
        texts.push(text);
    }
    let texts: ArrayRef = Arc::new(StringArray::from(texts));
    if target.to == DataType::Utf8 { Ok(texts) } else { native(&texts, &target.to) }
}

/// A double as Java prints it.
pub(super) fn double(value: f64) -> String {
    double_text(value)
}

/// A float as Java prints it.
pub(super) fn float(value: f32) -> String {
    float_text(value)
}

/// An unscaled number with its decimal point put in.
pub(super) fn decimal(unscaled: i128, scale: i8) -> String {
    let scale = usize::try_from(scale).unwrap_or(0);
    if scale == 0 {
        return unscaled.to_string();
    }
    let sign = if unscaled < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (integral, fraction) = digits.split_at(digits.len() - scale);
    format!("{sign}{integral}.{fraction}")
}
