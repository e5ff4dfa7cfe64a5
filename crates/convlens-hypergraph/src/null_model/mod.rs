//! Random hypergraphs to compare with.

mod chung_lu;
mod configuration;
mod swaps;

pub use chung_lu::chung_lu_hypergraph;
pub use configuration::{ConfigurationHypergraph, configuration_hypergraph};
pub use swaps::{SwappedHypergraph, swap_incidences};

use crate::Hypergraph;

/// A hypergraph of pairs that are in range by construction.
fn build(n_nodes: usize, n_edges: usize, pairs: Vec<(u32, u32)>) -> Hypergraph {
    match Hypergraph::from_incidences(n_nodes, n_edges, pairs) {
        Ok(h) => h,
        Err(error) => unreachable!("counts and indices are checked: {error}"),
    }
}
