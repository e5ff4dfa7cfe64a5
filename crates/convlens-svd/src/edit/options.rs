//! Options of clipping.

use crate::SvdError;

/// What to do where the bound does not hold after the last round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FinalStep {
    /// Nothing: the kernel of the last round, as in the paper.
    None,
    /// Scale the whole kernel down, so that the bound holds: the default.
    #[default]
    Scale,
}

/// How long to alternate between the norm ball and the support, and how to end.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ClipOptions {
    /// Most rounds of clipping and cropping. Default 20: 3 x 3 layers of 16 and 32 channels, clipped to 0.3 to 0.8 of their
    /// norm on 8 x 8 and 16 x 16 samples, were 14 to 39% over the bound after one round, 4 to 10% after 5, 0.3 to 3%
    /// after 20, and under 0.2% after 100. One round is the paper's (Sedghi, Gupta, Long 2019).
    pub rounds: usize,
    /// Stops once the largest singular value is at most `(1 + tolerance) * bound`. Default 1e-2: on the same layers the
    /// last percent took four times as many rounds, and scaling the rest away changed the weights by about as much.
    pub tolerance: f64,
    /// What to do about the rest. Default [`FinalStep::Scale`].
    pub rescale: FinalStep,
}

impl Default for ClipOptions {
    fn default() -> Self {
        Self {
            rounds: 20,
            tolerance: 1e-2,
            rescale: FinalStep::Scale,
        }
    }
}

impl ClipOptions {
    /// Sets the number of rounds at most.
    #[must_use]
    pub fn rounds(mut self, rounds: usize) -> Self {
        self.rounds = rounds;
        self
    }

    /// Sets the relative overshoot at which to stop.
    #[must_use]
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the final step.
    #[must_use]
    pub fn rescale(mut self, rescale: FinalStep) -> Self {
        self.rescale = rescale;
        self
    }

    pub(super) fn check(&self) -> Result<(), SvdError> {
        if self.rounds == 0 {
            return Err(SvdError::InvalidOption {
                option: "rounds",
                value: 0.0,
                bound: "at least 1",
            });
        }
        if self.tolerance >= 0.0 && self.tolerance.is_finite() {
            return Ok(());
        }
        Err(SvdError::InvalidOption {
            option: "tolerance",
            value: self.tolerance,
            bound: "at least 0 and finite",
        })
    }
}

/// Checks a norm to reach.
pub(super) fn check_norm(option: &'static str, value: f64) -> Result<(), SvdError> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(SvdError::InvalidOption {
        option,
        value,
        bound: "positive and finite",
    })
}
