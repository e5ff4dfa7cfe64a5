//! Options of Gram iteration.

use crate::SvdError;

/// How far to iterate, and where.
///
/// Whatever the options, both ends of the bracket are bounds; they decide how close the ends come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct GramOptions {
    /// Gram products per frequency, 1 to 64. Each halves the logarithm of `upper / lower`, or better. Default 6: the ends
    /// of one symbol are then within `r^(1 / 128)` for rank `r` (3.4% for 64 channels), and were within 0.01% on random
    /// 3 x 3 kernels of 64 channels.
    pub iterations: usize,
    /// Samples per degree and axis where no grid is given, at least 2: the upper end carries the factor
    /// `1 / cos(pi / (2 samples_per_degree))` per axis. Default 12: 0.9% per axis.
    pub samples_per_degree: usize,
    /// Gram products in space, 1 to 6. Each costs `4^d` times the one before, over `d` axes. Default 3.
    pub spatial_iterations: usize,
}

impl Default for GramOptions {
    fn default() -> Self {
        Self {
            iterations: 6,
            samples_per_degree: 12,
            spatial_iterations: 3,
        }
    }
}

impl GramOptions {
    /// Sets the number of Gram products per frequency.
    #[must_use]
    pub fn iterations(mut self, iterations: usize) -> Self {
        self.iterations = iterations;
        self
    }

    /// Sets the number of samples per degree and axis.
    #[must_use]
    pub fn samples_per_degree(mut self, samples_per_degree: usize) -> Self {
        self.samples_per_degree = samples_per_degree;
        self
    }

    /// Sets the number of Gram products in space.
    #[must_use]
    pub fn spatial_iterations(mut self, spatial_iterations: usize) -> Self {
        self.spatial_iterations = spatial_iterations;
        self
    }

    pub(super) fn check(&self) -> Result<(), SvdError> {
        let refuse = |option, value: usize, bound| {
            Err(SvdError::InvalidOption {
                option,
                value: value as f64,
                bound,
            })
        };
        match self {
            o if !(1..=64).contains(&o.iterations) => {
                refuse("iterations", o.iterations, "from 1 to 64")
            }
            o if !(2..=1 << 20).contains(&o.samples_per_degree) => {
                let value = o.samples_per_degree;
                refuse("samples_per_degree", value, "from 2 to 2^20")
            }
            o if !(1..=6).contains(&o.spatial_iterations) => {
                refuse("spatial_iterations", o.spatial_iterations, "from 1 to 6")
            }
            _ => Ok(()),
        }
    }
}
