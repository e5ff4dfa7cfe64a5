//! The fit of a discrete power law, its bootstrap, its test of fit and the curve that its search
//! runs over.

use rand::RngExt;

use crate::error::{RmtError, require};
use crate::tail::discrete::search::{Counts, Found, Method};
use crate::tail::discrete_power_law::{DiscretePowerLaw, zeta};
use crate::tail::options::{DiscreteOptions, KsConvention, check_weights};
use crate::tail::outcome::{CurvePoint, Fit, Outcome, XminChoice};
use crate::tail::simulation::{
    Bootstrap, BootstrapOutcome, GofOptions, GofOutcome, Refit, each, intervals, stream,
};

impl DiscretePowerLaw {
    /// Fits a discrete power law to the upper tail of counts: exact maximum likelihood by Hurwitz's
    /// zeta function above each candidate `xmin` (not the approximation that moves `xmin` by a
    /// half), and the `xmin` with the least Kolmogorov-Smirnov distance (Clauset, Shalizi and
    /// Newman 2009, sections 3.1 and 3.3).
    ///
    /// The logarithm of the likelihood is `L(alpha) = -n ln(zeta(alpha, xmin)) - alpha sum ln x_i`
    /// (ibid., section 3.1; its greatest value is at eq. 3.5), and with an `xmax` that of the law
    /// on `xmin..=xmax`, where `zeta(alpha, xmin) - zeta(alpha, xmax + 1)` stands for the zeta
    /// function.
    ///
    /// # Conventions
    ///
    /// - Every distinct value is a candidate that leaves `min_tail` values and two distinct ones;
    ///   among equal distances the lowest wins.
    /// - Zeros and values above a given `xmax` are left out and counted.
    /// - `1 < alpha < 1000`. A law cut off at an `xmax` is a law at 1 and below too, and is fitted
    ///   there, down to where its probabilities leave the range of `f64`, as in the continuous fit.
    /// - The bootstrap draws the positive values up to `xmax` with replacement and repeats the
    ///   search ([`Bootstrap`](crate::tail::Bootstrap)); replicates have their own ChaCha streams,
    ///   so that the intervals do not depend on the number of threads. Measured coverage of the
    ///   default 95% interval for `alpha`, for `n` from 64 to 2,048: 0.92 to 0.96 at a searched
    ///   `xmin`, 0.92 to 0.94 at a given one, where `alpha +- 1.96 alpha_std_err` has 0.94 to 0.96
    ///   and is the better one; see `docs/calibration_discrete_power_law.md` of this crate.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option: a bound of 0, `xmin` not below `xmax`,
    /// `min_tail` under 2, replicates or level out of range. Too little data is an outcome.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` to sort; with `d` distinct values a dozen zeta functions each, and `O(sqrt(d))`
    /// more for the few candidates that come near the best. A bootstrap and a test of fit take as
    /// many fits as they have replicates, and the test some twenty zeta functions a draw.
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
    /// let interval = fit.intervals().unwrap().alpha;
    /// assert!(interval.lower <= fit.alpha && fit.alpha <= interval.upper);
    ///
    /// let options = tail::DiscreteOptions::default().xmin(2).xmax(20);
    /// let outcome = DiscretePowerLaw::fit(&counts, &options)?;
    /// let cut = outcome.value().unwrap();
    /// assert_eq!(cut.n_above, counts.iter().filter(|&&x| x > 20).count());
    /// assert!((cut.alpha - 2.5).abs() < 5.0 * cut.alpha_std_err);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn fit(values: &[u64], options: &DiscreteOptions) -> Result<Outcome<u64>, RmtError> {
        options.check()?;
        let kept = positive(values, options);
        let n_zero = values.iter().filter(|&&v| v == 0).count();
        let prepared = Prepared {
            n_zero,
            n_above: values.len() - n_zero - kept.len(),
            counts: Counts::new(&kept),
            weights: None,
        };
        Ok(fit(&prepared, options))
    }

    /// [`DiscretePowerLaw::fit`] of a histogram: each pair is a value and how often it was seen.
    ///
    /// # Conventions
    ///
    /// The fit is that of the list with each value repeated, to the last bit: the repeats are
    /// independent values, so that `n_tail`, `n_eff` and `alpha_std_err` count all of them. (Where
    /// one value *stands for* several that it alone decides, it is
    /// [`fit_weighted`](Self::fit_weighted) that has the right error.) Pairs may come in any order,
    /// a value more than once.
    ///
    /// # Errors
    ///
    /// Those of [`DiscretePowerLaw::fit`]; [`RmtError::ParameterOutOfRange`] where the counts add
    /// up to more than a `usize` holds.
    ///
    /// # Complexity
    ///
    /// With `d` pairs `O(d log d)` besides the search, whatever the counts are. A bootstrap and a
    /// test of fit draw as many values as there are.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{DiscretePowerLaw, tail};
    ///
    /// // Words that occur once, twice, ..
    /// let words = [(1, 5000), (2, 900), (3, 330), (4, 160), (5, 90), (6, 60), (7, 40), (12, 8)];
    /// let outcome = DiscretePowerLaw::fit_counts(&words, &tail::DiscreteOptions::default())?;
    /// let fit = outcome.value().unwrap();
    /// assert_eq!(fit.n, 6588);
    /// assert!((fit.alpha - 2.5).abs() < 0.3);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    #[doc(alias = "histogram")]
    pub fn fit_counts(
        counts: &[(u64, u64)],
        options: &DiscreteOptions,
    ) -> Result<Outcome<u64>, RmtError> {
        options.check()?;
        let total = counts
            .iter()
            .map(|&(_, count)| u128::from(count))
            .sum::<u128>();
        let fits = usize::try_from(total).is_ok();
        require(
            fits,
            "sum of the counts",
            total as f64,
            "at most the largest usize",
        )?;
        let xmax = options.xmax.unwrap_or(u64::MAX);
        // The sum of all is in range, and so is each.
        let mut sorted: Vec<(u64, usize)> = counts
            .iter()
            .filter(|pair| pair.1 > 0)
            .map(|&(value, count)| (value, count as usize))
            .collect();
        sorted.sort_unstable();
        let within = |range: std::ops::RangeInclusive<u64>| {
            let inside = sorted.iter().filter(move |pair| range.contains(&pair.0));
            inside.map(|pair| pair.1).sum::<usize>()
        };
        let kept: Vec<(u64, usize)> = sorted
            .iter()
            .copied()
            .filter(|pair| (1..=xmax).contains(&pair.0))
            .collect();
        let n_zero = within(0..=0);
        let runs = kept.chunk_by(|a, b| a.0 == b.0);
        let prepared = Prepared {
            n_zero,
            n_above: total as usize - n_zero - within(1..=xmax),
            counts: Counts::from_runs(
                runs.map(|run| (run[0].0, run.iter().map(|pair| pair.1).sum())),
            ),
            weights: None,
        };
        Ok(fit(&prepared, options))
    }

    /// [`DiscretePowerLaw::fit`] where each value stands for `weights[i]` values that it alone
    /// decides.
    ///
    /// # Conventions
    ///
    /// Those of [`PowerLaw::fit_weighted`](crate::tail::PowerLaw::fit_weighted): likelihood and
    /// empirical distribution are weighted, so that `alpha`, `xmin`, the distance and the
    /// log-likelihood are those of the list with each value repeated, where weights are whole; `n`,
    /// `n_tail` and `min_tail` count the values given; `alpha_std_err` goes by `n_eff`; the
    /// bootstrap draws values with their weights.
    ///
    /// # Errors
    ///
    /// Those of [`DiscretePowerLaw::fit`]; [`RmtError::ParameterOutOfRange`] where `weights` are
    /// not as many as `values`, or one is not between 1e-100 and 1e100. A test of fit is not made,
    /// [`GofOutcome::NotIndependent`].
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
    ) -> Result<Outcome<u64>, RmtError> {
        options.check()?;
        check_weights(weights, values.len())?;
        let xmax = options.xmax.unwrap_or(u64::MAX);
        let pairs = values.iter().copied().zip(weights.iter().copied());
        let mut kept: Vec<(u64, f64)> = pairs.filter(|(v, _)| (1..=xmax).contains(v)).collect();
        // Weights too, so that sums come out the same in whatever order they were given.
        kept.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let n_zero = values.iter().filter(|&&v| v == 0).count();
        let prepared = Prepared {
            n_zero,
            n_above: values.len() - n_zero - kept.len(),
            counts: Counts::weighted(&kept),
            weights: Some(kept.iter().map(|&(_, weight)| weight).collect()),
        };
        Ok(fit(&prepared, options))
    }
}

