//! Barcodes.

use super::DowkerSide;

/// A class of homology that is there for a range of thresholds, which fall.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Bar {
    /// The highest threshold at which the class is there.
    pub birth: f64,
    /// The highest threshold at which it is there no more; `None` if it lasts to the lowest.
    pub death: Option<f64>,
}

impl Bar {
    /// For how long it is there: `birth - death`, at most the largest `f64`; `None` if it has no end.
    pub fn length(&self) -> Option<f64> {
        self.death.map(|death| (self.birth - death).min(f64::MAX))
    }

    /// Whether it is there at a threshold.
    pub fn contains(&self, threshold: f64) -> bool {
        threshold <= self.birth && self.death.is_none_or(|death| threshold > death)
    }
}

/// The persistent homology of a hypergraph over a threshold on its incidences.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Barcode {
    /// The bars of dimensions 0, 1, .. up to the highest asked for, by birth, then death, both falling;
    /// bars without end before others of their birth. Bars of no length are left out.
    pub bars: Vec<Vec<Bar>>,
    /// Over which of the dual complexes it was computed; both have the same bars.
    pub side: DowkerSide,
    /// The number of faces of each dimension.
    pub faces: Vec<usize>,
}

impl Barcode {
    /// The Betti numbers at one threshold: those of the hypergraph without the incidences below it.
    ///
    /// # Complexity
    ///
    /// O(bars).
    pub fn betti(&self, threshold: f64) -> Vec<usize> {
        let there = |bars: &Vec<Bar>| bars.iter().filter(|bar| bar.contains(threshold)).count();
        self.bars.iter().map(there).collect()
    }
}
