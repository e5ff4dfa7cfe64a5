//! Directions that hide under the edge they widen, found in Chebyshev sums of the bulk: the
//! statistics in which noise is white and a planted direction is a power.

use crate::bulk::sigma::strength;

/// Squared strength, over the BBP threshold, past which a spike stands alone and is set aside.
const ALONE: f64 = 2.5;

/// The strengths weighed, over the threshold, evenly spaced: weaker ones show in no spectrum,
/// stronger ones stand alone.
const WEAKEST: f64 = 0.6;
const STRONGEST: f64 = 1.6;
const STRENGTHS: usize = 21;

/// The shares of the bulk weighed, `1/100` to `35/100`.
const SHARES: usize = 35;

/// Least logarithm of the odds of hidden directions over none.
const GATE: f64 = 4.0;

/// What the best cell may leave unexplained: some for chance, and a share of what there was to
/// explain, for unequal strengths.
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

/// The variances and covariances of the sums: `n / 2` for noise, and the shift of all directions
/// together.
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

/// The noise under the eigenvalues, ascending, of which `found` are past the edge of noise of
/// variance `sigma2`; none if the odds of hidden directions are too low, or nothing explains the
/// sums.
///
/// A `sigma2` far too high leaves directions in the bulk that stand alone: each round sets aside
/// those that do so by the last.
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
            // The bulk without a direction of finite strength is not quite that of a smaller
            // matrix.
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

    /// The means of `log sigma^2` and of the share over the grid, a share weighing in as its
    /// inverse beforehand; none if the odds are too low.
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

/// Generalized least squares in `log sigma^2` by Gauss-Newton.
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

/// The degrees used, 1 to 4: from 5 on the fluctuation of near outliers drowns the rest.
pub(super) const DEGREES: usize = 4;

/// One number for each degree.
pub(super) type Sums = [f64; DEGREES];

/// Power sums of `y = (lambda / sigma^2 - 1 - c) / (2 sqrt c)`, which is in [-1, 1] on the support
/// of the law.
///
/// Kept at a first guess of `sigma^2`, they give the Chebyshev sums at any other by the binomial
/// theorem.
pub(super) struct PowerSums {
    sums: [f64; DEGREES + 1],
    /// `(1 + c) / (2 sqrt c)`: minus the place of zero.
    zero: f64,
}

impl PowerSums {
    /// Of the bulk left of an `n`-sided matrix once `spikes` are set aside: `c = m / (n - spikes)`.
    pub(super) fn new(bulk: &[f64], n: usize, spikes: usize, sigma2: f64) -> Self {
        let left = (n - spikes) as f64;
        let c = bulk.len() as f64 / left;
        let unit = n as f64 / left / sigma2;
        let width = 2.0 * c.sqrt();
        let mut sums = [0.0; DEGREES + 1];
        for &x in bulk {
            let y = (x * unit - 1.0 - c) / width;
            let mut power = 1.0;
            for sum in &mut sums {
                *sum += power;
                power *= y;
            }
        }
        let zero = (1.0 + c) / width;
        Self { sums, zero }
    }

    pub(super) fn is_finite(&self) -> bool {
        self.sums.iter().all(|sum| sum.is_finite())
    }

    /// `sum_i T_n(y_i)` with `sigma^2` times `e^log`, and its derivative by `log`.
    pub(super) fn chebyshev(&self, log: f64) -> (Sums, Sums) {
        let a = (-log).exp();
        let d = (a - 1.0) * self.zero;
        let (a2, d2) = (a * a, d * d);
        let [s0, s1, s2, s3, s4] = self.sums;
        let p1 = a * s1 + d * s0;
        let p2 = a2 * s2 + 2.0 * a * d * s1 + d2 * s0;
        let p3 = a2 * a * s3 + 3.0 * a2 * d * s2 + 3.0 * a * d2 * s1 + d2 * d * s0;
        let p4 = a2 * a2 * s4
            + 4.0 * a2 * a * d * s3
            + 6.0 * a2 * d2 * s2
            + 4.0 * a * d2 * d * s1
            + d2 * d2 * s0;
        let values = [p1, 2.0 * p2 - s0, 4.0 * p3 - 3.0 * p1, 8.0 * (p4 - p2) + s0];
        // dy / dlog = -(y + zero).
        let moved = [s0, p1, p2, p3, p4];
        let by = |j: usize| -(moved[j + 1] + self.zero * moved[j]);
        let slopes = [
            by(0),
            4.0 * by(1),
            12.0 * by(2) - 3.0 * by(0),
            32.0 * by(3) - 16.0 * by(1),
        ];
        (values, slopes)
    }
}

