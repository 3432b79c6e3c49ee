//! Errors as Delta's own server raises them: conditions, SQLSTATEs and the names of
//! exception classes that the client knows.

use datafusion::error::DataFusionError;
use datafusion_spark_connect::{Error, Result, SparkError};
use deltalake::DeltaTableError;
use deltalake::kernel::transaction::TransactionError;

/// Conditions of Delta that clients see as an `AnalysisException`.
pub(crate) fn analysis(
    condition: &str,
    sqlstate: &str,
    message: impl Into<String>,
    parameters: &[(&str, &str)],
) -> Error {
    with(SparkError::custom(condition, sqlstate, message), parameters)
        .with_class_names([
            "org.apache.spark.sql.delta.DeltaAnalysisException",
            "org.apache.spark.sql.AnalysisException",
            "java.lang.Exception",
            "java.lang.Throwable",
            "java.lang.Object",
        ])
        .into()
}

/// Conditions of Delta about the data, found while it runs.
pub(crate) fn runtime(
    condition: &str,
    sqlstate: &str,
    message: impl Into<String>,
    parameters: &[(&str, &str)],
) -> Error {
    with(SparkError::custom(condition, sqlstate, message), parameters)
        .with_class_names([
            "org.apache.spark.sql.delta.DeltaRuntimeException",
            "org.apache.spark.SparkRuntimeException",
            "java.lang.RuntimeException",
            "java.lang.Exception",
            "java.lang.Throwable",
            "java.lang.Object",
        ])
        .into()
}

/// A row that breaks a rule of its table.
pub(crate) fn invariant(
    condition: &str,
    sqlstate: &str,
    message: impl Into<String>,
    parameters: &[(&str, &str)],
) -> Error {
    with(SparkError::custom(condition, sqlstate, message), parameters)
        .with_class_names([
            "org.apache.spark.sql.delta.schema.DeltaInvariantViolationException",
            "org.apache.spark.sql.delta.schema.InvariantViolationException",
            "java.lang.RuntimeException",
            "java.lang.Exception",
            "java.lang.Throwable",
            "java.lang.Object",
        ])
        .into()
}

/// Conditions of Delta about what the caller passed.
pub(crate) fn illegal_argument(
    condition: &str,
    sqlstate: &str,
    message: impl Into<String>,
    parameters: &[(&str, &str)],
) -> Error {
    with(SparkError::custom(condition, sqlstate, message), parameters)
        .with_class_names([
            "org.apache.spark.sql.delta.DeltaIllegalArgumentException",
            "java.lang.IllegalArgumentException",
            "java.lang.RuntimeException",
            "java.lang.Exception",
            "java.lang.Throwable",
            "java.lang.Object",
        ])
        .into()
}

fn with(error: SparkError, parameters: &[(&str, &str)]) -> SparkError {
    parameters.iter().fold(error, |error, (name, value)| error.with_parameter(*name, *value))
}

/// Two writers met, and the other one was first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conflict {
    Append,
    DeleteRead,
    DeleteDelete,
    Metadata,
    Protocol,
    Transaction,
    Write,
}

impl Conflict {
    /// The condition, the name of the exception class, and what happened.
    fn parts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Append => (
                "DELTA_CONCURRENT_APPEND",
                "ConcurrentAppendException",
                "a concurrent transaction added files that this one would have read",
            ),
            Self::DeleteRead => (
                "DELTA_CONCURRENT_DELETE_READ",
                "ConcurrentDeleteReadException",
                "a concurrent transaction deleted data that this one read",
            ),
            Self::DeleteDelete => (
                "DELTA_CONCURRENT_DELETE_DELETE",
                "ConcurrentDeleteDeleteException",
                "a concurrent transaction deleted the data that this one deletes",
            ),
            Self::Metadata => (
                "DELTA_METADATA_CHANGED",
                "MetadataChangedException",
                "a concurrent transaction changed the table's metadata",
            ),
            Self::Protocol => (
                "DELTA_PROTOCOL_CHANGED",
                "ProtocolChangedException",
                "a concurrent transaction changed the table's protocol, or made the table",
            ),
            Self::Transaction => (
                "DELTA_CONCURRENT_TRANSACTION",
                "ConcurrentTransactionException",
                "a concurrent transaction of the same application was committed",
            ),
            Self::Write => (
                "DELTA_CONCURRENT_WRITE",
                "ConcurrentWriteException",
                "concurrent transactions wrote to the table again and again",
            ),
        }
    }

    /// The error that the client raises as one of `delta.exceptions`.
    pub(crate) fn error(self, version: Option<u64>) -> Error {
        let (condition, class, what) = self.parts();
        let at = version.map(|v| format!(" in version {v}")).unwrap_or_default();
        SparkError::custom(condition, "2D521", format!("{what}{at}; try the operation again."))
            .with_class_names([
                format!("io.delta.exceptions.{class}"),
                format!("org.apache.spark.sql.delta.{class}"),
                "io.delta.exceptions.DeltaConcurrentModificationException".to_owned(),
                "java.util.ConcurrentModificationException".to_owned(),
                "java.lang.RuntimeException".to_owned(),
                "java.lang.Exception".to_owned(),
                "java.lang.Throwable".to_owned(),
                "java.lang.Object".to_owned(),
            ])
            .into()
    }
}

