//! What FARMS returns.

use super::options::{FarmsOptions, Window};
use crate::hill::HillOutcome;
use crate::power_law::PowerLawOutcome;

/// The end of a FARMS analysis.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FarmsOutcome {
    /// Windows were taken and their eigenvalues pooled.
    Pooled(Box<Farms>),
    /// No window of the ratio fits.
    TooSmall {
        /// Rows of the layer's matrix.
        rows: usize,
        /// Its columns.
        cols: usize,
    },
}

impl FarmsOutcome {
    /// The result, if a window fits.
    #[must_use]
    pub fn pooled(&self) -> Option<&Farms> {
        match self {
            FarmsOutcome::Pooled(farms) => Some(farms),
            FarmsOutcome::TooSmall { .. } => None,
        }
    }
}

/// The pooled spectrum of sub-matrices of one ratio, and its exponent.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Farms {
    /// The windows, the same in every matrix of the layer.
    pub windows: Vec<Window>,
    /// Number of matrices: 1, or that of kernel positions.
    pub matrices: usize,
    /// `max(height, width) / min(height, width)` of a window: the ratio that was kept.
    pub q: f64,
    /// The eigenvalues `sigma^2 / max(height, width)` of all windows, ascending. Windows overlap, so they are not independent.
    pub eigenvalues: Vec<f64>,
    /// Hill's estimate from the upper half of the positive eigenvalues (`PL_Alpha_Hill`: Zhou et al., "Temperature Balancing", NeurIPS
    /// 2023; used by Hu et al.). The authors' code counts its threshold among the values, as
    /// [`HillThreshold::TempBalance`](crate::HillThreshold::TempBalance) does.
    pub hill: HillOutcome,
    /// The fit of Clauset et al. on the same eigenvalues.
    pub power_law: PowerLawOutcome,
    /// The options.
    pub options: FarmsOptions,
}
