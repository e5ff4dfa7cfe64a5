//! The fit of Clauset, Shalizi and Newman, and the curve that its search runs over.

use crate::error::{RmtError, require_non_negative};
use crate::tail::continuous::distance::{Stack, Tail};
use crate::tail::continuous::replicates::{bootstrap, goodness_of_fit};
use crate::tail::continuous::sample::{Points, Rules, Sample};
use crate::tail::continuous::scan::{Found, Method, distance, slopes, standard_error};
use crate::tail::options::{Options, check_weights};
use crate::tail::outcome::{CurvePoint, Fit, Outcome, XminChoice};
use crate::tail::power_law::{Bounded, PowerLaw};
use crate::tail::simulation::GofOutcome;

impl PowerLaw {
    /// Fits a continuous power law to the upper tail of `values`: maximum
    /// likelihood above each candidate `xmin`, and the `xmin` with the least
    /// Kolmogorov-Smirnov distance (Clauset, Shalizi and Newman, "Power-law
    /// distributions in empirical data", SIAM Review 51 (2009), sections 3.1
    /// and 3.3).
    ///
    /// # Conventions
    ///
    /// - Values in any order and any unit: `alpha` does not depend on the scale.
    /// - Every distinct value is a candidate that leaves `min_tail` values and
    ///   two distinct ones; none is skipped. Among equal distances the lowest
    ///   `xmin` wins.
    /// - Zeros are left out and counted.
    /// - The estimate takes the values as independent draws. Eigenvalues of one
    ///   matrix are not (they repel), so the spread given here is on the large
    ///   side for them; the union of spectra over frequencies repeats each value,
    ///   which makes it too small: [`PowerLaw::fit_weighted`] takes multiplicities.
    ///
    /// # Errors
    ///
    /// [`RmtError::NonFinite`] or [`RmtError::Negative`] for such a value;
    /// [`RmtError::ParameterOutOfRange`] for a bad option. Too little data is an
    /// outcome, not an error.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` to sort; the search takes about one exponential for each candidate and
    /// `O(sqrt(n))` for the few that come near the best. All times the number of replicates where a
    /// bootstrap is asked for.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{tail, PowerLaw};
    ///
    /// let data = PowerLaw::new(3.0, 1.0)?.sample(2000, 1);
    /// let outcome = PowerLaw::fit(&data, &tail::Options::default())?;
    /// let tail::Outcome::Fit(fit) = outcome else { panic!("2000 values are enough") };
    /// assert!((fit.alpha - 3.0).abs() < 0.3);
    /// assert_eq!(fit.n, 2000);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    #[doc(alias = "alpha")]
    #[doc(alias = "powerlaw")]
    #[doc(alias = "fit_powerlaw")]
    #[doc(alias = "heavy_tail")]
    pub fn fit(values: &[f64], options: &Options) -> Result<Outcome, RmtError> {
        options.check()?;
        require_non_negative(values)?;
        Ok(fit(prepare(values, None, options), options))
    }

    /// [`PowerLaw::fit`] where each value stands for `weights[i]` values that it alone decides, as
    /// those of conjugate frequencies of an operator (2, and 1 where a frequency is its own
    /// conjugate).
    ///
    /// # Conventions
    ///
    /// - Likelihood and empirical distribution are weighted: `alpha`, `xmin` and `D` are those of
    ///   the list with each value repeated, where weights are whole.
    /// - `n`, `n_tail` and `min_tail` count the values given, not what they stand for. `n_eff =
    ///   (sum w)^2 / sum w^2` over the tail, and `alpha_std_err` goes by it.
    /// - The bootstrap draws values with their weights. A test of fit is refused,
    ///   [`GofOutcome::NotIndependent`]: values of an operator's frequencies are no sample, and
    ///   only a simulation of the whole kernel would have a p-value.
    ///
    /// # Errors
    ///
    /// Those of [`PowerLaw::fit`]; [`RmtError::ParameterOutOfRange`] where `weights` are not as
    /// many as `values`, or one is not finite and above 0.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{tail, PowerLaw};
    ///
    /// let half = PowerLaw::new(3.0, 1.0)?.sample(500, 1);
    /// let twice = [half.clone(), half.clone()].concat();
    /// let options = tail::Options::default();
    /// let weighted = PowerLaw::fit_weighted(&half, &[2.0; 500], &options)?;
    /// let repeated = PowerLaw::fit(&twice, &options.min_tail(20))?;
    /// let (weighted, repeated) = (weighted.value().unwrap(), repeated.value().unwrap());
    /// assert_eq!((weighted.alpha, weighted.xmin), (repeated.alpha, repeated.xmin));
    /// assert_eq!(2 * weighted.n_tail, repeated.n_tail);
    /// // The copies add no information.
    /// assert!(weighted.alpha_std_err > 1.4 * repeated.alpha_std_err);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn fit_weighted(
        values: &[f64],
        weights: &[f64],
        options: &Options,
    ) -> Result<Outcome, RmtError> {
        options.check()?;
        require_non_negative(values)?;
        check_weights(weights, values.len())?;
        Ok(fit(prepare(values, Some(weights), options), options))
    }
}

