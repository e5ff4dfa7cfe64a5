//! Other laws on the whole numbers, each normalized by its own sum, and which of them the
//! likelihood prefers.
//!
//! All is done in `y = ln(x / xmin) >= 0`. The law of a density `g` has `P(X = x) = g(x) /
//! (g(xmin) + g(xmin + 1) + ..)`.

use crate::error::{RmtError, require};
use crate::special::numeric::root;
use crate::tail::comparison::{
    Alternative, AlternativeLaw, AlternativeSearch, Comparison, ComparisonOptions, Comparisons,
    RatioTest, judge,
};
use crate::tail::discrete::sums::Sums;
use crate::tail::discrete_power_law::zeta;
use crate::tail::outcome::Fit;

impl Fit<u64> {
    /// Fits other laws on the whole numbers to the tail of this fit by maximum likelihood and
    /// compares them with the power law (Clauset, Shalizi and Newman 2009, section 5 and appendix
    /// C; Vuong, Econometrica 57 (1989)).
    ///
    /// A law has `P(X = x) = g(x) / sum of g over all whole numbers from xmin on`, with `g` the
    /// density of
    /// [`Alternative`]: the exact sum, not an integral with its lower end moved by a half.
    ///
    /// # Conventions
    ///
    /// Those of [`Fit::compare`](crate::tail::Fit::compare), with log-likelihoods of probabilities
    /// in place of densities. The exponential law is the geometric one. A law whose likelihood
    /// rises without end, as the lognormal's where only two neighboring values occur, is in
    /// [`Comparisons::without_maximum`].
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] where `values` have another number of values at or above
    /// `xmin` than this fit, where the fit has an `xmax` or weights, `least_alpha` is not in `[0,
    /// 1]`, or `search` is not [`AlternativeSearch::Greatest`]: powerlaw 2.0.0 sums lognormal and
    /// stretched exponential to the largest value only, or rounds, and its digits are not given for
    /// counts.
    ///
    /// # Complexity
    ///
    /// `O(n)` exponentials for each law, and some hundred sums of up to 4,096 terms.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{DiscretePowerLaw, tail::{self, ComparisonOptions}};
    ///
    /// let counts = DiscretePowerLaw::new(2.5, 1)?.sample(1000, 1);
    /// let outcome = DiscretePowerLaw::fit(&counts, &tail::DiscreteOptions::default().xmin(1))?;
    /// let compared = outcome.value().unwrap().compare(&counts, &ComparisonOptions::default())?;
    /// assert_eq!(compared.verdict(0.05).rejected, [tail::Alternative::Exponential]);
    /// assert!(compared.verdict(0.01).preferred.is_empty());
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn compare(
        &self,
        values: &[u64],
        options: &ComparisonOptions,
    ) -> Result<Comparisons, RmtError> {
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
        let plain = self.n_eff == self.n_tail as f64;
        let same = count == self.n_tail && count > 0 && plain;
        let words = "n_tail of the fit, one at least, without weights";
        require(same, "number of values from xmin on", count as f64, words)?;
        Ok(compare_tail(
            &Tail::new(&tail, self.xmin, self.alpha),
            options,
        ))
    }
}

fn compare_tail(tail: &Tail, options: &ComparisonOptions) -> Comparisons {
    let log_norm = zeta(tail.alpha, tail.from as u64, None)[0].ln();
    let power_law = tail.each(|y| -tail.alpha * y - log_norm);
    let sums = Sums::new(tail.from);
    let mut comparison = Comparisons {
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
            Alternative::TruncatedPowerLaw => RatioTest::Nested(options.nested_null),
            _ => RatioTest::Vuong,
        };
        let (ratio, normalized_ratio, p_value) = judge(&power_law, &logs, test, options.search);
        comparison.comparisons.push(Comparison {
            alternative,
            law,
            log_likelihood: logs.iter().sum(),
            ratio,
            normalized_ratio,
            p_value,
            test,
        });
    }
    comparison
}

