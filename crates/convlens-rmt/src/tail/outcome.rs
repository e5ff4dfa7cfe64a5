//! What a fit returns.

use crate::compat::Compat;
use crate::tail::discrete_power_law::DiscretePowerLaw;
use crate::tail::options::KsConvention;
use crate::tail::power_law::PowerLaw;
use crate::tail::simulation::{BootstrapIntervals, GofOutcome, GofTest};

/// The end of a power-law fit: the fit, or why the data allow none.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Outcome {
    /// A tail was fitted. That says nothing on whether it is a power law.
    Fit(Fit),
    /// Fewer positive values, at or above a given `xmin` and up to a given `xmax`, than the shortest tail allowed; or no
    /// tail of so many has a law that falls (`alpha > 1`) under a given `xmax`.
    NotEnoughTail {
        /// Number of such values.
        n: usize,
        /// The number that the options, or a tool's rules, ask for.
        needed: usize,
    },
    /// All positive values are equal: the likelihood has no maximum.
    AllEqual {
        /// The one value.
        value: f64,
        /// How often it occurs.
        n: usize,
    },
}

impl Outcome {
    /// The fit, if there is one.
    #[must_use]
    pub fn value(&self) -> Option<&Fit> {
        match self {
            Outcome::Fit(fit) => Some(fit),
            _ => None,
        }
    }
}

/// Where `xmin` came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum XminChoice {
    /// The data value with the least distance.
    #[default]
    Searched,
    /// The options.
    Given,
}

/// A fitted continuous power law.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Fit {
    /// Exponent of the density, `alpha = 1 + n_tail / sum ln(x_i / xmin)`
    /// (Clauset et al. 2009, eq. 3.1).
    pub alpha: f64,
    /// `(alpha - 1) / sqrt(n_tail)` (eq. 3.2), with `n_eff` for `n_tail` where values have weights, and by the Fisher
    /// information of the law cut off where there is an `xmax`: the asymptotic standard error *at
    /// a known `xmin`*. It leaves out the choice of `xmin`: on pure Pareto
    /// data the true spread is 1.2 to 1.4 times as large (600 samples each, `n`
    /// from 64 to 2048); quote the bootstrap interval instead.
    pub alpha_std_err: f64,
    /// The value where the tail begins: one of the data, unless it was given.
    pub xmin: f64,
    /// Whether `xmin` was searched or given.
    #[cfg_attr(feature = "serde", serde(default))]
    pub xmin_choice: XminChoice,
    /// The value where law and data were cut off, if any.
    #[cfg_attr(feature = "serde", serde(default))]
    pub xmax: Option<f64>,
    /// Kolmogorov-Smirnov distance of the tail to the fitted law, by the convention `ks`.
    pub ks_distance: f64,
    /// Number of values at or above `xmin`, and not above `xmax`.
    pub n_tail: usize,
    /// Kish's effective number of independent values in the tail, `(sum w)^2 / sum w^2`: `n_tail` where none has a weight.
    #[cfg_attr(feature = "serde", serde(default))]
    pub n_eff: f64,
    /// Number of positive values, those above `xmax` left out.
    pub n: usize,
    /// Number of zeros that were left out; with [`Compat::WeightWatcher`] of values up to 1e-5.
    pub n_zero: usize,
    /// Number of values above `xmax` that were left out.
    #[cfg_attr(feature = "serde", serde(default))]
    pub n_above: usize,
    /// The distance that chose `xmin`.
    pub ks: KsConvention,
    /// The fewest values a tail was allowed to hold.
    pub min_tail: usize,
    /// The tool whose rules held, if any.
    #[cfg_attr(feature = "serde", serde(default))]
    pub compat: Option<Compat>,
    /// Bootstrap intervals, where asked for.
    pub bootstrap: Option<Box<BootstrapIntervals>>,
    /// The test of fit, where asked for.
    #[cfg_attr(feature = "serde", serde(default))]
    pub goodness_of_fit: Option<GofOutcome>,
}

impl Fit {
    /// The fitted law, for its density and distribution function. Where there is an `xmax` it is the law without the cut:
    /// on `[xmin, xmax]` divide its density by `law.cdf(xmax)`.
    #[must_use]
    pub fn law(&self) -> PowerLaw {
        PowerLaw::from_fit(self.alpha, self.xmin)
    }
}

/// The end of a discrete fit.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DiscreteOutcome {
    /// A tail was fitted. That says nothing on whether it is a power law.
    Fit(DiscreteFit),
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

impl DiscreteOutcome {
    /// The fit, if there is one.
    #[must_use]
    pub fn value(&self) -> Option<&DiscreteFit> {
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
pub struct DiscreteFit {
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
    /// are steps at the whole numbers, so that there is no lower step to take alone: [`KsConvention`](crate::tail::KsConvention) has
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
    pub bootstrap: Option<Box<BootstrapIntervals>>,
    /// The test of fit, where asked for.
    #[cfg_attr(feature = "serde", serde(default))]
    pub goodness_of_fit: Option<GofTest>,
}

impl DiscreteFit {
    /// The fitted law. Where there is an `xmax` it is the law without the cut: on `xmin..=xmax` divide its probabilities by
    /// `law.cdf(xmax)`.
    #[must_use]
    pub fn law(&self) -> DiscretePowerLaw {
        DiscretePowerLaw::from_fit(self.alpha, self.xmin)
    }
}

/// One candidate for `xmin`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CurvePoint {
    /// The candidate.
    pub xmin: f64,
    /// The exponent of the tail from there on.
    pub alpha: f64,
    /// Its Kolmogorov-Smirnov distance.
    pub ks_distance: f64,
    /// Its number of values.
    pub n_tail: usize,
}

/// One candidate for `xmin` of a discrete fit.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DiscreteCurvePoint {
    /// The candidate.
    pub xmin: u64,
    /// The exponent of the tail from there on.
    pub alpha: f64,
    /// Its Kolmogorov-Smirnov distance.
    pub ks_distance: f64,
    /// Its number of values.
    pub n_tail: usize,
}