fn fit(prepared: Prepared, options: &Options) -> Outcome {
    if let Some(outcome) = prepared.too_few() {
        return outcome;
    }
    let Prepared {
        sample,
        mut method,
        n_zero,
        n_above,
        weighted,
    } = prepared;
    let found = method.find(&sample.points).or_else(|| {
        // powerlaw takes the least distance of all where no candidate has an exponent in its range.
        method.rules.alphas = (1.0, f64::INFINITY);
        method.find(&sample.points)
    });
    let Some(found) = found else {
        let n = sample.len();
        return match &sample.values[..] {
            [value] => Outcome::AllEqual { value: *value, n },
            _ => Outcome::NoExponent { n },
        };
    };
    let n_eff = sample.effective(found.index);
    let width = method.ceiling.map(|c| c - found.origin);
    let count = sample.count[found.index];
    let size = if weighted { n_eff } else { count as f64 };
    Outcome::Fit(Fit {
        alpha: 1.0 + found.slope,
        alpha_std_err: standard_error(found.slope, size, width),
        xmin: options.xmin.unwrap_or(sample.values[found.index]),
        xmin_choice: match options.xmin {
            None => XminChoice::Searched,
            Some(_) => XminChoice::Given,
        },
        xmax: options.xmax,
        ks_distance: found.distance,
        log_likelihood: log_likelihood(&sample, &found, width),
        n_tail: count,
        n_eff: size,
        n: sample.len(),
        n_zero,
        n_above,
        ks: options.ks,
        min_tail: method.rules.min_tail,
        compat: options.compat,
        bootstrap: options
            .bootstrap
            .as_ref()
            .map(|settings| Box::new(bootstrap(&sample, &method, &found, settings))),
        goodness_of_fit: options.goodness_of_fit.as_ref().map(|settings| {
            if weighted {
                GofOutcome::NotIndependent
            } else {
                goodness_of_fit(&sample, &method, &found, settings)
            }
        }),
    })
}

/// Of the tail, as densities of the values in their own unit.
fn log_likelihood(sample: &Sample, found: &Found, width: Option<f64>) -> f64 {
    let Points { logs, mass, .. } = &sample.points;
    let tail = found.index..logs.len();
    let weighted = |i: usize| (mass[i] - mass[i + 1]) * (logs[i] - found.origin);
    let (mass, excess): (f64, f64) = (mass[found.index], tail.map(weighted).sum());
    // Of y = ln(x / xmin), then to that of x.
    let in_logs = match width {
        None => mass * found.slope.ln() - found.slope * excess,
        Some(width) => {
            let law = Bounded::new(found.slope, width);
            mass * law.log_density(0.0) - found.slope * excess
        }
    };
    in_logs - excess - mass * (found.origin + sample.unit)
}