/// The alternative's parameters and logarithms of probabilities.
fn best(
    alternative: Alternative,
    tail: &Tail,
    sums: &Sums,
    least_alpha: f64,
) -> Found<AlternativeLaw> {
    let unit = tail.from.ln();
    let is_exponential = alternative == Alternative::Exponential;
    // Less than rounding: as good as all equal.
    let spread = if is_exponential {
        tail.mean
    } else {
        tail.variance
    };
    if spread <= 1e-24 * tail.mean * tail.mean || tail.mean == 0.0 {
        return Found::Nowhere;
    }
    match alternative {
        Alternative::Lognormal => lognormal(tail, sums).with(|law| {
            let (mu, sigma) = (law.mean + unit, law.sigma);
            AlternativeLaw::Lognormal { mu, sigma }
        }),
        Alternative::Exponential => geometric(tail),
        Alternative::StretchedExponential => stretched(tail, sums).with(|law| {
            let beta = law.beta;
            let beta_log_lambda = law.log_scale - beta * unit;
            AlternativeLaw::StretchedExponential {
                beta_log_lambda,
                beta,
            }
        }),
        Alternative::TruncatedPowerLaw => {
            truncated(tail, sums, least_alpha).with(|law| AlternativeLaw::TruncatedPowerLaw {
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

/// `y = ln(x / xmin)` of a tail, with what several fits read.
#[derive(Debug)]
pub(super) struct Tail {
    /// `xmin`.
    pub(super) from: f64,
    pub(super) logs: Vec<f64>,
    pub(super) mean: f64,
    pub(super) variance: f64,
    pub(super) largest: f64,
    /// All values are one number or its successor.
    pub(super) neighbors: bool,
    /// Exponent of the power law of greatest likelihood.
    pub(super) alpha: f64,
}

/// What the search for a law's greatest likelihood comes to.
#[derive(Debug)]
pub(super) enum Found<P> {
    /// Parameters, in units of `xmin`, and the logarithm of the probability of each value.
    At(P, Vec<f64>),
    /// The likelihood rises all the way to the power law's.
    PowerLaw,
    /// It rises without end, as where only two values occur that are neighbors.
    Nowhere,
}

/// The zero of a function of the logarithm of a parameter that falls from above 0 to below: near
/// `start`, or past `up` above it ([`Found::Nowhere`]), or so far below that the gain in likelihood
/// is gone ([`Found::PowerLaw`]).
pub(super) fn zero_of_falling<P>(
    off: impl Fn(f64) -> f64,
    start: f64,
    up: f64,
) -> Result<f64, Found<P>> {
    let mut high = start;
    while off(high) > 0.0 {
        high += 2.0;
        if high > start + up {
            return Err(Found::Nowhere);
        }
    }
    let mut low = high - 2.0;
    while off(low) <= 0.0 {
        low -= 2.0;
        if low < start - 60.0 {
            return Err(Found::PowerLaw);
        }
    }
    Ok(root(off, low, high))
}

impl<P> Found<P> {
    /// With its parameters in another form.
    pub(super) fn with<Q>(self, f: impl FnOnce(P) -> Q) -> Found<Q> {
        match self {
            Self::At(law, logs) => Found::At(f(law), logs),
            Self::PowerLaw => Found::PowerLaw,
            Self::Nowhere => Found::Nowhere,
        }
    }
}

impl Tail {
    /// `values`: ascending, one at least.
    pub(super) fn new(values: &[u64], xmin: u64, alpha: f64) -> Self {
        let from = xmin as f64;
        // The difference first: near xmin the logarithm has all its digits.
        let log = |x: &u64| ((x - xmin) as f64 / from).ln_1p();
        let logs: Vec<f64> = values.iter().map(log).collect();
        let n = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / n;
        Self {
            from,
            variance: logs.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n,
            mean,
            largest: logs.iter().copied().fold(0.0, f64::max),
            neighbors: values
                .last()
                .zip(values.first())
                .is_some_and(|(b, a)| b - a <= 1),
            alpha,
            logs,
        }
    }

    /// The mean of a function of `y`.
    pub(super) fn average(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.logs.iter().map(|&y| f(y)).sum::<f64>() / self.logs.len() as f64
    }

    /// Logarithms of probabilities by a law's formula.
    pub(super) fn each(&self, f: impl Fn(f64) -> f64) -> Vec<f64> {
        self.logs.iter().map(|&y| f(y)).collect()
    }
}

/// Mean, in units of `xmin`, and standard deviation of the logarithm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lognormal {
    pub(super) mean: f64,
    pub(super) sigma: f64,
}

/// With `t = y - mean(y)` the probabilities go by `exp(-b t - c t^2)`, `c = 1 / (2 sigma^2)`: an
/// exponential family, whose likelihood is concave in `b` and `c` and greatest where the law's
/// means of `t` and `t^2` are the sample's. At `c = 0` it is the power law; the maximum is there
/// where its mean of `y^2` is not above the sample's. Two neighboring numbers alone are the limit
/// of ever narrower laws.
pub(super) fn lognormal(tail: &Tail, sums: &Sums) -> Found<Lognormal> {
    if tail.neighbors {
        return Found::Nowhere;
    }
    if !bends(tail) {
        return Found::PowerLaw;
    }
    let law = |b: f64, c: f64| {
        // Of -b t - c t^2 + y.
        let mode = (tail.mean + 0.5 * (1.0 - b) / c).max(0.0);
        let density = |y: f64| -(y - tail.mean) * (b + c * (y - tail.mean));
        sums.of(mode, density, |y| {
            let t = y - tail.mean;
            [t, t * t]
        })
    };
    let slope_at = |c: f64| {
        let off = |b: f64| law(b, c).1[0];
        let (mut low, mut high, mut step) = (1.0, 1.0, 1.0);
        while off(low) < 0.0 && step < 1e18 {
            low -= step;
            step *= 2.0;
        }
        step = 1.0;
        while off(high) > 0.0 && step < 1e18 {
            high += step;
            step *= 2.0;
        }
        root(off, low, high)
    };
    // What is left of the gradient falls with c, the profile of a concave function being concave.
    let off = |log_c: f64| {
        let c = log_c.exp();
        law(slope_at(c), c).1[1] / tail.variance - 1.0
    };
    // Twenty further, it is narrower by e^10 than the sample.
    let c = match zero_of_falling(off, -(2.0 * tail.variance).ln(), 20.0) {
        Ok(log) => log.exp(),
        Err(found) => return found,
    };
    let b = slope_at(c);
    let (log_norm, _) = law(b, c);
    let logs = tail.each(|y| -(y - tail.mean) * (b + c * (y - tail.mean)) - log_norm);
    let mean = tail.mean + 0.5 * (1.0 - b) / c;
    let sigma = (0.5 / c).sqrt();
    Found::At(Lognormal { mean, sigma }, logs)
}

/// Whether the tail falls off faster and faster, against the power law.
pub(super) fn bends(tail: &Tail) -> bool {
    let [norm, _, squares] = zeta(tail.alpha, tail.from as u64, None);
    squares / norm > tail.variance + tail.mean * tail.mean
}

/// `P(X = x)` in proportion to `x^(beta - 1) exp(-(lambda x)^beta)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stretched {
    pub(super) beta: f64,
    /// `beta ln(lambda xmin)`.
    pub(super) log_scale: f64,
}

/// With `c = (lambda xmin)^beta` the probabilities go by `exp((beta - 1) y - c u)`, `u = e^(beta
/// y) - 1`: for one `beta` an exponential family, the best `c`
/// of which has the sample's mean of `u`.
/// The derivative of what is left in `beta` is the law's mean of `(c (u + 1) - 1) y` less the
/// sample's. Toward `beta = 0`, where `c beta` stays, it is that of the lognormal law toward the
/// power law but for a positive factor: so is its sign there. Two neighboring numbers alone are the
/// limit of ever narrower laws.
pub(super) fn stretched(tail: &Tail, sums: &Sums) -> Found<Stretched> {
    if tail.neighbors {
        return Found::Nowhere;
    }
    if !bends(tail) {
        return Found::PowerLaw;
    }
    let law = |beta: f64, log_c: f64| {
        let c = log_c.exp();
        // Of beta y - c u.
        let mode = (-log_c / beta).max(0.0);
        let density = |y: f64| (beta - 1.0) * y - c * (beta * y).exp_m1();
        sums.of(mode, density, |y| {
            let u = (beta * y).exp_m1();
            [u, (c * (u + 1.0) - 1.0) * y]
        })
    };
    let scale_at = |beta: f64| {
        let mean = tail.average(|y| (beta * y).exp_m1());
        let off = |log_c: f64| law(beta, log_c).1[0] / mean - 1.0;
        let start = -mean.ln();
        let (mut low, mut high, mut step) = (start, start, 0.5);
        while off(low) < 0.0 && step < 1e3 {
            low -= step;
            step *= 2.0;
        }
        step = 0.5;
        while off(high) > 0.0 && step < 1e3 {
            high += step;
            step *= 2.0;
        }
        root(off, low, high)
    };
    let slope = |beta: f64| {
        let log_c = scale_at(beta);
        let c = log_c.exp();
        let sample = tail.average(|y| (c * (beta * y).exp() - 1.0) * y);
        law(beta, log_c).1[1] - sample
    };
    let mut high = 1.0 / tail.largest;
    while slope(high) > 0.0 {
        high *= 2.0;
        if high * tail.largest > 500.0 {
            return Found::Nowhere;
        }
    }
    let mut low = 0.5 * high;
    while slope(low) <= 0.0 {
        low *= 0.5;
        // The rounding of the slope is about eps / beta.
        if low * tail.largest < 1e-7 {
            return Found::PowerLaw;
        }
    }
    let beta = root(slope, low, high);
    let log_scale = scale_at(beta);
    let c = log_scale.exp();
    let (log_norm, _) = law(beta, log_scale);
    let logs = tail.each(|y| (beta - 1.0) * y - c * (beta * y).exp_m1() - log_norm);
    Found::At(Stretched { beta, log_scale }, logs)
}

/// `P(X = x)` in proportion to `x^-alpha exp(-lambda x)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Truncated {
    pub(super) alpha: f64,
    /// `lambda xmin`.
    pub(super) rate: f64,
}

/// The probabilities go by `exp(-alpha y - rate (e^y - 1))`, normalized by Lerch's function: an
/// exponential family in `y` and `e^y - 1`, whose likelihood is concave in `alpha` and `rate`. At
/// `rate = 0` it is the power law, whose mean of `e^y` is infinite for `alpha <= 2`; the maximum is
/// there where that is not above the sample's.
///
/// `least`: the smallest `alpha` allowed.
pub(super) fn truncated(tail: &Tail, sums: &Sums, least: f64) -> Found<Truncated> {
    let excess = tail.average(f64::exp_m1);
    if tail.alpha > 2.0 {
        let from = tail.from as u64;
        let [moment, norm] = [tail.alpha - 1.0, tail.alpha].map(|s| zeta(s, from, None)[0]);
        if excess >= moment / norm - 1.0 {
            return Found::PowerLaw;
        }
    }
    let law = |alpha: f64, rate: f64| {
        // Of (1 - alpha) y - rate e^y.
        let mode = ((1.0 - alpha) / rate).max(1.0).ln();
        let density = |y: f64| -alpha * y - rate * y.exp_m1();
        sums.of(mode, density, |y| [y - tail.mean, y.exp_m1()])
    };
    let slope_at = |rate: f64| {
        let off = |alpha: f64| law(alpha, rate).1[0];
        match off(least) <= 0.0 {
            true => least,
            false => root(off, least, tail.alpha.max(least)),
        }
    };
    let off = |log_rate: f64| {
        let rate = log_rate.exp();
        law(slope_at(rate), rate).1[1] / excess - 1.0
    };
    // Sixty further, all of the law is on xmin.
    let rate = match zero_of_falling(off, -excess.ln(), 60.0) {
        Ok(log) => log.exp(),
        Err(found) => return found,
    };
    let alpha = slope_at(rate);
    let (log_norm, _) = law(alpha, rate);
    let logs = tail.each(|y| -alpha * y - rate * y.exp_m1() - log_norm);
    Found::At(Truncated { alpha, rate }, logs)
}
