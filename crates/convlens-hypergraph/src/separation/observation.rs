//! All measures at once, for the labels as given and for each permutation of them.

use super::classifier::{Classifier, Code, Tally, codes, is_best, logarithms};
use super::labels::{Labels, Split};
use super::measures::{ClassCounts, ClassProfiles, entropy_of, purity_of, x_ln_x};
use super::null::MeasureKind;
use super::rule::RankedTable;
use crate::draw::permuted;
use crate::error::HypergraphError;
use crate::modularity::score::{DegreeTax, Weight};
use crate::partition::{Contingency, InformationBaseline, InformationBound};
use crate::spectral;
use crate::structure::hypergraph::Hypergraph;

/// One value for each measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Values {
    pub(crate) purity: f64,
    pub(crate) entropy: f64,
    pub(crate) modularity: f64,
    pub(crate) jaccard_separation: f64,
    pub(crate) accuracy: f64,
    pub(crate) agreement: f64,
}

impl Values {
    pub(crate) fn get(&self, kind: MeasureKind) -> f64 {
        match kind {
            MeasureKind::Purity => self.purity,
            MeasureKind::Entropy => self.entropy,
            MeasureKind::Modularity => self.modularity,
            MeasureKind::JaccardSeparation => self.jaccard_separation,
            MeasureKind::Accuracy => self.accuracy,
            MeasureKind::Agreement => self.agreement,
        }
    }
}

/// One table with its labels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) table: &'a RankedTable,
    pub(crate) hypergraph: &'a Hypergraph,
    pub(crate) labels: &'a Labels,
    pub(crate) split: &'a Split,
    pub(crate) agreement: &'a Agreement,
}

/// What all permutations share.
#[derive(Debug)]
pub(crate) struct Observer<'a, C> {
    given: Given<'a>,
    codes: Vec<C>,
    weight: Weight,
    tax: DegreeTax,
    x_ln_x: Vec<f64>,
    ln: Vec<f64>,
}

/// Memory that permutations reuse; everything in it is overwritten by each.
#[derive(Debug)]
pub(crate) struct Scratch<'a, C> {
    codes: Vec<C>,
    tally: Tally,
    counts: ClassCounts,
    profiles: ClassProfiles,
    classifier: Classifier<'a>,
    /// Of the table of clusters by classes.
    row: Vec<u32>,
}

impl<'a, C: Code> Observer<'a, C> {
    pub(crate) fn new(given: Given<'a>, weight: Weight) -> Self {
        Self {
            given,
            codes: codes(given.labels, given.split),
            weight,
            tax: DegreeTax::new(given.hypergraph, weight),
            x_ln_x: x_ln_x(given.table.inputs()),
            ln: logarithms(given.table.inputs()),
        }
    }

    /// Memory that holds the labels as given.
    pub(crate) fn scratch(&self) -> Scratch<'_, C> {
        let n_classes = self.given.labels.n_classes();
        let counts = ClassCounts::new(
            self.given.hypergraph,
            self.given.labels.class_of(),
            n_classes,
        );
        Scratch {
            codes: self.codes.clone(),
            tally: Tally::new(self.given.table.features(), n_classes),
            profiles: ClassProfiles::from_counts(&counts, self.given.labels.counts()),
            counts,
            classifier: Classifier::new(self.given.table, self.given.split, &self.ln),
            row: vec![0; 2 * n_classes],
        }
    }

    /// The measures with input i under the label *and* on the side of the split of input pi(i):
    /// labels and split travel together, so class counts on either side stay what they are.
    pub(crate) fn permuted(&self, scratch: &mut Scratch<'_, C>, seed: u64, index: u64) -> Values {
        permuted(&self.codes, &mut scratch.codes, seed, index);
        self.measure(scratch)
    }

    /// The measures for what `scratch` holds: a fresh one holds the labels as given.
    pub(crate) fn measure(&self, scratch: &mut Scratch<'_, C>) -> Values {
        scratch.tally.fill(self.given.table, &scratch.codes);
        scratch.counts.sum_of(&scratch.tally);
        let counts = &scratch.counts;
        let agreement = self.given.agreement;
        scratch.profiles.fill(counts, self.given.labels.counts());
        Values {
            purity: purity_of(counts).unwrap_or_else(|| self.given.labels.majority_share()),
            entropy: entropy_of(counts, &self.x_ln_x)
                .unwrap_or_else(|| self.given.labels.entropy()),
            modularity: self.modularity(counts).unwrap_or(0.0),
            jaccard_separation: scratch.profiles.separation(),
            accuracy: self.accuracy(scratch),
            agreement: agreement.with(&scratch.codes, &mut scratch.row),
        }
    }

    fn modularity(&self, counts: &ClassCounts) -> Option<f64> {
        let contribution: f64 = counts
            .rows()
            .map(|row| -> f64 {
                let size = row.iter().sum();
                row.iter().map(|&c| self.weight.of(c, size)).sum()
            })
            .sum();
        self.tax.modularity(contribution, &counts.volumes())
    }

    fn accuracy(&self, scratch: &mut Scratch<'_, C>) -> f64 {
        let mut right = 0usize;
        let classifier = &mut scratch.classifier;
        classifier.judge(&scratch.codes, &mut scratch.tally, |_, class, scores| {
            right += usize::from(is_best(scores, class));
        });
        right as f64 / (self.given.labels.len() - self.given.split.n_fit) as f64
    }
}

