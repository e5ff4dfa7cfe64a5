//! How many of the largest values are used, and what comes of it.

use crate::error::{RmtError, require};

/// How many of the largest values Hill's estimator takes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum HillThreshold {
    /// This many, at least 1.
    Count(usize),
    /// The number whose tail is nearest to its own power law in Kolmogorov-Smirnov distance (Clauset, Shalizi and Newman 2009,
    /// section 3.3; as a choice of `k` for Hill's estimator: Drees, Janssen, Resnick and Wang, SIAM J. Math. Data Sci. 2
    /// (2020), who find that it takes fewer values than are best where the law is a power law only far out).
    ///
    /// The threshold is `xmin` of [`PowerLaw::fit`](crate::PowerLaw::fit); the value there is not counted.
    MinimumDistance {
        /// The fewest values above the threshold, at least 1.
        least: usize,
    },
    /// The upper half, as the code of TempBalance has its `PL_Alpha_Hill` (Zhou et al., NeurIPS 2023): with `h = floor(n / 2)`
    /// and `m = n - h`, `alpha = 1 + m / sum over i >= h of ln(x_i / x_h)`, `i` from 0 and ascending. The zero term of `x_h`
    /// counts in `m`, where Hill has `m - 1`.
    TempBalance,
}

impl HillThreshold {
    pub(super) fn check(self) -> Result<(), RmtError> {
        match self {
            Self::Count(k) => require(k >= 1, "Count", k as f64, "at least 1"),
            Self::MinimumDistance { least } => {
                require(least >= 1, "least", least as f64, "at least 1")
            }
            Self::TempBalance => Ok(()),
        }
    }
}

/// The end of an estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum HillOutcome {
    /// There is an estimate.
    Estimate(Hill),
    /// Fewer positive values than it takes.
    NotEnoughTail {
        /// Number of positive values.
        n: usize,
        /// Number that is needed.
        needed: usize,
    },
    /// The values that it takes are all equal: no exponent is finite.
    AllEqual {
        /// The one value.
        value: f64,
    },
}

impl HillOutcome {
    /// The estimate, if there is one.
    #[must_use]
    pub fn estimate(&self) -> Option<&Hill> {
        match self {
            Self::Estimate(hill) => Some(hill),
            _ => None,
        }
    }
}

/// Hill's estimate of the exponent of a tail.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Hill {
    /// Exponent of the *density*, `1 + 1/gamma`, to be compared with [`PowerLawFit::alpha`](crate::PowerLawFit::alpha).
    pub alpha: f64,
    /// `(alpha - 1) / sqrt(k)` (Hall 1982), at a known threshold.
    pub alpha_std_err: f64,
    /// `gamma`, the mean of `ln(x / threshold)` over the `k` largest values: the extreme-value index.
    pub gamma: f64,
    /// Values above the threshold in the order of size; with [`HillThreshold::TempBalance`] from it on.
    pub k: usize,
    /// The value that the others are compared with, `X_(n-k)`.
    pub threshold_value: f64,
    /// How `k` was chosen.
    pub threshold: HillThreshold,
    /// Number of positive values.
    pub n: usize,
    /// Number of zeros that were left out.
    pub n_zero: usize,
}

/// A point of the Hill plot.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct HillPoint {
    /// Number of largest values used.
    pub k: usize,
    /// The next value below them, `X_(n-k)`.
    pub threshold_value: f64,
    /// The exponent of the density, `1 + 1/gamma_k`.
    pub alpha: f64,
    /// `(alpha - 1) / sqrt(k)`.
    pub alpha_std_err: f64,
}
