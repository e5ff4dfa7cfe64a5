//! Options of the fits.

use crate::compat::Compat;
use crate::error::{RmtError, require};
use crate::tail::simulation::{Bootstrap, GofOptions};

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

/// Options of [`PowerLaw::fit`](crate::tail::PowerLaw::fit).
///
/// # Example
///
/// ```
/// use convlens_rmt::tail::{self, Bootstrap, KsConvention};
///
/// let options = tail::Options::default()
///     .ks(KsConvention::OneStep)
///     .min_tail(2)
///     .bootstrap(Bootstrap::new(42).replicates(500));
/// assert_eq!(options.min_tail, 2);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Options {
    /// The distance that `xmin` minimizes. Default [`KsConvention::Supremum`].
    pub ks: KsConvention,
    /// The fewest values a tail may hold, at least 2. Default 10, ours: below
    /// that the standard error of `alpha` passes a third of `alpha - 1`, and the
    /// smallest distances are those of tails too short to disagree with
    /// anything. Clauset et al. advise 50 for an `alpha` worth quoting.
    pub min_tail: usize,
    /// A lower bound that is known beforehand, in place of the search. Default none.
    pub xmin: Option<f64>,
    /// An upper bound: larger values are left out and counted, and the law is the one cut off
    /// there, normalized on `[xmin, xmax]`, in the likelihood as in the distance. It is a law for
    /// every real exponent, and one of 1 or less is fitted too. Default none.
    pub xmax: Option<f64>,
    /// A bootstrap interval for `alpha` and `xmin`. Default none: it costs as
    /// many fits as it has replicates.
    pub bootstrap: Option<Bootstrap>,
    /// The test of fit by simulation. Default none: it costs as many fits as it has replicates.
    pub goodness_of_fit: Option<GofOptions>,
    /// The tool whose rules for `xmin` hold; see [`Options::compat`]. Default none.
    pub compat: Option<Compat>,
}

impl Default for Options {
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

impl Options {
    /// The options that give another tool's `alpha`, `xmin`, `D` and `sigma` (here `alpha_std_err`)
    /// on the same eigenvalues.
    ///
    /// All compare with the lower step alone ([`KsConvention::OneStep`]). What else differs from
    /// the definition:
    ///
    /// - `Powerlaw`: the two largest distinct values are no candidates; `alpha` within
    ///   `[1.01, 49.99]`.
    /// - `DeepDataProfiler`: calls `powerlaw` of a version before 2.0: the largest value alone is
    ///   no candidate, `alpha` has no range.
    /// - `WeightWatcher`: every value is a candidate, equal ones too, and counts as a step of its
    ///   own; values up to 1e-5 are left out; under 20 values `alpha = 1 + (n - 1) / sum ln(x_i /
    ///   xmin)` and tails of 8 or more, or the whole.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{tail, Compat, PowerLaw};
    ///
    /// let data = PowerLaw::new(2.5, 1.0)?.sample(15, 1);
    /// let tool = PowerLaw::fit(&data, &tail::Options::compat(Compat::WeightWatcher))?;
    /// assert!(tool.value().is_some_and(|fit| fit.n_tail >= 8));
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

    /// Sets the distance that `xmin` minimizes.
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
        check_common(
            self.min_tail,
            self.bootstrap.as_ref(),
            self.goodness_of_fit.as_ref(),
        )?;
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
        Ok(())
    }
}

/// Options of [`DiscretePowerLaw::fit`](crate::tail::DiscretePowerLaw::fit) and of the curve.
///
/// # Example
///
/// ```
/// use convlens_rmt::tail::{self, Bootstrap};
///
/// let options = tail::DiscreteOptions::default()
///     .xmin(2)
///     .xmax(1000)
///     .bootstrap(Bootstrap::new(42).replicates(500));
/// assert_eq!((options.xmax, options.min_tail), (Some(1000), 10));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DiscreteOptions {
    /// The fewest values a tail may hold, at least 2. Default 10, as for the continuous fit.
    pub min_tail: usize,
    /// A lower bound that is known beforehand, in place of the search. Default none.
    pub xmin: Option<u64>,
    /// An upper bound: larger values are left out and counted, and the law is the one cut off
    /// there, normalized on `xmin..=xmax`, in the likelihood as in the distance. Default none.
    pub xmax: Option<u64>,
    /// A bootstrap interval for `alpha` and `xmin`. Default none: it costs as many fits as it has
    /// replicates.
    pub bootstrap: Option<Bootstrap>,
    /// The test of fit by simulation. Default none: it costs as many fits as it has replicates.
    pub goodness_of_fit: Option<GofOptions>,
}

impl Default for DiscreteOptions {
    fn default() -> Self {
        Self {
            min_tail: 10,
            xmin: None,
            xmax: None,
            bootstrap: None,
            goodness_of_fit: None,
        }
    }
}

impl DiscreteOptions {
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

    /// Cuts data and law off at an upper bound, which still belongs to both.
    #[must_use]
    pub fn xmax(mut self, xmax: u64) -> Self {
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
        check_common(
            self.min_tail,
            self.bootstrap.as_ref(),
            self.goodness_of_fit.as_ref(),
        )?;
        for (name, bound) in [("xmin", self.xmin), ("xmax", self.xmax)] {
            let bound = bound.unwrap_or(1);
            require(bound >= 1, name, bound as f64, "at least 1")?;
        }
        if let (Some(xmin), Some(xmax)) = (self.xmin, self.xmax) {
            require(xmin < xmax, "xmin", xmin as f64, "below xmax")?;
        }
        Ok(())
    }
}

/// Weights of values: as many, and sums of squares of up to 10^9 of them stay finite.
pub(super) fn check_weights(weights: &[f64], values: usize) -> Result<(), RmtError> {
    let given = weights.len() as f64;
    let words = "as many as the values";
    require(weights.len() == values, "number of weights", given, words)?;
    for &weight in weights {
        let good = (1e-100..=1e100).contains(&weight);
        require(good, "weight", weight, "between 1e-100 and 1e100")?;
    }
    Ok(())
}

/// What the options of both fits share: the shortest tail, and what is simulated.
fn check_common(
    min_tail: usize,
    bootstrap: Option<&Bootstrap>,
    goodness_of_fit: Option<&GofOptions>,
) -> Result<(), RmtError> {
    let least = min_tail as f64;
    require(min_tail >= 2, "min_tail", least, "at least 2")?;
    bootstrap.map_or(Ok(()), Bootstrap::check)?;
    goodness_of_fit.map_or(Ok(()), GofOptions::check)
}
