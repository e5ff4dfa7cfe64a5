//! Options of the validation experiment.

use crate::error::{RmtError, require};
use crate::null::NullKind;

/// Options of [`DefinitionValidation::run`](crate::DefinitionValidation::run).
///
/// # Example
///
/// ```
/// use convlens_rmt::{NullKind, ValidationOptions};
///
/// let options = ValidationOptions::default().replicates(199).seed(7);
/// assert_eq!(options.kinds, [NullKind::Gaussian, NullKind::Permutation]);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ValidationOptions {
    /// Null kernels of each kind, at least 19. Default 99: p-values down to 0.01, at the price of 198 kernels.
    pub replicates: usize,
    /// Seed of the null kernels. Default 0.
    pub seed: u64,
    /// Which nulls. Default both; the Gaussian one has to be among them, as the edge is read off it.
    pub kinds: Vec<NullKind>,
    /// Share of Gaussian kernels whose largest eigenvalue is past the edge. Default 0.05, for the edge is an order
    /// statistic of the replicates.
    pub false_alarm_rate: f64,
    /// The level of the verdict, halved for its two tests (distance and largest eigenvalue). Default 0.05.
    pub level: f64,
}

impl Default for ValidationOptions {
    fn default() -> Self {
        Self {
            replicates: 99,
            seed: 0,
            kinds: vec![NullKind::Gaussian, NullKind::Permutation],
            false_alarm_rate: 0.05,
            level: 0.05,
        }
    }
}

impl ValidationOptions {
    /// Sets the number of null kernels of each kind.
    #[must_use]
    pub fn replicates(mut self, replicates: usize) -> Self {
        self.replicates = replicates;
        self
    }

    /// Sets the seed of the null kernels.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets which nulls are drawn.
    #[must_use]
    pub fn kinds(mut self, kinds: Vec<NullKind>) -> Self {
        self.kinds = kinds;
        self
    }

    /// Sets the share of Gaussian kernels past the edge.
    #[must_use]
    pub fn false_alarm_rate(mut self, rate: f64) -> Self {
        self.false_alarm_rate = rate;
        self
    }

    /// Sets the level of the verdict.
    #[must_use]
    pub fn level(mut self, level: f64) -> Self {
        self.level = level;
        self
    }

    pub(super) fn check(&self) -> Result<(), RmtError> {
        let replicates = self.replicates as f64;
        require(replicates >= 19.0, "replicates", replicates, "at least 19")?;
        let kinds = self.kinds.len() as f64;
        let gaussian = self.kinds.contains(&NullKind::Gaussian);
        require(
            gaussian,
            "kinds",
            kinds,
            "with the Gaussian null among them",
        )?;
        let rate = self.false_alarm_rate;
        let least = 1.0 / (replicates + 1.0);
        require(
            (least..=0.5).contains(&rate),
            "false_alarm_rate",
            rate,
            "in [1 / (replicates + 1), 0.5]",
        )?;
        require(
            (2.0 * least..=0.5).contains(&self.level),
            "level",
            self.level,
            "in [2 / (replicates + 1), 0.5]",
        )
    }
}
