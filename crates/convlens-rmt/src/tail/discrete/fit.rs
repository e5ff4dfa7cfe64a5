//! The fit of a discrete power law, its bootstrap, its test of fit and the curve that its search runs over.

use rand::RngExt;

use crate::error::{RmtError, require};
use crate::tail::discrete::search::{Counts, Found, Method};
use crate::tail::discrete_power_law::{DiscretePowerLaw, zeta};
use crate::tail::options::DiscreteOptions;
use crate::tail::outcome::{DiscreteCurvePoint, DiscreteFit, DiscreteOutcome, XminChoice};
use crate::tail::simulation::{
    Bootstrap, BootstrapIntervals, GofOptions, GofTest, Refit, each, intervals, stream,
};

impl DiscretePowerLaw {
    /// Fits a discrete power law to the upper tail of counts: exact maximum likelihood by Hurwitz's zeta function above each
    /// candidate `xmin` (not the approximation that moves `xmin` by a half), and the `xmin` with the least Kolmogorov-Smirnov
    /// distance (Clauset, Shalizi and Newman 2009, sections 3.1 and 3.3).
    ///
    /// The logarithm of the likelihood is `L(alpha) = -n ln(zeta(alpha, xmin)) - alpha sum ln x_i` (ibid., section 3.1; its
    /// greatest value is at eq. 3.5), and with an `xmax` that of the law on `xmin..=xmax`, where
    /// `zeta(alpha, xmin) - zeta(alpha, xmax + 1)` stands for the zeta function.
    ///
    /// # Conventions
    ///
    /// - Every distinct value is a candidate that leaves `min_tail` values and two distinct ones; among equal distances the
    ///   lowest wins.
    /// - Zeros and values above a given `xmax` are left out and counted.
    /// - `1 < alpha < 1000`. A law cut off has a likelihood at 1 and below too; a tail that is best there has no exponent, as in
    ///   the continuous fit.
    /// - The bootstrap draws the positive values up to `xmax` with replacement and repeats the search
    ///   ([`Bootstrap`](crate::tail::Bootstrap)); replicates have their own ChaCha streams, so that the intervals do not depend on
    ///   the number of threads. Measured coverage of the default 95% interval for `alpha`, for `n` from 64 to 2,048: 0.92 to
    ///   0.96 at a searched `xmin`, 0.92 to 0.94 at a given one, where `alpha +- 1.96 alpha_std_err` has 0.94 to 0.96 and is
    ///   the better one; see `docs/calibration_discrete_power_law.md` of this crate.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option: a bound of 0, `xmin` not below `xmax`, `min_tail` under 2, replicates
    /// or level out of range. Too little data is an outcome.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` to sort; with `d` distinct values at most `O(d^2)` zeta functions, and far fewer where candidates are
    /// dropped early. A bootstrap and a test of fit take as many fits as they have replicates, and the test some twenty zeta
    /// functions a draw.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{DiscretePowerLaw, tail::{self, Bootstrap}};
    ///
    /// let counts = DiscretePowerLaw::new(2.5, 2)?.sample(2000, 1);
    /// let options = tail::DiscreteOptions::default().bootstrap(Bootstrap::new(7).replicates(50));
    /// let outcome = DiscretePowerLaw::fit(&counts, &options)?;
    /// let fit = outcome.value().unwrap();
    /// assert!((fit.alpha - 2.5).abs() < 0.15);
    /// let interval = fit.bootstrap.as_ref().unwrap().alpha;
    /// assert!(interval.lower <= fit.alpha && fit.alpha <= interval.upper);
    ///
    /// let outcome = DiscretePowerLaw::fit(&counts, &tail::DiscreteOptions::default().xmin(2).xmax(20))?;
    /// let cut = outcome.value().unwrap();
    /// assert_eq!(cut.n_above, counts.iter().filter(|&&x| x > 20).count());
    /// assert!((cut.alpha - 2.5).abs() < 5.0 * cut.alpha_std_err);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn fit(values: &[u64], options: &DiscreteOptions) -> Result<DiscreteOutcome, RmtError> {
        options.check()?;
        Ok(fit(&prepare(values, options), None, options))
    }

    /// [`DiscretePowerLaw::fit`] where each value stands for `weights[i]` values that it alone decides.
    ///
    /// # Conventions
    ///
    /// Those of [`PowerLaw::fit_weighted`](crate::tail::PowerLaw::fit_weighted): likelihood and empirical distribution are weighted,
    /// so that `alpha`, `xmin`, the distance and the log-likelihood are those of the list with each value repeated, where weights
    /// are whole; `n`, `n_tail` and `min_tail` count the values given; `alpha_std_err` goes by `n_eff`; the bootstrap draws values
    /// with their weights.
    ///
    /// # Errors
    ///
    /// Those of [`DiscretePowerLaw::fit`]; [`RmtError::ParameterOutOfRange`] where `weights` are not as many as `values`, one is
    /// not between 1e-100 and 1e100, or a test of fit is asked for: weighted values are no independent draws.
    ///
    /// # Complexity
    ///
    /// That of [`DiscretePowerLaw::fit`].
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{tail, DiscretePowerLaw};
    ///
    /// let half = DiscretePowerLaw::new(2.5, 1)?.sample(500, 1);
    /// let twice = [half.clone(), half.clone()].concat();
    /// let options = tail::DiscreteOptions::default();
    /// let weighted = DiscretePowerLaw::fit_weighted(&half, &[2.0; 500], &options)?;
    /// let repeated = DiscretePowerLaw::fit(&twice, &options.min_tail(20))?;
    /// let (weighted, repeated) = (weighted.value().unwrap(), repeated.value().unwrap());
    /// assert_eq!((weighted.alpha, weighted.xmin), (repeated.alpha, repeated.xmin));
    /// // The copies add no information.
    /// assert!(weighted.alpha_std_err > 1.4 * repeated.alpha_std_err);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn fit_weighted(
        values: &[u64],
        weights: &[f64],
        options: &DiscreteOptions,
    ) -> Result<DiscreteOutcome, RmtError> {
        options.check()?;
        check_weights(weights, values.len())?;
        let test = options.goodness_of_fit.map_or(0, |test| test.replicates) as f64;
        let words = "no test of fit with weights";
        require(
            options.goodness_of_fit.is_none(),
            "goodness_of_fit",
            test,
            words,
        )?;
        let xmax = options.xmax.unwrap_or(u64::MAX);
        let pairs = values.iter().copied().zip(weights.iter().copied());
        let mut kept: Vec<(u64, f64)> = pairs.filter(|(v, _)| (1..=xmax).contains(v)).collect();
        // Weights too, so that sums come out the same in whatever order they were given.
        kept.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        Ok(fit(&prepare(values, options), Some(&kept), options))
    }
}

