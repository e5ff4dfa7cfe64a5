//! The likelihood-ratio tests.

use super::options::ComparisonOptions;
use super::outcome::{
    AlternativeLaw, AlternativeSearch, Comparison, NestedNull, RatioTest, TailAlternative,
    TailComparison,
};
use super::tail::Tail;
use super::{exponential, lognormal, powerlaw, stretched, truncated};
use crate::error::{RmtError, require, require_non_negative};
use crate::power_law::PowerLawFit;

impl PowerLawFit {
    /// Fits other laws to the tail of this fit by maximum likelihood and compares them with the power law (Clauset, Shalizi and
    /// Newman 2009, section 5 and appendix C; Vuong, Econometrica 57 (1989)).
    ///
    /// # Conventions
    ///
    /// - `values` are those that were fitted, in any order; the tail is what is at or above `xmin`.
    /// - `ratio > 0` speaks for the power law. The exponent of the power law is that of this fit.
    /// - Lognormal and stretched exponential have the power law as a limit: where no parameters fit better than that limit
    ///   the law is [`AlternativeLaw::PowerLawLimit`], `R = 0` and `p = 1`.
    /// - Tests take the values as independent draws above an `xmin` known beforehand, and `xmin` was chosen to suit the power
    ///   law: what they say against it can be trusted more than what they say for it.
    ///
    /// # Errors
    ///
    /// Those of [`PowerLaw::fit`](crate::PowerLaw::fit) for `values`; [`RmtError::ParameterOutOfRange`] where they have another
    /// number of values at or above `xmin` than this fit, where the fit has an `xmax`, weights, or `least_alpha` is not
    /// in `[0, 1]`.
    ///
    /// # Complexity
    ///
    /// `O(n)` exponentials for each step of four one-dimensional searches, some hundred steps in all.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{ComparisonOptions, PowerLaw, PowerLawOptions, TailAlternative};
    ///
    /// let data = PowerLaw::new(2.5, 1.0)?.sample(1000, 1);
    /// let outcome = PowerLaw::fit(&data, &PowerLawOptions::default())?;
    /// let compared = outcome.fit().unwrap().compare(&data, &ComparisonOptions::default())?;
    /// assert_eq!(compared.verdict(0.01).rejected, [TailAlternative::Exponential]);
    /// assert!(compared.verdict(0.01).preferred.is_empty());
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn compare(
        &self,
        values: &[f64],
        options: &ComparisonOptions,
    ) -> Result<TailComparison, RmtError> {
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

    fn compare_tail(&self, tail: &[f64], options: &ComparisonOptions) -> TailComparison {
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
        let mut comparison = TailComparison {
            log_likelihood: power_law.iter().sum::<f64>() + jacobian,
            comparisons: Vec::new(),
            without_maximum: Vec::new(),
            n_tail: tail.logs.len(),
            search: options.search,
        };
        for &alternative in &options.alternatives {
            let exponential = alternative == TailAlternative::Exponential;
            let spread = if exponential {
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
                TailAlternative::TruncatedPowerLaw => RatioTest::Nested(options.nested_null),
                _ => RatioTest::Vuong,
            };
            let judged = judge(&power_law, &densities, test, options.search);
            comparison.comparisons.push(Comparison {
                alternative,
                law,
                log_likelihood: densities.iter().sum::<f64>() + jacobian,
                ratio: judged.0,
                normalised_ratio: judged.1,
                p_value: judged.2,
                test,
            });
        }
        comparison
    }
}

/// The alternative's parameters and log densities; none at its power-law limit.
fn best(
    alternative: TailAlternative,
    tail: &Tail,
    unit: f64,
    least_alpha: f64,
) -> Option<(AlternativeLaw, Vec<f64>)> {
    Some(match alternative {
        TailAlternative::Lognormal => {
            let (law, densities) = lognormal::fit(tail)?;
            let (mu, sigma) = (law.mean + unit, law.sigma);
            (AlternativeLaw::Lognormal { mu, sigma }, densities)
        }
        TailAlternative::Exponential => {
            let (log_rate, densities) = exponential::fit(tail);
            let log_lambda = log_rate - unit;
            (AlternativeLaw::Exponential { log_lambda }, densities)
        }
        TailAlternative::StretchedExponential => {
            let (law, densities) = stretched::fit(tail)?;
            let beta = law.beta;
            let beta_log_lambda = law.log_scale - beta * unit;
            let law = AlternativeLaw::StretchedExponential {
                beta_log_lambda,
                beta,
            };
            (law, densities)
        }
        TailAlternative::TruncatedPowerLaw => {
            let (law, densities) = truncated::fit(tail, least_alpha - 1.0)?;
            let law = AlternativeLaw::TruncatedPowerLaw {
                alpha: 1.0 + law.slope,
                log_lambda: law.rate.ln() - unit,
            };
            (law, densities)
        }
    })
}

/// `R`, its normalised form and `p`.
pub(crate) fn judge(
    power_law: &[f64],
    other: &[f64],
    test: RatioTest,
    search: AlternativeSearch,
) -> (f64, f64, f64) {
    let n = power_law.len() as f64;
    let terms = || power_law.iter().zip(other).map(|(a, b)| a - b);
    let ratio: f64 = terms().sum();
    let mean = ratio / n;
    let variance = terms()
        .map(|term| (term - mean) * (term - mean))
        .sum::<f64>()
        / n;
    let spread = (n * variance).sqrt();
    let normalised = if spread > 0.0 { ratio / spread } else { 0.0 };
    // A nested law that fits worse is rounding, or a search that ended early, of which powerlaw takes the absolute value.
    let at_least = ratio >= 0.0 && search == AlternativeSearch::Greatest;
    let p = match test {
        RatioTest::Vuong => libm::erfc(normalised.abs() * std::f64::consts::FRAC_1_SQRT_2),
        RatioTest::Nested(_) if at_least => 1.0,
        // P(chi-squared > 2|R|) = erfc(sqrt(|R|)).
        RatioTest::Nested(NestedNull::ChiSquared) => libm::erfc(ratio.abs().sqrt()),
        RatioTest::Nested(NestedNull::Boundary) => 0.5 * libm::erfc(ratio.abs().sqrt()),
    };
    (ratio, normalised, p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_of_known_terms() {
        // Terms 1 and 3: R = 4, variance 1, R/sqrt(2).
        let (ratio, normalised, p) = judge(
            &[1.0, 3.0],
            &[0.0, 0.0],
            RatioTest::Vuong,
            AlternativeSearch::Greatest,
        );
        assert_eq!(ratio, 4.0);
        assert!((normalised - 4.0 / 2.0_f64.sqrt()).abs() < 1e-15);
        assert!((p - libm::erfc(2.0)).abs() < 1e-15);
        let boundary = RatioTest::Nested(NestedNull::Boundary);
        assert_eq!(
            judge(
                &[0.0, 0.0],
                &[0.0, 0.0],
                boundary,
                AlternativeSearch::Greatest
            ),
            (0.0, 0.0, 1.0)
        );
        // The 10% point of half chi-squared: 2R = 1.642 374.
        let (_, _, p) = judge(
            &[0.0],
            &[0.821_187_207_5],
            boundary,
            AlternativeSearch::Greatest,
        );
        assert!((p - 0.1).abs() < 1e-9);
    }
}
