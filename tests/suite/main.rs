//! Tests of the crate through its public API, one module an area.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod expressions;
mod kept;
mod layers;
mod merge;
mod protocol;
mod recorded_requests;
mod relations;
mod serve;
mod support_matrix;
mod testkit;
