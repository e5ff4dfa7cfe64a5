//! Options of the layer metrics.

use super::scale::EigenvalueScale;
use crate::compat::Compat;
use crate::error::{RmtError, require};
use crate::esd::Esd;
use crate::law::MarchenkoPastur;
use crate::mp_fit::MpOptions;
use crate::power_law::{PowerLaw, PowerLawOptions};

/// What is done about "fingers": a few largest eigenvalues that break off the tail and make the fit take them alone for
/// it, with a spuriously large `alpha`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FingerRule {
    /// Nothing: the fit is that of all eigenvalues. The default, as WeightWatcher's.
    #[default]
    Keep,
    /// The fits without the `k` largest are tried for `k = 1, 2, .., max`, and the first whose exponent is more than `drop`
    /// below that of all eigenvalues is taken; the search ends where an exponent is `min_alpha` or less. If none is
    /// found nothing is cut. What was cut stands in the result.
    ///
    /// WeightWatcher's `fix_fingers="clip_xmax"` is the same rule from `k = 2`, and reports `k - 1`.
    Clip {
        /// Most eigenvalues that may be cut; WeightWatcher's value is 10, and it stops at 9.
        max: usize,
        /// How far the exponent has to fall; WeightWatcher's value is 1.
        drop: f64,
        /// The exponent at which the search ends; WeightWatcher's value is 2.
        min_alpha: f64,
    },
}

impl FingerRule {
    /// [`FingerRule::Clip`] with WeightWatcher's numbers: up to 10 eigenvalues, a fall by 1, an end at 2.
    #[must_use]
    pub fn clip() -> Self {
        FingerRule::Clip {
            max: 10,
            drop: 1.0,
            min_alpha: 2.0,
        }
    }

    fn check(self) -> Result<(), RmtError> {
        if let FingerRule::Clip {
            drop, min_alpha, ..
        } = self
        {
            require(
                drop.is_finite() && drop >= 0.0,
                "drop",
                drop,
                "finite and not negative",
            )?;
            require(min_alpha.is_finite(), "min_alpha", min_alpha, "finite")?;
        }
        Ok(())
    }
}

/// Options of [`LayerMetrics`](crate::LayerMetrics).
///
/// # Example
///
/// ```
/// use convlens_rmt::{Compat, EigenvalueScale, FingerRule, MetricOptions};
///
/// let options = MetricOptions::default().fingers(FingerRule::clip());
/// assert_eq!(options.scale, EigenvalueScale::LargerSide);
/// let theirs = MetricOptions::compat(Compat::WeightWatcher);
/// assert_eq!(theirs.scale, EigenvalueScale::Gram);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MetricOptions {
    /// The tool whose digits are wanted; by default none, the definitions in the fields of the result. Set by
    /// [`compat`](MetricOptions::compat), which sets the rest with it.
    pub compat: Option<Compat>,
    /// The unit of eigenvalues. Default [`EigenvalueScale::LargerSide`].
    pub scale: EigenvalueScale,
    /// The tail fit.
    pub power_law: PowerLawOptions,
    /// The bulk fit.
    pub marchenko_pastur: MpOptions,
    /// What is done about fingers. Default [`FingerRule::Keep`].
    pub fingers: FingerRule,
    /// Eigenvalues under this count for `weak_rank_loss`. Default 1e-6, WeightWatcher's number; it is relative to the
    /// largest eigenvalue here, but absolute under [`Compat::WeightWatcher`], where it depends on the scale of the weights.
    pub weak_tolerance: f64,
}

impl Default for MetricOptions {
    fn default() -> Self {
        Self {
            compat: None,
            scale: EigenvalueScale::default(),
            power_law: PowerLawOptions::default(),
            marchenko_pastur: MpOptions::default(),
            fingers: FingerRule::default(),
            weak_tolerance: 1e-6,
        }
    }
}

impl MetricOptions {
    /// The conventions of another tool; the tail is that of [`PowerLawOptions::compat`].
    ///
    /// - [`Compat::WeightWatcher`]: [`EigenvalueScale::Gram`] (set [`HalfGram`](EigenvalueScale::HalfGram) for a convolution
    ///   whose slices are pooled), its bulk fit.
    /// - [`Compat::Powerlaw`]: the tail alone.
    /// - [`Compat::DeepDataProfiler`]: `sigma_mp` from the largest eigenvalue, natural logarithm in
    ///   `alpha_weighted`; set [`EigenvalueScale::Rows`] to the number of output channels.
    #[must_use]
    pub fn compat(tool: Compat) -> Self {
        let scale = match tool {
            Compat::WeightWatcher => EigenvalueScale::Gram,
            Compat::Powerlaw | Compat::DeepDataProfiler => EigenvalueScale::default(),
        };
        Self {
            compat: Some(tool),
            scale,
            power_law: PowerLawOptions::compat(tool),
            ..Self::default()
        }
    }

    /// Sets the unit of eigenvalues.
    #[must_use]
    pub fn scale(mut self, scale: EigenvalueScale) -> Self {
        self.scale = scale;
        self
    }

    /// Sets the tail fit. Under [`Compat::WeightWatcher`] it stays what that tool does.
    #[must_use]
    pub fn power_law(mut self, power_law: PowerLawOptions) -> Self {
        self.power_law = power_law;
        self
    }

    /// Sets the bulk fit. Under [`Compat::WeightWatcher`] and [`Compat::DeepDataProfiler`] it stays what those tools do.
    #[must_use]
    pub fn marchenko_pastur(mut self, marchenko_pastur: MpOptions) -> Self {
        self.marchenko_pastur = marchenko_pastur;
        self
    }

    /// Sets what is done about fingers.
    #[must_use]
    pub fn fingers(mut self, fingers: FingerRule) -> Self {
        self.fingers = fingers;
        self
    }

    /// Sets the eigenvalue under which `weak_rank_loss` counts.
    #[must_use]
    pub fn weak_tolerance(mut self, weak_tolerance: f64) -> Self {
        self.weak_tolerance = weak_tolerance;
        self
    }

    /// The tail fit that is made.
    pub(super) fn tail_fit(&self) -> PowerLawOptions {
        match self.compat {
            Some(Compat::WeightWatcher) => PowerLawOptions::compat(Compat::WeightWatcher),
            _ => self.power_law.clone(),
        }
    }

    pub(super) fn check(&self) -> Result<(), RmtError> {
        self.scale.check()?;
        self.fingers.check()?;
        // The options of the fits are checked by fits of next to nothing, whether they are needed or not.
        PowerLaw::fit(&[], &self.power_law)?;
        let one = Esd::from_eigenvalues(&[1.0], 1, 1)?;
        MarchenkoPastur::fit(&one, &self.marchenko_pastur)?;
        require(
            self.weak_tolerance.is_finite() && self.weak_tolerance >= 0.0,
            "weak_tolerance",
            self.weak_tolerance,
            "finite and not negative",
        )
    }
}
