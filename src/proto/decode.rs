//! Reads messages that a client sent: bounded in depth and in size, whatever the
//! bytes are.
//!
//! ```
//! use datafusion_spark_connect::{Limits, proto, proto::decode};
//! use prost::Message as _;
//!
//! let range = proto::Range { start: None, end: 3, step: 1, num_partitions: None };
//! let relation = proto::Relation {
//!     common: None,
//!     rel_type: Some(proto::relation::RelType::Range(range)),
//! };
//! let bytes = relation.encode_to_vec();
//! assert_eq!(*decode::relation(&bytes, &Limits::default())?, relation);
//! assert!(decode::relation(&bytes[..3], &Limits::default()).is_err());
//! # Ok::<(), datafusion_spark_connect::Error>(())
//! ```

use std::cell::Cell;
use std::io::Read as _;

use prost::{Message, Name};
use prost_types::Any;

use super::deep::Deep;
use super::guarded::{Guarded, RESERVE};
use super::plan::compressed_operation::OpType as CompressedType;
use super::plan::{CompressedOperation, OpType};
use super::scan::{Fault, TABLES};
use super::{Command, CompressionCodec, Expression, Plan, Relation, message_name};
use crate::error::{AtField as _, Error, Result};
use crate::session::Limits;

/// Stack that prost takes to decode a level of nesting, with room to spare.
const LEVEL: usize = if cfg!(debug_assertions) { 8 * 1024 } else { 2 * 1024 };
/// What prost allows when nobody lifted its limit.
const PROST_DEPTH: usize = 100;

/// Reads a plan, and unpacks it if it is compressed.
///
/// # Errors
/// [`Error::InvalidPlan`] if the bytes are no plan, or one beyond `limits`.
pub fn plan(bytes: &[u8], limits: &Limits) -> Result<Deep<Plan>> {
    unpack(message(bytes, limits)?, limits)
}

/// Reads a relation.
///
/// # Errors
/// [`Error::InvalidPlan`] if the bytes are no relation, or one beyond `limits`.
pub fn relation(bytes: &[u8], limits: &Limits) -> Result<Deep<Relation>> {
    message(bytes, limits)
}

/// Reads an expression.
///
/// # Errors
/// [`Error::InvalidPlan`] if the bytes are no expression, or one beyond `limits`.
pub fn expression(bytes: &[u8], limits: &Limits) -> Result<Deep<Expression>> {
    message(bytes, limits)
}

/// Reads any message: one of the protocol, or one of a plugin's own.
///
/// # Errors
/// [`Error::InvalidPlan`] if the bytes are no such message, or one beyond
/// `limits`.
pub fn message<M: Message + Name + Default>(bytes: &[u8], limits: &Limits) -> Result<Deep<M>> {
    named(&M::full_name(), bytes, limits)
}

/// The same, where the message's name is at hand.
pub(crate) fn named<M: Message + Name + Default>(
    name: &str,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Deep<M>> {
    let limit = depth_limit(limits);
    let depth = depth(name, bytes, limit)?;
    let mut exhausted = Cell::new(false);
    let stack = depth.saturating_mul(LEVEL) + 2 * RESERVE;
    let decoded = stacker::maybe_grow(stack, stack, || {
        let decoded = M::decode(Guarded::new(bytes, &exhausted, depth));
        // Half a message may be as deep as a whole one.
        decoded.map(|message| Deep::with_depth(message, depth))
    });
    if *exhausted.get_mut() {
        return Err(refuse(name, Fault::TooDeep, limit));
    }
    decoded.map_err(|error| Error::invalid_plan(format!("the bytes are no {name}: {error}")))
}

/// How many levels below the root the message `name` is nested at most.
pub(crate) fn depth(name: &str, bytes: &[u8], limit: usize) -> Result<usize> {
    match TABLES.find(name) {
        Some(table) => {
            TABLES.depth(bytes, table, limit).map_err(|fault| refuse(name, fault, limit))
        }
        // A level takes two bytes at least.
        None => Ok(limit.min(bytes.len() / 2)),
    }
}

/// Reads the message that is packed in `any`.
///
/// # Errors
/// [`Error::InvalidPlan`] if it is another message, no message, or beyond
/// `limits`.
pub fn any<M: Message + Name + Default>(any: &Any, limits: &Limits) -> Result<Deep<M>> {
    let name = message_name(&any.type_url);
    if name != M::full_name() {
        return Err(Error::invalid_plan(format!(
            "a {} is needed here, not a {name}",
            M::full_name()
        )));
    }
    message(&any.value, limits)
}

/// The plan with its operation unpacked, if it came compressed.
///
/// # Errors
/// [`Error::InvalidPlan`] if what is packed is no operation, or one beyond
/// `limits`.
pub fn unpack(plan: Deep<Plan>, limits: &Limits) -> Result<Deep<Plan>> {
    let Some(OpType::CompressedOperation(packed)) = &plan.op_type else { return Ok(plan) };
    unpacked(packed, limits).at("compressed_operation")
}

fn unpacked(packed: &CompressedOperation, limits: &Limits) -> Result<Deep<Plan>> {
    let CompressedOperation { data, op_type: _, compression_codec: _ } = packed;
    let bytes = match packed.compression_codec() {
        CompressionCodec::Zstd => decompress(data, limits.decompressed_bytes)?,
        CompressionCodec::Unspecified => {
            return Err(Error::invalid_plan("the codec of a compressed plan is not known"));
        }
    };
    let plan = |operation| Plan { op_type: Some(operation) };
    match packed.op_type() {
        CompressedType::Relation => {
            let relation = message::<Relation>(&bytes, limits)?;
            Ok(relation.map(|relation| plan(OpType::Root(relation))))
        }
        CompressedType::Command => {
            let command = message::<Command>(&bytes, limits)?;
            Ok(command.map(|command| plan(OpType::Command(command))))
        }
        CompressedType::Unspecified => {
            Err(Error::invalid_plan("a compressed plan is neither a relation nor a command"))
        }
    }
}

fn decompress(data: &[u8], limit: usize) -> Result<Vec<u8>> {
    let broken = |error: std::io::Error| {
        Error::invalid_plan(format!("a compressed plan cannot be unpacked: {error}"))
    };
    let decoder = zstd::stream::read::Decoder::new(data).map_err(broken)?;
    let mut bytes = Vec::new();
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(bound).read_to_end(&mut bytes).map_err(broken)?;
    if bytes.len() > limit {
        return Err(Error::invalid_plan(format!(
            "a compressed plan is larger than {limit} bytes when unpacked"
        )));
    }
    Ok(bytes)
}

fn depth_limit(limits: &Limits) -> usize {
    match cfg!(feature = "deep-plans") {
        true => limits.message_depth,
        false => limits.message_depth.min(PROST_DEPTH),
    }
}

fn refuse(name: &str, fault: Fault, limit: usize) -> Error {
    let advice = match cfg!(feature = "deep-plans") {
        true => "",
        false => "; the feature `deep-plans` of datafusion-spark-connect allows more",
    };
    Error::invalid_plan(match fault {
        Fault::TooDeep => format!("the {name} is nested deeper than {limit} messages{advice}"),
        Fault::Malformed(at, what) => format!("the bytes are no {name}: {what} (byte {at})"),
    })
}

#[cfg(test)]
mod tests;
