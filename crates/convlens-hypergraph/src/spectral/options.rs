//! Settings of spectral clustering.

use crate::HypergraphError;

/// What k-means sees of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SpectralEmbedding {
    /// Its row of the eigenvectors, scaled to unit length (Ng, Jordan and Weiss 2002).
    #[default]
    UnitRows,
    /// Its row as it is (Zhou, Huang and Schölkopf 2006).
    Eigenvectors,
    /// Its row of the eigenvectors of the random walk, Dv^-1/2 times the row (Shi and Malik 2000).
    RandomWalk,
}

/// Settings of [`spectral_clustering`](crate::spectral_clustering), checked once before any work.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::SpectralOptions;
///
/// let options = SpectralOptions::default().clusters(10).seed(3);
/// assert_eq!((options.clusters, options.restarts, options.seed), (10, 10, 3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SpectralOptions {
    /// Clusters to make, and eigenvectors to use. At least 1. Default 2.
    pub clusters: usize,
    /// Seed of k-means and of the Lanczos start. Default 0.
    pub seed: u64,
    /// What k-means sees of a node. Default: rows of unit length.
    pub embedding: SpectralEmbedding,
    /// Runs of k-means, of which the best is taken. At least 1. Default 10, as scikit-learn's
    /// spectral clustering.
    pub restarts: usize,
    /// The most steps of one run of k-means. At least 1. Default 300, as scikit-learn.
    pub max_iterations: usize,
}

impl Default for SpectralOptions {
    fn default() -> Self {
        Self {
            clusters: 2,
            seed: 0,
            embedding: SpectralEmbedding::default(),
            restarts: 10,
            max_iterations: 300,
        }
    }
}

impl SpectralOptions {
    /// Sets the number of clusters.
    #[must_use]
    pub fn clusters(mut self, clusters: usize) -> Self {
        self.clusters = clusters;
        self
    }

    /// Sets the seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets what k-means sees of a node.
    #[must_use]
    pub fn embedding(mut self, embedding: SpectralEmbedding) -> Self {
        self.embedding = embedding;
        self
    }

    /// Sets the number of k-means runs.
    #[must_use]
    pub fn restarts(mut self, restarts: usize) -> Self {
        self.restarts = restarts;
        self
    }

    /// Sets the most steps of one run of k-means.
    #[must_use]
    pub fn max_iterations(mut self, max_iterations: usize) -> Self {
        self.max_iterations = max_iterations;
        self
    }

    /// Checks the options, as every function that takes them does before any work.
    ///
    /// # Errors
    ///
    /// [`TooFew`](HypergraphError::TooFew) for 0 clusters, restarts or iterations.
    pub fn check(&self) -> Result<(), HypergraphError> {
        for (what, count) in [
            ("clusters", self.clusters),
            ("restarts", self.restarts),
            ("max_iterations", self.max_iterations),
        ] {
            if count == 0 {
                return Err(HypergraphError::TooFew {
                    what,
                    count,
                    min: 1,
                });
            }
        }
        Ok(())
    }
}
