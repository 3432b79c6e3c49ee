//! stub
pub(crate) mod coerce;
