//! Who holds what on either side of a pair and of its split.

use crate::Hypergraph;

/// The place of an input in a pair: its class, and whether it fits or is held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// 0 or 1: which class of the pair.
    pub(super) class: u8,
    pub(super) fits: bool,
}

impl Place {
    fn row(self) -> usize {
        2 * usize::from(self.class) + usize::from(self.fits)
    }
}

/// Members of each feature, by class and side of the split.
#[derive(Debug)]
pub(super) struct PairCounts {
    features: usize,
    /// `counts[place.row() * features + feature]`.
    counts: Vec<u32>,
    /// Inputs of each row.
    sizes: [u32; 4],
}

impl PairCounts {
    pub(super) fn new(features: usize) -> Self {
        Self {
            features,
            counts: vec![0; 4 * features],
            sizes: [0; 4],
        }
    }

    /// Counts the features (hyperedges) of the inputs, each in its place.
    pub(super) fn fill(&mut self, h: &Hypergraph, inputs: &[u32], places: &[Place]) {
        self.counts.fill(0);
        self.sizes = [0; 4];
        for (&input, place) in inputs.iter().zip(places) {
            let row = place.row();
            self.sizes[row] += 1;
            let counts = &mut self.counts[row * self.features..(row + 1) * self.features];
            for &f in h.node(input as usize) {
                counts[f as usize] += 1;
            }
        }
    }

    /// Members and size of one class.
    pub(super) fn class(&self, class: u8) -> (impl Iterator<Item = u32> + '_, u32) {
        let (fit, test) = (self.row(class, true), self.row(class, false));
        let members = fit.iter().zip(test).map(|(a, b)| a + b);
        let size = |fits| self.sizes[Place { class, fits }.row()];
        (members, size(true) + size(false))
    }

    /// Members among the fitting inputs of one class, and how many there are.
    pub(super) fn fitting(&self, class: u8) -> (&[u32], u32) {
        let place = Place { class, fits: true };
        (self.row(class, true), self.sizes[place.row()])
    }

    fn row(&self, class: u8, fits: bool) -> &[u32] {
        let row = Place { class, fits }.row();
        &self.counts[row * self.features..(row + 1) * self.features]
    }
}
