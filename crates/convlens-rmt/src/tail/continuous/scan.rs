//! The exact search for `xmin`: the exponent of every tail in one sweep, then the least distance.

use crate::tail::continuous::distance::{Stack, Tail};
use crate::tail::continuous::sample::{Points, Rules};

/// The best tail of a sorted sample.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Best {
    /// Index of `xmin` among the points; the tail is everything from here on.
    index: usize,
    /// `alpha - 1`.
    slope: f64,
    distance: f64,
}

/// The tail with the least Kolmogorov-Smirnov distance over all candidates; the lowest `xmin` among
/// ties.
///
/// Exact: a candidate is dropped only when one of its points lies farther from the law than the
/// best distance so far. Candidates go from coarse to fine, so that neighbors of the best come when
/// it is known; the points that dropped the last few are tried first, which settles nearly all the
/// others with one exponential.
///
/// # Complexity
///
/// `O(n)` exponentials for candidates that are dropped at once, and those of
/// [`Tail::distance_within`] for the few others; no logarithms.
fn scan(points: &Points, ceiling: Option<f64>, rules: &Rules) -> Option<Best> {
    let slopes = slopes(points, ceiling, rules);
    let mut best: Option<Best> = None;
    let mut recent = Recent::default();
    let mut stack = Stack::default();
    for index in coarse_to_fine(slopes.len()) {
        let slope = slopes[index];
        if slope.is_nan() {
            continue;
        }
        let tail = Tail::new(
            (&points.logs, &points.mass),
            index,
            (points.logs[index], slope),
            ceiling,
            rules.ks,
        );
        let bound = best.map_or(f64::INFINITY, |b| b.distance);
        if recent.drops(index, |point| tail.passes(point - index, bound)) {
            continue;
        }
        match tail.distance_within(bound, &mut stack) {
            Err(point) => recent.push(index + point),
            Ok(distance) => {
                let better = best.is_none_or(|b| {
                    distance < b.distance || (distance == b.distance && index < b.index)
                });
                if better {
                    best = Some(Best {
                        index,
                        slope,
                        distance,
                    });
                }
            }
        }
    }
    best
}

/// The points that dropped candidates, the last one first.
#[derive(Debug, Default)]
pub(in crate::tail) struct Recent([usize; 8]);

impl Recent {
    /// Whether one of them, at or past `first`, `passes`.
    pub(in crate::tail) fn drops(&mut self, first: usize, passes: impl Fn(usize) -> bool) -> bool {
        for slot in 0..self.0.len() {
            let point = self.0[slot];
            if point >= first && passes(point) {
                self.0[..=slot].rotate_right(1);
                return true;
            }
        }
        false
    }

    pub(in crate::tail) fn push(&mut self, point: usize) {
        self.0.rotate_right(1);
        self.0[0] = point;
    }
}

/// Every index under `count` once: multiples of a large power of two, then the odd multiples of
/// each smaller one.
pub(in crate::tail) fn coarse_to_fine(count: usize) -> impl Iterator<Item = usize> {
    let top = (count / 16).max(1).next_power_of_two();
    let finer = (0..top.trailing_zeros()).rev().flat_map(move |power| {
        let stride = 1 << power;
        (stride..count).step_by(2 * stride)
    });
    (0..count).step_by(top).chain(finer)
}

/// The distance of one given tail: all of it, whatever it is.
pub(super) fn distance(tail: &Tail<'_>, stack: &mut Stack) -> f64 {
    // Nothing passes infinity, and no distance is above 1.
    tail.distance_within(f64::INFINITY, stack).unwrap_or(1.0)
}

