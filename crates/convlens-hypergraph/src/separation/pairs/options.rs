//! Settings of the pairwise report.

use crate::HypergraphError;
use crate::separation::check_fraction;

/// How p-values are corrected for having looked at many pairs, or at many features of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PairCorrection {
    /// Single-step max-T ([`max_t_adjusted`](crate::max_t_adjusted)). Over the features of a pair it is
    /// exact: they share the permutations. Over pairs each pair has its own permutations (of the same positions for
    /// pairs of the same sizes), which follow the dependence between pairs with a class in common closely but not
    /// exactly: the family-wise error is then controlled by simulation, not by theorem.
    #[default]
    MaxT,
    /// Holm's step-down (Holm 1979): valid whatever the dependence, and stricter: with m tests, no corrected
    /// p is under m / (B + 1).
    Holm,
}

/// Settings of [`class_pairs`](crate::class_pairs), checked once before any work.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{PairCorrection, PairOptions};
///
/// let options = PairOptions::default().permutations(199).correction(PairCorrection::Holm);
/// assert_eq!((options.permutations, options.top_features), (199, 10));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PairOptions {
    /// B, the permutations of each pair's labels. Default 999: the least p-value is then 1/1000.
    pub permutations: usize,
    /// Seed of the split and of the permutations. Default 0.
    pub seed: u64,
    /// Share of each class held out for the AUC, strictly between 0 and 1. Default 0.5.
    pub test_fraction: f64,
    /// How many features are listed for a pair; all are tested. Default 10.
    pub top_features: usize,
    /// How p-values are corrected. Default [`PairCorrection::MaxT`].
    pub correction: PairCorrection,
}

impl Default for PairOptions {
    fn default() -> Self {
        Self {
            permutations: 999,
            seed: 0,
            test_fraction: 0.5,
            top_features: 10,
            correction: PairCorrection::default(),
        }
    }
}

impl PairOptions {
    /// Sets the number of permutations.
    #[must_use]
    pub fn permutations(mut self, permutations: usize) -> Self {
        self.permutations = permutations;
        self
    }

    /// Sets the seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the held-out share of each class.
    #[must_use]
    pub fn test_fraction(mut self, test_fraction: f64) -> Self {
        self.test_fraction = test_fraction;
        self
    }

    /// Sets how many features are listed for a pair.
    #[must_use]
    pub fn top_features(mut self, top_features: usize) -> Self {
        self.top_features = top_features;
        self
    }

    /// Sets how p-values are corrected.
    #[must_use]
    pub fn correction(mut self, correction: PairCorrection) -> Self {
        self.correction = correction;
        self
    }

    pub(super) fn check(&self) -> Result<(), HypergraphError> {
        if self.permutations == 0 {
            return Err(HypergraphError::NoPermutations);
        }
        check_fraction("test_fraction", self.test_fraction)
    }
}
