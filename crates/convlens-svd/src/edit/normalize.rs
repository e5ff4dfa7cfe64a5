//! Spectral normalisation, with a certificate.

use super::options::check_norm;
use super::rescale;
use crate::{ConvKernel, LanczosOptions, NormBracket, SvdError};

/// The norm to normalise.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum NormScope {
    /// Under circular padding on a grid: [`NormBracket::circular`].
    Circular {
        /// The input grid.
        grid: Vec<usize>,
    },
    /// Under the geometry's padding, with zeros, on a grid: [`NormBracket::zero_padded`].
    ZeroPadded {
        /// The input grid.
        grid: Vec<usize>,
        /// For the lower end, which the normalisation does not use.
        options: LanczosOptions,
    },
    /// On every grid, under zero or circular padding: [`NormBracket::grid_free`]. Dense layers too.
    GridFree,
}

impl NormScope {
    fn measure(&self, kernel: &ConvKernel) -> Result<NormBracket, SvdError> {
        match self {
            Self::Circular { grid } => NormBracket::circular(kernel, grid),
            Self::ZeroPadded { grid, options } => NormBracket::zero_padded(kernel, grid, options),
            Self::GridFree => NormBracket::grid_free(kernel),
        }
    }
}

/// What normalisation did.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct NormalizeReport {
    /// The norm asked for.
    pub target: f64,
    /// Which norm.
    pub scope: NormScope,
    /// What every weight was multiplied by; 1 for a layer of norm 0.
    pub factor: f64,
    /// The norm before.
    pub before: NormBracket,
    /// The norm of the kernel that is given back, measured.
    pub after: NormBracket,
    /// Whether the target is certified: `after.upper <= target`. Only weights that scaling makes subnormal can miss it.
    pub target_met: bool,
}

impl ConvKernel {
    /// The kernel times `target / norm`, with a norm that is certified to be at most `target` (spectral normalisation,
    /// Miyato, Kataoka, Koyama, Yoshida, ICLR 2018, with the layer's own norm in place of the unfolding's).
    ///
    /// The divisor is the upper end of the bracket that `scope` names, so the layer's norm is at most `target`, and at
    /// least `target` less the bracket's width. The bracket of the result is measured afresh. A layer of a smaller norm is
    /// scaled up; one of norm 0 stays.
    ///
    /// # Errors
    /// [`SvdError::InvalidOption`] unless `target` is positive and finite, [`SvdError::Overflow`] where a weight or the factor leaves the range of
    /// `f64`, and those of the bracket.
    ///
    /// # Complexity
    /// Two brackets, seldom three.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, NormScope};
    ///
    /// let kernel = ConvKernel::from_slice(&[-1.0, 2.0, -1.0], &[1, 1, 3])?;
    /// let (unit, report) = kernel.normalize_spectrum(1.0, &NormScope::GridFree)?;
    /// assert!(report.target_met && report.after.upper <= 1.0);
    /// // The norm is 4; the grid-free bracket is 0.9% wide.
    /// assert!((unit.weights()[1] - 0.5).abs() < 0.005);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn normalize_spectrum(
        &self,
        target: f64,
        scope: &NormScope,
    ) -> Result<(Self, NormalizeReport), SvdError> {
        check_norm("target", target)?;
        let before = scope.measure(self)?;
        let (kernel, factor, after) = if before.upper == 0.0 {
            (self.clone(), 1.0, before.clone())
        } else {
            rescale::to_norm(self, &before, target, |kernel| scope.measure(kernel))?
        };
        let report = NormalizeReport {
            target,
            scope: scope.clone(),
            factor,
            before,
            target_met: after.upper <= target,
            after,
        };
        Ok((kernel, report))
    }
}
