//! In which unit eigenvalues are given.

use crate::error::{RmtError, require};

/// What the squared singular values of a layer are multiplied by to give the eigenvalues that its metrics are made of.
///
/// `alpha`, `stable_rank`, `entropy`, the ranks and `mp_softrank` do not depend on it; norms, `alpha_weighted`,
/// `log_alpha_norm`, `xmin` and bulk edges do. WeightWatcher and DeepDataProfiler each have their own, and
/// WeightWatcher's for convolutions makes its "spectral norm" the squared norm of no operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum EigenvalueScale {
    /// `sigma^2 / N`, `N` the larger side: that of [`Esd`](crate::Esd), in which noise of variance `v` has mean `v`
    /// (Martin and Mahoney, JMLR 22 (2021), section 2.2). The default.
    #[default]
    LargerSide,
    /// `sigma^2`: the eigenvalues of `W^T W`. WeightWatcher's dense layers.
    Gram,
    /// `sigma^2 / 2`: WeightWatcher's convolutions with their slices pooled, its default.
    HalfGram,
    /// `sigma^2 slices / 2`: WeightWatcher's convolutions with slices apart (`pool=False`); `slices` is the
    /// number of kernel positions, 9 for a 3 x 3 kernel.
    SliceGram {
        /// Number of kernel positions.
        slices: usize,
    },
    /// `sigma^2 / rows`: DeepDataProfiler, where `rows` is the number of output channels whichever side is larger.
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
