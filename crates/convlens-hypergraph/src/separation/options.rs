//! Settings of a separation analysis.

use super::{IncidenceRule, SplitOptions};
use crate::{HypergraphError, ModularityWeight};

/// Settings of [`Separation`](crate::Separation), checked once before any work.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{IncidenceRule, SeparationOptions};
///
/// let options = SeparationOptions::default()
///     .incidence_rule(IncidenceRule::ZScore { threshold: 1.5 })
///     .seed(7);
/// assert_eq!((options.permutations, options.seed), (999, 7));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SeparationOptions {
    /// Which inputs are members of a feature's hyperedge. Default: the top 10%.
    pub incidence_rule: IncidenceRule,
    /// B, the number of label permutations. Default 999: the least p-value is then 1/1000. At
    /// least 1.
    pub permutations: usize,
    /// Seed of the split and of the permutations. Default 0.
    pub seed: u64,
    /// Share of each class held out for the classifier, strictly between 0 and 1. Default 0.5.
    pub test_fraction: f64,
    /// Weight of the modularity. Default [`ModularityWeight::Pairwise`]: the
    /// others are 0 on every hyperedge in which no class has a majority.
    pub modularity: ModularityWeight,
    /// Spectral clusters of the inputs, for their agreement with the classes. Default `None`: as
    /// many as classes.
    pub clusters: Option<usize>,
    /// Runs of k-means for these clusters, of which the best is taken. At least 1. Default 3: on
    /// features that say little, where runs differ, more take longer than all permutations.
    pub cluster_restarts: usize,
}

impl Default for SeparationOptions {
    fn default() -> Self {
        Self {
            incidence_rule: IncidenceRule::default(),
            permutations: 999,
            seed: 0,
            test_fraction: SplitOptions::default().test_fraction,
            modularity: ModularityWeight::default(),
            clusters: None,
            cluster_restarts: 3,
        }
    }
}

impl SeparationOptions {
    /// Sets the incidence rule.
    #[must_use]
    pub fn incidence_rule(mut self, rule: IncidenceRule) -> Self {
        self.incidence_rule = rule;
        self
    }

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

    /// Sets the weight of the modularity.
    #[must_use]
    pub fn modularity(mut self, modularity: ModularityWeight) -> Self {
        self.modularity = modularity;
        self
    }

    /// Sets the number of spectral clusters; `None` for that of the classes.
    #[must_use]
    pub fn clusters(mut self, clusters: Option<usize>) -> Self {
        self.clusters = clusters;
        self
    }

    /// Sets the number of k-means runs.
    #[must_use]
    pub fn cluster_restarts(mut self, restarts: usize) -> Self {
        self.cluster_restarts = restarts;
        self
    }

    /// The split these settings make: with it, [`classify_held_out`](crate::classify_held_out)
    /// repeats the classifier of a [`Separation`](crate::Separation).
    pub fn split(&self) -> SplitOptions {
        SplitOptions {
            test_fraction: self.test_fraction,
            seed: self.seed,
        }
    }

    /// Checks the options, as every function that takes them does before any work.
    ///
    /// # Errors
    ///
    /// [`HypergraphError`], naming the option, its value and its bound.
    pub fn check(&self) -> Result<(), HypergraphError> {
        self.incidence_rule.check()?;
        if self.permutations == 0 {
            return Err(HypergraphError::NoPermutations);
        }
        let counts = [
            ("clusters", self.clusters.unwrap_or(1)),
            ("cluster_restarts", self.cluster_restarts),
        ];
        if let Some(&(what, count)) = counts.iter().find(|(_, count)| *count == 0) {
            return Err(HypergraphError::TooFew {
                what,
                count,
                min: 1,
            });
        }
        super::split::check_fraction("test_fraction", self.test_fraction)
    }
}
