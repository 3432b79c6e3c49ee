//! Vertices that belong together.

mod label_propagation;
mod neighborhood_aware;
mod power_iteration;
