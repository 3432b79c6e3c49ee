//! Vertices that belong together.

mod clusters;
mod label_propagation;
mod neighborhood_aware;
mod power_iteration;
mod votes;

/// What a community is known by.
const LABEL: &str = "label";
