//! Laplacians of a hypergraph, and the clustering that follows from them.

mod clustering;
mod dense;
mod eigen;
mod incidence;
mod kmeans;
mod lanczos;
mod laplacian;
mod options;
mod vector;

pub use clustering::{SpectralClustering, spectral_clustering};
pub use eigen::{EigenMethod, LaplacianEigenpairs};
pub use laplacian::HypergraphLaplacian;
pub use options::{SpectralEmbedding, SpectralOptions};