/// What `m` eigenvalues of real Gaussian noise give on average: the integral over the law, and the
/// term of order one of Bai and Silverstein (2004), 1/2 for even degrees.
pub(super) fn of_noise(m: f64, c: f64) -> Sums {
    let (half, root) = (0.5 * m, c.sqrt());
    [
        -half * root,
        half * (c - 1.0) + 0.5,
        half * root * (1.0 - c),
        half * c * (c - 1.0) + 0.5,
    ]
}

/// What a share `p` of directions adds for each eigenvalue, with `t` the square of their strength
/// over the BBP threshold.
///
/// A single direction adds `t^n / 2`; the terms in `p^2` are those of the free convolution of both
/// laws (Dozier and Silverstein 2007, equation 1.1), expanded at infinity, and exact.
pub(super) fn of_directions(p: f64, t: f64, c: f64) -> Sums {
    let root = c.sqrt();
    let (first, second) = (0.5 * p * t, 0.5 * p * t * t);
    [
        first,
        second,
        second * (t + 3.0 * p * root),
        second * (t * t + p * (2.0 + 2.0 * c + 8.0 * root * t)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::MarchenkoPastur;

    fn slow(bulk: &[f64], c: f64, sigma2: f64) -> Sums {
        let mut sums = [0.0; DEGREES];
        for x in bulk {
            let y = (x / sigma2 - 1.0 - c) / (2.0 * c.sqrt());
            let (y2, y4) = (y * y, y * y * y * y);
            let terms = [
                y,
                2.0 * y2 - 1.0,
                y * (4.0 * y2 - 3.0),
                8.0 * (y4 - y2) + 1.0,
            ];
            for (sum, term) in sums.iter_mut().zip(terms) {
                *sum += term;
            }
        }
        sums
    }

    #[test]
    fn sums_at_another_variance_are_those_of_the_definition() {
        let bulk: Vec<f64> = (1..=40).map(|i| 0.07 * f64::from(i)).collect();
        let sums = PowerSums::new(&bulk, 100, 0, 1.1);
        for log in [-0.2, 0.0, 0.1] {
            let (values, slopes) = sums.chebyshev(log);
            let expected = slow(&bulk, 0.4, 1.1 * f64::exp(log));
            let beside = |step: f64| slow(&bulk, 0.4, 1.1 * f64::exp(log + step));
            let (up, down) = (beside(1e-5), beside(-1e-5));
            for k in 0..DEGREES {
                // Forty terms of size 10; a central difference of step 1e-5 keeps 9 digits or so.
                assert!((values[k] - expected[k]).abs() < 1e-10);
                let slope = (up[k] - down[k]) / 2e-5;
                assert!((slopes[k] - slope).abs() < 1e-5 * (1.0 + slope.abs()));
            }
        }
    }

    #[test]
    fn noise_has_the_integrals_of_its_law() {
        for (n, m) in [(4000_u32, 1000_u32), (2000, 2000)] {
            let c = f64::from(m) / f64::from(n);
            let law = MarchenkoPastur::new(1.0 / c, 1.0).unwrap();
            let bulk: Vec<f64> = (0..m)
                .map(|i| law.quantile((f64::from(i) + 0.5) / f64::from(m)).unwrap())
                .collect();
            let (values, _) = PowerSums::new(&bulk, n as usize, 0, 1.0).chebyshev(0.0);
            let expected = of_noise(f64::from(m), c);
            for k in 0..DEGREES {
                // Midpoint sums of a function of slope 16 at the edges (0.027 at most), and no
                // finite-size half in quantiles.
                let half = if k % 2 == 1 { 0.5 } else { 0.0 };
                assert!(
                    (values[k] + half - expected[k]).abs() < 0.05,
                    "{k}: {values:?}"
                );
            }
        }
    }

    #[test]
    fn directions_have_the_moments_of_the_free_convolution() {
        // With sigma = 1 and a share p of planted squares l, the first two moments of the
        // eigenvalues are 1 + p l and (1 + c) (1 + 2 p l) + p l^2 (traces of (A + X)(A + X)^T and
        // its square).
        let (p, t, c) = (0.1, 1.3, 0.5_f64);
        let l = t * c.sqrt();
        let first = 1.0 + p * l;
        let second = (1.0 + c) * (1.0 + 2.0 * p * l) + p * l * l;
        let y = (first - 1.0 - c) / (2.0 * c.sqrt());
        let y2 = (second - 2.0 * (1.0 + c) * first + (1.0 + c) * (1.0 + c)) / (4.0 * c);
        let noise = [-0.5 * c.sqrt(), 0.5 * (c - 1.0)];
        let added = of_directions(p, t, c);
        assert!((noise[0] + added[0] - y).abs() < 1e-14);
        assert!((noise[1] + added[1] - (2.0 * y2 - 1.0)).abs() < 1e-14);
    }

    /// Coefficients of a power series, the lowest first.
    type Series = [f64; 8];

    fn times(a: &Series, b: &Series) -> Series {
        std::array::from_fn(|k| (0..=k).map(|i| a[i] * b[k - i]).sum())
    }

    fn inverse(a: &Series) -> Series {
        let mut inverse = [0.0; 8];
        inverse[0] = 1.0 / a[0];
        for k in 1..8 {
            let sum: f64 = (1..=k).map(|i| a[i] * inverse[k - i]).sum();
            inverse[k] = -sum / a[0];
        }
        inverse
    }

    fn line(a: f64, b: f64) -> Series {
        [a, b, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    }

    fn scaled(a: &Series, by: f64) -> Series {
        a.map(|x| by * x)
    }

    fn plus(a: &Series, b: &Series) -> Series {
        std::array::from_fn(|k| a[k] + b[k])
    }

    /// The mean of `T_n` under the law of Dozier and Silverstein, from their equation: with `b =
    /// 1 + c m(z)` and `v = b z - (1 - c)` it is `b = 1 - c ((1 - p) / v + p b / (b v - l))`, here in
    /// powers of `e`, `v = c + sqrt(c) / e`; the mean is the residue of `-T_n(y(z)) m(z) dz`.
    fn by_residue(p: f64, t: f64, c: f64) -> Sums {
        let root = c.sqrt();
        let u = times(&line(0.0, 1.0), &inverse(&line(root, c)));
        let mut b = line(1.0, 0.0);
        for _ in 0..8 {
            let below = inverse(&plus(&b, &scaled(&u, -t * root)));
            let planted = times(&times(&b, &u), &below);
            let sum = plus(&scaled(&u, 1.0 - p), &scaled(&planted, p));
            b = plus(&line(1.0, 0.0), &scaled(&sum, -c));
        }
        let m = scaled(&plus(&b, &line(-1.0, 0.0)), 1.0 / c);
        // z e, (dz / de) e^2, and 2 y e.
        let z = times(&line(root, 1.0), &inverse(&b));
        let slope: Series = std::array::from_fn(|k| (k as f64 - 1.0) * z[k]);
        let y = scaled(&plus(&z, &line(0.0, -1.0 - c)), 1.0 / root);
        let mut before = line(1.0, 0.0);
        let mut now = scaled(&y, 0.5);
        std::array::from_fn(|k| {
            // T_n e^n, and its mean at e^(n + 1).
            let mean = times(&times(&now, &m), &slope)[k + 2];
            let mut shifted = [0.0; 8];
            shifted[2..].copy_from_slice(&before[..6]);
            let next = plus(&times(&y, &now), &scaled(&shifted, -1.0));
            (before, now) = (now, next);
            mean
        })
    }

    #[test]
    fn directions_have_the_sums_of_the_information_plus_noise_law() {
        for (p, t, c) in [
            (0.0, 1.0, 0.5),
            (0.1, 1.3, 0.5),
            (0.2, 0.4, 1.0),
            (0.35, 2.5, 0.1),
        ] {
            let half = [0.0, 0.5, 0.0, 0.5];
            let (noise, added) = (of_noise(1.0, c), of_directions(p, t, c));
            for (k, slow) in by_residue(p, t, c).into_iter().enumerate() {
                let fast = noise[k] - half[k] + added[k];
                // Eight terms of one magnitude.
                assert!(
                    (fast - slow).abs() < 1e-12 * (1.0 + slow.abs()),
                    "{k}: {fast} {slow}"
                );
            }
        }
    }
}
