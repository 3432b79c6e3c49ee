//! What plugins, and others who hold messages, ask the planner for beyond plans from
//! the wire: nested bytes, SQL text, data types, two sides of a merge.

mod nested;
mod over;
mod scope;
mod sides;
mod store;
mod text;

pub use sides::Sides;
