//! Options of the lower bound.

use crate::SvdError;

/// How hard to work on the lower end of a bracket: Golub-Kahan-Lanczos on the matrix-free layer, from a seeded start.
///
/// Whatever the options, the end is a Rayleigh quotient of a definite vector, hence a true lower bound; they decide how
/// close it comes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LowerBound {
    iterations: usize,
    tolerance: f64,
    seed: u64,
}

impl Default for LowerBound {
    fn default() -> Self {
        Self {
            iterations: 100,
            tolerance: 1e-4,
            seed: 0,
        }
    }
}

impl LowerBound {
    /// Most Lanczos steps, one application of the layer and one of its adjoint each. Default 100: on trained 3 x 3
    /// layers the default tolerance stops it after 10 to 40.
    #[must_use]
    pub fn with_iterations(mut self, iterations: usize) -> Self {
        self.iterations = iterations;
        self
    }

    /// Stops at a residual `|A^T u - sigma v|` of `tolerance * sigma`. The error of sigma is second order in it.
    /// Default 1e-4: an error of sigma under about 1e-6, below the width of the brackets.
    #[must_use]
    pub fn with_tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Seed of the start vector. Default 0.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Most Lanczos steps.
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// Relative residual at which to stop.
    pub fn tolerance(&self) -> f64 {
        self.tolerance
    }

    /// Seed of the start vector.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    pub(super) fn check(&self) -> Result<(), SvdError> {
        if self.iterations == 0 {
            return Err(SvdError::InvalidOption {
                option: "iterations",
                value: 0.0,
                bound: "at least 1",
            });
        }
        if !(self.tolerance >= 0.0 && self.tolerance < 1.0) {
            return Err(SvdError::InvalidOption {
                option: "tolerance",
                value: self.tolerance,
                bound: "in [0, 1)",
            });
        }
        Ok(())
    }
}
