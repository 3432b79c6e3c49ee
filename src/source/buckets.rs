//! Rows spread over files by the hash of columns, as Spark spreads them.

use datafusion::arrow::array::{ArrayRef, AsArray as _};
use datafusion::arrow::datatypes::Int32Type;
use serde_json::{Value, json};

use crate::error::Result;
use crate::function::udf::hash::murmur3;

/// What a bucketed table is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buckets {
    /// How many buckets there are.
    pub count: u32,
    /// The columns whose hash says which bucket a row is in.
    pub columns: Vec<String>,
    /// The columns that rows are sorted by in a bucket.
    pub sort_columns: Vec<String>,
}

impl Buckets {
    /// The buckets as JSON.
    pub(crate) fn to_json(&self) -> Value {
        let Self { count, columns, sort_columns } = self;
        json!({ "count": count, "columns": columns, "sortColumns": sort_columns })
    }

    /// The buckets that JSON tells of, if it does.
    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        let names = |key: &str| {
            let items = value.get(key).and_then(Value::as_array).into_iter().flatten();
            items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        let count = value.get("count").and_then(Value::as_u64)?;
        Some(Self {
            count: u32::try_from(count).ok()?,
            columns: names("columns"),
            sort_columns: names("sortColumns"),
        })
    }

    /// The bucket of each row, by the columns given.
    ///
    /// # Errors
    /// If a column cannot be hashed.
    pub(super) fn of(&self, columns: &[ArrayRef], rows: usize) -> Result<Vec<u32>> {
        let hashes = murmur3(columns, rows)?;
        let count = i64::from(self.count.max(1));
        let hashes = hashes.as_primitive::<Int32Type>().values().iter();
        let buckets = hashes.map(|hash| i64::from(*hash).rem_euclid(count));
        Ok(buckets.map(|bucket| u32::try_from(bucket).unwrap_or_default()).collect())
    }
}
