//! Errors as the JVM library raises them: its exceptions have no conditions, so what a
//! client knows is the class.

use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use datafusion_spark_connect::{Error, Result, SparkError};

fn raised<const N: usize>(classes: [&str; N], message: impl Into<String>) -> Error {
    let last = ["java.lang.Exception", "java.lang.Throwable", "java.lang.Object"];
    SparkError::custom("", "", message)
        .with_class_names(classes.into_iter().chain(last).map(str::to_owned))
        .into()
}

/// An argument that the library refuses.
pub(crate) fn illegal_argument(message: impl Into<String>) -> Error {
    raised(["java.lang.IllegalArgumentException", "java.lang.RuntimeException"], message)
}

/// Scala's `require`.
pub(crate) fn require(holds: bool, message: impl FnOnce() -> String) -> Result<()> {
    match holds {
        true => Ok(()),
        false => Err(illegal_argument(format!("requirement failed: {}", message()))),
    }
}

/// A motif that does not parse.
pub(crate) fn bad_motif(message: impl Into<String>) -> Error {
    raised(["org.graphframes.InvalidParseException"], message)
}

/// An id that no vertex has.
pub(crate) fn no_such_vertex(id: &str) -> Error {
    let text = format!(
        "GraphFrame algorithm given vertex ID which does not exist in Graph. Vertex ID {id} not \
         contained in GraphFrame"
    );
    raised(["org.graphframes.NoSuchVertexException"], text)
}

/// For `?` on what Arrow returns.
pub(crate) trait OrArrow<T> {
    /// Turns an error of Arrow into one for clients.
    fn or_arrow(self) -> Result<T>;
}

impl<T> OrArrow<T> for std::result::Result<T, ArrowError> {
    fn or_arrow(self) -> Result<T> {
        self.map_err(|error| DataFusionError::ArrowError(Box::new(error), None).into())
    }
}
