//! The likelihood-ratio tests of a continuous tail.
//!
//! All is done in `y = ln(x / xmin) >= 0`, where a power law is an exponential one: logarithms of
//! densities of `y` differ from those of `x` by `-y - ln xmin`, the same for every law.

use std::f64::consts::PI;

use crate::error::{RmtError, require, require_non_negative};
use crate::special::numeric::{mills, normal_cdf, overshoot, root};
use crate::tail::comparison::{
    Alternative, AlternativeLaw, AlternativeSearch, Comparison, ComparisonOptions, Comparisons,
    RatioTest, judge,
};
use crate::tail::continuous::powerlaw;
use crate::tail::continuous::tail::{Fitted, Tail};
use crate::tail::continuous::truncated;
use crate::tail::outcome::Fit;

impl Fit<f64> {
    /// Fits other laws to the tail of this fit by maximum likelihood and compares them with the
    /// power law (Clauset, Shalizi and Newman 2009, section 5 and appendix C; Vuong, Econometrica
    /// 57 (1989)).
    ///
    /// # Conventions
    ///
    /// - `values` are those that were fitted, in any order; the tail is what is at or above `xmin`.
    /// - `ratio > 0` speaks for the power law. The exponent of the power law is that of this fit.
    /// - Lognormal and stretched exponential have the power law as a limit: where no parameters fit
    ///   better than that limit the law is [`AlternativeLaw::PowerLawLimit`], `R = 0` and `p = 1`.
    /// - Tests take the values as independent draws above an `xmin` known beforehand, and `xmin`
    ///   was chosen to suit the power law: what they say against it can be trusted more than what
    ///   they say for it.
    ///
    /// # Errors
    ///
    /// Those of [`PowerLaw::fit`](crate::tail::PowerLaw::fit) for `values`;
    /// [`RmtError::ParameterOutOfRange`] where they have another number of values at or above
    /// `xmin` than this fit, where the fit has an `xmax`, weights, or `least_alpha` is not in `[0,
    /// 1]`.
    ///
    /// # Complexity
    ///
    /// `O(n)` exponentials for each step of four one-dimensional searches, some hundred steps in
    /// all.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{PowerLaw, tail::{self, ComparisonOptions}};
    ///
    /// let data = PowerLaw::new(2.5, 1.0)?.sample(1000, 1);
    /// let outcome = PowerLaw::fit(&data, &tail::Options::default())?;
    /// let compared = outcome.value().unwrap().compare(&data, &ComparisonOptions::default())?;
    /// assert_eq!(compared.verdict(0.01).rejected, [tail::Alternative::Exponential]);
    /// assert!(compared.verdict(0.01).preferred.is_empty());
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn compare(
        &self,
        values: &[f64],
        options: &ComparisonOptions,
    ) -> Result<Comparisons, RmtError> {
        require_non_negative(values)?;
        options.check()?;
        let xmax = self.xmax.unwrap_or(0.0);
        require(self.xmax.is_none(), "xmax", xmax, "none in a comparison")?;
        let tail = values.iter().copied().filter(|&x| x >= self.xmin);
        let mut tail: Vec<f64> = tail.collect();
        tail.sort_unstable_by(f64::total_cmp);
        let count = tail.len();
        let words = "n_tail of the fit, one at least, without weights";
        // WeightWatcher's rules may begin a tail inside a run of equal values.
        let same = count == self.n_tail || (self.compat.is_some() && count > self.n_tail);
        let same = same && count > 0 && self.n_eff == self.n_tail as f64;
        require(same, "number of values from xmin on", count as f64, words)?;
        Ok(self.compare_tail(&tail, options))
    }

