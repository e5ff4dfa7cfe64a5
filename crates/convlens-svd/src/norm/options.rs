//! Options of the lower bound.

use crate::SvdError;

/// How hard to work on the lower end of a bracket: Golub-Kahan-Lanczos on the matrix-free layer, from a seeded start.
///
/// Whatever the options, the end is a Rayleigh quotient of a definite vector, hence a true lower bound; they decide how
/// close it comes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LanczosOptions {
    /// Most Lanczos steps, one application of the layer and one of its adjoint each. Default 200: a random 64 x 64 x 3 x 3
    /// layer took 51 on 8 x 8 samples, 71 on 32 x 32, and 16, the least, on 56 x 56 and 128 x 128, where waves precondition it.
    pub max_iterations: usize,
    /// Stops at a residual `|A^T u - sigma v|` of `tolerance * sigma`: then a singular value lies within that of sigma, and
    /// the error of sigma is second order in it, unless the value it sits on is not quite the largest. Default 1e-4.
    pub tolerance: f64,
    /// Seed of the start vector. Default 0.
    pub seed: u64,
}

impl Default for LanczosOptions {
    fn default() -> Self {
        Self {
            max_iterations: 200,
            tolerance: 1e-4,
            seed: 0,
        }
    }
}

impl LanczosOptions {
    /// Sets the number of steps at most.
    #[must_use]
    pub fn max_iterations(mut self, max_iterations: usize) -> Self {
        self.max_iterations = max_iterations;
        self
    }

    /// Sets the relative residual at which to stop.
    #[must_use]
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the seed of the start vector.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    pub(super) fn check(&self) -> Result<(), SvdError> {
        if self.max_iterations == 0 {
            return Err(SvdError::InvalidOption {
                option: "max_iterations",
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