/// Adjusted mutual information of given clusters with any arrangement of given classes: part sizes
/// do not change, and with them neither do its expectation and its bound. Only the table of
/// clusters by classes is counted anew.
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
    /// Clusters the inputs; those without a feature are one cluster more.
    pub(crate) fn new(
        h: &Hypergraph,
        labels: &Labels,
        clustering: &spectral::Options,
    ) -> Result<Self, HypergraphError> {
        let parts = spectral::cluster(h, clustering)?.parts();
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

    /// AMI with the classes in `codes`; 0 for a single cluster. `row` is memory, one place for each
    /// code.
    pub(crate) fn with<C: Code>(&self, codes: &[C], row: &mut [u32]) -> f64 {
        let mut within = 0.0;
        for cluster in &self.clusters {
            row.fill(0);
            for &input in cluster {
                row[codes[input as usize].get()] += 1;
            }
            let (fitting, held_out) = row.split_at(self.n_classes);
            for (a, b) in fitting.iter().zip(held_out) {
                within += self.x_ln_x[(a + b) as usize];
            }
        }
        self.baseline
            .adjust((within + self.constant) / codes.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::super::held_out::judge;
    use super::super::labels::SplitOptions;
    use super::super::measures::{entropy, purity};
    use super::super::rule::IncidenceRule;
    use super::super::table::SignalTable;
    use super::*;
    use crate::draw::permutation;
    use crate::influence;
    use crate::modularity::score::modularity;
    use crate::partition::adjusted_mutual_information;

    /// Every measure of every permutation, by the public functions on labels permuted one by one.
    fn slow(
        ranked: &RankedTable,
        labels: &Labels,
        split: &Split,
        clusters: &[u32],
        index: u64,
    ) -> Values {
        let h = ranked.hypergraph().unwrap();
        let mut order = vec![0; labels.len()];
        permutation(&mut order, 5, index);
        let moved: Vec<u32> = order
            .iter()
            .map(|&from| labels.class_of()[from as usize])
            .collect();
        let labels = Labels::new(&moved).unwrap();
        let split = Split {
            is_fit: order
                .iter()
                .map(|&from| split.is_fit[from as usize])
                .collect(),
            n_fit: split.n_fit,
            fit_counts: split.fit_counts.clone(),
        };
        Values {
            purity: purity(&h, &labels).unwrap().unwrap(),
            entropy: entropy(&h, &labels).unwrap().unwrap(),
            modularity: modularity(&h, &moved, Weight::Linear).unwrap().unwrap(),
            jaccard_separation: ClassProfiles::new(&h, &labels).unwrap().separation(),
            accuracy: judge(ranked, &labels, &split).accuracy,
            agreement: adjusted_mutual_information(&moved, clusters, InformationBound::default())
                .unwrap(),
        }
    }

    #[test]
    fn reused_memory_and_small_codes_give_the_measures_of_fresh_labels() {
        // 70 features: two words of memberships. Ties at 0; 23 classes: past the registers.
        for (k, n) in [(3, 60), (23, 92)] {
            let values = (0..n * 70).map(|i| f64::from((i * 7919 % 101_u32).saturating_sub(40)));
            let table = SignalTable::new(values.collect(), n as usize, 70).unwrap();
            let labels = Labels::new(&(0..n).map(|i| i % k).collect::<Vec<u32>>()).unwrap();
            let split = Split::draw(&labels, SplitOptions::default()).unwrap();
            for rule in [
                IncidenceRule::default(),
                IncidenceRule::ZScore { threshold: 0.7 },
                IncidenceRule::CumulativeInfluence(influence::Rule::default().share(0.3)),
            ] {
                let ranked = RankedTable::new(&table, rule);
                let h = ranked.hypergraph().unwrap();
                let weight = Weight::Linear;
                let clusters: Vec<u32> = (0..n).map(|i| i * i % 7).collect();
                let given = Given {
                    table: &ranked,
                    hypergraph: &h,
                    labels: &labels,
                    split: &split,
                    agreement: &Agreement::of_clusters(&clusters, &labels).unwrap(),
                };
                let small = Observer::<u8>::new(given, weight);
                let large = Observer::<u32>::new(given, weight);
                let (mut in_small, mut in_large) = (small.scratch(), large.scratch());
                for index in 0..20 {
                    let seen = small.permuted(&mut in_small, 5, index);
                    assert_eq!(seen, large.permuted(&mut in_large, 5, index));
                    let slow = slow(&ranked, &labels, &split, &clusters, index);
                    for kind in MeasureKind::ALL {
                        let (a, b) = (seen.get(kind), slow.get(kind));
                        // Modularity adds its terms in another order.
                        assert!((a - b).abs() < 1e-13, "{rule:?} {index}");
                    }
                }
            }
        }
    }
}
