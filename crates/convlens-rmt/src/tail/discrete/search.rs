//! Counts by distinct value, and the search for a tail among them: what data and replicates share.

use crate::tail::continuous::scan::{Recent, coarse_to_fine};
use crate::tail::discrete_power_law::{DiscretePowerLaw, exponent};
use crate::tail::options::DiscreteOptions;

/// How a tail is found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Method {
    pub(super) min_tail: usize,
    /// A given lower bound.
    pub(super) xmin: Option<u64>,
    pub(super) xmax: Option<u64>,
}

/// A tail and its law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    pub(super) law: DiscretePowerLaw,
    pub(super) distance: f64,
    pub(super) n_tail: usize,
    /// Sum of the weights of the tail: `n_tail` where there are none.
    pub(super) mass: f64,
    /// Sum of `ln(x / xmin)` over the tail, weighted.
    pub(super) excess: f64,
}

impl Method {
    pub(super) fn new(options: &DiscreteOptions) -> Self {
        Self {
            min_tail: options.min_tail,
            xmin: options.xmin,
            xmax: options.xmax,
        }
    }

    /// The best tail; none where no candidate has an exponent. Among equal distances the lowest
    /// `xmin` wins.
    ///
    /// Exact: a candidate is dropped only where the distance at one place passes the best so far.
    /// Candidates go from coarse to fine, and the places that dropped the last few are tried first,
    /// which settles nearly all the others with two zeta functions besides those of the exponent.
    pub(super) fn find(&self, counts: &Counts) -> Option<Found> {
        if let Some(xmin) = self.xmin {
            return self.tail(counts, xmin);
        }
        let mut best: Option<(usize, Found)> = None;
        let (mut recent, mut gaps) = (Recent::default(), Gaps::default());
        for index in coarse_to_fine(counts.values.len()) {
            let Some((law, mut found)) = self.law(counts, counts.values[index]) else {
                continue;
            };
            let bound = best.map_or(f64::INFINITY, |(_, b)| b.distance);
            if recent.drops(index, |place| law.at(place).1 > bound) {
                continue;
            }
            match law.distance_within(bound, &mut gaps) {
                Err(place) => recent.push(place),
                Ok(distance) => {
                    found.distance = distance;
                    let better = best.is_none_or(|(i, b)| {
                        distance < b.distance || (distance == b.distance && index < i)
                    });
                    if better {
                        best = Some((index, found));
                    }
                }
            }
        }
        best.map(|(_, found)| found)
    }

    /// The fit from `xmin` on; none where it has no exponent or is too short.
    pub(super) fn tail(&self, counts: &Counts, xmin: u64) -> Option<Found> {
        let (law, mut found) = self.law(counts, xmin)?;
        // Nothing passes infinity.
        found.distance = law
            .distance_within(f64::INFINITY, &mut Gaps::default())
            .unwrap_or(1.0);
        Some(found)
    }

    /// The law of the tail from `xmin` on, before its distance is taken.
    fn law<'a>(&self, counts: &'a Counts, xmin: u64) -> Option<(TailLaw<'a>, Found)> {
        let first = counts.values.partition_point(|&v| v < xmin);
        let n_tail = counts.above[first];
        if n_tail < self.min_tail.max(1) {
            return None;
        }
        let n = counts.mass[first];
        let excess = counts.excess[first] + n * (counts.values[first] as f64 / xmin as f64).ln();
        let alpha = exponent(excess / n, xmin, self.xmax)?;
        let law = DiscretePowerLaw::from_fit(alpha, xmin, self.xmax);
        let found = Found {
            law,
            distance: f64::INFINITY,
            n_tail,
            mass: n,
            excess,
        };
        Some((TailLaw { counts, law, first }, found))
    }
}

/// A tail and the law fitted to it.
struct TailLaw<'a> {
    counts: &'a Counts,
    law: DiscretePowerLaw,
    /// Its first value.
    first: usize,
}

/// The values strictly between two places whose law is known, and what the law's survival function
/// is at most and at least among them.
#[derive(Debug, Clone, Copy)]
struct Gap {
    low: usize,
    high: usize,
    most: f64,
    least: f64,
}

/// Work space of [`TailLaw::distance_within`], kept from call to call.
#[derive(Debug, Default)]
struct Gaps {
    now: Vec<Gap>,
    next: Vec<Gap>,
}

/// Of a bound on a gap, on the safe side: zeta functions are good to `1e-12`.
const MARGIN: f64 = 1e-11;

