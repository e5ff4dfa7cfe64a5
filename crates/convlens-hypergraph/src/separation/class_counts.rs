//! How many members of each class every hyperedge holds.

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
        let mut counts = Self {
            n_classes,
            counts: vec![0; h.n_edges() * n_classes],
            total: h.n_incidences(),
        };
        counts.fill(h, class_of);
        counts
    }

    /// Counts again, for other classes of the same nodes.
    pub(crate) fn fill(&mut self, h: &Hypergraph, class_of: &[u32]) {
        self.counts.fill(0);
        for e in 0..h.n_edges() {
            let row = &mut self.counts[e * self.n_classes..(e + 1) * self.n_classes];
            for &v in h.edge(e) {
                row[class_of[v as usize] as usize] += 1;
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
