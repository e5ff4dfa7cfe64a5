//! Options of the power-law fit.

use super::settings::{Bootstrap, GofOptions};
use crate::compat::Compat;
use crate::error::{RmtError, require};

/// Which Kolmogorov-Smirnov distance chooses `xmin`.
///
/// The choice moves `xmin`, and with it `alpha`, above all where short tails are
/// allowed: on one 128 x 64 matrix of Student-t(3) entries the two give 4.8 and
/// 10.2 (`min_tail` 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum KsConvention {
    /// The definition: `sup_x |S(x) - F(x)|`, which on a step function is
    /// `max over i of max(|F(x_i) - i/n|, |(i + 1)/n - F(x_i)|)`, `i` from 0.
    /// Clauset, Shalizi and Newman 2009, eq. 3.9. The default.
    #[default]
    Supremum,
    /// The lower step alone: `max over i of |F(x_i) - i/n|`, where `i` counts the
    /// tail values under `x_i`. What the Python package `powerlaw` 2.0.0 and
    /// WeightWatcher compute.
    OneStep,
}

/// Options of [`PowerLaw::fit`](crate::PowerLaw::fit).
///
/// # Example
///
/// ```
/// use convlens_rmt::{Bootstrap, KsConvention, PowerLawOptions};
///
/// let options = PowerLawOptions::default()
///     .ks(KsConvention::OneStep)
///     .min_tail(2)
///     .bootstrap(Bootstrap::new(42).replicates(500));
/// assert_eq!(options.min_tail, 2);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct PowerLawOptions {
    /// The distance that `xmin` minimises. Default [`KsConvention::Supremum`].
    pub ks: KsConvention,
    /// The fewest values a tail may hold, at least 2. Default 10, ours: below
    /// that the standard error of `alpha` passes a third of `alpha - 1`, and the
    /// smallest distances are those of tails too short to disagree with
    /// anything. Clauset et al. advise 50 for an `alpha` worth quoting.
    pub min_tail: usize,
    /// A lower bound that is known beforehand, in place of the search. Default none.
    pub xmin: Option<f64>,
    /// An upper bound: larger values are left out and counted, and the law is the one cut off there, normalised on
    /// `[xmin, xmax]`, in the likelihood as in the distance. Default none.
    pub xmax: Option<f64>,
    /// A bootstrap interval for `alpha` and `xmin`. Default none: it costs as
    /// many fits as it has replicates.
    pub bootstrap: Option<Bootstrap>,
    /// The test of fit by simulation. Default none: it costs as many fits as it has replicates.
    pub goodness_of_fit: Option<GofOptions>,
    /// The tool whose rules for `xmin` hold; see [`PowerLawOptions::compat`]. Default none.
    pub compat: Option<Compat>,
}

impl Default for PowerLawOptions {
    fn default() -> Self {
        Self {
            ks: KsConvention::default(),
            min_tail: 10,
            xmin: None,
            xmax: None,
            bootstrap: None,
            goodness_of_fit: None,
            compat: None,
        }
    }
}

impl PowerLawOptions {
    /// The options that give another tool's `alpha`, `xmin`, `D` and `sigma` (here `alpha_std_err`) on the same eigenvalues.
    ///
    /// All compare with the lower step alone ([`KsConvention::OneStep`]). What else differs from the definition:
    ///
    /// | tool | |
    /// |---|---|
    /// | `Powerlaw` | the two largest distinct values are no candidates; `alpha` within `[1.01, 49.99]` |
    /// | `DeepDataProfiler` | calls `powerlaw` of a version before 2.0: the largest value alone is no candidate, `alpha` has no range |
    /// | `WeightWatcher` | every value is a candidate, equal ones too, and counts as a step of its own; values up to 1e-5 are left out; under 20 values: `alpha = 1 + (n - 1) / sum ln(x_i / xmin)` and tails of 8 or more, or the whole |
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{Compat, PowerLaw, PowerLawOptions};
    ///
    /// let data = PowerLaw::new(2.5, 1.0)?.sample(15, 1);
    /// let tool = PowerLaw::fit(&data, &PowerLawOptions::compat(Compat::WeightWatcher))?;
    /// assert!(tool.fit().is_some_and(|fit| fit.n_tail >= 8));
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    #[must_use]
    pub fn compat(tool: Compat) -> Self {
        Self {
            ks: KsConvention::OneStep,
            min_tail: 2,
            compat: Some(tool),
            ..Self::default()
        }
    }

    /// Sets the distance that `xmin` minimises.
    #[must_use]
    pub fn ks(mut self, ks: KsConvention) -> Self {
        self.ks = ks;
        self
    }

    /// Sets the fewest values a tail may hold.
    #[must_use]
    pub fn min_tail(mut self, min_tail: usize) -> Self {
        self.min_tail = min_tail;
        self
    }

    /// Gives the lower bound, so that none is searched.
    #[must_use]
    pub fn xmin(mut self, xmin: f64) -> Self {
        self.xmin = Some(xmin);
        self
    }

    /// Cuts data and law off at an upper bound.
    #[must_use]
    pub fn xmax(mut self, xmax: f64) -> Self {
        self.xmax = Some(xmax);
        self
    }

    /// Asks for a bootstrap interval.
    #[must_use]
    pub fn bootstrap(mut self, bootstrap: Bootstrap) -> Self {
        self.bootstrap = Some(bootstrap);
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
        for (name, bound) in [("xmin", self.xmin), ("xmax", self.xmax)] {
            let Some(bound) = bound else { continue };
            let good = bound.is_finite() && bound > 0.0;
            require(good, name, bound, "finite and above 0")?;
        }
        if let (Some(xmin), Some(xmax)) = (self.xmin, self.xmax) {
            require(xmin < xmax, "xmin", xmin, "below xmax")?;
        }
        if let (Some(bound), Some(_)) = (self.xmin.or(self.xmax), self.compat) {
            let words = "left out where a tool's own search is asked for";
            require(false, "xmin or xmax", bound, words)?;
        }
        self.bootstrap.as_ref().map_or(Ok(()), Bootstrap::check)?;
        self.goodness_of_fit
            .as_ref()
            .map_or(Ok(()), GofOptions::check)
    }
}
