//! Spectral clustering of the nodes: settings, outcome, k-means.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::eigen::{self, EigenMethod};
use super::incidence::ScaledIncidence;
use super::laplacian::Laplacian;
use crate::checks::check_at_least;
use crate::draw::{below, unit};
use crate::error::HypergraphError;
use crate::structure::hypergraph::Hypergraph;

/// What k-means sees of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Embedding {
    /// Its row of the eigenvectors, scaled to unit length (Ng, Jordan and Weiss 2002).
    #[default]
    UnitRows,
    /// Its row as it is (Zhou, Huang and Schölkopf 2006).
    Eigenvectors,
    /// Its row of the eigenvectors of the random walk, Dv^-1/2 times the row (Shi and Malik 2000).
    RandomWalk,
}

/// Settings of [`cluster`](crate::spectral::cluster), checked once before any work.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::spectral;
///
/// let options = spectral::Options::default().clusters(10).seed(3);
/// assert_eq!((options.clusters, options.restarts, options.seed), (10, 10, 3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Options {
    /// Clusters to make, and eigenvectors to use. At least 1. Default 2.
    pub clusters: usize,
    /// Seed of k-means and of the Lanczos start. Default 0.
    pub seed: u64,
    /// What k-means sees of a node. Default: rows of unit length.
    pub embedding: Embedding,
    /// Runs of k-means, of which the best is taken. At least 1. Default 10, as scikit-learn's
    /// spectral clustering.
    pub restarts: usize,
    /// The most steps of one run of k-means. At least 1. Default 300, as scikit-learn.
    pub max_iterations: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clusters: 2,
            seed: 0,
            embedding: Embedding::default(),
            restarts: 10,
            max_iterations: 300,
        }
    }
}

impl Options {
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
    pub fn embedding(mut self, embedding: Embedding) -> Self {
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
            check_at_least(what, count, 1)?;
        }
        Ok(())
    }
}

/// The outcome of [`cluster`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Clustering {
    /// The cluster of each node, numbered by first appearance; `None` for isolated nodes.
    pub clusters: Vec<Option<u32>>,
    /// Number of clusters: fewer than requested if the embedded nodes have fewer distinct
    /// positions.
    pub n_clusters: usize,
    /// The eigenvalues of the Laplacian whose vectors were used, ascending.
    pub eigenvalues: Vec<f64>,
    /// The largest |Delta u - lambda u| over the vectors used.
    pub residual: f64,
    /// How the vectors were computed.
    pub method: EigenMethod,
    /// Sum of the squared distances of the embedded nodes to their cluster's mean.
    pub inertia: f64,
    /// The settings.
    pub options: Options,
}

impl Clustering {
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
/// embedded by the eigenvectors of the smallest eigenvalues of the [`Laplacian`], as many
/// as clusters, and grouped by k-means.
///
/// # Conventions
///
/// Every hyperedge weighs 1; for weights see [`Laplacian::cluster`]. Rows of the
/// embedding are scaled to unit length by default ([`Embedding`]). Isolated nodes are in no
/// cluster. With more components than clusters, the embedding is some basis of the components'
/// indicators, and whole components are grouped arbitrarily. Same bits at any number of threads.
///
/// # Errors
///
/// As [`Options::check`].
///
/// # Complexity
///
/// [`Laplacian::eigenpairs`], then O(nodes × clusters²) per step of k-means.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, spectral};
///
/// let edges = [vec![0, 1, 2], vec![0, 1], vec![2, 3], vec![3, 4, 5], vec![4, 5]];
/// let h = Hypergraph::from_edges(7, &edges)?;
/// let found = spectral::cluster(&h, &spectral::Options::default().clusters(2))?;
/// assert_eq!(found.parts(), [0, 0, 0, 1, 1, 1, 2]);
/// assert_eq!(found.clusters[6], None); // isolated
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[doc(alias = "spectral_clustering")]
pub fn cluster(h: &Hypergraph, options: &Options) -> Result<Clustering, HypergraphError> {
    options.check()?;
    Laplacian::new(h, None)?.cluster(options)
}

impl Laplacian<'_> {
    /// Spectral clustering with this Laplacian: [`cluster`](crate::spectral::cluster)
    /// with hyperedge weights.
    ///
    /// # Errors
    ///
    /// As [`Options::check`].
    pub fn cluster(&self, options: &Options) -> Result<Clustering, HypergraphError> {
        cluster_nodes(&self.b, options)
    }
}

