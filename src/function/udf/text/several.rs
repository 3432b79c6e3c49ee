//! One text of several, and several of one.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Array, ArrayRef, ListBuilder, StringBuilder};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::Result;
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::super::{Kernel, Nulls, evaluated, nested, udf};
use super::pattern::{Patterns, pieces};
use super::{shape, strings};
use crate::error::{Condition, Error};
use crate::function::udf::rows::{Row, row_functions};

row_functions! {
    ELT "spark_elt" Always See String, |row| elt(row, true, |row, at| row.text(at).to_owned());
    LEGACY_ELT "spark_legacy_elt" Always See String, |row| {
        elt(row, false, |row, at| row.text(at).to_owned())
    };
    ELT_BYTES "spark_elt_binary" Always See Vec<u8>, |row| {
        elt(row, true, |row, at| row.bytes(at).to_vec())
    };
    LEGACY_ELT_BYTES "spark_legacy_elt_binary" Always See Vec<u8>, |row| {
        elt(row, false, |row, at| row.bytes(at).to_vec())
    };
    NULLABLE_BYTES "spark_nullable_binary" Always Skip Vec<u8>, |row| {
        Ok(Some(row.bytes(0).to_vec()))
    };
}

/// The argument at a position, from 1.
fn elt<T>(row: &Row<'_>, strict: bool, get: fn(&Row<'_>, usize) -> T) -> Result<Option<T>> {
    if row.is_null(0) {
        return Ok(None);
    }
    let index = row.int(0);
    match usize::try_from(index) {
        Ok(at) if at > 0 && at < row.len() => {
            Ok(if row.is_null(at) { None } else { Some(get(row, at)) })
        }
        _ if strict => Err(Error::analysis(
            Condition::INVALID_ARRAY_INDEX,
            [
                ("indexValue", index.to_string()),
                ("arraySize", (row.len() - 1).to_string()),
                ("ansiConfig", "\"spark.sql.ansi.enabled\"".to_owned()),
            ],
        )
        .into()),
        _ => Ok(None),
    }
}

fn words_type() -> DataType {
    let words = DataType::new_list(DataType::Utf8, false);
    DataType::new_list(words, false)
}

pub(crate) static SENTENCES: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_sentences",
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        returns: |_| Ok(words_type()),
        run: |args| evaluated(&args, |arrays, _| sentences(&arrays[0])),
    })
});

fn sentences(texts: &ArrayRef) -> Result<ArrayRef> {
    let words = Arc::new(Field::new_list_field(DataType::Utf8, false));
    let inner = ListBuilder::new(StringBuilder::new()).with_field(Arc::clone(&words));
    let field = Arc::new(Field::new_list_field(DataType::List(words), false));
    let mut lists = ListBuilder::new(inner).with_field(field);
    for text in strings(texts)?.iter() {
        let Some(text) = text else {
            lists.append_null();
            continue;
        };
        for sentence in shape::sentences(text) {
            for word in sentence {
                lists.values().values().append_value(word);
            }
            lists.values().append(true);
        }
        lists.append(true);
    }
    Ok(Arc::new(lists.finish()))
}

pub(crate) static STR_TO_MAP: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_str_to_map",
        nulls: Nulls::Propagate,
        volatility: Volatility::Immutable,
        returns: |_| Ok(nested::map_type(DataType::Utf8, DataType::Utf8)),
        run: |args| evaluated(&args, str_to_map),
    })
});

/// Pairs of key and value, each kind set apart by a pattern: `,` and `:` by default.
fn str_to_map(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let columns = arrays.iter().map(strings).collect::<Result<Vec<_>>>()?;
    let mut patterns = Patterns::default();
    let mut keys = ListBuilder::new(StringBuilder::new());
    let mut values = ListBuilder::new(StringBuilder::new());
    for row in 0..rows {
        if columns.iter().any(|column| column.is_null(row)) {
            keys.append_null();
            values.append_null();
            continue;
        }
        let mark = |at: usize, default| columns.get(at).map_or(default, |c| c.value(row));
        let pairs = pieces(columns[0].value(row), patterns.get(mark(1, ","))?, -1)?;
        for pair in pairs {
            let mut parts = pieces(&pair, patterns.get(mark(2, ":"))?, 2)?.into_iter();
            keys.values().append_value(parts.next().unwrap_or_default());
            values.values().append_option(parts.next());
        }
        keys.append(true);
        values.append(true);
    }
    let (keys, values): (ArrayRef, ArrayRef) = (Arc::new(keys.finish()), Arc::new(values.finish()));
    nested::map(&keys, &values)
}