/// `weighted`: the values of `prepared` with their weights.
fn fit(
    prepared: &Prepared,
    weighted: Option<&[(u64, f64)]>,
    options: &DiscreteOptions,
) -> DiscreteOutcome {
    let sorted = &prepared.sorted;
    let n = sorted.len();
    let tail = n - sorted.partition_point(|&v| v < options.xmin.unwrap_or(1));
    if tail < options.min_tail {
        let needed = options.min_tail;
        return DiscreteOutcome::NotEnoughTail { n: tail, needed };
    }
    let method = Method::new(options);
    let counts = weighted.map_or_else(|| Counts::new(sorted), Counts::weighted);
    let Some(found) = method.find(&counts) else {
        return DiscreteOutcome::NoExponent { n };
    };
    let weights = weighted.map(|pairs| pairs.iter().map(|&(_, w)| w).collect::<Vec<f64>>());
    let n_eff = weights.as_ref().map_or(found.mass, |weights| {
        let squares: f64 = weights[n - found.n_tail..].iter().map(|w| w * w).sum();
        found.mass * (found.mass / squares)
    });
    let intervals = options
        .bootstrap
        .and_then(|settings| bootstrap(&counts, weights.as_deref(), &method, &found, &settings));
    let test = options
        .goodness_of_fit
        .map(|settings| goodness_of_fit(sorted, &method, &found, settings));
    DiscreteOutcome::Fit(DiscreteFit {
        n,
        n_zero: prepared.n_zero,
        n_above: prepared.n_above,
        min_tail: options.min_tail,
        bootstrap: intervals.map(Box::new),
        goodness_of_fit: test,
        ..summary(&found, &method, n_eff)
    })
}

