//! Spectral clustering of the nodes.

use super::eigen::{self, EigenMethod};
use super::incidence::ScaledIncidence;
use super::kmeans::kmeans;
use super::options::{SpectralEmbedding, SpectralOptions};
use crate::{Hypergraph, HypergraphError, HypergraphLaplacian};

/// The outcome of [`spectral_clustering`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SpectralClustering {
    /// The cluster of each node, numbered by first appearance; `None` for isolated nodes.
    pub clusters: Vec<Option<u32>>,
    /// Clusters found: fewer than asked for if the embedded nodes have fewer distinct places.
    pub n_clusters: usize,
    /// The eigenvalues of the Laplacian whose vectors were used, ascending.
    pub eigenvalues: Vec<f64>,
    /// The largest |Delta u - lambda u| over the vectors used.
    pub residual: f64,
    /// How the vectors were found.
    pub method: EigenMethod,
    /// Sum of the squared distances of the embedded nodes to their cluster's mean.
    pub inertia: f64,
    /// The settings.
    pub options: SpectralOptions,
}

impl SpectralClustering {
    /// The clusters as a partition of all nodes: the isolated ones are one part more, numbered
    /// `n_clusters`.
    pub fn parts(&self) -> Vec<u32> {
        let isolated = self.n_clusters as u32;
        self.clusters
            .iter()
            .map(|c| c.unwrap_or(isolated))
            .collect()
    }
}

/// Spectral clustering of the nodes (Zhou, Huang and Schölkopf 2006, section 6): the nodes are
/// embedded by the eigenvectors of the smallest eigenvalues of the [`HypergraphLaplacian`], as many
/// as clusters, and grouped by k-means.
///
/// # Conventions
///
/// Every hyperedge weighs 1; for weights see [`HypergraphLaplacian::cluster`]. Rows of the
/// embedding are scaled to unit length by default ([`SpectralEmbedding`]). Isolated nodes are in no
/// cluster. With more components than clusters, the embedding is some basis of the components'
/// indicators, and whole components are grouped arbitrarily. Same bits at any number of threads.
///
/// # Errors
///
/// As [`SpectralOptions::check`].
///
/// # Complexity
///
/// [`HypergraphLaplacian::eigenpairs`], then O(nodes × clusters²) per step of k-means.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, SpectralOptions, spectral_clustering};
///
/// let edges = [vec![0, 1, 2], vec![0, 1], vec![2, 3], vec![3, 4, 5], vec![4, 5]];
/// let h = Hypergraph::from_edges(7, &edges)?;
/// let found = spectral_clustering(&h, &SpectralOptions::default().clusters(2))?;
/// assert_eq!(found.parts(), [0, 0, 0, 1, 1, 1, 2]);
/// assert_eq!(found.clusters[6], None); // isolated
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn spectral_clustering(
    h: &Hypergraph,
    options: &SpectralOptions,
) -> Result<SpectralClustering, HypergraphError> {
    options.check()?;
    HypergraphLaplacian::new(h, None)?.cluster(options)
}

pub(super) fn cluster(
    b: &ScaledIncidence<'_>,
    options: &SpectralOptions,
) -> Result<SpectralClustering, HypergraphError> {
    options.check()?;
    let pairs = eigen::smallest(b, options.clusters, options.seed);
    let joined: Vec<usize> = (0..b.h.n_nodes()).filter(|&v| b.degrees[v] > 0.0).collect();
    let dim = pairs.vectors.len();
    let mut points = Vec::with_capacity(joined.len() * dim);
    for &v in &joined {
        let start = points.len();
        points.extend(pairs.vectors.iter().map(|u| u[v]));
        rescale(&mut points[start..], options.embedding, b.node_scale[v]);
    }
    let mut clusters = vec![None; b.h.n_nodes()];
    let (mut inertia, mut numbers) = (0.0, Vec::<u32>::new());
    if dim > 0 && !joined.is_empty() {
        let run = kmeans(
            &points,
            dim,
            options.clusters.min(joined.len()),
            options.restarts,
            options.max_iterations,
            options.seed,
        );
        inertia = run.inertia;
        let mut slot = vec![u32::MAX; options.clusters.min(joined.len())];
        for (&v, &label) in joined.iter().zip(&run.labels) {
            let slot = &mut slot[label as usize];
            if *slot == u32::MAX {
                *slot = numbers.len() as u32;
                numbers.push(label);
            }
            clusters[v] = Some(*slot);
        }
    }
    Ok(SpectralClustering {
        clusters,
        n_clusters: numbers.len(),
        eigenvalues: pairs.values,
        residual: pairs.residual,
        method: pairs.method,
        inertia,
        options: *options,
    })
}

fn rescale(row: &mut [f64], embedding: SpectralEmbedding, node_scale: f64) {
    let factor = match embedding {
        SpectralEmbedding::Eigenvectors => 1.0,
        SpectralEmbedding::RandomWalk => node_scale,
        SpectralEmbedding::UnitRows => {
            let length = row.iter().map(|x| x * x).sum::<f64>().sqrt();
            if length > 0.0 { 1.0 / length } else { 1.0 }
        }
    };
    row.iter_mut().for_each(|x| *x *= factor);
}