/// `alpha - 1` of the tail from each candidate on; NaN where there is none.
///
/// Without `ceiling`: `mass / sum w (l - l_j)`, the sums by suffix (Clauset et al. 2009, eq. 3.1).
/// With it, the likelihood of the law cut off at `exp(ceiling)`, which has any real exponent.
pub(super) fn slopes(points: &Points, ceiling: Option<f64>, rules: &Rules) -> Vec<f64> {
    let Points {
        logs,
        mass,
        candidates,
    } = points;
    let excess = excess_sums(logs, mass);
    let (least, most) = rules.alphas;
    (0..*candidates)
        .map(|j| {
            let tail = mass[j] - if rules.unbiased { 1.0 } else { 0.0 };
            let Some(slope) = slope(tail, excess[j], ceiling.map(|c| c - logs[j])) else {
                return f64::NAN;
            };
            let alpha = 1.0 + slope;
            match ceiling.is_some() || (alpha >= least && alpha <= most) {
                true => slope,
                false => f64::NAN,
            }
        })
        .collect()
}

/// `alpha - 1` from the mass of a tail and its sum of log ratios; `width` is the logarithm of `xmax
/// / xmin`. None where the likelihood has no maximum: all values at one end.
fn slope(mass: f64, excess: f64, width: Option<f64>) -> Option<f64> {
    match width {
        None => Some(mass / excess).filter(|&found| found > 0.0 && found.is_finite()),
        Some(width) => truncated_slope(excess / mass, width).filter(|found| found.is_finite()),
    }
}

/// `sum over i >= j of w_i (l_i - l_j)` for every `j`, from the top down in steps that are all
/// non-negative, so that nothing cancels.
fn excess_sums(logs: &[f64], mass: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; logs.len()];
    for j in (0..logs.len().saturating_sub(1)).rev() {
        sums[j] = sums[j + 1] + mass[j + 1] * (logs[j + 1] - logs[j]);
    }
    sums
}

/// The rate `s` of an exponential law cut off at `width` whose mean is `mean`: `1/s - width / (e^(s
/// width) - 1) = mean`. Above half the width the rate is negative: the law reflected. None where
/// the mean is at an end.
fn truncated_slope(mean: f64, width: f64) -> Option<f64> {
    let target = mean / width;
    if target > 0.5 {
        let reflected = (width - mean) / width;
        return (reflected > 0.0).then(|| -rate(reflected) / width);
    }
    (target > 0.0).then(|| rate(target) / width)
}

/// `u = s width` at a share of at most a half.
fn rate(target: f64) -> f64 {
    if target >= 0.5 {
        return 0.0;
    }
    // In u = s width the share falls from 1/2 to 0 and is convex: Newton's steps from the left of
    // the root stay there. The tangent at 0, 1/2 - u/12, meets the target there.
    let mut u = 6.0 - 12.0 * target;
    for _ in 0..100 {
        let (value, derivative) = share(u);
        let step = (target - value) / derivative;
        u += step;
        if step.abs() <= 1e-15 * u {
            break;
        }
    }
    u
}

/// `1/u - 1/(e^u - 1)` and its derivative.
fn share(u: f64) -> (f64, f64) {
    if u < 0.02 {
        // Bernoulli numbers: the next term is under 1e-15 of a half.
        let square = u * u;
        let value = 0.5 - u / 12.0 + u * square / 720.0 - u * square * square / 30_240.0;
        let derivative = -1.0 / 12.0 + square / 240.0 - square * square / 6048.0;
        return (value, derivative);
    }
    let tail = 1.0 / u.exp_m1();
    (1.0 / u - tail, -1.0 / (u * u) + tail * (1.0 + tail))
}

/// The asymptotic standard error of `alpha` from `n` values at a known `xmin`, by the Fisher
/// information: `s / sqrt(n)` without a ceiling (Clauset et al. 2009, eq. 3.2).
pub(super) fn standard_error(slope: f64, n: f64, width: Option<f64>) -> f64 {
    let one = match width {
        None => slope,
        // The derivative is even.
        Some(width) => 1.0 / (width * (-share((slope * width).abs()).1).sqrt()),
    };
    one / n.sqrt()
}

/// How a tail is found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Method {
    pub(super) rules: Rules,
    /// Logarithm of a given `xmin`.
    pub(super) origin: Option<f64>,
    /// Logarithm of `xmax`.
    pub(super) ceiling: Option<f64>,
}

