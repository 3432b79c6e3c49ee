//! How much vertices matter.

mod page_rank;
mod parallel_personalized;
