//! What planning a request ends in.

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use prost_types::Any;

use super::planned::Planned;
use crate::proto::Relation;
use crate::proto::execute_plan_response::ResponseType;

/// What a command answers. Made once a command, so its size does not matter.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "one of them lives for a request")]
#[non_exhaustive]
pub enum CommandOutput {
    /// Nothing: it is done.
    None,
    /// A relation that the client makes a DataFrame of, as `spark.sql` does.
    SqlResult(Relation),
    /// Rows, made already.
    Rows(Vec<RecordBatch>, SchemaRef),
    /// Rows of a relation, still to be run.
    Relation(Planned),
    /// An answer that the protocol has a message of its own for.
    Response(Box<ResponseType>),
    /// A message of a plugin. Clients of a library read it; Spark's own do not.
    Extension(Any),
}

/// What a plan from a client asks for.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "one of them lives for a request")]
pub enum PlanOutput {
    /// The rows of a relation.
    Relation(Planned),
    /// A command, which has run.
    Command(CommandOutput),
}
