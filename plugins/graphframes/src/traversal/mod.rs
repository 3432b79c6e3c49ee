//! Ways through a graph.

mod all_paths;
mod bfs;
mod cycles;
mod hyper_anf;
mod parts;
mod shortest_paths;
