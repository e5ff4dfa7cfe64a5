//! Spectral normalization: scaling a kernel until a measured norm is certified.

use crate::error::SvdError;
use crate::kernel::{ConvKernel, with_weights};
use crate::norm::{DavidsonOptions, NormBracket};

/// The norm to normalize.
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
        /// For the lower end, which the normalization does not use.
        options: DavidsonOptions,
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

/// What normalization did.
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
    /// Whether the target is certified: `after.upper <= target`. Only weights that scaling makes
    /// subnormal can miss it.
    pub target_met: bool,
}

impl ConvKernel {
    /// The kernel times `target / norm`, with a norm that is certified to be at most `target`
    /// (spectral normalization, Miyato, Kataoka, Koyama, Yoshida, ICLR 2018, with the layer's own
    /// norm in place of the unfolding's).
    ///
    /// The divisor is the upper end of the bracket that `scope` names, so the layer's norm is at
    /// most `target`, and at least `target` less the bracket's width. The bracket of the result is
    /// measured afresh. A layer of a smaller norm is scaled up; one of norm 0 stays.
    ///
    /// # Errors
    /// [`SvdError::InvalidOption`] unless `target` is positive and finite, [`SvdError::Overflow`]
    /// where a weight or the factor leaves the range of `f64`, and those of the bracket.
    ///
    /// # Complexity
    /// Two brackets, seldom three.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::edit::NormScope;
    /// use convlens_svd::ConvKernel;
    ///
    /// let kernel = ConvKernel::from_slice(&[-1.0, 2.0, -1.0], &[1, 1, 3])?;
    /// let (unit, report) = kernel.normalize_spectrum(1.0, &NormScope::GridFree)?;
    /// assert!(report.target_met && report.after.upper <= 1.0);
    /// // The norm is 4; the grid-free bracket is 0.9% wide.
    /// assert!((unit.weights()[1] - 0.5).abs() < 0.005);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    #[doc(alias = "spectral normalization")]
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
            to_norm(self, &before, target, |kernel| scope.measure(kernel))?
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

/// Scalings to try: the first misses by rounding at most, the second by nothing.
const ATTEMPTS: usize = 8;

/// Multiplies a kernel by about `target / before.upper`, measures again, and repeats with a shade
/// less while the upper end is over the target. Gives the kernel, the factor and the last bracket.
pub(super) fn to_norm(
    kernel: &ConvKernel,
    before: &NormBracket,
    target: f64,
    measure: impl Fn(&ConvKernel) -> Result<NormBracket, SvdError>,
) -> Result<(ConvKernel, f64, NormBracket), SvdError> {
    let mut aim = target;
    let mut attempt = 0;
    loop {
        attempt += 1;
        aim *= 1.0 - 8.0 * f64::EPSILON;
        // Divided first: the factor itself may leave the range where the weights do not.
        let weights = kernel.weights().iter().map(|w| w / before.upper * aim);
        let scaled = with_weights(kernel, weights.collect())?;
        let after = measure(&scaled)?;
        if after.upper <= target || attempt == ATTEMPTS {
            let factor = aim / before.upper;
            if !factor.is_finite() {
                return Err(SvdError::Overflow { what: "the factor" });
            }
            return Ok((scaled, factor, after));
        }
        aim *= target / after.upper;
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
