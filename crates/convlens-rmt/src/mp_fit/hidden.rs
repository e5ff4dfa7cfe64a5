//! Directions that hide under the edge they widen.

use super::chebyshev::{DEGREES, PowerSums, Sums, of_directions, of_noise};
use super::sigma::strength;

/// Squared strength, over the BBP threshold, past which a spike stands alone and is set aside.
const ALONE: f64 = 2.5;

/// The strengths weighed, over the threshold, evenly spaced: weaker ones show in no spectrum, stronger ones stand alone.
const WEAKEST: f64 = 0.6;
const STRONGEST: f64 = 1.6;
const STRENGTHS: usize = 21;

/// The shares of the bulk weighed, `1/100` to `20/100`.
const SHARES: usize = 20;

/// Least logarithm of the odds of hidden directions over none.
const GATE: f64 = 4.0;

/// What the best cell may leave unexplained: some for chance, and a share of what there was to explain, for unequal strengths.
const LEFT_BY_CHANCE: f64 = 20.0;
const LEFT_SHARE: f64 = 0.02;

/// Noise with hidden directions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct HiddenFit {
    pub(super) sigma2: f64,
    /// Directions set aside: those that stand alone, and the mean number of those in the bulk.
    pub(super) aside: usize,
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
/// if the odds of hidden directions are too low, or no cell explains the sums.
pub(super) fn fit(eigenvalues: &[f64], n: usize, found: usize, sigma2: f64) -> Option<HiddenFit> {
    let m = eigenvalues.len();
    let c = m as f64 / n as f64;
    let over = |x: f64| strength(x / sigma2, c) / c.sqrt();
    let alone = m - eigenvalues.partition_point(|&x| over(x) <= ALONE);
    let alone = alone.min(found);
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
        let t = over(x);
        for (k, sum) in base.iter_mut().enumerate() {
            *sum -= 0.5 * t.powi(-(k as i32 + 1));
        }
    }
    let none = cell(&sums, &base, left, c, (0.0, 1.0));
    // The odds are at most about e^(misfit / 2): pure noise ends here.
    if !(none.misfit > 2.0 * GATE) {
        return None;
    }
    weigh(&grid(&sums, &base, left, c), &none).map(|(log, share)| HiddenFit {
        sigma2: sigma2 * log.exp(),
        aside: alone + (share * left).round() as usize,
    })
}

fn grid(sums: &PowerSums, base: &Sums, left: f64, c: f64) -> Vec<Cell> {
    let step = (STRONGEST - WEAKEST) / (STRENGTHS - 1) as f64;
    let shares = (1..=SHARES).map(|i| 0.01 * i as f64);
    shares
        .flat_map(|share| (0..STRENGTHS).map(move |j| (share, (WEAKEST + step * j as f64).powi(2))))
        .map(|planted| cell(sums, base, left, c, planted))
        .collect()
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
        if !(moved > 1e-9) {
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

/// The means of `log sigma^2` and of the share over the grid, a share weighing in as its inverse beforehand.
fn weigh(grid: &[Cell], none: &Cell) -> Option<(f64, f64)> {
    let top = grid
        .iter()
        .map(|c| c.log_weight)
        .fold(f64::NEG_INFINITY, f64::max);
    let least = grid.iter().map(|c| c.misfit).fold(f64::INFINITY, f64::min);
    let (mut prior, mut total, mut log, mut share) = (0.0, 0.0, 0.0, 0.0);
    for cell in grid {
        let before = 1.0 / cell.share;
        let weight = before * (cell.log_weight - top).exp();
        prior += before;
        total += weight;
        log += weight * cell.log;
        share += weight * cell.share;
    }
    let odds = (total / prior).ln() + top - none.log_weight;
    let explained = least <= LEFT_BY_CHANCE + LEFT_SHARE * none.misfit;
    (odds > GATE && explained).then(|| (log / total, share / total))
}
