//! Class profiles and how much they overlap.

use super::{ClassCounts, Labels};
use crate::{Hypergraph, HypergraphError};

/// What share of each class's inputs holds each feature.
///
/// # Conventions
///
/// `shares[class * features + feature]` lies in [0, 1]; classes in the order of
/// [`Labels::classes`].
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{ClassProfiles, Hypergraph, Labels};
///
/// let h = Hypergraph::from_edges(4, &[vec![0, 1, 2], vec![2, 3]])?;
/// let profiles = ClassProfiles::new(&h, &Labels::new(&[0_i64, 0, 1, 1])?)?;
/// assert_eq!(profiles.profile(0), &[1.0, 0.0]);
/// assert_eq!(profiles.profile(1), &[0.5, 1.0]);
/// // min: 0.5 + 0, max: 1 + 1
/// assert_eq!(profiles.similarity()[0][1], 0.25);
/// assert_eq!(profiles.separation(), 0.75);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ClassProfiles {
    /// Number of features (hyperedges).
    pub features: usize,
    /// The shares, class by class.
    pub shares: Vec<f64>,
}

impl ClassProfiles {
    /// The profiles of the classes in a hypergraph with inputs as nodes and features as
    /// hyperedges.
    ///
    /// # Errors
    ///
    /// [`LabelCount`](HypergraphError::LabelCount) unless there is one label per node.
    ///
    /// # Complexity
    ///
    /// O(incidences + hyperedges × classes).
    pub fn new(h: &Hypergraph, labels: &Labels) -> Result<Self, HypergraphError> {
        labels.check_len(h.n_nodes())?;
        let counts = ClassCounts::new(h, labels.class_of(), labels.n_classes());
        Ok(Self::from_counts(&counts, labels.counts()))
    }

    pub(crate) fn from_counts(counts: &ClassCounts, class_sizes: &[usize]) -> Self {
        let mut profiles = Self {
            features: counts.rows().len(),
            shares: vec![0.0; counts.rows().len() * class_sizes.len()],
        };
        profiles.fill(counts, class_sizes);
        profiles
    }

    /// The shares again, from other counts of the same shape.
    pub(crate) fn fill(&mut self, counts: &ClassCounts, class_sizes: &[usize]) {
        for (f, row) in counts.rows().enumerate() {
            for (c, (&count, &size)) in row.iter().zip(class_sizes).enumerate() {
                self.shares[c * self.features + f] = f64::from(count) / size as f64;
            }
        }
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.shares.len().checked_div(self.features).unwrap_or(0)
    }

    /// The share of each feature in one class.
    ///
    /// # Panics
    ///
    /// Unless `class < classes()`.
    pub fn profile(&self, class: usize) -> &[f64] {
        &self.shares[class * self.features..(class + 1) * self.features]
    }

    /// Weighted Jaccard similarity (Ruzicka) of every two class profiles,
    ///
    /// J(a, b) = sum_f min(a_f, b_f) / sum_f max(a_f, b_f),
    ///
    /// as a symmetric class x class matrix with ones on the diagonal. Two classes that hold no
    /// feature at all have the same profile: J = 1.
    ///
    /// # Complexity
    ///
    /// O(classes² × features).
    pub fn similarity(&self) -> Vec<Vec<f64>> {
        let k = self.classes();
        let entry = |a, b| match a == b {
            true => 1.0,
            false => weighted_jaccard(self.profile(a), self.profile(b)),
        };
        (0..k)
            .map(|a| (0..k).map(|b| entry(a, b)).collect())
            .collect()
    }

    /// Separation of the profiles: 1 - mean of the similarity over pairs of different classes.
    /// 0 if all classes have the same profile, 1 if no two classes share a feature.
    pub fn separation(&self) -> f64 {
        let k = self.classes();
        let mut sum = 0.0;
        for a in 0..k {
            for b in a + 1..k {
                sum += weighted_jaccard(self.profile(a), self.profile(b));
            }
        }
        let pairs = k * k.saturating_sub(1) / 2;
        if pairs == 0 {
            return 0.0;
        }
        1.0 - sum / pairs as f64
    }
}

pub(super) fn weighted_jaccard(a: &[f64], b: &[f64]) -> f64 {
    let (mut low, mut high) = (0.0, 0.0);
    for (&x, &y) in a.iter().zip(b) {
        low += if x < y { x } else { y };
        high += if x < y { y } else { x };
    }
    if high > 0.0 { low / high } else { 1.0 }
}
