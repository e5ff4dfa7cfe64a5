//! Hill's estimator of the tail exponent.

use std::fmt;

use crate::error::{RmtError, require, require_non_negative};
use crate::tail::options::Options;
use crate::tail::outcome::Outcome;
use crate::tail::power_law::PowerLaw;

/// How many of the largest values Hill's estimator takes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum HillThreshold {
    /// This many, at least 1.
    Count(usize),
    /// The number whose tail is nearest to its own power law in Kolmogorov-Smirnov distance
    /// (Clauset, Shalizi and Newman 2009, section 3.3; as a choice of `k` for Hill's estimator:
    /// Drees, Janssen, Resnick and Wang, SIAM J. Math. Data Sci. 2 (2020), who find that it takes
    /// fewer values than are best where the law is a power law only far out).
    ///
    /// The threshold is `xmin` of [`PowerLaw::fit`](crate::tail::PowerLaw::fit); the value there is
    /// not counted.
    MinimumDistance {
        /// The fewest values above the threshold, at least 1.
        least: usize,
    },
    /// The upper half, as the code of TempBalance has its `PL_Alpha_Hill` (Zhou et al., NeurIPS
    /// 2023): with `h = floor(n / 2)` and `m = n - h`, `alpha = 1 + m / sum over i >= h of ln(x_i /
    /// x_h)`, `i` from 0 and ascending. The zero term of `x_h` counts in `m`, where Hill has `m -
    /// 1`.
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
    pub fn value(&self) -> Option<&Hill> {
        match self {
            Self::Estimate(hill) => Some(hill),
            _ => None,
        }
    }
}

impl fmt::Display for HillOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Estimate(hill) => write!(
                f,
                "exponent {:.3} (standard error {:.3}) from the {} largest of {} values",
                hill.alpha, hill.alpha_std_err, hill.k, hill.n
            ),
            Self::NotEnoughTail { n, needed } => {
                write!(f, "{n} positive values are too few: {needed} are needed")
            }
            Self::AllEqual { value } => {
                write!(f, "all values used are {value}, so no exponent is finite")
            }
        }
    }
}

