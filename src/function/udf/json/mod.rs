//! JSON in texts: values of it and paths into it.

mod path;
mod value;

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{ArrayRef, ListBuilder, StringArray, StringBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::rows::row_functions;
use super::text::strings;
use super::{Kernel, Nulls, evaluated, udf};

use value::Json;

row_functions! {
    GET_OBJECT "spark_get_json_object" Always Skip String, |row| {
        Ok(Json::parse(row.text(0)).and_then(|json| path::get(&json, row.text(1))))
    };
    ARRAY_LENGTH "spark_json_array_length" Always Skip i32, |row| {
        Ok(match Json::parse(row.text(0)) {
            Some(Json::Array(items)) => i32::try_from(items.len()).ok(),
            _ => None,
        })
    };
}

pub(crate) static OBJECT_KEYS: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_json_object_keys",
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        returns: |_| Ok(DataType::new_list(DataType::Utf8, true)),
        run: |args| evaluated(&args, |arrays, _| object_keys(&strings(&arrays[0])?)),
    })
});

fn object_keys(texts: &StringArray) -> Result<ArrayRef> {
    let mut keys = ListBuilder::new(StringBuilder::new());
    for text in texts.iter() {
        match text.and_then(Json::parse) {
            Some(Json::Object(fields)) => {
                fields.iter().for_each(|(name, _)| keys.values().append_value(name));
                keys.append(true);
            }
            _ => keys.append_null(),
        }
    }
    Ok(Arc::new(keys.finish()))
}