/// What is named is no Delta table.
pub(crate) fn missing_table(name: &str) -> Error {
    analysis(
        "DELTA_MISSING_DELTA_TABLE",
        "42P01",
        format!("{name} is not a Delta table."),
        &[("tableName", name)],
    )
}

/// A path to read, with no table at it.
pub(crate) fn missing_path(path: &str) -> Error {
    analysis(
        "DELTA_PATH_DOES_NOT_EXIST",
        "42K03",
        format!("{path} doesn't exist, or is not a Delta table."),
        &[("path", path)],
    )
}

/// What Delta can do and this plugin cannot, under a stable name.
pub(crate) fn unsupported<T>(what: &str, why: &str) -> Result<T> {
    Err(Error::unsupported_because(format!("delta.{what}"), why))
}

/// An error of `deltalake`, with the error of Spark inside it if there is one.
pub(crate) fn from_delta(error: DeltaTableError) -> Error {
    match error {
        DeltaTableError::NotATable(path) => missing_table(&path),
        DeltaTableError::Transaction { source } => of_transaction(source),
        DeltaTableError::GenericError { source } => match source.downcast::<DataFusionError>() {
            Ok(error) => Error::from(*error),
            Err(source) => Error::plugin(source),
        },
        DeltaTableError::UnsupportedColumnMapping { operation, .. } => Error::unsupported_because(
            "delta.column_mapping",
            format!("{operation} of a table with column mapping"),
        ),
        DeltaTableError::Arrow { source } => {
            Error::from(DataFusionError::ArrowError(Box::new(source), None))
        }
        other => Error::plugin(other),
    }
}

fn of_transaction(error: TransactionError) -> Error {
    match error {
        TransactionError::DeltaTableAppendOnly => analysis(
            "DELTA_CANNOT_MODIFY_APPEND_ONLY",
            "42809",
            "This table is configured to only allow appends. If you would like to permit updates \
             or deletes, set the table property delta.appendOnly to false.",
            &[("config", "delta.appendOnly")],
        ),
        TransactionError::UnsupportedTableFeatures(features) => {
            let mut names: Vec<_> = features.iter().map(ToString::to_string).collect();
            names.sort();
            let names = names.join(", ");
            analysis(
                "DELTA_UNSUPPORTED_FEATURES_FOR_WRITE",
                "56038",
                format!("Unsupported table features are required: {names}."),
                &[("unsupported", &names)],
            )
        }
        TransactionError::CommitConflict(_) | TransactionError::MaxCommitAttempts(_) => {
            Conflict::Write.error(None)
        }
        other => Error::plugin(other),
    }
}

/// For `?` on what `deltalake` returns.
pub(crate) trait OrDelta<T> {
    /// Turns an error of `deltalake` into one for clients.
    fn or_delta(self) -> Result<T>;
}

impl<T, E: Into<DeltaTableError>> OrDelta<T> for std::result::Result<T, E> {
    fn or_delta(self) -> Result<T> {
        self.map_err(|error| from_delta(error.into()))
    }
}

/// For `?` on what Arrow returns.
pub(crate) trait OrArrow<T> {
    /// Turns an error of Arrow into one for clients.
    fn or_arrow(self) -> Result<T>;
}

impl<T> OrArrow<T> for std::result::Result<T, datafusion::arrow::error::ArrowError> {
    fn or_arrow(self) -> Result<T> {
        self.map_err(|error| DataFusionError::ArrowError(Box::new(error), None).into())
    }
}
