//! Loops whose steps are expressions of the client.

mod neighbors;
mod vertex_programs;
