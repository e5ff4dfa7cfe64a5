//! Agreement between the classes and the spectral clusters of the inputs.

use super::arrangement::Code;
use super::purity::x_ln_x;
use super::{Labels, SeparationOptions};
use crate::{Hypergraph, HypergraphError, SpectralOptions, spectral_clustering};

/// Adjusted mutual information of given clusters with any arrangement of given classes: sizes do not
/// change, so that only the table of clusters by classes is counted anew.
///
/// AMI = (MI - E) / ((H(clusters) + H(classes)) / 2 - E), with E the expectation of MI over all
/// permutations (Vinh, Epps and Bailey 2010, with the mean of both entropies).
#[derive(Debug)]
pub(crate) struct Agreement {
    /// Cluster times the number of codes, for each input.
    rows: Vec<u32>,
    n_clusters: usize,
    n_classes: usize,
    /// x ln x.
    x_ln_x: Vec<f64>,
    /// n MI = sum over cells of x ln x, plus this.
    constant: f64,
    /// n E.
    expected: f64,
    /// n times the denominator.
    scale: f64,
}

impl Agreement {
    /// Clusters the inputs: as many clusters as classes if the options do not say otherwise, and the
    /// inputs without a feature together in one more.
    pub(crate) fn new(
        h: &Hypergraph,
        labels: &Labels,
        options: &SeparationOptions,
    ) -> Result<Self, HypergraphError> {
        let clustering = SpectralOptions::default()
            .clusters(options.clusters.unwrap_or(labels.n_classes()))
            .restarts(options.cluster_restarts)
            .seed(options.seed);
        let parts = spectral_clustering(h, &clustering)?.parts();
        Ok(Self::of_clusters(&parts, labels))
    }

    pub(crate) fn of_clusters(parts: &[u32], labels: &Labels) -> Self {
        let n_clusters = parts.iter().max().map_or(0, |&c| c as usize + 1);
        let mut sizes = vec![0; n_clusters];
        for &c in parts {
            sizes[c as usize] += 1;
        }
        let n = labels.len();
        let x_ln_x = x_ln_x(n);
        let sum = |sizes: &[usize]| sizes.iter().map(|&x| x_ln_x[x]).sum::<f64>();
        let (clusters, classes) = (sum(&sizes), sum(labels.counts()));
        let expected = n as f64 * expected_mutual_information(&sizes, labels.counts());
        Self {
            rows: parts
                .iter()
                .map(|&c| c * 2 * labels.n_classes() as u32)
                .collect(),
            n_clusters,
            n_classes: labels.n_classes(),
            constant: x_ln_x[n] - clusters - classes,
            expected,
            scale: x_ln_x[n] - (clusters + classes) / 2.0 - expected,
            x_ln_x,
        }
    }

    /// How many clusters there are, that of the inputs without a feature included.
    pub(crate) fn n_clusters(&self) -> usize {
        self.n_clusters
    }

    /// Memory for [`with`](Self::with).
    pub(crate) fn cells(&self) -> Vec<u32> {
        vec![0; self.n_clusters * 2 * self.n_classes]
    }

    /// AMI with the classes in `codes`; 0 for a single cluster.
    pub(crate) fn with<C: Code>(&self, codes: &[C], cells: &mut [u32]) -> f64 {
        // One cluster has no information, whatever rounding says.
        if self.n_clusters < 2 {
            return 0.0;
        }
        cells.fill(0);
        for (&row, code) in self.rows.iter().zip(codes) {
            cells[row as usize + code.get()] += 1;
        }
        let mut within = 0.0;
        for row in cells.chunks_exact(2 * self.n_classes) {
            let (fitting, held_out) = row.split_at(self.n_classes);
            for (a, b) in fitting.iter().zip(held_out) {
                within += self.x_ln_x[(a + b) as usize];
            }
        }
        (within + self.constant - self.expected) / self.scale
    }
}

/// E of the mutual information in nats over all permutations of two partitions of n items with parts
/// of these sizes (Vinh, Epps and Bailey 2010, eq. 24a): cells are hypergeometric.
fn expected_mutual_information(a: &[usize], b: &[usize]) -> f64 {
    let n: usize = a.iter().sum();
    let mut ln_factorial = vec![0.0; n + 1];
    for x in 1..=n {
        ln_factorial[x] = ln_factorial[x - 1] + (x as f64).ln();
    }
    let f = |x: usize| ln_factorial[x];
    let mut expected = 0.0;
    for (&a, &b) in a.iter().flat_map(|a| b.iter().map(move |b| (a, b))) {
        let fixed = f(a) + f(b) + f(n - a) + f(n - b) - f(n);
        for x in (a + b).saturating_sub(n).max(1)..=a.min(b) {
            let probability = (fixed - f(x) - f(a - x) - f(b - x) - f(n + x - a - b)).exp();
            let share = x as f64 / n as f64;
            expected += probability * share * (n as f64 * x as f64 / (a as f64 * b as f64)).ln();
        }
    }
    expected
}
