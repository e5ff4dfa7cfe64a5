//! Options of the Marchenko-Pastur fit.

use crate::error::{RmtError, require};
use crate::law::EdgeScaling;

/// How `sigma^2` is read off the bulk, once spikes are set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum BulkEstimator {
    /// The median of the bulk over the median of its own law.
    #[default]
    Median,
    /// The mean of the bulk over the mean of its own law.
    Mean,
}

/// Options of [`MpFit::fit`](crate::MpFit::fit).
///
/// # Example
///
/// ```
/// use convlens_rmt::{EdgeScaling, MpFitOptions};
///
/// let options = MpFitOptions::default().false_alarm_rate(0.05);
/// assert_eq!(options.scaling, EdgeScaling::Ma);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MpFitOptions {
    /// Probability of at least one spike in pure noise. Default 0.01, the
    /// customary strict level.
    pub false_alarm_rate: f64,
    /// Centring and scaling of the edge. Default [`EdgeScaling::Ma`].
    pub scaling: EdgeScaling,
    /// How `sigma^2` is read off the bulk.
    pub estimator: BulkEstimator,
}

impl Default for MpFitOptions {
    fn default() -> Self {
        Self {
            false_alarm_rate: 0.01,
            scaling: EdgeScaling::default(),
            estimator: BulkEstimator::default(),
        }
    }
}

impl MpFitOptions {
    /// Sets the probability of at least one spike in pure noise.
    #[must_use]
    pub fn false_alarm_rate(mut self, rate: f64) -> Self {
        self.false_alarm_rate = rate;
        self
    }

    /// Sets the centring and scaling of the edge.
    #[must_use]
    pub fn scaling(mut self, scaling: EdgeScaling) -> Self {
        self.scaling = scaling;
        self
    }

    /// Sets how `sigma^2` is read off the bulk.
    #[must_use]
    pub fn estimator(mut self, estimator: BulkEstimator) -> Self {
        self.estimator = estimator;
        self
    }

    pub(super) fn check(&self) -> Result<(), RmtError> {
        require(
            (1e-100..=0.5).contains(&self.false_alarm_rate),
            "false_alarm_rate",
            self.false_alarm_rate,
            "in [1e-100, 0.5]",
        )
    }
}