    fn compare_tail(&self, tail: &[f64], options: &ComparisonOptions) -> Comparisons {
        let unit = self.xmin.ln();
        let log = |x: &f64| {
            let ratio = x / self.xmin;
            match ratio.is_normal() {
                true => ratio.ln(),
                false => x.ln() - unit,
            }
        };
        let values = tail;
        let tail = Tail::new(values.iter().map(log).collect());
        // From densities of ln(x / xmin) to those of x.
        let jacobian = -tail.len() * (tail.mean + unit);
        let power_law = tail.power_law(self.alpha - 1.0);
        let mut comparison = Comparisons {
            log_likelihood: power_law.iter().sum::<f64>() + jacobian,
            comparisons: Vec::new(),
            without_maximum: Vec::new(),
            n_tail: tail.logs.len(),
            search: options.search,
        };
        for &alternative in &options.alternatives {
            let is_exponential = alternative == Alternative::Exponential;
            let spread = if is_exponential {
                tail.mean
            } else {
                tail.variation
            };
            // Less than rounding: as good as all equal.
            if spread <= 1e-24 {
                comparison.without_maximum.push(alternative);
                continue;
            }
            let found = match options.search {
                AlternativeSearch::Greatest => Some(
                    best(alternative, &tail, unit, options.least_alpha)
                        .unwrap_or_else(|| (AlternativeLaw::PowerLawLimit, power_law.clone())),
                ),
                AlternativeSearch::Powerlaw => {
                    powerlaw::fit(alternative, values, self.xmin, options.least_alpha).map(
                        |(law, densities)| {
                            let pairs = densities.iter().zip(&tail.logs);
                            (law, pairs.map(|(d, y)| d + (y + unit)).collect())
                        },
                    )
                }
            };
            let Some((law, densities)) = found else {
                comparison.without_maximum.push(alternative);
                continue;
            };
            let test = match alternative {
                Alternative::TruncatedPowerLaw => RatioTest::Nested(options.nested_null),
                _ => RatioTest::Vuong,
            };
            let judged = judge(&power_law, &densities, test, options.search);
            comparison.comparisons.push(Comparison {
                alternative,
                law,
                log_likelihood: densities.iter().sum::<f64>() + jacobian,
                ratio: judged.0,
                normalized_ratio: judged.1,
                p_value: judged.2,
                test,
            });
        }
        comparison
    }
}

/// The alternative's parameters and log densities; none at its power-law limit.
fn best(
    alternative: Alternative,
    tail: &Tail,
    unit: f64,
    least_alpha: f64,
) -> Option<(AlternativeLaw, Vec<f64>)> {
    Some(match alternative {
        Alternative::Lognormal => {
            let (law, densities) = lognormal(tail)?;
            let (mu, sigma) = (law.mean + unit, law.sigma);
            (AlternativeLaw::Lognormal { mu, sigma }, densities)
        }
        Alternative::Exponential => {
            let (log_rate, densities) = exponential(tail);
            let log_lambda = log_rate - unit;
            (AlternativeLaw::Exponential { log_lambda }, densities)
        }
        Alternative::StretchedExponential => {
            let (law, densities) = stretched(tail)?;
            let beta = law.beta;
            let beta_log_lambda = law.log_scale - beta * unit;
            let law = AlternativeLaw::StretchedExponential {
                beta_log_lambda,
                beta,
            };
            (law, densities)
        }
        Alternative::TruncatedPowerLaw => {
            let (law, densities) = truncated::fit(tail, least_alpha - 1.0)?;
            let law = AlternativeLaw::TruncatedPowerLaw {
                alpha: 1.0 + law.slope,
                log_lambda: law.rate.ln() - unit,
            };
            (law, densities)
        }
    })
}

/// Parameters of a lognormal law in units of `xmin`: `ln(x / xmin)` is normal, cut off at 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lognormal {
    pub(super) mean: f64,
    pub(super) sigma: f64,
}

/// Past this cut, in standard deviations, the law differs from a power law by less than `1e-8`
/// relative.
const FARTHEST: f64 = 1e4;