/// Hill's estimate of the exponent of a tail.
#[doc(alias = "PL_Alpha_Hill")]
#[doc(alias = "tail_index")]
#[doc(alias = "extreme_value_index")]
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Hill {
    /// Exponent of the *density*, `1 + 1/gamma`, to be compared with
    /// [`Fit::alpha`](crate::tail::Fit::alpha).
    pub alpha: f64,
    /// `(alpha - 1) / sqrt(k)` (Hall 1982), at a known threshold.
    pub alpha_std_err: f64,
    /// `gamma`, the mean of `ln(x / threshold)` over the `k` largest values: the extreme-value
    /// index.
    pub gamma: f64,
    /// Values above the threshold in the order of size; with [`HillThreshold::TempBalance`] from it
    /// on.
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

impl Hill {
    /// Hill's estimator, `gamma_k = (1/k) sum over i < k of ln(X_(n-i) / X_(n-k))` with `X_(n)` the
    /// largest (Hill, Annals of Statistics 3 (1975)), and from it the exponent of the density, `1 +
    /// 1/gamma_k`.
    ///
    /// It is the maximum-likelihood exponent of a power law above `X_(n-k)`; [`PowerLaw::fit`]
    /// differs in how it chooses the threshold, and counts the threshold itself among the values.
    ///
    /// # Errors
    ///
    /// [`RmtError::NonFinite`] or [`RmtError::Negative`] for such a value;
    /// [`RmtError::ParameterOutOfRange`] for a bad threshold. Zeros are left out and counted; too
    /// few values are an outcome.
    ///
    /// # Complexity
    ///
    /// `O(n log n)`, and the search of [`PowerLaw::fit`] for [`HillThreshold::MinimumDistance`].
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{Hill, PowerLaw, tail::HillThreshold};
    ///
    /// let data = PowerLaw::new(3.0, 1.0)?.sample(2000, 1);
    /// let hill = Hill::estimate(&data, HillThreshold::Count(500))?;
    /// assert!((hill.value().unwrap().alpha - 3.0).abs() < 0.3);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn estimate(values: &[f64], threshold: HillThreshold) -> Result<HillOutcome, RmtError> {
        threshold.check()?;
        let tail = Descending::new(values)?;
        let n = tail.values.len();
        let needed = match threshold {
            HillThreshold::Count(k) => k.saturating_add(1),
            HillThreshold::MinimumDistance { least } => least.saturating_add(1),
            HillThreshold::TempBalance => 2,
        };
        if n < needed {
            return Ok(HillOutcome::NotEnoughTail { n, needed });
        }
        // The position of the threshold from the largest down, and the number that their log ratios
        // are summed over.
        let (k, count) = match threshold {
            HillThreshold::Count(k) => (k, k),
            HillThreshold::MinimumDistance { least } => {
                let options = Options::default().min_tail(least + 1);
                match PowerLaw::fit(&tail.values, &options)? {
                    Outcome::Fit(fit) => (fit.n_tail - 1, fit.n_tail - 1),
                    _ => (least, least),
                }
            }
            HillThreshold::TempBalance => (n - n / 2 - 1, n - n / 2),
        };
        // n = 2 leaves TempBalance one value, which is its own threshold.
        let gamma = tail.sums[k] / count.max(1) as f64;
        let threshold_value = tail.values[k];
        if gamma <= 0.0 {
            return Ok(HillOutcome::AllEqual {
                value: threshold_value,
            });
        }
        Ok(HillOutcome::Estimate(Self {
            alpha: 1.0 + 1.0 / gamma,
            alpha_std_err: 1.0 / (gamma * (count as f64).sqrt()),
            gamma,
            k: count,
            threshold_value,
            threshold,
            n,
            n_zero: values.len() - n,
        }))
    }

    /// The Hill plot: the estimate for every `k` that has one, ascending in `k`. A stretch where it
    /// is level is what an exponent may be read from; a plot without one has no power law (Drees,
    /// de Haan and Resnick 2000).
    ///
    /// # Errors
    ///
    /// Those of [`Hill::estimate`].
    ///
    /// # Complexity
    ///
    /// `O(n log n)`.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::Hill;
    ///
    /// let plot = Hill::plot(&[1.0, 1.0_f64.exp(), 2.0_f64.exp()])?;
    /// // k = 1: ln ratio 1. k = 2: ln ratios 2 and 1.
    /// assert!((plot[0].alpha - 2.0).abs() < 1e-14);
    /// assert!((plot[1].alpha - (1.0 + 1.0 / 1.5)).abs() < 1e-14);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn plot(values: &[f64]) -> Result<Vec<HillPoint>, RmtError> {
        let tail = Descending::new(values)?;
        let points = (1..tail.values.len()).filter(|&k| tail.sums[k] > 0.0);
        Ok(points
            .map(|k| {
                let slope = k as f64 / tail.sums[k];
                HillPoint {
                    k,
                    threshold_value: tail.values[k],
                    alpha: 1.0 + slope,
                    alpha_std_err: slope / (k as f64).sqrt(),
                }
            })
            .collect())
    }
}

/// Positive values from the largest down, with their sums of log ratios.
struct Descending {
    values: Vec<f64>,
    /// `sums[k]`: sum over the `k` largest of `ln(x / values[k])`, from steps that are all
    /// positive.
    sums: Vec<f64>,
}

impl Descending {
    fn new(values: &[f64]) -> Result<Self, RmtError> {
        require_non_negative(values)?;
        let mut values: Vec<f64> = values.iter().copied().filter(|&v| v > 0.0).collect();
        values.sort_unstable_by(|a, b| b.total_cmp(a));
        let largest = values.first().copied().unwrap_or(1.0);
        let log = |x: &f64| {
            let ratio = x / largest;
            match ratio.is_normal() {
                true => ratio.ln(),
                false => x.ln() - largest.ln(),
            }
        };
        let logs: Vec<f64> = values.iter().map(log).collect();
        let mut sums = vec![0.0; values.len()];
        for k in 1..values.len() {
            sums[k] = sums[k - 1] + k as f64 * (logs[k - 1] - logs[k]);
        }
        Ok(Self { values, sums })
    }
}
