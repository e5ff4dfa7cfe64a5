//! How many members of each class every hyperedge holds.

use super::tally::Tally;
use crate::Hypergraph;

/// Hyperedge x class counts: all that the whole-table measures need to know.
#[derive(Debug)]
pub(crate) struct ClassCounts {
    n_classes: usize,
    /// `counts[edge * n_classes + class]`.
    counts: Vec<u32>,
    total: usize,
}

impl ClassCounts {
    pub(crate) fn new(h: &Hypergraph, class_of: &[u32], n_classes: usize) -> Self {
        let mut counts = vec![0; h.n_edges() * n_classes];
        for (e, row) in counts.chunks_exact_mut(n_classes).enumerate() {
            for &v in h.edge(e) {
                row[class_of[v as usize] as usize] += 1;
            }
        }
        Self {
            n_classes,
            counts,
            total: h.n_incidences(),
        }
    }

    /// Counts again, from those of fitting and held-out members of the same hyperedges.
    pub(crate) fn sum_of(&mut self, tally: &Tally) {
        let rows = self.counts.chunks_exact_mut(self.n_classes);
        for (row, (fitting, held_out)) in rows.zip(tally.rows()) {
            for ((count, fitting), held_out) in row.iter_mut().zip(fitting).zip(held_out) {
                *count = fitting + held_out;
            }
        }
    }

    /// One row of class counts per hyperedge.
    pub(crate) fn rows(&self) -> std::slice::ChunksExact<'_, u32> {
        self.counts.chunks_exact(self.n_classes)
    }

    /// Number of incidences.
    pub(crate) fn total(&self) -> usize {
        self.total
    }

    /// Incidences per class: the sum of its nodes' degrees, its *volume*.
    pub(crate) fn volumes(&self) -> Vec<u64> {
        let mut volumes = vec![0u64; self.n_classes];
        for row in self.rows() {
            for (volume, &count) in volumes.iter_mut().zip(row) {
                *volume += u64::from(count);
            }
        }
        volumes
    }
}
