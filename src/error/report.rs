//! What a client is told of an error: exception classes, condition, SQLSTATE,
//! parameters. Derived from what the error is, never from its text.

use std::collections::BTreeMap;

use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;

use super::{Condition, Error, InvalidPlan, QueryContext, SparkError};

/// An error as a Spark client knows errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorReport {
    /// JVM exception classes, most derived first: clients raise the first they know.
    pub classes: Vec<String>,
    /// The Spark error condition, where there is one.
    pub condition: Option<String>,
    /// The SQLSTATE, where there is one.
    pub sqlstate: Option<String>,
    /// Message parameters by name.
    pub parameters: BTreeMap<String, String>,
    /// The message in full.
    pub message: String,
    /// The SQL text at fault, if the error comes from text.
    pub context: Option<QueryContext>,
    /// What lies beneath, outermost first.
    pub causes: Vec<String>,
}

const ANALYSIS: &[&str] = &["org.apache.spark.sql.AnalysisException", "java.lang.Exception"];
const SPARK: &[&str] = &["org.apache.spark.SparkException", "java.lang.Exception"];

impl Error {
    /// What a client is told of this error.
    ///
    /// ```
    /// use datafusion_spark_connect::Error;
    ///
    /// let report = Error::unsupported("relation.with_watermark").report();
    /// assert_eq!(report.condition.as_deref(), Some("UNSUPPORTED_CONNECT_FEATURE"));
    /// assert_eq!(report.sqlstate.as_deref(), Some("0A000"));
    /// ```
    pub fn report(&self) -> ErrorReport {
        let root = self.root();
        let mut report = match root {
            Error::InvalidPlan(invalid) => of_invalid_plan(invalid),
            Error::Unsupported { feature, detail: _ } => {
                named(Condition::UNSUPPORTED_CONNECT_FEATURE, [("feature", feature.clone())])
            }
            Error::Analysis(error) => of_spark(error),
            Error::Plugin { .. } => unnamed(SPARK),
            Error::DataFusion(error) => of_datafusion(error),
            Error::Cancelled => named(Condition::OPERATION_CANCELED, []),
            Error::Internal(message) => {
                named(Condition::INTERNAL_ERROR, [("message", message.clone())])
            }
        };
        if report.message.is_empty() {
            report.message = root.to_string();
        }
        report.causes = causes(root);
        report
    }
}

fn of_invalid_plan(invalid: &InvalidPlan) -> ErrorReport {
    ErrorReport {
        parameters: invalid.parameters.clone(),
        message: invalid.to_string(),
        ..of_condition(&invalid.condition)
    }
}

fn of_spark(error: &SparkError) -> ErrorReport {
    ErrorReport {
        classes: error.class_names.clone(),
        parameters: error.parameters.clone(),
        message: error.to_string(),
        context: error.context.clone(),
        ..of_condition(&error.condition)
    }
}

fn of_condition(condition: &Condition) -> ErrorReport {
    ErrorReport {
        classes: condition.class_names(),
        condition: Some(condition.name().to_owned()).filter(|name| !name.is_empty()),
        // Conditions of old do not have one.
        sqlstate: Some(condition.sqlstate().to_owned()).filter(|state| !state.is_empty()),
        parameters: BTreeMap::new(),
        message: String::new(),
        context: None,
        causes: Vec::new(),
    }
}

/// A condition with its own message.
fn named<const N: usize>(condition: Condition, parameters: [(&str, String); N]) -> ErrorReport {
    of_spark(&SparkError::new(condition, parameters))
}

/// An error that Spark has no condition for.
fn unnamed(classes: &[&str]) -> ErrorReport {
    ErrorReport {
        classes: classes.iter().map(|class| (*class).to_owned()).collect(),
        condition: None,
        sqlstate: None,
        parameters: BTreeMap::new(),
        message: String::new(),
        context: None,
        causes: Vec::new(),
    }
}

