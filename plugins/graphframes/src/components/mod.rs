//! Which vertices hang together.

mod connected;
mod strongly;

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field};

/// What a component is known by.
const COMPONENT: &str = "component";

/// The column of components that are longs. A vertex whose id is NULL has none.
fn field() -> Field {
    Field::new(COMPONENT, DataType::Int64, true)
}

fn column(components: Vec<Option<i64>>) -> ArrayRef {
    Arc::new(Int64Array::from(components))
}
