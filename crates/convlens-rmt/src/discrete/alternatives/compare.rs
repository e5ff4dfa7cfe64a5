//! The likelihood-ratio tests of counts.

use super::sums::Sums;
use super::tail::{Found, Tail};
use super::{lognormal, stretched, truncated};
use crate::alternatives::{
    AlternativeLaw, AlternativeSearch, Comparison, ComparisonOptions, RatioTest, TailAlternative,
    TailComparison, judge,
};
use crate::discrete::outcome::DiscretePowerLawFit;
use crate::discrete::range::zeta;
use crate::error::{RmtError, require};

impl DiscretePowerLawFit {
    /// Fits other laws on the whole numbers to the tail of this fit by maximum likelihood and compares them with the power law
    /// (Clauset, Shalizi and Newman 2009, section 5 and appendix C; Vuong, Econometrica 57 (1989)).
    ///
    /// A law has `P(X = x) = g(x) / sum of g over all whole numbers from xmin on`, with `g` the density of
    /// [`TailAlternative`]: the exact sum, not an integral with its lower end moved by a half.
    ///
    /// # Conventions
    ///
    /// Those of [`PowerLawFit::compare`](crate::PowerLawFit::compare), with log-likelihoods of probabilities in place of
    /// densities. The exponential law is the geometric one. A law whose likelihood rises without end, as the lognormal's where
    /// only two neighbouring values occur, is in [`TailComparison::without_maximum`].
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] where `values` have another number of values at or above `xmin` than this fit, where the
    /// fit has an `xmax` or weights, `least_alpha` is not in `[0, 1]`, or `search` is not [`AlternativeSearch::Greatest`]: powerlaw 2.0.0
    /// sums lognormal and stretched exponential to the largest value only, or rounds, and its digits are not given for counts.
    ///
    /// # Complexity
    ///
    /// `O(n)` exponentials for each law, and some hundred sums of up to 4,096 terms.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{ComparisonOptions, DiscretePowerLaw, DiscretePowerLawOptions, TailAlternative};
    ///
    /// let counts = DiscretePowerLaw::new(2.5, 1)?.sample(1000, 1);
    /// let outcome = DiscretePowerLaw::fit(&counts, &DiscretePowerLawOptions::default().xmin(1))?;
    /// let compared = outcome.fit().unwrap().compare(&counts, &ComparisonOptions::default())?;
    /// assert_eq!(compared.verdict(0.05).rejected, [TailAlternative::Exponential]);
    /// assert!(compared.verdict(0.01).preferred.is_empty());
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn compare(
        &self,
        values: &[u64],
        options: &ComparisonOptions,
    ) -> Result<TailComparison, RmtError> {
        options.check()?;
        let greatest = options.search == AlternativeSearch::Greatest;
        require(
            greatest,
            "search",
            1.0,
            "the greatest likelihood for counts",
        )?;
        let xmax = self.xmax.unwrap_or(0) as f64;
        require(self.xmax.is_none(), "xmax", xmax, "none in a comparison")?;
        let tail = values.iter().copied().filter(|&x| x >= self.xmin);
        let mut tail: Vec<u64> = tail.collect();
        tail.sort_unstable();
        let count = tail.len();
        // 0 in a fit that was written before there were weights.
        let plain = self.n_eff == self.n_tail as f64 || self.n_eff == 0.0;
        let same = count == self.n_tail && count > 0 && plain;
        let words = "n_tail of the fit, one at least, without weights";
        require(same, "number of values from xmin on", count as f64, words)?;
        Ok(compare_tail(
            &Tail::new(&tail, self.xmin, self.alpha),
            options,
        ))
    }
}

fn compare_tail(tail: &Tail, options: &ComparisonOptions) -> TailComparison {
    let log_norm = zeta(tail.alpha, tail.from as u64, None)[0].ln();
    let power_law = tail.each(|y| -tail.alpha * y - log_norm);
    let sums = Sums::new(tail.from);
    let mut comparison = TailComparison {
        log_likelihood: power_law.iter().sum(),
        comparisons: Vec::new(),
        without_maximum: Vec::new(),
        n_tail: tail.logs.len(),
        search: options.search,
    };
    for &alternative in &options.alternatives {
        let (law, logs) = match best(alternative, tail, &sums, options.least_alpha) {
            Found::At(law, logs) => (law, logs),
            Found::PowerLaw => (AlternativeLaw::PowerLawLimit, power_law.clone()),
            Found::Nowhere => {
                comparison.without_maximum.push(alternative);
                continue;
            }
        };
        let test = match alternative {
            TailAlternative::TruncatedPowerLaw => RatioTest::Nested(options.nested_null),
            _ => RatioTest::Vuong,
        };
        let (ratio, normalised_ratio, p_value) = judge(&power_law, &logs, test, options.search);
        comparison.comparisons.push(Comparison {
            alternative,
            law,
            log_likelihood: logs.iter().sum(),
            ratio,
            normalised_ratio,
            p_value,
            test,
        });
    }
    comparison
}

/// The alternative's parameters and logarithms of probabilities.
fn best(
    alternative: TailAlternative,
    tail: &Tail,
    sums: &Sums,
    least_alpha: f64,
) -> Found<AlternativeLaw> {
    let unit = tail.from.ln();
    let exponential = alternative == TailAlternative::Exponential;
    // Less than rounding: as good as all equal.
    let spread = if exponential {
        tail.mean
    } else {
        tail.variance
    };
    if spread <= 1e-24 * tail.mean * tail.mean || tail.mean == 0.0 {
        return Found::Nowhere;
    }
    match alternative {
        TailAlternative::Lognormal => lognormal::fit(tail, sums).with(|law| {
            let (mu, sigma) = (law.mean + unit, law.sigma);
            AlternativeLaw::Lognormal { mu, sigma }
        }),
        TailAlternative::Exponential => geometric(tail),
        TailAlternative::StretchedExponential => stretched::fit(tail, sums).with(|law| {
            let beta = law.beta;
            let beta_log_lambda = law.log_scale - beta * unit;
            AlternativeLaw::StretchedExponential {
                beta_log_lambda,
                beta,
            }
        }),
        TailAlternative::TruncatedPowerLaw => {
            truncated::fit(tail, sums, least_alpha).with(|law| AlternativeLaw::TruncatedPowerLaw {
                alpha: law.alpha,
                log_lambda: law.rate.ln() - unit,
            })
        }
    }
}

/// `P(X = x) = (1 - e^-lambda) e^(-lambda (x - xmin))`, with `e^lambda = 1 + 1 / (mean - xmin)`.
fn geometric(tail: &Tail) -> Found<AlternativeLaw> {
    let mean = tail.from * tail.average(f64::exp_m1);
    let lambda = (1.0 / mean).ln_1p();
    let log_norm = -(1.0 + mean).ln();
    let logs = tail.each(|y| log_norm - lambda * tail.from * y.exp_m1());
    let log_lambda = lambda.ln();
    Found::At(AlternativeLaw::Exponential { log_lambda }, logs)
}