fn cluster_nodes(
    b: &ScaledIncidence<'_>,
    options: &Options,
) -> Result<Clustering, HypergraphError> {
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
    Ok(Clustering {
        clusters,
        n_clusters: numbers.len(),
        eigenvalues: pairs.values,
        residual: pairs.residual,
        method: pairs.method,
        inertia,
        options: *options,
    })
}

fn rescale(row: &mut [f64], embedding: Embedding, node_scale: f64) {
    let factor = match embedding {
        Embedding::Eigenvectors => 1.0,
        Embedding::RandomWalk => node_scale,
        Embedding::UnitRows => {
            let length = row.iter().map(|x| x * x).sum::<f64>().sqrt();
            if length > 0.0 { 1.0 / length } else { 1.0 }
        }
    };
    row.iter_mut().for_each(|x| *x *= factor);
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct KMeans {
    pub(super) labels: Vec<u32>,
    /// Sum of squared distances to the centers.
    pub(super) inertia: f64,
}

/// The best of `restarts` runs of Lloyd's algorithm (1982) from k-means++ starts (Arthur and
/// Vassilvitskii 2007); run i draws from stream i of the seed, the first of equal runs wins.
/// `points` is row-major with `dim` columns. Fewer clusters if there are fewer distinct points.
pub(super) fn kmeans(
    points: &[f64],
    dim: usize,
    k: usize,
    restarts: usize,
    max_iterations: usize,
    seed: u64,
) -> KMeans {
    let mut best: Option<KMeans> = None;
    for restart in 0..restarts {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(restart as u64);
        let run = lloyd(
            points,
            dim,
            plus_plus(points, dim, k, &mut rng),
            max_iterations,
        );
        if best.as_ref().is_none_or(|b| run.inertia < b.inertia) {
            best = Some(run);
        }
    }
    best.unwrap_or(KMeans {
        labels: Vec::new(),
        inertia: 0.0,
    })
}

/// Up to k centers: each a point drawn with probability proportional to its squared distance to
/// the centers so far.
fn plus_plus(points: &[f64], dim: usize, k: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let n = points.len() / dim;
    let point = |i: usize| &points[i * dim..(i + 1) * dim];
    let mut centers = Vec::with_capacity(k * dim);
    let mut distance = vec![f64::INFINITY; n];
    let mut chosen = below(n, rng);
    loop {
        centers.extend_from_slice(point(chosen));
        for (i, d) in distance.iter_mut().enumerate() {
            *d = d.min(squared_distance(point(i), point(chosen)));
        }
        let total: f64 = distance.iter().sum();
        if centers.len() == k * dim || total <= 0.0 {
            return centers;
        }
        let mut left = unit(rng) * total;
        let positive = distance.iter().enumerate().filter(|(_, d)| **d > 0.0);
        for (i, d) in positive {
            chosen = i;
            left -= d;
            if left < 0.0 {
                break;
            }
        }
    }
}

fn lloyd(points: &[f64], dim: usize, mut centers: Vec<f64>, max_iterations: usize) -> KMeans {
    let n = points.len() / dim;
    let mut labels = vec![u32::MAX; n];
    let mut distance = vec![0.0; n];
    for _ in 0..max_iterations.max(1) {
        if !assign(points, dim, &centers, &mut labels, &mut distance) {
            break;
        }
        fill_empty(centers.len() / dim, &mut labels, &mut distance);
        centers = means(points, dim, centers.len() / dim, &labels);
    }
    let inertia = labels
        .iter()
        .zip(points.chunks_exact(dim))
        .map(|(&c, p)| squared_distance(p, &centers[c as usize * dim..][..dim]))
        .sum();
    KMeans { labels, inertia }
}

/// Gives each point its nearest center (the lowest of equals); says whether any changed.
fn assign(
    points: &[f64],
    dim: usize,
    centers: &[f64],
    labels: &mut [u32],
    distance: &mut [f64],
) -> bool {
    let mut changed = false;
    for (i, p) in points.chunks_exact(dim).enumerate() {
        let mut nearest = (f64::INFINITY, 0);
        for (c, center) in centers.chunks_exact(dim).enumerate() {
            let d = squared_distance(p, center);
            if d < nearest.0 {
                nearest = (d, c as u32);
            }
        }
        changed |= labels[i] != nearest.1;
        (distance[i], labels[i]) = nearest;
    }
    changed
}

/// A cluster without points takes the point farthest from its center.
fn fill_empty(k: usize, labels: &mut [u32], distance: &mut [f64]) {
    let mut counts = vec![0usize; k];
    for &c in labels.iter() {
        counts[c as usize] += 1;
    }
    for c in 0..k {
        if counts[c] == 0 {
            let far = (0..labels.len())
                .filter(|&i| counts[labels[i] as usize] > 1)
                .max_by(|&i, &j| distance[i].total_cmp(&distance[j]).then(j.cmp(&i)));
            if let Some(i) = far {
                counts[labels[i] as usize] -= 1;
                counts[c] = 1;
                (labels[i], distance[i]) = (c as u32, 0.0);
            }
        }
    }
}

fn means(points: &[f64], dim: usize, k: usize, labels: &[u32]) -> Vec<f64> {
    let mut sums = vec![0.0; k * dim];
    let mut counts = vec![0usize; k];
    for (p, &c) in points.chunks_exact(dim).zip(labels) {
        counts[c as usize] += 1;
        for (sum, x) in sums[c as usize * dim..][..dim].iter_mut().zip(p) {
            *sum += x;
        }
    }
    for (sum, &count) in sums.chunks_exact_mut(dim).zip(&counts) {
        sum.iter_mut().for_each(|x| *x /= count.max(1) as f64);
    }
    sums
}

fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The least inertia over all 3^9 labelings.
    fn optimum(points: &[f64], dim: usize, k: usize) -> f64 {
        let n = points.len() / dim;
        let mut best = f64::INFINITY;
        for code in 0..k.pow(n as u32) {
            let labels: Vec<u32> = (0..n)
                .map(|i| (code / k.pow(i as u32) % k) as u32)
                .collect();
            let centers = means(points, dim, k, &labels);
            let inertia = labels
                .iter()
                .zip(points.chunks_exact(dim))
                .map(|(&c, p)| squared_distance(p, &centers[c as usize * dim..][..dim]))
                .sum();
            best = f64::min(best, inertia);
        }
        best
    }

    #[test]
    fn small_sets_reach_the_optimum() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        for seed in 0..5 {
            let points: Vec<f64> = (0..18).map(|_| unit(&mut rng)).collect();
            let run = kmeans(&points, 2, 3, 60, 100, seed);
            // 60 starts on 9 points; seeds fixed. Sums of 18 squares below 2: 1e-13 is ample.
            assert!(run.inertia <= optimum(&points, 2, 3) + 1e-13);
        }
    }

    #[test]
    fn equal_points_make_fewer_clusters() {
        let run = kmeans(&[1.0, 1.0, 1.0, 2.0, 2.0], 1, 4, 3, 10, 0);
        assert_eq!(run.inertia, 0.0);
        assert_eq!(run.labels[0], run.labels[2]);
        assert_ne!(run.labels[0], run.labels[3]);
    }
}
