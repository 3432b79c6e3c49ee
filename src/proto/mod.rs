//! The protocol: every `spark.connect` message as a Rust type, and what it takes
//! to read messages that a client sent.
//!
//! [`decode`] turns bytes into messages within [`Limits`](crate::Limits).
//! [`Deep`] holds a message that may be nested deeper than the stack is large.
//! [`DESCRIPTORS`] describes all messages, for reflection.

pub mod decode;
mod deep;
mod guarded;
mod names;
mod scan;

pub use deep::Deep;
pub use generated::*;
pub use names::{message_name, pack};

mod generated {
    #![allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic, rustdoc::all)]
    include!(concat!(env!("OUT_DIR"), "/spark.connect.rs"));
}

/// The protocol's descriptors, an encoded `google.protobuf.FileDescriptorSet`.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