impl PowerLaw {
    /// Every candidate `xmin` with its exponent and distance, ascending: where the curve of `alpha`
    /// is flat, the fit does not hang on `xmin`.
    ///
    /// The least `ks_distance` is that of [`PowerLaw::fit`] with the same options. A given `xmin`
    /// leaves only candidates at or above it; empty where there are none.
    ///
    /// # Errors
    ///
    /// Those of [`PowerLaw::fit`].
    ///
    /// # Complexity
    ///
    /// `O(sqrt(n))` exponentials a candidate where laws fit, `O(n)` at most: a second for some 10^5
    /// values.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{tail, PowerLaw};
    ///
    /// let data = PowerLaw::new(3.0, 1.0)?.sample(500, 1);
    /// let options = tail::Options::default();
    /// let curve = PowerLaw::curve(&data, &options)?;
    /// let best = curve.iter().min_by(|a, b| a.ks_distance.total_cmp(&b.ks_distance)).unwrap();
    /// let outcome = PowerLaw::fit(&data, &options)?;
    /// assert_eq!(Some(best.xmin), outcome.value().map(|fit| fit.xmin));
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn curve(values: &[f64], options: &Options) -> Result<Vec<CurvePoint>, RmtError> {
        options.check()?;
        require_non_negative(values)?;
        let prepared = prepare(values, None, options);
        if prepared.too_few().is_some() {
            return Ok(Vec::new());
        }
        let (sample, method) = (&prepared.sample, &prepared.method);
        let points = &sample.points;
        let series = (&points.logs[..], &points.mass[..]);
        let mut stack = Stack::default();
        let found = slopes(points, method.ceiling, &method.rules);
        let first = method.origin.unwrap_or(f64::NEG_INFINITY);
        let curve = found
            .into_iter()
            .enumerate()
            .filter(|&(i, slope)| !slope.is_nan() && points.logs[i] >= first);
        Ok(curve
            .map(|(i, slope)| {
                let law = (points.logs[i], slope);
                let tail = Tail::new(series, i, law, method.ceiling, method.rules.ks);
                CurvePoint {
                    xmin: sample.values[i],
                    alpha: 1.0 + slope,
                    ks_distance: distance(&tail, &mut stack),
                    n_tail: sample.count[i],
                }
            })
            .collect())
    }
}

/// Values sorted and counted, and how their tail is to be found.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The positive values up to `xmax`.
    pub(super) sample: Sample,
    pub(super) method: Method,
    pub(super) n_zero: usize,
    pub(super) n_above: usize,
    pub(super) weighted: bool,
}

impl Prepared {
    /// The outcome where there are too few values.
    pub(super) fn too_few(&self) -> Option<Outcome> {
        let needed = self.method.rules.min_tail;
        let n = match self.method.origin {
            None => self.sample.len(),
            Some(origin) => {
                let first = self.sample.points.logs.partition_point(|&l| l < origin);
                self.sample.count[first]
            }
        };
        if n == 0 || n < needed {
            return Some(Outcome::NotEnoughTail { n, needed });
        }
        // The rule on the largest distinct values leaves fewer than two candidates: powerlaw has no
        // fit then.
        let distinct = self.sample.values.len();
        if distinct > 1 && self.method.rules.skip_top == 2 && distinct < 4 {
            return Some(Outcome::NotEnoughTail {
                n: distinct,
                needed: 4,
            });
        }
        None
    }
}

/// Sorts, filters and joins; `values` are finite and not negative, `weights` as many.
pub(super) fn prepare(values: &[f64], weights: Option<&[f64]>, options: &Options) -> Prepared {
    let rules = Rules::new(options);
    let xmax = options.xmax.unwrap_or(f64::INFINITY);
    let (mut n_zero, mut n_above) = (0, 0);
    let mut kept = Vec::with_capacity(values.len());
    for (i, &value) in values.iter().enumerate() {
        if value <= rules.threshold {
            n_zero += 1;
        } else if value > xmax {
            n_above += 1;
        } else {
            kept.push((value, weights.map_or(1.0, |w| w[i])));
        }
    }
    // Weights too, so that the sums over ties come out the same in whatever order they were given.
    match weights {
        None => kept.sort_unstable_by(|a, b| a.0.total_cmp(&b.0)),
        Some(_) => kept.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))),
    }
    let mut rules = rules.at_size(kept.len(), options.compat);
    if options.xmin.is_some() {
        // Any tail above a given bound will do.
        rules.skip_top = 0;
    }
    let sample = Sample::new(&kept, &rules);
    Prepared {
        method: Method {
            rules,
            origin: options.xmin.map(|bound| sample.log(bound)),
            ceiling: options.xmax.map(|bound| sample.log(bound)),
        },
        sample,
        n_zero,
        n_above,
        weighted: weights.is_some(),
    }
}