/// The positive values up to `xmax`, ascending.
fn positive(values: &[u64], options: &DiscreteOptions) -> Vec<u64> {
    let xmax = options.xmax.unwrap_or(u64::MAX);
    let kept = values.iter().copied().filter(|v| (1..=xmax).contains(v));
    let mut kept: Vec<u64> = kept.collect();
    kept.sort_unstable();
    kept
}

/// The values that a fit reads, and how many it does not.
struct Prepared {
    /// Positive, up to `xmax`.
    counts: Counts,
    /// Of the values one by one, ascending; none where all are 1.
    weights: Option<Vec<f64>>,
    n_zero: usize,
    n_above: usize,
}

fn fit(prepared: &Prepared, options: &DiscreteOptions) -> Outcome<u64> {
    let Prepared {
        counts,
        weights,
        n_zero,
        n_above,
    } = prepared;
    let weights = weights.as_deref();
    let n = counts.above[0];
    let tail = counts.above[counts
        .values
        .partition_point(|&v| v < options.xmin.unwrap_or(1))];
    if tail < options.min_tail {
        let needed = options.min_tail;
        return Outcome::NotEnoughTail { n: tail, needed };
    }
    let method = Method::new(options);
    let Some(found) = method.find(counts) else {
        return match counts.values[..] {
            [value] => Outcome::AllEqual { value, n },
            _ => Outcome::NoExponent { n },
        };
    };
    let n_eff = weights.map_or(found.mass, |weights| {
        let squares: f64 = weights[n - found.n_tail..].iter().map(|w| w * w).sum();
        found.mass * (found.mass / squares)
    });
    let law = &found.law;
    let [zeta, slope, curvature] = zeta(law.alpha, law.xmin, law.xmax);
    let information = curvature / zeta - (slope / zeta) * (slope / zeta);
    Outcome::Fit(Fit {
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
        n,
        n_zero: *n_zero,
        n_above: *n_above,
        ks: KsConvention::Supremum,
        min_tail: options.min_tail,
        compat: None,
        bootstrap: options
            .bootstrap
            .map(|settings| Box::new(bootstrap(counts, weights, &method, &found, &settings))),
        goodness_of_fit: options.goodness_of_fit.map(|settings| match weights {
            Some(_) => GofOutcome::NotIndependent,
            None => goodness_of_fit(counts, &method, &found, &settings),
        }),
    })
}

