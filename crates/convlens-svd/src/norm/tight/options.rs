//! Options of the tight bracket.

use crate::{LanczosOptions, SvdError};

/// How narrow a certified bracket is to be, and what it may cost.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TightOptions {
    /// Relative width to reach, `(upper - lower) / upper`. Default 1e-6. Rounding sets a floor, about `eps m sqrt(n m)` for `n`
    /// unknowns and a half band of `m`: measured, 2e-9 for 64 channels on 16 x 16 samples. Under it the bracket is as narrow
    /// as it gets, and valid.
    pub width: f64,
    /// The search for the lower end. Default: 1000 steps, tolerance 1e-6, seed 0; then the first
    /// factorisation mostly succeeds.
    pub lanczos: LanczosOptions,
    /// Bytes of the matrices at most. Default `2^31`: 64 channels on 32 x 32 samples need 2.2 GB, on 16 x 16 0.3 GB.
    pub max_bytes: u64,
    /// Multiply-adds of one factorisation at most, and of forming the matrix. Default `2^40`, a minute or less on a core
    /// with wide vectors.
    pub max_work: u64,
}

impl Default for TightOptions {
    fn default() -> Self {
        Self {
            width: 1e-6,
            lanczos: LanczosOptions::default()
                .max_iterations(1000)
                .tolerance(1e-6),
            max_bytes: 1 << 31,
            max_work: 1 << 40,
        }
    }
}

impl TightOptions {
    /// Sets the relative width.
    #[must_use]
    pub fn width(mut self, width: f64) -> Self {
        self.width = width;
        self
    }

    /// Sets the options of the lower end.
    #[must_use]
    pub fn lanczos(mut self, lanczos: LanczosOptions) -> Self {
        self.lanczos = lanczos;
        self
    }

    /// Sets the bytes at most.
    #[must_use]
    pub fn max_bytes(mut self, max_bytes: u64) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// Sets the multiply-adds at most.
    #[must_use]
    pub fn max_work(mut self, max_work: u64) -> Self {
        self.max_work = max_work;
        self
    }

    pub(super) fn check(&self) -> Result<(), SvdError> {
        self.lanczos.check()?;
        if !(self.width > 0.0 && self.width < 1.0) {
            return Err(SvdError::InvalidOption {
                option: "width",
                value: self.width,
                bound: "in (0, 1)",
            });
        }
        Ok(())
    }
}
