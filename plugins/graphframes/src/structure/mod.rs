//! Methods that only build a plan: motifs, filters, messages between neighbours.

mod filter;
mod find;
mod isolated;
mod messages;
mod motif;

pub(crate) use filter::filtered;
pub(crate) use messages::{Triplet, query_of_triplets};
