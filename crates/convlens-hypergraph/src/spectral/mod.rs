//! Spectra of a hypergraph: Zhou's Laplacian, the random walk, spectral clustering.
//!
//! [`cluster`] groups the nodes by the eigenvectors of the [`Laplacian`]; [`Laplacian::eigenpairs`]
//! gives these themselves, and [`RandomWalk`] the walk behind them, with weights that may depend on
//! the hyperedge.
//!
//! ```
//! use convlens_hypergraph::{Hypergraph, spectral};
//!
//! let edges = [vec![0, 1, 2], vec![0, 1], vec![2, 3], vec![3, 4, 5], vec![4, 5]];
//! let h = Hypergraph::from_edges(6, &edges)?;
//! let found = spectral::cluster(&h, &spectral::Options::default().clusters(2))?;
//! assert_eq!(found.parts(), [0, 0, 0, 1, 1, 1]);
//! # Ok::<(), convlens_hypergraph::HypergraphError>(())
//! ```

mod clustering;
mod dense;
mod eigen;
mod incidence;
mod laplacian;
mod random_walk;

pub use clustering::{Clustering, Embedding, Options, cluster};
pub use eigen::{EigenMethod, Eigenpairs};
pub use laplacian::Laplacian;
pub use random_walk::{RandomWalk, Stationary};
