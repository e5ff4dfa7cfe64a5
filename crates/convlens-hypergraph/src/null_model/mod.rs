//! Random hypergraphs with the degrees and sizes of a given one.

mod chung_lu;
mod configuration;
mod swaps;

pub use chung_lu::chung_lu;
pub use configuration::{Configuration, configuration_model};
pub use swaps::Swapped;
