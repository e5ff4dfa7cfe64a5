//! Bootstrap intervals for the fitted exponent and lower bound.

use super::replicates::{each, resample, stream};
use super::sample::Sample;
use super::settings::{Bootstrap, IntervalMethod};
use super::tail_fit::{Found, Method};
use crate::special::{normal_cdf, normal_quantile};

/// A closed interval of one estimated quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Interval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// Intervals from a bootstrap in which every replicate searched for its own `xmin`, unless one was given.
///
/// Both hold the estimate: where the quantiles leave it out, as they do on short tails, where resampling seldom finds the
/// tail again, the nearer end is moved to it. That only adds to the coverage.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PowerLawBootstrap {
    /// Interval for the exponent.
    pub alpha: Interval,
    /// Interval for the lower bound.
    pub xmin: Interval,
    /// Nominal coverage.
    pub level: f64,
    /// How the interval for the exponent was made.
    #[cfg_attr(feature = "serde", serde(default))]
    pub method: IntervalMethod,
    /// Replicates whose exponent is above that of the data, as a share of those that had a tail. Far from 1/2, the search on
    /// the data found a tail that resampled data do not have: trust neither.
    #[cfg_attr(feature = "serde", serde(default))]
    pub share_above: f64,
    /// Replicates drawn.
    pub replicates: usize,
    /// Replicates that had no tail to fit, and that the intervals leave out.
    pub failed: usize,
    /// Seed they were drawn with.
    pub seed: u64,
}

/// One fit: of a replicate, or of the data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refit {
    /// `alpha - 1`.
    pub(crate) slope: f64,
    pub(crate) n_tail: f64,
    pub(crate) xmin: f64,
}

/// Resamples and refits. None when no replicate had a tail.
pub(super) fn bootstrap(
    sample: &Sample,
    method: &Method,
    found: &Found,
    settings: &Bootstrap,
) -> Option<PowerLawBootstrap> {
    let given = method.origin.map(|_| (found.origin + sample.unit).exp());
    let drawn = each(settings.replicates, |replicate| {
        let mut rng = stream(settings.seed, replicate);
        let (points, sources) = resample(sample, &method.rules, &mut rng);
        let best = method.find(&points)?;
        Some(Refit {
            slope: best.slope,
            n_tail: points.mass[best.index],
            xmin: given.unwrap_or_else(|| sample.values[sources[best.index]]),
        })
    });
    let estimate = Refit {
        slope: found.slope,
        n_tail: sample.points.mass[found.index],
        xmin: given.unwrap_or_else(|| sample.values[found.index]),
    };
    intervals(drawn, &estimate, settings)
}

/// The intervals from the refits, of which some may have found no tail. None when none has one.
pub(crate) fn intervals(
    drawn: Vec<Option<Refit>>,
    estimate: &Refit,
    settings: &Bootstrap,
) -> Option<PowerLawBootstrap> {
    let kept: Vec<Refit> = drawn.into_iter().flatten().collect();
    if kept.is_empty() {
        return None;
    }
    let slope = estimate.slope;
    let above = kept.iter().filter(|r| r.slope > slope).count();
    let xmins = kept.iter().map(|r| r.xmin).collect();
    let (lower, upper) = slope_interval(&kept, (slope, estimate.n_tail), settings);
    Some(PowerLawBootstrap {
        alpha: around((1.0 + lower, 1.0 + upper), 1.0 + slope),
        xmin: around(quantiles(xmins, tails(settings.level)), estimate.xmin),
        level: settings.level,
        method: settings.method,
        share_above: above as f64 / kept.len() as f64,
        replicates: settings.replicates,
        failed: settings.replicates - kept.len(),
        seed: settings.seed,
    })
}

/// The levels of the two quantiles.
fn tails(level: f64) -> (f64, f64) {
    (0.5 * (1.0 - level), 0.5 * (1.0 + level))
}

/// The interval for `alpha - 1`.
fn slope_interval(
    kept: &[Refit],
    (estimate, n_tail): (f64, f64),
    settings: &Bootstrap,
) -> (f64, f64) {
    let (low, high) = tails(settings.level);
    let slopes = || kept.iter().map(|r| r.slope).collect::<Vec<f64>>();
    match settings.method {
        IntervalMethod::Percentile => quantiles(slopes(), (low, high)),
        IntervalMethod::BiasCorrected => {
            // Ties count half; the share stays off 0 and 1, where its normal quantile has no end.
            let under = slopes().into_iter().map(|s| match s.total_cmp(&estimate) {
                std::cmp::Ordering::Less => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Greater => 0.0,
            });
            let share = (under.sum::<f64>() + 0.5) / (kept.len() as f64 + 1.0);
            let shift = 2.0 * normal_quantile(share);
            let moved = |p: f64| normal_cdf(shift + normal_quantile(p));
            quantiles(slopes(), (moved(low), moved(high)))
        }
        IntervalMethod::LogBasic => {
            let (below, above) = quantiles(slopes(), (low, high));
            (estimate * (estimate / above), estimate * (estimate / below))
        }
        IntervalMethod::LogStudentised => {
            let pivots = kept
                .iter()
                .map(|r| r.n_tail.sqrt() * (r.slope.ln() - estimate.ln()))
                .collect();
            let (below, above) = quantiles(pivots, (low, high));
            let end = |pivot: f64| estimate * (-pivot / n_tail.sqrt()).exp();
            (end(above), end(below))
        }
    }
}

/// The least interval that holds both ends and the estimate.
fn around((lower, upper): (f64, f64), estimate: f64) -> Interval {
    Interval {
        lower: lower.min(estimate),
        upper: upper.max(estimate).min(f64::MAX),
    }
}

/// Two quantiles, order statistics joined linearly (Hyndman and Fan 1996, type 7); `values` hold at least one.
fn quantiles(mut values: Vec<f64>, levels: (f64, f64)) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    let last = values.len() - 1;
    let quantile = |p: f64| {
        let position = p * last as f64;
        let below = position.floor() as usize;
        let above = (below + 1).min(last);
        values[below] + (position - below as f64) * (values[above] - values[below])
    };
    (quantile(levels.0), quantile(levels.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_known_values() {
        let values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        let (lower, upper) = quantiles(values, tails(0.9));
        assert!((lower - 5.0).abs() < 1e-12);
        assert!((upper - 95.0).abs() < 1e-12);
    }

    #[test]
    fn methods_agree_on_replicates_without_bias() {
        // Symmetric in ln(slope), equal tails: all four are the same interval but for the coarseness of the levels.
        let kept: Vec<Refit> = (-1000..=1000)
            .map(|i| Refit {
                slope: 2.0 * (f64::from(i) / 2000.0).exp(),
                n_tail: 50.0,
                xmin: 1.0,
            })
            .collect();
        for method in [
            IntervalMethod::Percentile,
            IntervalMethod::BiasCorrected,
            IntervalMethod::LogBasic,
            IntervalMethod::LogStudentised,
        ] {
            let settings = Bootstrap::new(1).level(0.9).method(method);
            let (lower, upper) = slope_interval(&kept, (2.0, 50.0), &settings);
            assert!((lower - 2.0 * (-0.45_f64).exp()).abs() < 1e-3, "{method:?}");
            assert!((upper - 2.0 * 0.45_f64.exp()).abs() < 1e-3, "{method:?}");
        }
    }
}
