//! Settings of what is simulated: bootstrap intervals and the test of fit.

use crate::error::{MOST_REPLICATES, RmtError, require};

/// How a bootstrap interval for `alpha` is made from the replicates.
///
/// # Which
///
/// Of these the percentile interval alone covers `alpha` in 93 to 97% of samples at a nominal 95%, for pure power laws as for
/// a body with a power-law tail, at every `n` from 64 to 2,048. The others lose up to 16 points at `n = 64` with a body, where
/// the search errs to one side. The table is `docs/calibration_power_law.md` of this crate, by
/// `cargo run --release -p convlens-rmt --features rayon --example calibration_power_law`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum IntervalMethod {
    /// Quantiles of the replicates (Efron and Tibshirani 1993, ch. 13).
    #[default]
    Percentile,
    /// The percentile interval with its levels moved by the share of replicates under the estimate (ibid., sec. 14.3, with
    /// the acceleration 0).
    BiasCorrected,
    /// Reflected quantiles of `ln(alpha - 1)` (Davison and Hinkley 1997, eq. 5.6, on the scale where a Pareto exponent is a
    /// location).
    LogBasic,
    /// Quantiles of `sqrt(n_tail*) (ln(alpha* - 1) - ln(alpha - 1))`, over `sqrt(n_tail)` of the fit (ibid., eq. 5.7).
    LogStudentised,
}

/// A nonparametric bootstrap: draw `n` of the `n` values with replacement and repeat the whole fit, the search for `xmin`
/// included.
///
/// Measured coverage of the default 95% interval for `alpha`: 0.93 to 0.97 from `n = 64` to 2,048, for pure power laws and for
/// a body with a tail of 13% of the values. Of `alpha +- 1.96 alpha_std_err`: 0.91 to 0.92, and 0.74 to 0.87 with a body. See
/// `docs/calibration_power_law.md` of this crate.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Bootstrap {
    /// Number of replicates. Default 200: the ends of a 95% percentile interval
    /// are then its 5th and 195th order statistics, about as few as they can be.
    pub replicates: usize,
    /// Seed of ChaCha8; replicate `b` draws from its stream `b`.
    pub seed: u64,
    /// Nominal coverage of the intervals. Default 0.95, by custom.
    pub level: f64,
    /// How the interval for `alpha` is made; that for `xmin` is by percentiles. Default [`IntervalMethod::Percentile`].
    #[cfg_attr(feature = "serde", serde(default))]
    pub method: IntervalMethod,
}

impl Bootstrap {
    /// 200 replicates at level 0.95 with the given seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            replicates: 200,
            seed,
            level: 0.95,
            method: IntervalMethod::default(),
        }
    }

    /// Sets the number of replicates.
    #[must_use]
    pub fn replicates(mut self, replicates: usize) -> Self {
        self.replicates = replicates;
        self
    }

    /// Sets the nominal coverage.
    #[must_use]
    pub fn level(mut self, level: f64) -> Self {
        self.level = level;
        self
    }

    /// Sets how the interval for `alpha` is made.
    #[must_use]
    pub fn method(mut self, method: IntervalMethod) -> Self {
        self.method = method;
        self
    }

    pub(crate) fn check(&self) -> Result<(), RmtError> {
        let count = self.replicates as f64;
        let some = (2..=MOST_REPLICATES).contains(&self.replicates);
        require(some, "replicates", count, "from 2 to 10^6")?;
        let inside = self.level > 0.0 && self.level < 1.0;
        require(inside, "level", self.level, "in (0, 1)")
    }
}

/// The test of fit by simulation (Clauset, Shalizi and Newman 2009, section 4.1).
///
/// Each replicate draws `n` values, from the fitted law with probability `n_tail / n` and else one of the values under
/// `xmin`, and repeats the whole fit, the search for `xmin` included. With a given `xmin` only the tail is drawn, `n_tail`
/// values.
///
/// # Example
///
/// ```
/// use convlens_rmt::{GofOptions, GofOutcome, PowerLaw, PowerLawOptions, PowerLawOutcome};
///
/// let noise: Vec<f64> = (1..400).map(|i| 1.0 + f64::from(i) / 400.0).collect(); // flat: no power law
/// let options = PowerLawOptions::default().xmin(1.0).goodness_of_fit(GofOptions::new(7).replicates(199));
/// let PowerLawOutcome::Fit(fit) = PowerLaw::fit(&noise, &options)? else { panic!() };
/// let Some(GofOutcome::Tested(test)) = fit.goodness_of_fit else { panic!() };
/// assert_eq!(test.p_value, 1.0 / 200.0); // none of 199 power laws was as far off
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct GofOptions {
    /// Number of replicates. Default 999: `p` is then a multiple of 0.001, with a standard error under 0.007 at 0.05.
    pub replicates: usize,
    /// Seed of ChaCha8; replicate `b` draws from its stream `b`.
    pub seed: u64,
}

impl GofOptions {
    /// 999 replicates with the given seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            replicates: 999,
            seed,
        }
    }

    /// Sets the number of replicates.
    #[must_use]
    pub fn replicates(mut self, replicates: usize) -> Self {
        self.replicates = replicates;
        self
    }

    pub(crate) fn check(&self) -> Result<(), RmtError> {
        let count = self.replicates as f64;
        let some = (1..=MOST_REPLICATES).contains(&self.replicates);
        require(some, "replicates", count, "from 1 to 10^6")
    }
}
