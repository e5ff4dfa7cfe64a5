//! Options and results of the discrete fit.

use super::law::DiscretePowerLaw;
use crate::error::{RmtError, require};
use crate::power_law::{GofOptions, GofTest};

/// Options of [`DiscretePowerLaw::fit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DiscretePowerLawOptions {
    /// The fewest values a tail may hold, at least 2. Default 10, as for the continuous fit.
    pub min_tail: usize,
    /// A lower bound that is known beforehand, in place of the search. Default none.
    pub xmin: Option<u64>,
    /// The test of fit by simulation. Default none: it costs as many fits as it has replicates.
    #[cfg_attr(feature = "serde", serde(default))]
    pub goodness_of_fit: Option<GofOptions>,
}

impl Default for DiscretePowerLawOptions {
    fn default() -> Self {
        Self {
            min_tail: 10,
            xmin: None,
            goodness_of_fit: None,
        }
    }
}

impl DiscretePowerLawOptions {
    /// Sets the fewest values a tail may hold.
    #[must_use]
    pub fn min_tail(mut self, min_tail: usize) -> Self {
        self.min_tail = min_tail;
        self
    }

    /// Gives the lower bound, so that none is searched.
    #[must_use]
    pub fn xmin(mut self, xmin: u64) -> Self {
        self.xmin = Some(xmin);
        self
    }

    /// Asks for the test of fit.
    #[must_use]
    pub fn goodness_of_fit(mut self, test: GofOptions) -> Self {
        self.goodness_of_fit = Some(test);
        self
    }

    pub(super) fn check(&self) -> Result<(), RmtError> {
        let least = self.min_tail as f64;
        require(self.min_tail >= 2, "min_tail", least, "at least 2")?;
        let given = self.xmin.unwrap_or(1);
        require(given >= 1, "xmin", given as f64, "at least 1")?;
        self.goodness_of_fit
            .as_ref()
            .map_or(Ok(()), GofOptions::check)
    }
}

/// The end of a discrete fit.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DiscretePowerLawOutcome {
    /// A tail was fitted. That says nothing on whether it is a power law.
    Fit(DiscretePowerLawFit),
    /// Fewer positive values, at or above a given `xmin`, than the shortest tail allowed.
    NotEnoughTail {
        /// Number of such values.
        n: usize,
        /// `min_tail` of the options.
        needed: usize,
    },
    /// No tail of so many has a greatest likelihood: its values are all equal, or so nearly that `alpha` passes 1000.
    NoExponent {
        /// Number of positive values.
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
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DiscretePowerLawFit {
    /// The exponent of greatest likelihood, exact: the zero of `zeta'/zeta (alpha, xmin) + mean ln x` (Clauset et al. 2009,
    /// eq. 3.5).
    pub alpha: f64,
    /// `1 / sqrt(n (zeta''/zeta - (zeta'/zeta)^2))` (eq. 3.6), at a known `xmin`.
    pub alpha_std_err: f64,
    /// The value where the tail begins.
    pub xmin: u64,
    /// `max |S(x) - F(x)|` over all whole `x >= xmin`, both at most `x`.
    pub ks_distance: f64,
    /// Natural logarithm of the likelihood of the tail.
    pub log_likelihood: f64,
    /// Number of values at or above `xmin`.
    pub n_tail: usize,
    /// Number of positive values.
    pub n: usize,
    /// Number of zeros that were left out.
    pub n_zero: usize,
    /// The test of fit, where asked for.
    #[cfg_attr(feature = "serde", serde(default))]
    pub goodness_of_fit: Option<GofTest>,
}

impl DiscretePowerLawFit {
    /// The fitted law.
    #[must_use]
    pub fn law(&self) -> DiscretePowerLaw {
        DiscretePowerLaw::from_fit(self.alpha, self.xmin)
    }
}