fn of_datafusion(error: &DataFusionError) -> ErrorReport {
    match error {
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => {
            of_datafusion(inner)
        }
        DataFusionError::Shared(inner) => of_datafusion(inner),
        DataFusionError::Collection(all) => {
            all.first().map_or_else(|| unnamed(SPARK), of_datafusion)
        }
        DataFusionError::ArrowError(error, _) => of_arrow(error),
        DataFusionError::ParquetError(error) => unreadable(error.to_string()),
        DataFusionError::ObjectStore(error) => match error.as_ref() {
            datafusion::object_store::Error::NotFound { path, .. } => {
                named(Condition::FAILED_READ_FILE_NOT_EXIST, [("path", path.clone())])
            }
            other => unreadable(other.to_string()),
        },
        DataFusionError::IoError(error) => unreadable(error.to_string()),
        DataFusionError::NotImplemented(feature) => {
            named(Condition::UNSUPPORTED_CONNECT_FEATURE, [("feature", feature.clone())])
        }
        DataFusionError::Plan(_)
        | DataFusionError::SchemaError(..)
        | DataFusionError::Configuration(_) => unnamed(ANALYSIS),
        DataFusionError::ResourcesExhausted(message) => {
            named(Condition::UNABLE_TO_ACQUIRE_MEMORY, [("message", message.clone())])
        }
        DataFusionError::ExecutionJoin(error) if error.is_cancelled() => {
            named(Condition::OPERATION_CANCELED, [])
        }
        DataFusionError::Internal(_) | DataFusionError::ExecutionJoin(_) => {
            named(Condition::INTERNAL_ERROR, [("message", error.to_string())])
        }
        // DataFusion has no name for it.
        DataFusionError::Execution(text) if text.starts_with("Scalar subquery returned more") => {
            named(Condition::SCALAR_SUBQUERY_TOO_MANY_ROWS, [])
        }
        // What plans and functions raise at run time, and kinds that depend on
        // DataFusion's features.
        _ => unnamed(SPARK),
    }
}

fn unreadable(what: String) -> ErrorReport {
    named(Condition::FAILED_READ_FILE, [("path", what), ("reason", String::new())])
}

fn of_arrow(error: &ArrowError) -> ErrorReport {
    const ANSI: &str = "\"spark.sql.ansi.enabled\"";
    let config = || ("config", ANSI.to_owned());
    match error {
        ArrowError::DivideByZero => named(Condition::DIVIDE_BY_ZERO, [config()]),
        ArrowError::ArithmeticOverflow(message) => {
            let parameters = [("message", message.clone()), ("alternative", String::new())];
            let [message, alternative] = parameters;
            named(Condition::ARITHMETIC_OVERFLOW, [message, alternative, config()])
        }
        ArrowError::CastError(_) | ArrowError::ParseError(_) => ErrorReport {
            message: error.to_string(),
            ..of_condition(&Condition::CAST_INVALID_INPUT)
        },
        ArrowError::MemoryError(message) => {
            named(Condition::UNABLE_TO_ACQUIRE_MEMORY, [("message", message.clone())])
        }
        ArrowError::NotYetImplemented(feature) => {
            named(Condition::UNSUPPORTED_CONNECT_FEATURE, [("feature", feature.clone())])
        }
        ArrowError::CsvError(_)
        | ArrowError::JsonError(_)
        | ArrowError::AvroError(_)
        | ArrowError::ParquetError(_)
        | ArrowError::IoError(..)
        | ArrowError::IpcError(_) => unreadable(error.to_string()),
        _ => unnamed(SPARK),
    }
}

/// Texts of the errors beneath, outermost first.
fn causes(error: &Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut at = std::error::Error::source(error);
    while let Some(cause) = at {
        causes.push(cause.to_string());
        at = cause.source();
    }
    causes.dedup();
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrow(error: ArrowError) -> Error {
        Error::DataFusion(DataFusionError::ArrowError(Box::new(error), None))
    }

    #[test]
    fn engine_errors_are_told_by_kind() {
        let divided = arrow(ArrowError::DivideByZero).report();
        assert_eq!(divided.condition.as_deref(), Some("DIVIDE_BY_ZERO"));
        assert!(divided.classes.contains(&"java.lang.ArithmeticException".to_owned()));
        let refused = Error::DataFusion(DataFusionError::Plan("no".to_owned())).report();
        assert_eq!((refused.condition, refused.classes[0].as_str()), (None, ANALYSIS[0]));
        let memory = DataFusionError::ResourcesExhausted("10 MB".to_owned());
        let memory = Error::DataFusion(memory.context("sorting")).report();
        assert_eq!(memory.condition.as_deref(), Some("UNABLE_TO_ACQUIRE_MEMORY"));
    }

    #[test]
    fn our_own_error_is_found_inside_the_engines() {
        let own = Error::analysis(Condition::DIVIDE_BY_ZERO, [("config", "x".to_owned())]);
        let wrapped = DataFusionError::from(own).context("while summing");
        let report = Error::DataFusion(wrapped).report();
        assert_eq!(report.condition.as_deref(), Some("DIVIDE_BY_ZERO"));
        assert_eq!(report.parameters["config"], "x");
    }
}
