//! Hypergraph modularity: of a given partition, and partitions that make it large.
//!
//! [`modularity()`] scores a partition under a [`Weight`], [`cluster`] looks for a partition of
//! high modularity, and [`refine`] improves a given one by single moves.
//!
//! ```
//! use convlens_hypergraph::{Hypergraph, modularity};
//!
//! let edges = [vec![0, 1, 2], vec![0, 1], vec![1, 2], vec![2, 3], vec![3, 4, 5], vec![4, 5]];
//! let h = Hypergraph::from_edges(6, &edges)?;
//! let found = modularity::cluster(&h, &modularity::Options::default());
//! assert_eq!(found.parts, [0, 0, 0, 1, 1, 1]);
//! let value = modularity::modularity(&h, &found.parts, modularity::Weight::Pairwise)?;
//! assert_eq!(value.as_ref(), found.modularity.last());
//! # Ok::<(), convlens_hypergraph::HypergraphError>(())
//! ```

mod clustering;
pub(crate) mod score;

pub use clustering::{Clustering, Options, cluster, refine};
pub use score::{Weight, modularity};