/// Draws as many counts as there are from them, with replacement, and repeats the whole fit.
/// `weights`: of the counts in ascending order, drawn with them.
fn bootstrap(
    counts: &Counts,
    weights: Option<&[f64]>,
    method: &Method,
    found: &Found,
    settings: &Bootstrap,
) -> BootstrapOutcome {
    let places = counts.places();
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
        alpha: found.law.alpha,
        slope: found.law.alpha - 1.0,
        n_tail: found.n_tail as f64,
        xmin: found.law.xmin as f64,
    }
}

/// Each replicate draws as many values as there are, from the fitted law with probability `n_tail /
/// n` and else one of the values under `xmin`, and repeats the whole fit (Clauset et al. 2009,
/// section 4.1); with a given `xmin` the tail alone.
fn goodness_of_fit(
    counts: &Counts,
    method: &Method,
    found: &Found,
    settings: &GofOptions,
) -> GofOutcome {
    let places = counts.places();
    let body = &places[..places.len() - found.n_tail];
    let beyond = each(settings.replicates, |replicate| {
        let mut rng = stream(settings.seed, replicate);
        let size = match method.xmin {
            Some(_) => found.n_tail,
            None => places.len(),
        };
        let mut drawn: Vec<u64> = (0..size)
            .map(|_| {
                let place = match method.xmin {
                    Some(_) => body.len(),
                    None => rng.random_range(0..places.len()),
                };
                match body.get(place) {
                    Some(&place) => counts.values[place],
                    None => found.law.upper_quantile(1.0 - rng.random::<f64>()),
                }
            })
            .collect();
        drawn.sort_unstable();
        let refit = method.find(&Counts::new(&drawn));
        refit.is_none_or(|refit| refit.distance >= found.distance)
    });
    let exceedances = beyond.into_iter().filter(|&b| b).count();
    GofOutcome::tested(exceedances, settings)
}

impl DiscretePowerLaw {
    /// Every candidate `xmin` with its exponent and distance, ascending: the curve whose least
    /// distance Clauset, Shalizi and Newman 2009, section 3.3, take; where that of `alpha` is flat,
    /// the fit does not hang on `xmin`.
    ///
    /// The least `ks_distance` is that of [`DiscretePowerLaw::fit`] with the same options, and the
    /// first point that has it holds its `xmin` and `alpha`. A given `xmin` leaves only candidates
    /// at or above it; empty where there are none. Bootstrap and test of fit of the options are not
    /// made.
    ///
    /// # Errors
    ///
    /// Those of [`DiscretePowerLaw::fit`].
    ///
    /// # Complexity
    ///
    /// `O(n log n)` to sort and, with `d` distinct values, `O(d sqrt(d))` zeta functions where laws
    /// fit, `O(d^2)` at most.
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
    ) -> Result<Vec<CurvePoint<u64>>, RmtError> {
        options.check()?;
        let kept = positive(values, options);
        let counts = Counts::new(&kept);
        let method = Method::new(options);
        let first = options.xmin.unwrap_or(1);
        let candidates = counts.values.iter().filter(|&&xmin| xmin >= first);
        let found = candidates.filter_map(|&xmin| method.tail(&counts, xmin));
        Ok(found
            .map(|found| CurvePoint {
                xmin: found.law.xmin,
                alpha: found.law.alpha,
                ks_distance: found.distance,
                n_tail: found.n_tail,
            })
            .collect())
    }
}
