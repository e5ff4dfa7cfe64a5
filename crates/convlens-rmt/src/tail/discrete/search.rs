//! Counts by distinct value, and the search for a tail among them: what data and replicates share.

use crate::tail::discrete_power_law::{RangeLaw, exponent};
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
    pub(super) law: RangeLaw,
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

    /// The best tail; none where no candidate has an exponent. Among equal distances the lowest `xmin` wins.
    pub(super) fn find(&self, counts: &Counts) -> Option<Found> {
        if let Some(xmin) = self.xmin {
            return self.tail(counts, xmin, f64::INFINITY);
        }
        let mut best: Option<Found> = None;
        for &xmin in &counts.values {
            let bound = best.map_or(f64::INFINITY, |b| b.distance);
            best = self.tail(counts, xmin, bound).or(best);
        }
        best
    }

    /// The fit from `xmin` on; none where it has no exponent, is too short, or its distance is not under `bound`.
    pub(super) fn tail(&self, counts: &Counts, xmin: u64, bound: f64) -> Option<Found> {
        let first = counts.values.partition_point(|&v| v < xmin);
        let n_tail = counts.above[first];
        if n_tail < self.min_tail.max(1) {
            return None;
        }
        let n = counts.mass[first];
        let excess = counts.excess[first] + n * (counts.values[first] as f64 / xmin as f64).ln();
        let alpha = exponent(excess / n, xmin, self.xmax)?;
        let law = RangeLaw::new(alpha, xmin, self.xmax);
        Some(Found {
            law,
            distance: counts.distance_under(&law, first, bound)?,
            n_tail,
            mass: n,
            excess,
        })
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
    /// `mass[i]` times the mean of `ln x` from value `i` on, less `ln` of the value: sums of log ratios.
    excess: Vec<f64>,
}

impl Counts {
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

    /// The distance if it is under `bound`. Between two values of the sample its distribution is flat and the law's rises: the
    /// largest differences are at a value and just before the next.
    fn distance_under(&self, law: &RangeLaw, first: usize, bound: f64) -> Option<f64> {
        let n = self.mass[first];
        let mut at_or_above = law.survival(self.values[first]);
        // Before the first value, where a given xmin lies below it.
        let mut worst = 1.0 - at_or_above;
        for i in first..self.values.len() {
            let sample = self.mass[i + 1] / n;
            worst = worst.max((at_or_above - law.pmf(self.values[i]) - sample).abs());
            if let Some(&next) = self.values.get(i + 1) {
                at_or_above = law.survival(next);
                worst = worst.max((at_or_above - sample).abs());
            }
            if worst >= bound {
                return None;
            }
        }
        Some(worst)
    }
}
