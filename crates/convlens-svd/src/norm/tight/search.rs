//! At which levels to factor.

use super::certificate::Trial;

/// Share of the width at which to try: the rest is for rounding.
const SHARE: f64 = 0.9;
/// Factor between the steps after failures.
const STEP: f64 = 8.0;

/// What is known of one group: its norm is proven to be at most `upper`, and a factorisation at `failed` broke down, so it is
/// likely to be more than that.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) upper: f64,
    failed: f64,
    failures: i32,
    /// The level above the bound was tried.
    closed: bool,
}

impl Known {
    pub(super) fn new(upper: f64) -> Self {
        Self {
            upper,
            failed: 0.0,
            failures: 0,
            closed: false,
        }
    }

    /// The level to try next, given a lower bound of the layer's norm; none where the group's upper bound is within `width`
    /// of it, or nothing is left to try.
    pub(super) fn level(&self, lower: f64, width: f64) -> Option<f64> {
        if self.upper * (1.0 - width) <= lower {
            return None;
        }
        let near = lower * (1.0 + SHARE * width);
        if near > self.failed {
            return (near < self.upper).then_some(near);
        }
        // Steps that grow from the level that failed, or half way to the bound, whichever is lower.
        let step = self.failed * (1.0 + SHARE * width * STEP.powi(self.failures));
        let level = step.min((self.failed * self.upper).sqrt());
        let finest = self.failed * (1.0 + 0.1 * width);
        if level > finest && level < self.upper {
            return Some(level);
        }
        // The bound is the norm, nearly, and all below it failed: once just above it, for inverse iteration to raise the
        // lower end.
        (!self.closed).then_some(self.upper * (1.0 + 0.1 * width))
    }

    /// Whether a success at the next level should be followed by inverse iteration: the lower end is not good enough.
    pub(super) fn wants_refinement(&self, level: f64, lower: f64, width: f64) -> bool {
        level > lower * (1.0 + width)
    }

    pub(super) fn learn(&mut self, level: f64, trial: Trial) {
        self.closed |= level > self.upper;
        match trial.upper {
            Some(upper) => {
                self.upper = self.upper.min(upper);
                self.failures = 0;
            }
            None => {
                self.failed = self.failed.max(level);
                self.failures += 1;
            }
        }
    }
}
