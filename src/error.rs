//! One error type, split by whose fault it is.
//!
//! A variant is chosen where the fault is known, never by reading a message
//! afterwards. What a Spark client sees (condition, SQLSTATE, parameters,
//! exception class names) is derived here, so that the serving layer only copies.

mod conditions;
mod missing;
mod report;

use std::collections::BTreeMap;
use std::fmt;

use datafusion::error::DataFusionError;

pub use conditions::Condition;
pub use report::ErrorReport;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a Spark Connect request could not be answered.
///
/// ```
/// use datafusion_spark_connect::Error;
///
/// let error = Error::unsupported("relation.with_watermark");
/// assert_eq!(error.condition(), Some("UNSUPPORTED_CONNECT_FEATURE"));
/// assert!(error.to_string().contains("relation.with_watermark"));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The client's message is not a valid plan: a required field is missing, a
    /// value is out of range, or the bytes are no message at all.
    #[error("{}", .0)]
    InvalidPlan(Box<InvalidPlan>),
    /// A valid message that this crate does not serve (yet). The name is stable
    /// and listed in `docs/support-matrix.md`.
    #[error("[UNSUPPORTED_CONNECT_FEATURE] {feature} is not supported{}", detail_suffix(.detail))]
    Unsupported {
        /// Stable name, such as `relation.with_watermark`.
        feature: String,
        /// What the user may do instead, if anything is known.
        detail: Option<String>,
    },
    /// The plan is well-formed but wrong for this session, in the way that Spark
    /// itself reports: a missing column, a wrong type, SQL that does not parse.
    #[error("{}", .0)]
    Analysis(Box<SparkError>),
    /// A plugin failed.
    #[error("plugin for {message_name} failed: {source}")]
    Plugin {
        /// Full name of the plugin's protobuf message.
        message_name: String,
        /// What the plugin reported.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// DataFusion refused or failed to run the plan.
    #[error("{0}")]
    DataFusion(#[from] DataFusionError),
    /// The operation was interrupted by the client or its session ended.
    #[error("[OPERATION_CANCELED] the operation was cancelled")]
    Cancelled,
    /// A fault of this crate.
    #[error("[INTERNAL_ERROR] {0}")]
    Internal(String),
}

fn detail_suffix(detail: &Option<String>) -> String {
    detail.as_ref().map(|d| format!(": {d}")).unwrap_or_default()
}

/// A message that is not a valid plan, and where in it the fault lies.
#[derive(Debug, Clone)]
pub struct InvalidPlan {
    condition: Condition,
    path: Vec<String>,
    message: String,
    parameters: BTreeMap<String, String>,
}

impl InvalidPlan {
    /// Where in the message the fault lies, outermost field first, such as
    /// `filter.condition`; empty if it is the message itself.
    pub fn path(&self) -> String {
        self.path.iter().rev().cloned().collect::<Vec<_>>().join(".")
    }

    /// What is wrong there.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for InvalidPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.condition.name() {
            "" => f.write_str(&self.message)?,
            name => write!(f, "[{name}] {}", self.message)?,
        }
        if !self.path.is_empty() {
            write!(f, " (at {})", self.path())?;
        }
        write!(f, " SQLSTATE: {}", self.condition.sqlstate())
    }
}

/// An error that Spark has a name for.
#[derive(Debug, Clone)]
pub struct SparkError {
    condition: Condition,
    message: String,
    parameters: BTreeMap<String, String>,
    class_names: Vec<String>,
    context: Option<QueryContext>,
    /// Whether the text at fault is no part of a query.
    stands_alone: bool,
    /// Whether the expression at fault has the name that Spark gives it.
    told: bool,
}

/// The piece of SQL text an error points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryContext {
    /// The whole SQL text.
    pub sql: String,
    /// Line of the fault, from 1.
    pub line: usize,
    /// Position in that line, in characters from 0, as Spark counts.
    pub position: usize,
    /// First character of the fragment at fault, from 0 in the whole text.
    pub start: usize,
    /// Last character of the fragment at fault, inclusive.
    pub stop: usize,
}

impl QueryContext {
    /// The piece of text at fault.
    pub fn fragment(&self) -> String {
        let length = (self.stop + 1).saturating_sub(self.start);
        self.sql.chars().skip(self.start).take(length).collect()
    }
}

