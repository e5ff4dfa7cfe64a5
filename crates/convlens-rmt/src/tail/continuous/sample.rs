//! Observations in the form that the search wants, and the rules on which of them may be `xmin`.

use crate::compat::Compat;
use crate::tail::options::{KsConvention, Options};

/// What the search for `xmin` reads: points in ascending order, each with the mass at or above it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Points {
    /// Logarithms of the values, ascending.
    pub(super) logs: Vec<f64>,
    /// `mass[i]`: sum of the weights from point `i` on; one longer than `logs`, and 0 at the end.
    pub(super) mass: Vec<f64>,
    /// How many points, from the first on, may be `xmin`.
    pub(super) candidates: usize,
}

/// Sorted positive observations, with ties joined unless a tool's rules keep them apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample {
    pub(super) values: Vec<f64>,
    pub(super) points: Points,
    /// `count[i]`: observations from point `i` on; one longer than `values`.
    pub(super) count: Vec<usize>,
    /// `square[i]`: squared weights from point `i` on, for the effective sample size.
    pub(super) square: Vec<f64>,
    /// Every observation in ascending order: the point it fell on, and its weight.
    pub(super) observations: Vec<(usize, f64)>,
    /// The logarithm of the unit: `ln x = logs + unit`.
    pub(super) unit: f64,
}

impl Sample {
    /// From observations `(value, weight)`, all positive, in ascending order of value.
    pub(super) fn new(sorted: &[(f64, f64)], rules: &Rules) -> Self {
        let mut values: Vec<f64> = Vec::with_capacity(sorted.len());
        let mut observations = Vec::with_capacity(sorted.len());
        for &(value, weight) in sorted {
            let tie = rules.join_ties && values.last() == Some(&value);
            if !tie {
                values.push(value);
            }
            observations.push((values.len() - 1, weight));
        }
        let k = values.len();
        let (mut mass, mut square) = (vec![0.0; k + 1], vec![0.0; k + 1]);
        let mut count = vec![0; k + 1];
        for &(point, weight) in &observations {
            mass[point] += weight;
            square[point] += weight * weight;
            count[point] += 1;
        }
        for i in (0..k).rev() {
            mass[i] += mass[i + 1];
            square[i] += square[i + 1];
            count[i] += count[i + 1];
        }
        let candidates = rules.candidates(&count[..k]);
        let (logs, unit) = relative_logs(&values);
        let points = Points {
            logs,
            mass,
            candidates,
        };
        Self {
            values,
            points,
            count,
            square,
            observations,
            unit,
        }
    }

    /// The number of observations.
    pub(super) fn len(&self) -> usize {
        self.observations.len()
    }

    /// The logarithm, in the sample's unit, of any positive number.
    pub(super) fn log(&self, value: f64) -> f64 {
        let ratio = value / self.values.last().copied().unwrap_or(1.0);
        match ratio.is_normal() {
            true => ratio.ln(),
            false => value.ln() - self.unit,
        }
    }

    /// Kish's effective number of observations from a point on: `(sum w)^2 / sum w^2`.
    pub(super) fn effective(&self, point: usize) -> f64 {
        self.points.mass[point] * self.points.mass[point] / self.square[point]
    }
}

/// `ln(x / x_max)` and `ln x_max`: division by the largest value makes the result the same to the
/// last bit when the data are scaled by a power of two.
fn relative_logs(sorted: &[f64]) -> (Vec<f64>, f64) {
    let largest = sorted.last().copied().unwrap_or(1.0);
    let unit = largest.ln();
    let log = |x: &f64| {
        let ratio = x / largest;
        match ratio.is_normal() {
            true => ratio.ln(),
            false => x.ln() - unit,
        }
    };
    (sorted.iter().map(log).collect(), unit)
}

/// The rules of one fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rules {
    pub(super) ks: KsConvention,
    /// The fewest observations that a tail may hold.
    pub(super) min_tail: usize,
    /// Equal values make one step of the empirical distribution.
    pub(super) join_ties: bool,
    /// This many of the largest distinct values may not be `xmin`.
    pub(super) skip_top: usize,
    /// Values at or below this are left out.
    pub(super) threshold: f64,
    /// Exponents that a candidate may have, where any may.
    pub(super) alphas: (f64, f64),
    /// `n - 1` in place of `n` in the estimate of `alpha`.
    pub(super) unbiased: bool,
}

/// WeightWatcher 0.7.7 (`EVALS_THRESH`): eigenvalues at or below this are no part of its fit.
const WEIGHT_WATCHER_THRESHOLD: f64 = 1e-5;
/// WeightWatcher 0.7.7 (`SMALL_N_CUTOFF` and `k_min`): under 20 values it corrects the bias and
/// wants tails of 8.
const WEIGHT_WATCHER_SMALL: (usize, usize) = (20, 8);

impl Rules {
    pub(super) fn new(options: &Options) -> Self {
        let own = Self {
            ks: options.ks,
            min_tail: options.min_tail,
            join_ties: true,
            skip_top: 1,
            threshold: 0.0,
            alphas: (1.0, f64::INFINITY),
            unbiased: false,
        };
        match options.compat {
            None => own,
            Some(Compat::WeightWatcher) => Self {
                join_ties: false,
                threshold: WEIGHT_WATCHER_THRESHOLD,
                ..own
            },
            // powerlaw 2.0.0 leaves out the two largest distinct values, and what ends within 0.01
            // of the range of alpha.
            Some(Compat::Powerlaw) => Self {
                skip_top: 2,
                alphas: (1.01, 49.99),
                ..own
            },
            // powerlaw 1.5, which it calls, leaves out the largest alone.
            Some(Compat::DeepDataProfiler) => own,
        }
    }

    /// The rules once the number of values is known.
    pub(super) fn at_size(mut self, n: usize, compat: Option<Compat>) -> Self {
        let (cutoff, shortest) = WEIGHT_WATCHER_SMALL;
        if compat == Some(Compat::WeightWatcher) && n < cutoff {
            self.unbiased = true;
            // Where even the whole is too short, it takes the whole.
            self.min_tail = shortest.min(n);
        }
        self
    }

    /// How many points may be `xmin`, from the observations at or above each.
    pub(super) fn candidates(&self, count: &[usize]) -> usize {
        let long = count.partition_point(|&c| c >= self.min_tail);
        long.min(count.len().saturating_sub(self.skip_top))
    }
}
