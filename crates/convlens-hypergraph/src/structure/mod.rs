//! Hypergraphs, and what follows from their incidences alone.
//!
//! - **Building.** [`Hypergraph`] from incidences, hyperedges, dense tables (by a [`TableRule`]),
//!   compressed sparse tables and bipartite graphs; [`WeightedHypergraph`] with weights on nodes,
//!   hyperedges and incidences; [`Names`] beside either.
//! - **Parts.** [`Hypergraph::dual`], [`Restriction`] to some nodes or hyperedges, [`Collapse`] of
//!   equal ones, [toplexes](Hypergraph::toplexes), [set operations](Hypergraph::union).
//! - **Numbers.** [`Statistics`]: degrees, sizes, density.
//! - **Graphs.** [`SLineGraph`] of the hyperedges, [`TwoSection`] of the nodes; both convert to
//!   petgraph with the feature `petgraph`.
//!
//! ```
//! use convlens_hypergraph::Hypergraph;
//! use convlens_hypergraph::structure::Emptied;
//!
//! let h = Hypergraph::from_edges(6, &[vec![0, 1, 2], vec![1, 2, 3], vec![4, 5]])?;
//! assert_eq!(h.dual().edge(1), &[0, 1]); // node 1 is in hyperedges 0 and 1
//! assert_eq!(h.statistics().sizes.count(3), 2);
//! assert_eq!(h.restrict_to_nodes(&[0, 1], Emptied::DropEmpty)?.edges, [0, 1]);
//! # Ok::<(), convlens_hypergraph::HypergraphError>(())
//! ```

mod build;
pub(crate) mod csr;
pub(crate) mod hypergraph;
pub(crate) mod line_graph;
pub(crate) mod names;
#[cfg(feature = "petgraph")]
mod petgraph;
pub(crate) mod restrict;
mod set_operations;
mod sorted;
mod statistics;
mod tables;
mod weighted;

pub use build::{FromBipartite, Side};
pub use hypergraph::Hypergraph;
pub use line_graph::{LineEdge, NodePair, SLineGraph, TwoSection};
pub use names::{Name, Names};
#[cfg(feature = "petgraph")]
pub use petgraph::Incident;
pub use restrict::{Classes, Collapse, Emptied, Restriction};
pub use statistics::{Distribution, Statistics, Summary};
pub use tables::TableRule;
pub use weighted::{DuplicateWeights, WeightedHypergraph};