impl SparkError {
    /// An error with the default message of `condition`, its `<name>`
    /// placeholders replaced by `parameters`.
    pub fn new<K, V>(condition: Condition, parameters: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<String>,
        V: Into<String>,
    {
        let parameters: BTreeMap<String, String> =
            parameters.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        Self {
            message: condition.render(&parameters),
            class_names: condition.class_names(),
            condition,
            parameters,
            context: None,
            stands_alone: false,
            told: false,
        }
    }

    /// An error with a condition, SQLSTATE and text of the caller's own, for
    /// plugins whose clients know conditions that Spark does not have.
    pub fn custom(
        condition: impl Into<String>,
        sqlstate: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            condition: Condition::custom(condition, sqlstate),
            message: message.into(),
            parameters: BTreeMap::new(),
            class_names: Condition::default_class_names(),
            context: None,
            stands_alone: false,
            told: false,
        }
    }

    /// Replaces the exception class names, most derived first.
    #[must_use]
    pub fn with_class_names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.class_names = names.into_iter().map(Into::into).collect();
        self
    }

    /// Adds one message parameter.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.insert(name.into(), value.into());
        self
    }

    /// Points at the SQL text at fault.
    #[must_use]
    pub fn with_context(mut self, context: QueryContext) -> Self {
        self.context = Some(context);
        self
    }

    /// The same error in a text that is no part of a query, such as a type: its message
    /// says where.
    pub(crate) fn standing_alone(mut self) -> Self {
        self.stands_alone = true;
        self
    }

    /// Whether it blames the types in an expression, which has not got its name yet.
    pub(crate) fn blames_types(&self) -> bool {
        // Of a window's frame and order the names are no expression's.
        const OTHERS: [&str; 2] = ["_FRAME", "RANGE_"];
        let own = self.condition().strip_prefix("DATATYPE_MISMATCH.");
        !self.told
            && self.parameters.contains_key("sqlExpr")
            && own.is_some_and(|own| !OTHERS.iter().any(|other| own.contains(other)))
    }

    /// Says other values of these parameters.
    pub(crate) fn tell<const N: usize>(&mut self, parameters: [(&str, Option<String>); N]) {
        for (name, value) in parameters {
            if let (true, Some(value)) = (self.parameters.contains_key(name), value) {
                self.parameters.insert(name.to_owned(), value);
            }
        }
        self.message = self.condition.render(&self.parameters);
        self.told = true;
    }

    /// The Spark error condition, such as `UNRESOLVED_COLUMN.WITH_SUGGESTION`.
    pub fn condition(&self) -> &str {
        self.condition.name()
    }

    /// The SQLSTATE, five characters.
    pub fn sqlstate(&self) -> &str {
        self.condition.sqlstate()
    }

    /// The message without condition and SQLSTATE.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Message parameters by name.
    pub fn parameters(&self) -> &BTreeMap<String, String> {
        &self.parameters
    }

    /// JVM exception class names, most derived first: clients pick the first
    /// they know.
    pub fn class_names(&self) -> &[String] {
        &self.class_names
    }

    /// The SQL text at fault, if the error comes from text.
    pub fn context(&self) -> Option<&QueryContext> {
        self.context.as_ref()
    }
}

impl fmt::Display for SparkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.condition.name() {
            "" => f.write_str(&self.message)?,
            name => write!(f, "[{name}] {}", self.message)?,
        }
        if !self.condition.sqlstate().is_empty() {
            write!(f, " SQLSTATE: {}", self.condition.sqlstate())?;
        }
        match &self.context {
            // Of the others Spark says where only beside the message.
            Some(context) if self.stands_alone || self.condition.name().starts_with("PARSE_") => {
                write!(f, " (line {}, pos {})", context.line, context.position)
            }
            Some(_) => Ok(()),
            None => Ok(()),
        }
    }
}

impl Error {
    /// A message that breaks the protocol.
    pub fn invalid_plan(message: impl Into<String>) -> Self {
        Self::invalid_plan_with(Condition::CONNECT_INVALID_PLAN, message, [])
    }

    /// A required field that the message does not have, or a oneof that is unset
    /// or of a kind newer than this crate.
    pub fn missing_field(field: &str) -> Self {
        missing::missing(field).at(field)
    }

    /// A message that breaks the protocol, under a condition of its own.
    pub(crate) fn invalid_plan_with<const N: usize>(
        condition: Condition,
        message: impl Into<String>,
        parameters: [(&str, String); N],
    ) -> Self {
        Self::InvalidPlan(Box::new(InvalidPlan {
            condition,
            path: Vec::new(),
            message: message.into(),
            parameters: parameters.into_iter().map(|(k, v)| (k.to_owned(), v)).collect(),
        }))
    }

    /// A feature that is valid in Spark but not served here.
    pub fn unsupported(feature: impl Into<String>) -> Self {
        Self::Unsupported { feature: feature.into(), detail: None }
    }

    /// The same, with a hint at what to do instead.
    pub fn unsupported_because(feature: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Unsupported { feature: feature.into(), detail: Some(detail.into()) }
    }