fn check_weights(weights: &[f64], needed: usize) -> Result<(), RmtError> {
    let given = weights.len() as f64;
    let words = "as many as the values";
    require(weights.len() == needed, "number of weights", given, words)?;
    for &weight in weights {
        // Sums of squares of up to 10^9 of them stay finite.
        let good = (1e-100..=1e100).contains(&weight);
        require(good, "weight", weight, "between 1e-100 and 1e100")?;
    }
    Ok(())
}

/// What the tail alone decides.
fn summary(found: &Found, method: &Method, n_eff: f64) -> DiscreteFit {
    let law = &found.law;
    let [zeta, slope, curvature] = zeta(law.alpha, law.xmin, law.xmax);
    let information = curvature / zeta - (slope / zeta) * (slope / zeta);
    DiscreteFit {
        alpha: law.alpha,
        alpha_std_err: 1.0 / (n_eff * information).sqrt(),
        xmin: law.xmin,
        xmin_choice: match method.xmin {
            None => XminChoice::Searched,
            Some(_) => XminChoice::Given,
        },
        xmax: law.xmax,
        ks_distance: found.distance,
        // The powers of xmin in the scaled sum and in the ratios x / xmin cancel.
        log_likelihood: -found.mass * zeta.ln() - law.alpha * found.excess,
        n_tail: found.n_tail,
        n_eff,
        n: 0,
        n_zero: 0,
        n_above: 0,
        min_tail: method.min_tail,
        bootstrap: None,
        goodness_of_fit: None,
    }
}

/// The values that a fit reads, and how many it does not.
pub(super) struct Prepared {
    /// Positive, up to `xmax`, ascending.
    pub(super) sorted: Vec<u64>,
    n_zero: usize,
    n_above: usize,
}

pub(super) fn prepare(values: &[u64], options: &DiscreteOptions) -> Prepared {
    let xmax = options.xmax.unwrap_or(u64::MAX);
    let kept = values.iter().copied().filter(|v| (1..=xmax).contains(v));
    let mut sorted: Vec<u64> = kept.collect();
    sorted.sort_unstable();
    let n_zero = values.iter().filter(|&&v| v == 0).count();
    Prepared {
        n_above: values.len() - n_zero - sorted.len(),
        n_zero,
        sorted,
    }
}

impl DiscretePowerLaw {
    /// Every candidate `xmin` with its exponent and distance, ascending: the curve whose least distance Clauset, Shalizi and
    /// Newman 2009, section 3.3, take; where that of `alpha` is flat, the fit does not hang on `xmin`.
    ///
    /// The least `ks_distance` is that of [`DiscretePowerLaw::fit`] with the same options, and the first point that has it holds
    /// its `xmin` and `alpha`. A given `xmin` leaves only candidates at or above it; empty where there are none. Bootstrap and
    /// test of fit of the options are not made.
    ///
    /// # Errors
    ///
    /// Those of [`DiscretePowerLaw::fit`].
    ///
    /// # Complexity
    ///
    /// `O(n log n)` to sort and, with `d` distinct values, `d^2 / 2` zeta functions.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{tail, DiscretePowerLaw};
    ///
    /// let counts = DiscretePowerLaw::new(2.5, 2)?.sample(500, 1);
    /// let options = tail::DiscreteOptions::default();
    /// let curve = DiscretePowerLaw::curve(&counts, &options)?;
    /// let best = curve.iter().min_by(|a, b| a.ks_distance.total_cmp(&b.ks_distance)).unwrap();
    /// let outcome = DiscretePowerLaw::fit(&counts, &options)?;
    /// assert_eq!(Some(best.xmin), outcome.value().map(|fit| fit.xmin));
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn curve(
        values: &[u64],
        options: &DiscreteOptions,
    ) -> Result<Vec<DiscreteCurvePoint>, RmtError> {
        options.check()?;
        let counts = Counts::new(&prepare(values, options).sorted);
        let method = Method::new(options);
        let first = options.xmin.unwrap_or(1);
        let candidates = counts.values.iter().filter(|&&xmin| xmin >= first);
        let found = candidates.filter_map(|&xmin| method.tail(&counts, xmin, f64::INFINITY));
        Ok(found
            .map(|found| DiscreteCurvePoint {
                xmin: found.law.xmin,
                alpha: found.law.alpha,
                ks_distance: found.distance,
                n_tail: found.n_tail,
            })
            .collect())
    }
}