impl TailLaw<'_> {
    /// The law's survival function at the value of a place and at the next value, and the largest
    /// difference from the sample from the one to the other. In between the sample's distribution
    /// is flat and the law's rises: the largest differences are at the value and just before the
    /// next.
    fn at(&self, place: usize) -> ((f64, f64), f64) {
        let counts = self.counts;
        let at_or_above = self.law.survival(counts.values[place]);
        let sample = counts.mass[place + 1] / counts.mass[self.first];
        let mut worst = (at_or_above - self.law.pmf(counts.values[place]) - sample).abs();
        let mut next = 0.0;
        if let Some(&value) = counts.values.get(place + 1) {
            next = self.law.survival(value);
            worst = worst.max((next - sample).abs());
        }
        ((at_or_above, next), worst)
    }

    /// The largest difference over all places if it does not pass `bound`, else a place where it
    /// does; exact, by branch and bound.
    ///
    /// # Complexity
    ///
    /// Two zeta functions a place, at `O(sqrt(d))` of `d` places where the law fits as well as a
    /// true one does.
    fn distance_within(&self, bound: f64, gaps: &mut Gaps) -> Result<f64, usize> {
        let Counts { values, mass, .. } = self.counts;
        let (first, last) = (self.first, values.len() - 1);
        let n = mass[first];
        let ((at_first, after_first), at_low) = self.at(first);
        // Before the first value, where a given xmin lies below it.
        let mut worst = (1.0 - at_first).max(at_low);
        if worst > bound {
            return Err(first);
        }
        if last == first {
            return Ok(worst);
        }
        let ((at_last, _), at_high) = self.at(last);
        if at_high > bound {
            return Err(last);
        }
        worst = worst.max(at_high);
        gaps.now.clear();
        gaps.now.push(Gap {
            low: first,
            high: last,
            most: after_first,
            least: at_last,
        });
        while !gaps.now.is_empty() {
            gaps.next.clear();
            for gap in &gaps.now {
                if gap.high - gap.low < 2 {
                    continue;
                }
                let above = gap.most - mass[gap.high] / n;
                let below = mass[gap.low + 2] / n - gap.least;
                if above.max(below) + MARGIN <= worst {
                    continue;
                }
                let middle = gap.low.midpoint(gap.high);
                let ((at, after), difference) = self.at(middle);
                if difference > bound {
                    return Err(middle);
                }
                worst = worst.max(difference);
                gaps.next.push(Gap {
                    high: middle,
                    least: at,
                    ..*gap
                });
                gaps.next.push(Gap {
                    low: middle,
                    most: after,
                    ..*gap
                });
            }
            std::mem::swap(&mut gaps.now, &mut gaps.next);
        }
        Ok(worst)
    }
}

/// Distinct values with what is at or above each.
#[derive(Debug)]
pub(super) struct Counts {
    pub(super) values: Vec<u64>,
    /// One longer than `values`, and 0 at the end.
    pub(super) above: Vec<usize>,
    /// As `above`, by weight.
    mass: Vec<f64>,
    /// `mass[i]` times the mean of `ln x` from value `i` on, less `ln` of the value: sums of log
    /// ratios.
    excess: Vec<f64>,
}

impl Counts {
    /// Of each value one by one, ascending, its place among the distinct ones.
    pub(super) fn places(&self) -> Vec<usize> {
        let runs = self.above.windows(2).map(|pair| pair[0] - pair[1]);
        runs.enumerate()
            .flat_map(|(place, count)| std::iter::repeat_n(place, count))
            .collect()
    }

    /// From ascending values.
    pub(super) fn new(sorted: &[u64]) -> Self {
        let runs = sorted.chunk_by(|a, b| a == b);
        Self::from_runs(runs.map(|run| (run[0], run.len())))
    }

    /// From ascending values, each with its weight.
    pub(super) fn weighted(sorted: &[(u64, f64)]) -> Self {
        let runs = sorted.chunk_by(|a, b| a.0 == b.0);
        let mass = |run: &[(u64, f64)]| run.iter().map(|&(_, weight)| weight).sum();
        Self::from_masses(runs.map(|run| (run[0].0, run.len(), mass(run))))
    }

    /// From ascending distinct values and how often each occurs, never 0.
    pub(super) fn from_runs(runs: impl Iterator<Item = (u64, usize)>) -> Self {
        Self::from_masses(runs.map(|(value, count)| (value, count, count as f64)))
    }

    /// The same with the weight of each.
    pub(super) fn from_masses(runs: impl Iterator<Item = (u64, usize, f64)>) -> Self {
        let (mut values, mut above, mut mass) = (Vec::new(), Vec::new(), Vec::new());
        for (value, count, weight) in runs {
            values.push(value);
            above.push(count);
            mass.push(weight);
        }
        above.push(0);
        mass.push(0.0);
        let mut excess = vec![0.0; values.len()];
        for i in (0..values.len()).rev() {
            above[i] += above[i + 1];
            mass[i] += mass[i + 1];
            if i + 1 < values.len() {
                let step = (values[i + 1] as f64 / values[i] as f64).ln();
                excess[i] = excess[i + 1] + mass[i + 1] * step;
            }
        }
        Self {
            values,
            above,
            mass,
            excess,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_is_that_of_all_places_of_all_candidates() {
        for seed in 0..40 {
            // Ties, gaps, a body under a tail, and values far apart.
            let mut values = DiscretePowerLaw::new(1.3 + 0.1 * seed as f64, 5)
                .unwrap()
                .sample(300, seed);
            values.extend((0..150).map(|i| 1 + (i * i * (seed + 3)) % 17));
            values.sort_unstable();
            let xmax = (seed % 3 == 0).then_some(values[400]);
            values.retain(|&v| xmax.is_none_or(|end| v <= end));
            let counts = Counts::new(&values);
            let method = Method {
                min_tail: 10,
                xmin: None,
                xmax,
            };
            let mut best: Option<Found> = None;
            for &xmin in &counts.values {
                let Some((law, mut found)) = method.law(&counts, xmin) else {
                    continue;
                };
                let places = law.first..counts.values.len();
                found.distance = places.map(|place| law.at(place).1).fold(0.0, f64::max);
                if best.is_none_or(|b| found.distance < b.distance) {
                    best = Some(found);
                }
            }
            assert_eq!(method.find(&counts), best, "{seed}");
        }
    }
}