/// A tail and its law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    /// The first point of the tail.
    pub(super) index: usize,
    /// Logarithm of `xmin`.
    pub(super) origin: f64,
    /// `alpha - 1`.
    pub(super) slope: f64,
    pub(super) distance: f64,
}

impl Method {
    /// The tail of these points; none where no candidate has one.
    pub(super) fn find(&self, points: &Points) -> Option<Found> {
        match self.origin {
            None => {
                let best = scan(points, self.ceiling, &self.rules)?;
                Some(Found {
                    index: best.index,
                    origin: points.logs[best.index],
                    slope: best.slope,
                    distance: best.distance,
                })
            }
            Some(origin) => self.at(points, origin),
        }
    }

    /// The law above a given `xmin`.
    fn at(&self, points: &Points, origin: f64) -> Option<Found> {
        let index = points.logs.partition_point(|&log| log < origin);
        if index >= points.candidates {
            return None;
        }
        let steps = index..points.logs.len();
        let weighted = |i: usize| (points.mass[i] - points.mass[i + 1]) * (points.logs[i] - origin);
        let excess: f64 = steps.map(weighted).sum();
        let width = self.ceiling.map(|c| c - origin);
        let slope = slope(points.mass[index], excess, width)?;
        let series = (&points.logs[..], &points.mass[..]);
        let tail = Tail::new(series, index, (origin, slope), self.ceiling, self.rules.ks);
        Some(Found {
            index,
            origin,
            slope,
            distance: distance(&tail, &mut Stack::default()),
        })
    }
}

#[cfg(test)]
mod scan_tests {
    use super::*;

    #[test]
    fn every_index_comes_once() {
        for count in [0, 1, 2, 15, 16, 17, 100, 1000, 1025] {
            let mut seen: Vec<usize> = coarse_to_fine(count).collect();
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..count), "{count}");
        }
    }
}

#[cfg(test)]
mod slopes_tests {
    use super::*;

    #[test]
    fn excess_sums_match_the_definition() {
        let logs = [-3.0, -2.5, -1.0, 0.0];
        let mass = [5.0, 4.0, 2.0, 1.0, 0.0];
        let weights = [1.0, 2.0, 1.0, 1.0];
        for (j, sum) in excess_sums(&logs, &mass).iter().enumerate() {
            let direct: f64 = (j..4).map(|i| weights[i] * (logs[i] - logs[j])).sum();
            assert!((sum - direct).abs() < 1e-14);
        }
    }

    #[test]
    fn a_far_ceiling_changes_nothing_and_a_near_one_does() {
        // Mean of an exponential law of rate 2 cut off at 3: 1/2 - 3/(e^6 - 1).
        let mean = 0.5 - 3.0 / 6.0_f64.exp_m1();
        let found = slope(1.0, mean, Some(3.0)).unwrap();
        assert!((found - 2.0).abs() < 1e-13, "{found}");
        let far = slope(1.0, 0.5, Some(1e3)).unwrap();
        assert!((far - 2.0).abs() < 1e-13);
        // At half the width the law is flat, above it the reflected one.
        assert_eq!(slope(1.0, 0.5, Some(1.0)), Some(0.0));
        let (low, high) = (slope(1.0, 0.4, Some(1.0)), slope(1.0, 0.6, Some(1.0)));
        assert!((low.unwrap() + high.unwrap()).abs() < 1e-13);
        assert_eq!(slope(1.0, 0.0, Some(1.0)), None);
        assert_eq!(slope(1.0, 1.0, Some(1.0)), None);
        for target in [1e-6, 0.01, 0.2, 0.4, 0.49, 0.499_999] {
            let s = slope(1.0, target, Some(1.0)).unwrap();
            assert!((share(s).0 - target).abs() < 1e-14, "{target}");
        }
        assert!(
            (standard_error(2.0, 4.0, Some(1e3)) - standard_error(2.0, 4.0, None)).abs() < 1e-9
        );
    }
}
