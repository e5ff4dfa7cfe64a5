//! Directions that hide under the edge they widen.

use super::chebyshev::{DEGREES, PowerSums, Sums, of_directions, of_noise};
use super::sigma::strength;

/// Squared strength, over the BBP threshold, past which a spike stands alone and is set aside.
const ALONE: f64 = 2.5;

/// The strengths weighed, over the threshold, evenly spaced: weaker ones show in no spectrum, stronger ones stand alone.
const WEAKEST: f64 = 0.6;
const STRONGEST: f64 = 1.6;
const STRENGTHS: usize = 21;

/// The shares of the bulk weighed, `1/100` to `35/100`.
const SHARES: usize = 35;

/// Least logarithm of the odds of hidden directions over none.
const GATE: f64 = 4.0;

/// What the best cell may leave unexplained: some for chance, and a share of what there was to explain, for unequal strengths.
const LEFT_BY_CHANCE: f64 = 20.0;
const LEFT_SHARE: f64 = 0.01;

/// Noise with hidden directions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct HiddenFit {
    pub(super) sigma2: f64,
    /// Directions set aside: those that stand alone, and the mean number of those in the bulk.
    pub(super) aside: usize,
    /// Whether the sums are those of such noise.
    explained: bool,
}

/// One share and strength, with the `sigma^2` that fits them best.
struct Cell {
    share: f64,
    log: f64,
    misfit: f64,
    log_weight: f64,
}

/// The variances and covariances of the sums: `n / 2` for noise, and the shift of all directions together.
struct Spread {
    direction: Sums,
    size: f64,
}

impl Spread {
    fn new(share: f64, t: f64, c: f64) -> Self {
        let sd = (share * t / c.sqrt()).sqrt();
        let direction = std::array::from_fn(|k| sd * (k + 1) as f64 * t.powi(k as i32));
        let size = white(&direction, &direction);
        Self { direction, size }
    }

    /// `a^T V^-1 b`, by Sherman and Morrison.
    fn product(&self, a: &Sums, b: &Sums) -> f64 {
        let along = white(a, &self.direction) * white(b, &self.direction);
        white(a, b) - along / (1.0 + self.size)
    }
}

fn white(a: &Sums, b: &Sums) -> f64 {
    (0..DEGREES)
        .map(|k| 2.0 * a[k] * b[k] / (k + 1) as f64)
        .sum()
}

/// The noise under the eigenvalues, ascending, of which `found` are past the edge of noise of variance `sigma2`; none
/// if the odds of hidden directions are too low, or nothing explains the sums.
///
/// A `sigma2` far too high leaves directions in the bulk that stand alone: each round sets aside those that do so by the last.
pub(super) fn fit(eigenvalues: &[f64], n: usize, found: usize, sigma2: f64) -> Option<HiddenFit> {
    let m = eigenvalues.len();
    let c = m as f64 / n as f64;
    let standing = |sigma2: f64| m - eigenvalues.partition_point(|&x| over(x / sigma2, c) <= ALONE);
    let (mut sigma2, mut alone) = (sigma2, standing(sigma2).min(found));
    let mut first = true;
    while 2 * alone <= m {
        let round = Round::new(eigenvalues, n, alone, sigma2)?;
        // The odds are at most about e^(misfit / 2): pure noise ends here.
        let suspect = round.none.misfit > 2.0 * GATE;
        let Some(best) = suspect.then(|| round.weigh()).flatten() else {
            return (!first)
                .then(|| round.without())
                .filter(|fit| fit.explained);
        };
        let next = standing(best.sigma2);
        if best.explained || next <= alone {
            return Some(best).filter(|fit| fit.explained);
        }
        (sigma2, alone, first) = (best.sigma2, next, false);
    }
    None
}

/// The squared strength, over the threshold, of a spike seen at `x` in units of `sigma^2`.
fn over(x: f64, c: f64) -> f64 {
    strength(x, c) / c.sqrt()
}

/// The bulk with some directions set aside, and its sums.
struct Round {
    sums: PowerSums,
    /// The sums expected without hidden directions.
    base: Sums,
    left: f64,
    c: f64,
    sigma2: f64,
    alone: usize,
    none: Cell,
}