/// Draws as many counts as there are from them, with replacement, and repeats the whole fit. None when no replicate had a tail.
/// `weights`: of the counts in ascending order, drawn with them.
pub(super) fn bootstrap(
    counts: &Counts,
    weights: Option<&[f64]>,
    method: &Method,
    found: &Found,
    settings: &Bootstrap,
) -> Option<BootstrapIntervals> {
    let runs = counts.above.windows(2).map(|pair| pair[0] - pair[1]);
    let places: Vec<usize> = runs
        .enumerate()
        .flat_map(|(place, count)| std::iter::repeat_n(place, count))
        .collect();
    let drawn = each(settings.replicates, |replicate| {
        let mut rng = stream(settings.seed, replicate);
        let mut times = vec![0_usize; counts.values.len()];
        let mut masses = weights.map(|_| vec![0.0; counts.values.len()]);
        for _ in 0..places.len() {
            let drawn = rng.random_range(0..places.len());
            times[places[drawn]] += 1;
            if let (Some(masses), Some(weights)) = (&mut masses, weights) {
                masses[places[drawn]] += weights[drawn];
            }
        }
        let runs = counts.values.iter().copied().zip(times);
        let drawn = match masses {
            None => Counts::from_runs(runs.filter(|&(_, count)| count > 0)),
            Some(masses) => {
                let runs = runs.zip(masses).map(|((v, count), mass)| (v, count, mass));
                Counts::from_masses(runs.filter(|&(_, count, _)| count > 0))
            }
        };
        method.find(&drawn).map(|best| refit(&best))
    });
    intervals(drawn, &refit(found), settings)
}

fn refit(found: &Found) -> Refit {
    Refit {
        slope: found.law.alpha - 1.0,
        n_tail: found.n_tail as f64,
        xmin: found.law.xmin as f64,
    }
}

/// Each replicate draws as many values as there are, from the fitted law with probability `n_tail / n` and else one of the
/// values under `xmin`, and repeats the whole fit (Clauset et al. 2009, section 4.1); with a given `xmin` the tail alone.
pub(super) fn goodness_of_fit(
    sorted: &[u64],
    method: &Method,
    found: &Found,
    settings: GofOptions,
) -> GofTest {
    let body = &sorted[..sorted.len() - found.n_tail];
    let beyond = each(settings.replicates, |replicate| {
        let mut rng = stream(settings.seed, replicate);
        let size = match method.xmin {
            Some(_) => found.n_tail,
            None => sorted.len(),
        };
        let mut drawn: Vec<u64> = (0..size)
            .map(|_| {
                let place = match method.xmin {
                    Some(_) => body.len(),
                    None => rng.random_range(0..sorted.len()),
                };
                match body.get(place) {
                    Some(&value) => value,
                    None => found.law.quantile(1.0 - rng.random::<f64>()),
                }
            })
            .collect();
        drawn.sort_unstable();
        let refit = method.find(&Counts::new(&drawn));
        refit.is_none_or(|refit| refit.distance >= found.distance)
    });
    let exceedances = beyond.into_iter().filter(|&b| b).count();
    GofTest {
        p_value: (1 + exceedances) as f64 / (1 + settings.replicates) as f64,
        exceedances,
        replicates: settings.replicates,
        seed: settings.seed,
    }
}
