//! How accurate, and by which instructions.

use crate::Instructions;

/// What a list of singular values promises.
///
/// | | `Exact` | `Gram` |
/// |---|---|---|
/// | error of `sigma` | `50 eps sqrt(max(m, n)) sigma_max` | `c eps max(m, n) sigma_max^2 / sigma`, `c < 8` measured |
/// | values under `1.5e-8 sigma_max` | as any other | lost: somewhere between 0 and that |
/// | good for | everything | weights that were `f32` or narrower: their own rounding is `6e-8` |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Accuracy {
    /// Backward stable decompositions of the symbols themselves: the default.
    #[default]
    Exact,
    /// Eigenvalues of the Gram matrix of the smaller side: faster, and blind to values under `sqrt(eps) sigma_max`.
    Gram,
}

/// How to compute a spectrum.
///
/// # Example
/// ```
/// use convlens_svd::{Accuracy, ConvKernel, OperatorSpectrum, SpectrumOptions};
///
/// let kernel = ConvKernel::from_slice(&[-1.0, 2.0, -1.0], &[1, 1, 3])?;
/// let options = SpectrumOptions::default().accuracy(Accuracy::Gram);
/// let spectrum = OperatorSpectrum::with_options(&kernel, &[4], &options)?;
/// assert!((spectrum.norm() - 4.0).abs() < 1e-14);
/// assert_eq!(spectrum.options(), &options);
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SpectrumOptions {
    /// What the values promise. Default [`Accuracy::Exact`].
    pub accuracy: Accuracy,
    /// Which instructions the lane kernels use. Default [`Instructions::Detected`].
    pub instructions: Instructions,
}

impl SpectrumOptions {
    /// Sets what the values promise.
    #[must_use]
    pub fn accuracy(mut self, accuracy: Accuracy) -> Self {
        self.accuracy = accuracy;
        self
    }

    /// Sets which instructions the lane kernels use.
    #[must_use]
    pub fn instructions(mut self, instructions: Instructions) -> Self {
        self.instructions = instructions;
        self
    }
}