impl Round {
    fn new(eigenvalues: &[f64], n: usize, alone: usize, sigma2: f64) -> Option<Self> {
        let m = eigenvalues.len();
        let (bulk, above) = eigenvalues.split_at(m - alone);
        let sums = PowerSums::new(bulk, n, alone, sigma2);
        if !sums.is_finite() {
            return None;
        }
        let left = bulk.len() as f64;
        let c = left / (n - alone) as f64;
        let mut base = of_noise(left, c);
        for &x in above {
            // The bulk without a direction of finite strength is not quite that of a smaller matrix.
            let t = over(x / sigma2, m as f64 / n as f64);
            for (k, sum) in base.iter_mut().enumerate() {
                *sum -= 0.5 * t.powi(-(k as i32 + 1));
            }
        }
        let none = cell(&sums, &base, left, c, (0.0, 1.0));
        Some(Self {
            sums,
            base,
            left,
            c,
            sigma2,
            alone,
            none,
        })
    }

    fn without(&self) -> HiddenFit {
        HiddenFit {
            sigma2: self.sigma2 * self.none.log.exp(),
            aside: self.alone,
            explained: self.none.misfit <= LEFT_BY_CHANCE,
        }
    }

    fn grid(&self) -> Vec<Cell> {
        let step = (STRONGEST - WEAKEST) / (STRENGTHS - 1) as f64;
        let squares = move |j: usize| (WEAKEST + step * j as f64).powi(2);
        (1..=SHARES)
            .map(|i| 0.01 * i as f64)
            .flat_map(|share| (0..STRENGTHS).map(move |j| (share, squares(j))))
            .map(|planted| cell(&self.sums, &self.base, self.left, self.c, planted))
            .collect()
    }

    /// The means of `log sigma^2` and of the share over the grid, a share weighing in as its inverse beforehand; none if
    /// the odds are too low.
    fn weigh(&self) -> Option<HiddenFit> {
        let grid = self.grid();
        let top = grid
            .iter()
            .map(|c| c.log_weight)
            .fold(f64::NEG_INFINITY, f64::max);
        let least = grid.iter().map(|c| c.misfit).fold(f64::INFINITY, f64::min);
        let (mut prior, mut total, mut log, mut share) = (0.0, 0.0, 0.0, 0.0);
        for cell in &grid {
            let before = 1.0 / cell.share;
            let weight = before * (cell.log_weight - top).exp();
            prior += before;
            total += weight;
            log += weight * cell.log;
            share += weight * cell.share;
        }
        let odds = (total / prior).ln() + top - self.none.log_weight;
        (odds > GATE).then(|| HiddenFit {
            sigma2: self.sigma2 * (log / total).exp(),
            aside: self.alone + (share / total * self.left).round() as usize,
            explained: least <= LEFT_BY_CHANCE + LEFT_SHARE * self.none.misfit,
        })
    }
}

/// Generalised least squares in `log sigma^2` by Gauss-Newton.
fn cell(sums: &PowerSums, base: &Sums, left: f64, c: f64, (share, t): (f64, f64)) -> Cell {
    let added = of_directions(share, t, c);
    let expected: Sums = std::array::from_fn(|k| base[k] + left * added[k]);
    let spread = Spread::new(share, t, c);
    let at = |log: f64| {
        let (values, slopes) = sums.chebyshev(log);
        let residual: Sums = std::array::from_fn(|k| values[k] - expected[k]);
        (residual, slopes)
    };
    let mut log = 0.0_f64;
    for _ in 0..8 {
        let (residual, slopes) = at(log);
        let step = spread.product(&slopes, &residual) / spread.product(&slopes, &slopes);
        // The mean leaves in too much, by a third at most.
        let next = (log - step).clamp(-0.3, 0.2);
        let moved = (next - log).abs();
        log = next;
        if moved.is_nan() || moved <= 1e-9 {
            break;
        }
    }
    let (residual, slopes) = at(log);
    let misfit = spread.product(&residual, &residual);
    let information = spread.product(&slopes, &slopes);
    Cell {
        share,
        log,
        misfit,
        log_weight: -0.5 * (misfit + spread.size.ln_1p() + information.ln()),
    }
}
