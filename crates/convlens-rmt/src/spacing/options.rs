//! Options of the spacing statistics.

use crate::error::{RmtError, require};

/// What is done with values that repeat. A repeated value has a spacing of 0, and so two ratios of 0, that say
/// nothing about repulsion: conjugate frequencies of a convolution give every
/// singular value twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Repeats {
    /// Values with repeats are an outcome of their own, [`SpacingOutcome::Degenerate`](crate::SpacingOutcome::Degenerate). The default.
    #[default]
    Refuse,
    /// Each run of repeats counts as one level; how many were merged stands in the result.
    Merge,
}

/// Options of [`SpacingRatios::measure`](crate::SpacingRatios::measure).
///
/// # Example
///
/// ```
/// use convlens_rmt::{Repeats, SpacingOptions};
///
/// let options = SpacingOptions::default().repeats(Repeats::Merge);
/// assert_eq!((options.tolerance, options.sigmas), (1e-12, 3.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SpacingOptions {
    /// What is done with values that repeat. Default: they are refused.
    pub repeats: Repeats,
    /// Two neighbours repeat when they differ by at most this share of the largest modulus. Default 1e-12: above the
    /// rounding of a double-precision decomposition (about 1e-14), below the least spacing of 10^5 independent levels (about 1e-10).
    pub tolerance: f64,
    /// A law is rejected when the mean ratio is more than this many standard errors from its own. Default 3, two-sided 0.3% for a
    /// Gaussian mean.
    pub sigmas: f64,
}

impl Default for SpacingOptions {
    fn default() -> Self {
        Self {
            repeats: Repeats::Refuse,
            tolerance: 1e-12,
            sigmas: 3.0,
        }
    }
}

impl SpacingOptions {
    /// Sets what is done with values that repeat.
    #[must_use]
    pub fn repeats(mut self, repeats: Repeats) -> Self {
        self.repeats = repeats;
        self
    }

    /// Sets the tolerance for a repeat.
    #[must_use]
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the number of standard errors at which a law is rejected.
    #[must_use]
    pub fn sigmas(mut self, sigmas: f64) -> Self {
        self.sigmas = sigmas;
        self
    }

    pub(super) fn check(&self) -> Result<(), RmtError> {
        require(
            (0.0..1.0).contains(&self.tolerance),
            "tolerance",
            self.tolerance,
            "in [0, 1)",
        )?;
        require(
            self.sigmas.is_finite() && self.sigmas > 0.0,
            "sigmas",
            self.sigmas,
            "finite and above 0",
        )
    }
}