/// `y` is normal given `y > 0`, an exponential family in `y` and `y^2` whose likelihood has one
/// maximum: where mean and variation are those of the sample (Cohen 1950). It is the power law, the
/// limit of the cut `a = -mean/sigma` at infinity, where the variation is 1 or more.
pub(super) fn lognormal(tail: &Tail) -> Fitted<Lognormal> {
    if tail.variation >= overshoot(FARTHEST).1 {
        return None;
    }
    // Toward minus infinity the variation is 1/a^2, and above it nowhere.
    let low = -1.0 / tail.variation.sqrt() - 1.0;
    let cut = root(|a| overshoot(a).1 - tail.variation, low, FARTHEST);
    let sigma = tail.mean / overshoot(cut).0;
    let densities = if cut > 0.0 {
        // The squares of `cut` in density and normalizer cancel: they are left out of both.
        let log_norm = sigma.ln() + mills(cut).ln();
        tail.densities(|y| -(y / sigma) * (0.5 * y / sigma + cut) - log_norm)
    } else {
        let log_norm = sigma.ln() + 0.5 * (2.0 * PI).ln() + normal_cdf(-cut).ln();
        tail.densities(|y| -0.5 * (y / sigma + cut) * (y / sigma + cut) - log_norm)
    };
    let mean = -cut * sigma;
    Some((Lognormal { mean, sigma }, densities))
}

/// `ln(lambda xmin)` and the log densities. The maximum is at `lambda = 1 / (mean - xmin)`.
///
/// `t - 1 = e^y - 1` is taken relative to the largest, so that ratios past 10^308 do not overflow.
pub(super) fn exponential(tail: &Tail) -> (f64, Vec<f64>) {
    let excess = |y: f64| (y - tail.largest).exp() * -(-y).exp_m1();
    let mean = tail.average(excess);
    let log_rate = -tail.largest - mean.ln();
    let densities = tail.densities(|y| log_rate - excess(y) / mean + y);
    (log_rate, densities)
}

/// Parameters of the stretched exponential, `exp(-(lambda x)^beta)` above `xmin`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stretched {
    pub(super) beta: f64,
    /// `beta ln(lambda xmin)`.
    pub(super) log_scale: f64,
}

/// With `c = (lambda xmin)^beta`, `p(y) = beta c exp(beta y - c (e^(beta y) - 1))`. At the best
/// `c`, one over the mean of `e^(beta y) - 1`, the log-likelihood a value is `ln beta + ln c + beta
/// mean(y) - 1`: concave in `beta`, for `ln((1/beta) mean(e^(beta y) - 1))` is the logarithm of a
/// Laplace transform. At `beta = 0` it is the power law's, with the slope `mean (1 - variation) /
/// 2`: there is a maximum above 0 exactly where the variation of `y` is under 1.
pub(super) fn stretched(tail: &Tail) -> Fitted<Stretched> {
    if tail.variation >= 1.0 {
        return None;
    }
    let slope = |beta: f64| {
        let excess = |y: f64| (beta * (y - tail.largest)).exp() * -(-beta * y).exp_m1();
        let weighted = |y: f64| y * (beta * (y - tail.largest)).exp();
        1.0 / beta + tail.mean - tail.average(weighted) / tail.average(excess)
    };
    let mut high = 1.0 / tail.largest;
    while slope(high) > 0.0 && high < 1e200 {
        high *= 2.0;
    }
    let mut low = high;
    while slope(low) <= 0.0 {
        low *= 0.5;
        // The rounding of the slope is about eps / beta.
        if low * tail.largest < 1e-7 {
            return None;
        }
    }
    let beta = root(slope, low, high);
    let excess = |y: f64| (beta * (y - tail.largest)).exp() * -(-beta * y).exp_m1();
    let mean = tail.average(excess);
    let log_scale = -beta * tail.largest - mean.ln();
    let densities = tail.densities(|y| beta.ln() + log_scale + beta * y - excess(y) / mean);
    Some((Stretched { beta, log_scale }, densities))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_one_over_the_mean_excess() {
        let tail = Tail::new(vec![0.0, 2.0_f64.ln(), 4.0_f64.ln()]);
        let (log_rate, densities) = exponential(&tail);
        let rate: f64 = 3.0 / (0.0 + 1.0 + 3.0);
        assert!((log_rate - rate.ln()).abs() < 1e-15);
        // p(y) = e^y rate exp(-rate (e^y - 1)).
        assert!((densities[2] - (4.0_f64.ln() + rate.ln() - 3.0 * rate)).abs() < 1e-14);
        let wide = Tail::new(vec![0.0, 1.0, 1400.0]);
        assert!(exponential(&wide).1.iter().all(|d| d.is_finite()));
    }
}
