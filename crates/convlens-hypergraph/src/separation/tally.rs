//! How many inputs of each code a prefix of every feature holds.

use super::arrangement::Code;
use super::ranking::RankedTable;

/// Feature x code counts of the hyperedges of all inputs, then of those with refitted thresholds.
#[derive(Debug)]
pub(crate) struct Tally {
    n_classes: usize,
    counts: Vec<u32>,
}

impl Tally {
    pub(crate) fn new(features: usize, n_classes: usize) -> Self {
        Self {
            n_classes,
            counts: vec![0; features * 2 * n_classes],
        }
    }

    /// Counts the hyperedges with all inputs as reference.
    pub(crate) fn fill<C: Code>(&mut self, table: &RankedTable, codes: &[C]) {
        self.counts.fill(0);
        let rows = self.counts.chunks_exact_mut(2 * self.n_classes);
        for (row, column) in rows.zip(&table.columns) {
            for &input in column.members() {
                row[codes[input as usize].get()] += 1;
            }
        }
    }

    /// Adds `step` (1, or -1 in wrapping arithmetic) for each of the inputs to one feature.
    pub(crate) fn shift<C: Code>(
        &mut self,
        feature: usize,
        inputs: &[u32],
        codes: &[C],
        step: u32,
    ) {
        let n_codes = 2 * self.n_classes;
        let row = &mut self.counts[feature * n_codes..(feature + 1) * n_codes];
        for &input in inputs {
            let count = &mut row[codes[input as usize].get()];
            *count = count.wrapping_add(step);
        }
    }

    /// For each feature, the counts of fitting and of held-out inputs, class by class.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&[u32], &[u32])> {
        let rows = self.counts.chunks_exact(2 * self.n_classes);
        rows.map(|row| row.split_at(self.n_classes))
    }

    /// Fitting inputs of one feature, class by class.
    pub(crate) fn fitting(&self, feature: usize) -> &[u32] {
        let start = feature * 2 * self.n_classes;
        &self.counts[start..start + self.n_classes]
    }
}
