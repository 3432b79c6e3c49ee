//! The protocol: generated types of every `spark.connect` message.

#![allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic, rustdoc::all)]

include!(concat!(env!("OUT_DIR"), "/spark.connect.rs"));
