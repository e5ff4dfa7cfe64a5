//! Agreement between the classes and the spectral clusters of the inputs.

use super::arrangement::Code;
use super::purity::x_ln_x;
use super::{Labels, SeparationOptions};
use crate::{
    Contingency, Hypergraph, HypergraphError, InformationBaseline, InformationBound,
    SpectralOptions, spectral_clustering,
};

/// Adjusted mutual information of given clusters with any arrangement of given classes: part sizes do
/// not change, and with them neither do its expectation and its bound. Only the table of clusters by
/// classes is counted anew.
#[derive(Debug)]
pub(crate) struct Agreement {
    /// The inputs, cluster by cluster.
    clusters: Vec<Vec<u32>>,
    n_classes: usize,
    x_ln_x: Vec<f64>,
    /// n MI = the sum of x ln x over all cells, plus this.
    constant: f64,
    baseline: InformationBaseline,
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
        Self::of_clusters(&parts, labels)
    }

    pub(crate) fn of_clusters(parts: &[u32], labels: &Labels) -> Result<Self, HypergraphError> {
        let table = Contingency::new(labels.class_of(), parts)?;
        let x_ln_x = x_ln_x(table.items());
        let sum = |sizes: &[usize]| sizes.iter().map(|&x| x_ln_x[x]).sum::<f64>();
        let n_clusters = parts.iter().max().map_or(0, |&c| c as usize + 1);
        let mut clusters = vec![Vec::new(); n_clusters];
        for (input, &cluster) in (0u32..).zip(parts) {
            clusters[cluster as usize].push(input);
        }
        Ok(Self {
            clusters,
            n_classes: labels.n_classes(),
            constant: x_ln_x[table.items()] - sum(table.rows()) - sum(table.columns()),
            baseline: InformationBaseline::new(&table, InformationBound::default()),
            x_ln_x,
        })
    }

    /// How many clusters there are, that of the inputs without a feature included.
    pub(crate) fn n_clusters(&self) -> usize {
        self.clusters.len()
    }

    /// AMI with the classes in `codes`; 0 for a single cluster. `row` is memory: a 0 for each class.
    pub(crate) fn with<C: Code>(&self, codes: &[C], row: &mut [u32]) -> f64 {
        let class = |input: u32| {
            let code = codes[input as usize].get();
            code - self.n_classes * usize::from(code >= self.n_classes)
        };
        let mut within = 0.0;
        for cluster in &self.clusters {
            for &input in cluster {
                row[class(input)] += 1;
            }
            for &input in cluster {
                // Each class is met once: its count is taken away with it, and 0 ln 0 is 0.
                within += self.x_ln_x[std::mem::take(&mut row[class(input)]) as usize];
            }
        }
        self.baseline
            .adjust((within + self.constant) / codes.len() as f64)
    }
}
