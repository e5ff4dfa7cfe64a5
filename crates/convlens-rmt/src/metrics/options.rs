//! Options of the layer metrics, and in which unit eigenvalues are given.

use crate::compat::Compat;
use crate::error::{RmtError, require};

/// What is done about "fingers": a few largest eigenvalues that break off the tail and make the fit
/// take them alone for it, with a spuriously large `alpha`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FingerRule {
    /// Nothing: the fit is that of all eigenvalues. The default, as WeightWatcher's.
    #[default]
    Keep,
    /// The fits without the `k` largest are tried for `k = 1, 2, .., max`, and the first whose
    /// exponent is more than `drop` below that of all eigenvalues is taken; the search ends where
    /// an exponent is `min_alpha` or less. If none is found nothing is cut. What was cut stands in
    /// the result.
    ///
    /// WeightWatcher's `fix_fingers="clip_xmax"` is the same rule from `k = 2`, and reports `k -
    /// 1`.
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
    /// [`FingerRule::Clip`] with WeightWatcher's numbers: up to 10 eigenvalues, a fall by 1, an end
    /// at 2.
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

/// Options of [`LayerMetrics`](crate::metrics::LayerMetrics).
///
/// # Example
///
/// ```
/// use convlens_rmt::{Compat, metrics::{self, EigenvalueScale, FingerRule}};
///
/// let options = metrics::Options::default().fingers(FingerRule::clip());
/// assert_eq!(options.scale, EigenvalueScale::LargerSide);
/// let theirs = metrics::Options::compat(Compat::WeightWatcher);
/// assert_eq!(theirs.scale, EigenvalueScale::Gram);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Options {
    /// The tool whose digits are wanted; by default none, the definitions in the fields of the
    /// result. Set by [`compat`](Options::compat), which sets the rest with it.
    pub compat: Option<Compat>,
    /// The unit of eigenvalues. Default [`EigenvalueScale::LargerSide`].
    pub scale: EigenvalueScale,
    /// What is done about fingers. Default [`FingerRule::Keep`].
    pub fingers: FingerRule,
    /// Eigenvalues under this count for `weak_rank_loss`. Default 1e-6, WeightWatcher's number; it
    /// is relative to the largest eigenvalue here, but absolute under [`Compat::WeightWatcher`],
    /// where it depends on the scale of the weights.
    pub weak_tolerance: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            compat: None,
            scale: EigenvalueScale::default(),
            fingers: FingerRule::default(),
            weak_tolerance: 1e-6,
        }
    }
}

impl Options {
    /// The conventions of another tool; the tail is that of
    /// [`tail::Options::compat`](crate::tail::Options::compat).
    ///
    /// - [`Compat::WeightWatcher`]: [`EigenvalueScale::Gram`] (set
    ///   [`HalfGram`](EigenvalueScale::HalfGram) for a convolution whose slices are pooled), its
    ///   bulk fit.
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
            ..Self::default()
        }
    }

    /// Sets the unit of eigenvalues.
    #[must_use]
    pub fn scale(mut self, scale: EigenvalueScale) -> Self {
        self.scale = scale;
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

    pub(super) fn check(&self) -> Result<(), RmtError> {
        self.scale.check()?;
        self.fingers.check()?;
        require(
            self.weak_tolerance.is_finite() && self.weak_tolerance >= 0.0,
            "weak_tolerance",
            self.weak_tolerance,
            "finite and not negative",
        )
    }
}

/// What the squared singular values of a layer are multiplied by to give the eigenvalues that its
/// metrics are made of.
///
/// `alpha`, `stable_rank`, `entropy`, the ranks and `mp_softrank` do not depend on it; norms,
/// `alpha_weighted`, `log_alpha_norm`, `xmin` and bulk edges do. WeightWatcher and DeepDataProfiler
/// each have their own, and WeightWatcher's for convolutions makes its "spectral norm" the squared
/// norm of no operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum EigenvalueScale {
    /// `sigma^2 / N`, `N` the larger side: that of [`Esd`](crate::esd::Esd), in which noise of
    /// variance `v` has mean `v` (Martin and Mahoney, JMLR 22 (2021), section 2.2). The default.
    #[default]
    LargerSide,
    /// `sigma^2`: the eigenvalues of `W^T W`. WeightWatcher's dense layers.
    Gram,
    /// `sigma^2 / 2`: WeightWatcher's convolutions with their slices pooled, its default.
    HalfGram,
    /// `sigma^2 slices / 2`: WeightWatcher's convolutions with slices apart (`pool=False`);
    /// `slices` is the number of kernel positions, 9 for a 3 x 3 kernel.
    SliceGram {
        /// Number of kernel positions.
        slices: usize,
    },
    /// `sigma^2 / rows`: DeepDataProfiler, where `rows` is the number of output channels whichever
    /// side is larger.
    Rows {
        /// Rows of the unfolded matrix.
        rows: usize,
    },
}

impl EigenvalueScale {
    pub(super) fn check(self) -> Result<(), RmtError> {
        match self {
            EigenvalueScale::SliceGram { slices: 0 } => require(false, "slices", 0.0, "at least 1"),
            EigenvalueScale::Rows { rows: 0 } => require(false, "rows", 0.0, "at least 1"),
            _ => Ok(()),
        }
    }

    /// What an eigenvalue of `W^T W / n` is multiplied by.
    pub(super) fn factor(self, n: usize) -> f64 {
        let n = n as f64;
        match self {
            EigenvalueScale::LargerSide => 1.0,
            EigenvalueScale::Gram => n,
            EigenvalueScale::HalfGram => n / 2.0,
            EigenvalueScale::SliceGram { slices } => n * slices as f64 / 2.0,
            EigenvalueScale::Rows { rows } => n / rows as f64,
        }
    }
}
