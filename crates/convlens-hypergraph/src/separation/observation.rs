//! All measures at once, for the labels as given and for each permutation of them.

use super::classifier::{Classifier, Sample};
use super::permutation::permutation;
use super::purity::{entropy_of, purity_of, x_ln_x};
use super::ranking::RankedTable;
use super::split::Split;
use super::{ClassCounts, ClassProfiles, IncidenceRule, Labels};
use crate::modularity::DegreeTax;
use crate::{Hypergraph, ModularityWeight};

/// One value per [`MeasureKind`](super::MeasureKind), in the order of its `ALL`.
pub(crate) type Values = [f64; 5];

/// What all permutations share.
#[derive(Debug)]
pub(crate) struct Observer<'a> {
    pub(crate) table: &'a RankedTable,
    pub(crate) hypergraph: &'a Hypergraph,
    pub(crate) labels: &'a Labels,
    pub(crate) split: &'a Split,
    rule: IncidenceRule,
    weight: ModularityWeight,
    tax: DegreeTax,
    x_ln_x: Vec<f64>,
}

/// Memory that permutations reuse; everything in it is overwritten by each.
#[derive(Debug)]
pub(crate) struct Scratch {
    order: Vec<u32>,
    class_of: Vec<u32>,
    is_fit: Vec<bool>,
    counts: ClassCounts,
    profiles: ClassProfiles,
    classifier: Classifier,
}

impl<'a> Observer<'a> {
    pub(crate) fn new(
        table: &'a RankedTable,
        hypergraph: &'a Hypergraph,
        labels: &'a Labels,
        split: &'a Split,
        rule: IncidenceRule,
        weight: ModularityWeight,
    ) -> Self {
        Self {
            table,
            hypergraph,
            labels,
            split,
            rule,
            weight,
            tax: DegreeTax::new(hypergraph, weight),
            x_ln_x: x_ln_x(table.inputs()),
        }
    }

    pub(crate) fn scratch(&self) -> Scratch {
        let n_classes = self.labels.n_classes();
        let counts = ClassCounts::new(self.hypergraph, self.labels.class_of(), n_classes);
        Scratch {
            order: (0..self.labels.len() as u32).collect(),
            class_of: self.labels.class_of().to_vec(),
            is_fit: self.split.is_fit.clone(),
            profiles: ClassProfiles::from_counts(&counts, self.labels.counts()),
            counts,
            classifier: Classifier::new(self.labels.len(), n_classes),
        }
    }

    /// The measures with input i under the label *and* on the side of the split of input pi(i):
    /// labels and split travel together, so class counts on either side stay what they are.
    pub(crate) fn permuted(&self, scratch: &mut Scratch, seed: u64, index: u64) -> Values {
        permutation(&mut scratch.order, seed, index);
        for (i, &from) in scratch.order.iter().enumerate() {
            scratch.class_of[i] = self.labels.class_of()[from as usize];
            scratch.is_fit[i] = self.split.is_fit[from as usize];
        }
        scratch.counts.fill(self.hypergraph, &scratch.class_of);
        self.measure(scratch)
    }

    /// The measures for what `scratch` holds: a fresh one holds the labels as given.
    pub(crate) fn measure(&self, scratch: &mut Scratch) -> Values {
        let counts = &scratch.counts;
        scratch.profiles.fill(counts, self.labels.counts());
        [
            purity_of(counts).unwrap_or_else(|| self.labels.majority_share()),
            entropy_of(counts, &self.x_ln_x).unwrap_or_else(|| self.labels.entropy()),
            self.modularity(counts).unwrap_or(0.0),
            scratch.profiles.separation(),
            self.accuracy(scratch),
        ]
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

    fn accuracy(&self, scratch: &mut Scratch) -> f64 {
        let sample = Sample {
            class_of: &scratch.class_of,
            is_fit: &scratch.is_fit,
            n_fit: self.split.n_fit,
            fit_counts: &self.split.fit_counts,
        };
        let mut right = 0usize;
        scratch
            .classifier
            .predict(self.table, self.rule, sample, |input, class| {
                right += usize::from(class == sample.class_of[input]);
            });
        right as f64 / (self.labels.len() - self.split.n_fit) as f64
    }
}
