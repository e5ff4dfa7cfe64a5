//! Results of the discrete fit.

use super::law::DiscretePowerLaw;
use crate::power_law::{GofTest, PowerLawBootstrap, XminChoice};

/// The end of a discrete fit.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DiscretePowerLawOutcome {
    /// A tail was fitted. That says nothing on whether it is a power law.
    Fit(DiscretePowerLawFit),
    /// Fewer positive values, at or above a given `xmin` and up to a given `xmax`, than the shortest tail allowed.
    NotEnoughTail {
        /// Number of such values.
        n: usize,
        /// `min_tail` of the options.
        needed: usize,
    },
    /// No tail of so many has a greatest likelihood: its values are all equal, or so nearly that `alpha` passes 1000; or, under
    /// a given `xmax`, none falls as steeply as `alpha > 1`.
    NoExponent {
        /// Number of positive values, those above `xmax` left out.
        n: usize,
    },
}

impl DiscretePowerLawOutcome {
    /// The fit, if there is one.
    #[must_use]
    pub fn fit(&self) -> Option<&DiscretePowerLawFit> {
        match self {
            Self::Fit(fit) => Some(fit),
            _ => None,
        }
    }
}

/// A fitted discrete power law.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DiscretePowerLawFit {
    /// The exponent of greatest likelihood, exact: the zero of `zeta'/zeta (alpha, xmin) + mean ln x` (Clauset et al. 2009,
    /// eq. 3.5), with `zeta(alpha, xmin) - zeta(alpha, xmax + 1)` for `zeta` where there is an `xmax`.
    pub alpha: f64,
    /// `1 / sqrt(n_eff (zeta''/zeta - (zeta'/zeta)^2))` (eq. 3.6), at a known `xmin`; it leaves out the choice of `xmin`, which the
    /// bootstrap interval does not.
    pub alpha_std_err: f64,
    /// The value where the tail begins: one of the data, unless it was given.
    pub xmin: u64,
    /// Whether `xmin` was searched or given.
    #[cfg_attr(feature = "serde", serde(default))]
    pub xmin_choice: XminChoice,
    /// The value where law and data were cut off, if any.
    #[cfg_attr(feature = "serde", serde(default))]
    pub xmax: Option<u64>,
    /// `max |S(x) - F(x)|` over all whole `x >= xmin`, both at most `x`; `F` is the law cut off where there is an `xmax`. Both
    /// are steps at the whole numbers, so that there is no lower step to take alone: [`KsConvention`](crate::KsConvention) has
    /// no meaning here.
    pub ks_distance: f64,
    /// Natural logarithm of the likelihood of the tail.
    pub log_likelihood: f64,
    /// Number of values at or above `xmin`, and not above `xmax`.
    pub n_tail: usize,
    /// `(sum w)^2 / sum w^2` over the tail: `n_tail` without weights.
    #[cfg_attr(feature = "serde", serde(default))]
    pub n_eff: f64,
    /// Number of positive values, those above `xmax` left out.
    pub n: usize,
    /// Number of zeros that were left out.
    pub n_zero: usize,
    /// Number of values above `xmax` that were left out.
    #[cfg_attr(feature = "serde", serde(default))]
    pub n_above: usize,
    /// The fewest values a tail was allowed to hold.
    #[cfg_attr(feature = "serde", serde(default))]
    pub min_tail: usize,
    /// Bootstrap intervals, where asked for; that for `xmin` is in floating point, as in the continuous fit.
    #[cfg_attr(feature = "serde", serde(default))]
    pub bootstrap: Option<Box<PowerLawBootstrap>>,
    /// The test of fit, where asked for.
    #[cfg_attr(feature = "serde", serde(default))]
    pub goodness_of_fit: Option<GofTest>,
}

impl DiscretePowerLawFit {
    /// The fitted law. Where there is an `xmax` it is the law without the cut: on `xmin..=xmax` divide its probabilities by
    /// `law.cdf(xmax)`.
    #[must_use]
    pub fn law(&self) -> DiscretePowerLaw {
        DiscretePowerLaw::from_fit(self.alpha, self.xmin)
    }
}
