//! What variants have in common.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

use super::gather::Work;
use crate::error::Result;
use crate::types::variant::{Shape, Variants};

/// `schema_of_variant_agg(x)`: the schema of all values.
pub(crate) static SCHEMA_OF_ALL: Work = Work {
    name: "spark_schema_of_variant_agg",
    nulls: false,
    nullable: false,
    returns: |_, _| Ok(DataType::Utf8),
    finish: |rows| {
        let variants = Variants::of(rows.columns[0].as_ref())?;
        let shape: Result<Shape> = (0..variants.len()).try_fold(Shape::Void, |all, row| {
            let one = variants.get(row)?.map(|variant| Shape::of(&variant)).transpose()?;
            Ok(all.merged(one.unwrap_or_default()))
        });
        Ok(ScalarValue::Utf8(Some(shape?.text())))
    },
};
