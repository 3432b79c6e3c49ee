//! How closely vertices are knit.

mod core_numbers;
mod independent_set;
mod triangles;
