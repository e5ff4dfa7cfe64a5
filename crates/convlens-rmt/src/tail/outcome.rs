//! What a fit of a tail returns: one outcome for values and for counts.

use std::fmt;

use crate::compat::Compat;
use crate::tail::options::KsConvention;
use crate::tail::simulation::{BootstrapIntervals, BootstrapOutcome, GofOutcome};

/// The end of a fit: the fit, or why the data allow none.
///
/// `X` is the type of a value: `f64` for [`PowerLaw::fit`](crate::PowerLaw::fit), `u64` for
/// [`DiscretePowerLaw::fit`](crate::DiscretePowerLaw::fit).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Outcome<X = f64> {
    /// A tail was fitted. That does not mean that it is a power law.
    Fit(Fit<X>),
    /// Fewer positive values, at or above a given `xmin` and up to a given `xmax`, than the
    /// shortest tail allowed.
    NotEnoughTail {
        /// Number of such values.
        n: usize,
        /// The number that the options, or a tool's rules, ask for.
        needed: usize,
    },
    /// All positive values are equal: the likelihood has no maximum.
    AllEqual {
        /// The one value.
        value: X,
        /// How often it occurs.
        n: usize,
    },
    /// No tail of enough values has an exponent in range. Each is of equal values, or so nearly
    /// that the exponent passes 1,000 (for counts), or that it is no number.
    NoExponent {
        /// Number of positive values, those above `xmax` left out.
        n: usize,
    },
}

impl<X> Outcome<X> {
    /// The fit, if there is one.
    #[must_use]
    pub fn value(&self) -> Option<&Fit<X>> {
        match self {
            Self::Fit(fit) => Some(fit),
            _ => None,
        }
    }
}

impl<X: fmt::Display> fmt::Display for Outcome<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fit(fit) => write!(f, "{fit}"),
            Self::NotEnoughTail { n, needed } => {
                write!(f, "the tail has {n} values, and a fit needs {needed}")
            }
            Self::AllEqual { value, n } => {
                let value = short(value);
                write!(f, "all {n} values are {value}, so no exponent is finite")
            }
            Self::NoExponent { n } => {
                write!(f, "no tail of the {n} values has an exponent in range")
            }
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

/// A fitted power law: continuous for `X = f64`, discrete for `X = u64`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Fit<X = f64> {
    /// The exponent of greatest likelihood.
    ///
    /// Of values: exponent of the density, `alpha = 1 + n_tail / sum ln(x_i / xmin)` (Clauset,
    /// Shalizi and Newman 2009, eq. 3.1). Of counts: the zero of
    /// `zeta'/zeta (alpha, xmin) + mean ln x` (eq. 3.5), exact. Under an `xmax` it is that of the
    /// law on `[xmin, xmax]`, which is a law for every real exponent: 1 or less means that the tail
    /// does not fall as a power law without end could.
    pub alpha: f64,
    /// The asymptotic standard error of `alpha` *at a known `xmin`*, by the Fisher information:
    /// `(alpha - 1) / sqrt(n_eff)` for values without an `xmax` (eq. 3.2),
    /// `1 / sqrt(n_eff (zeta''/zeta - (zeta'/zeta)^2))` for counts (eq. 3.6).
    ///
    /// It leaves out the choice of `xmin`: on pure Pareto data the true spread is 1.2 to 1.4 times
    /// as large (600 samples each, `n` from 64 to 2,048). Quote the bootstrap interval instead.
    pub alpha_std_err: f64,
    /// The value where the tail begins: one of the data, unless it was given.
    pub xmin: X,
    /// Whether `xmin` was searched or given.
    pub xmin_choice: XminChoice,
    /// The value where law and data were cut off, if any.
    pub xmax: Option<X>,
    /// Kolmogorov-Smirnov distance of the tail to the fitted law, by the convention `ks`.
    pub ks_distance: f64,
    /// Natural logarithm of the likelihood of the tail: a density for values, in their unit, and a
    /// probability for counts.
    pub log_likelihood: f64,
    /// Number of values at or above `xmin`, and not above `xmax`.
    pub n_tail: usize,
    /// Kish's effective number of independent values in the tail, `(sum w)^2 / sum w^2`: `n_tail`
    /// where none has a weight.
    pub n_eff: f64,
    /// Number of positive values, those above `xmax` left out.
    pub n: usize,
    /// Number of zeros that were left out; with [`Compat::WeightWatcher`] of values up to 1e-5.
    pub n_zero: usize,
    /// Number of values above `xmax` that were left out.
    pub n_above: usize,
    /// The distance that chose `xmin`. For counts always the supremum: law and sample are steps at
    /// the whole numbers, so that there is no lower step to take alone.
    pub ks: KsConvention,
    /// The fewest values a tail was allowed to hold.
    pub min_tail: usize,
    /// The tool whose rules held, if any.
    pub compat: Option<Compat>,
    /// Bootstrap intervals, where asked for; those for `xmin` are in floating point for counts too.
    pub bootstrap: Option<Box<BootstrapOutcome>>,
    /// The test of fit, where asked for.
    pub goodness_of_fit: Option<GofOutcome>,
}

impl<X> Fit<X> {
    /// The bootstrap's intervals, where they were asked for and could be had.
    #[must_use]
    pub fn intervals(&self) -> Option<&BootstrapIntervals> {
        self.bootstrap.as_deref().and_then(BootstrapOutcome::value)
    }
}

impl<X: fmt::Display> fmt::Display for Fit<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "exponent {:.3} (standard error {:.3}) from {} on, {} of {} values",
            self.alpha,
            self.alpha_std_err,
            short(&self.xmin),
            self.n_tail,
            self.n
        )
    }
}

/// A number as it stands in a sentence: with five digits where it has many.
fn short(value: &impl fmt::Display) -> String {
    let text = value.to_string();
    match text.parse::<f64>() {
        Ok(number) if text.len() > 8 => format!("{number:.4e}"),
        _ => text,
    }
}

/// One candidate for `xmin`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CurvePoint<X = f64> {
    /// The candidate.
    pub xmin: X,
    /// The exponent of the tail from there on.
    pub alpha: f64,
    /// Its Kolmogorov-Smirnov distance.
    pub ks_distance: f64,
    /// Its number of values.
    pub n_tail: usize,
}
