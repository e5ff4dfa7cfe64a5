//! What a power-law fit returns.

use super::bootstrap::PowerLawBootstrap;
use super::law::PowerLaw;
use super::options::KsConvention;

/// The end of a power-law fit: the fit, or why the data allow none.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PowerLawOutcome {
    /// A tail was fitted. That says nothing on whether it is a power law.
    Fit(PowerLawFit),
    /// Fewer positive values than the shortest tail allowed.
    NotEnoughTail {
        /// Number of positive values.
        n: usize,
        /// `min_tail` of the options.
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

impl PowerLawOutcome {
    /// The fit, if there is one.
    #[must_use]
    pub fn fit(&self) -> Option<&PowerLawFit> {
        match self {
            PowerLawOutcome::Fit(fit) => Some(fit),
            _ => None,
        }
    }
}

/// A fitted continuous power law.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PowerLawFit {
    /// Exponent of the density, `alpha = 1 + n_tail / sum ln(x_i / xmin)`
    /// (Clauset et al. 2009, eq. 3.1).
    pub alpha: f64,
    /// `(alpha - 1) / sqrt(n_tail)` (eq. 3.2): the asymptotic standard error *at
    /// a known `xmin`*. It leaves out the choice of `xmin`: on pure Pareto
    /// data the true spread is 1.2 to 1.4 times as large (600 samples each, `n`
    /// from 64 to 2048); quote the bootstrap interval instead.
    pub alpha_std_err: f64,
    /// The value where the tail begins, one of the data.
    pub xmin: f64,
    /// Kolmogorov-Smirnov distance of the tail to the fitted law, by `convention`.
    pub ks_distance: f64,
    /// Number of values at or above `xmin`.
    pub n_tail: usize,
    /// Number of positive values.
    pub n: usize,
    /// Number of zeros that were left out.
    pub n_zero: usize,
    /// The distance that chose `xmin`.
    pub ks: KsConvention,
    /// The fewest values a tail was allowed to hold.
    pub min_tail: usize,
    /// Bootstrap intervals, where asked for.
    pub bootstrap: Option<PowerLawBootstrap>,
}

impl PowerLawFit {
    /// The fitted law, for its density and distribution function.
    #[must_use]
    pub fn law(&self) -> PowerLaw {
        PowerLaw::from_fit(self.alpha, self.xmin)
    }
}