    /// An error that Spark reports under `condition`.
    pub fn analysis<const N: usize>(condition: Condition, parameters: [(&str, String); N]) -> Self {
        Self::Analysis(Box::new(SparkError::new(condition, parameters)))
    }

    /// An argument that Spark refuses by a bare `IllegalArgumentException`, without
    /// a condition.
    pub(crate) fn requirement(text: impl std::fmt::Display) -> Self {
        let mut error = SparkError::new::<String, String>(Condition::ILLEGAL_ARGUMENT, []);
        error.message = format!("requirement failed: {text}");
        Self::Analysis(Box::new(error))
    }

    /// The same, in words of Spark's own.
    pub(crate) fn illegal_argument(text: impl Into<String>) -> Self {
        let mut error = SparkError::new::<String, String>(Condition::ILLEGAL_ARGUMENT, []);
        error.message = text.into();
        Self::Analysis(Box::new(error))
    }

    /// A plugin's own error: which message it was working on is filled in when it
    /// leaves the plugin.
    ///
    /// If it is, or wraps, an [`Error`] of this crate, clients see that one's condition
    /// and class. An error with a condition of the plugin's own is a
    /// [`SparkError::custom`], which turns into an [`Error`] by `?`.
    pub fn plugin(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Plugin { message_name: String::new(), source: source.into() }
    }

    /// A broken invariant of this crate.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::Internal(message.into())
    }

    /// Adds the name of the enclosing field to the path of an invalid plan.
    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        if let Self::InvalidPlan(invalid) = &mut self {
            invalid.path.push(field.to_owned());
        }
        self
    }

    /// The Spark error condition, where there is one.
    pub fn condition(&self) -> Option<&str> {
        match self {
            Self::InvalidPlan(invalid) => Some(invalid.condition.name()),
            Self::Unsupported { .. } => Some("UNSUPPORTED_CONNECT_FEATURE"),
            Self::Analysis(error) => Some(error.condition()),
            Self::Plugin { source, .. } => nested(source.as_ref()).and_then(Self::condition),
            Self::DataFusion(error) => external(error).and_then(Self::condition),
            Self::Cancelled => Some("OPERATION_CANCELED"),
            Self::Internal(_) => Some("INTERNAL_ERROR"),
        }
    }

    /// The error that a plugin or a function of this crate raised, if it is
    /// wrapped in a plugin's or DataFusion's own error.
    pub fn root(&self) -> &Self {
        let inner = match self {
            Self::Plugin { source, .. } => nested(source.as_ref()),
            Self::DataFusion(error) => external(error),
            _ => None,
        };
        inner.map_or(self, Self::root)
    }
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("unknown")
}

/// Our own error inside a boxed one.
fn nested<'a>(source: &'a (dyn std::error::Error + 'static)) -> Option<&'a Error> {
    source
        .downcast_ref::<Error>()
        .or_else(|| source.downcast_ref::<DataFusionError>().and_then(external))
}

/// Our own error inside DataFusion's, which wraps what functions and table
/// providers raise.
fn external(error: &DataFusionError) -> Option<&Error> {
    match error {
        DataFusionError::External(source) => nested(source.as_ref()),
        DataFusionError::Context(_, inner) => external(inner),
        DataFusionError::Diagnostic(_, inner) => external(inner),
        DataFusionError::Shared(inner) => external(inner),
        DataFusionError::Collection(all) => all.iter().find_map(external),
        DataFusionError::ArrowError(arrow, _) => match arrow.as_ref() {
            datafusion::arrow::error::ArrowError::ExternalError(source) => nested(source.as_ref()),
            _ => None,
        },
        _ => None,
    }
}

impl From<Error> for DataFusionError {
    fn from(error: Error) -> Self {
        match error {
            Error::DataFusion(inner) => inner,
            other => DataFusionError::External(Box::new(other)),
        }
    }
}

impl From<SparkError> for Error {
    fn from(error: SparkError) -> Self {
        Self::Analysis(Box::new(error))
    }
}

/// Attaches the name of a field to an error that passes outwards.
pub(crate) trait AtField<T> {
    /// Adds `field` to the path of an invalid plan.
    fn at(self, field: &str) -> Result<T>;
}

impl<T> AtField<T> for Result<T> {
    fn at(self, field: &str) -> Result<T> {
        self.map_err(|error| error.at(field))
    }
}

/// Turns an absent protobuf field into an error that names it.
pub(crate) trait Required<T> {
    /// The value, or an invalid plan that names `field`.
    fn required(self, field: &str) -> Result<T>;
}

impl<T> Required<T> for Option<T> {
    fn required(self, field: &str) -> Result<T> {
        self.ok_or_else(|| Error::missing_field(field))
    }
}
