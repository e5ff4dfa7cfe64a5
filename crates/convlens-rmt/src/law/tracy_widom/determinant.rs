//! The Fredholm determinants themselves in double precision: an independent route for the tests.

use std::f64::consts::PI;

/// Number of Gauss-Legendre nodes. Convergence is exponential (Bornemann 2010); from `s = -12` on,
/// 64 nodes and 96 agree to rounding.
const NODES: usize = 64;
/// Ai is 4e-20 here: the half-line is cut where the argument passes it.
const CUT: f64 = 16.0;
/// Least length of the cut half-line, for the relative accuracy of the upper tail.
const LEAST_LENGTH: f64 = 10.0;

#[derive(Debug, Clone)]
pub(super) struct AiryOperator {
    airy: Airy,
    nodes: Vec<f64>,
    weights: Vec<f64>,
}

impl AiryOperator {
    pub(super) fn new() -> Self {
        Self::with_nodes(NODES)
    }

    fn with_nodes(count: usize) -> Self {
        let (nodes, weights) = gauss_legendre(count);
        Self {
            airy: Airy::new(),
            nodes,
            weights,
        }
    }

    /// `log det(1 - B_s)` with `B_s(x, y) = Ai(x + y + s)` on the half-line.
    pub(super) fn log_det_beta1(&self, s: f64) -> f64 {
        log_det_one_minus(self.matrix(s), self.nodes.len())
    }

    /// `log det(1 - B_s^2)`: the square of `B_s` is the Airy kernel on `(s, inf)`.
    pub(super) fn log_det_beta2(&self, s: f64) -> f64 {
        let size = self.nodes.len();
        let b = self.matrix(s);
        let mut square = vec![0.0; size * size];
        for i in 0..size {
            for j in 0..=i {
                let (row, other) = (&b[i * size..][..size], &b[j * size..][..size]);
                let dot: f64 = row.iter().zip(other).map(|(x, y)| x * y).sum();
                square[i * size + j] = dot;
                square[j * size + i] = dot;
            }
        }
        log_det_one_minus(square, size)
    }

    /// `sqrt(w_i) Ai(x_i + x_j + s) sqrt(w_j)`, row-major, symmetric.
    fn matrix(&self, s: f64) -> Vec<f64> {
        let size = self.nodes.len();
        let length = (CUT - s).max(LEAST_LENGTH);
        let mut matrix = vec![0.0; size * size];
        for i in 0..size {
            for j in 0..=i {
                let z = s + length * (self.nodes[i] + self.nodes[j]);
                let value = length * (self.weights[i] * self.weights[j]).sqrt() * self.airy.ai(z);
                matrix[i * size + j] = value;
                matrix[j * size + i] = value;
            }
        }
        matrix
    }
}

/// `log det(I - B)` for symmetric `B` with `I - B` positive definite, by
/// elimination on `B` with the identity left implicit: the pivots are
/// `1 - b`, so that small `B` keep full relative accuracy. Minus infinity where
/// rounding makes a pivot non-positive.
fn log_det_one_minus(mut b: Vec<f64>, size: usize) -> f64 {
    let mut log_det = 0.0;
    for k in 0..size {
        let pivot = b[k * size + k];
        if pivot >= 1.0 {
            return f64::NEG_INFINITY;
        }
        log_det += (-pivot).ln_1p();
        let (done, rest) = b.split_at_mut((k + 1) * size);
        let row = &done[k * size + k + 1..];
        for (i, lower) in rest.chunks_exact_mut(size).enumerate() {
            let factor = row[i] / (1.0 - pivot);
            for (x, y) in lower[k + 1..].iter_mut().zip(row) {
                *x += factor * y;
            }
        }
    }
    log_det
}

/// Grid of Taylor centers: from `TOP` down to `TOP - STEP * (CENTERS - 1) = -12.5`.
const TOP: f64 = 12.0;
const STEP: f64 = 0.5;
const CENTERS: usize = 50;
/// Center at `z = 0`, where the value is known in closed form.
const ORIGIN: usize = 24;
/// Terms for a step of 0.5: `(sqrt(12) / 2)^26 / 26!` is 4e-21.
const STEP_TERMS: usize = 27;
/// Terms for half a step: `(sqrt(12) / 4)^20 / 20!` is 2e-20.
const TERMS: usize = 20;
/// `Ai(0) = 3^(-2/3) / Gamma(2/3)` (DLMF 9.2.3).
const AI_ZERO: f64 = 0.355_028_053_887_817_2;

/// Taylor coefficients of Ai about evenly spaced centers.
///
/// The values come from the asymptotic series at 12 and Taylor steps of the
/// equation `y'' = z y` downwards, the direction in which Ai grows or
/// oscillates, hence the stable one; the whole is then scaled to the known
/// `Ai(0)`. Relative error under 1e-14 for `z >= 0` and absolute error under
/// 1e-14 for `-12.5 <= z < 0`.
#[derive(Debug, Clone)]
pub(super) struct Airy {
    coefficients: Vec<[f64; TERMS]>,
}

impl Airy {
    pub(super) fn new() -> Self {
        let (mut value, mut slope) = asymptotic(TOP);
        let mut centers = Vec::with_capacity(CENTERS);
        for k in 0..CENTERS {
            let z = TOP - STEP * k as f64;
            let series = taylor(z, value, slope);
            centers.push(series);
            value = series.iter().rev().fold(0.0, |sum, a| a - STEP * sum);
            slope = (1..STEP_TERMS)
                .rev()
                .fold(0.0, |sum, j| j as f64 * series[j] - STEP * sum);
        }
        let scale = AI_ZERO / centers[ORIGIN][0];
        let coefficients = centers
            .iter()
            .map(|series| std::array::from_fn(|j| scale * series[j]))
            .collect();
        Self { coefficients }
    }

    /// Ai at `z`.
    ///
    /// # Panics
    ///
    /// If `z < -12.75`, outside the grid.
    pub(super) fn ai(&self, z: f64) -> f64 {
        if z >= TOP {
            return asymptotic(z).0;
        }
        let k = ((TOP - z) / STEP).round();
        let h = z - (TOP - STEP * k);
        self.coefficients[k as usize]
            .iter()
            .rev()
            .fold(0.0, |sum, a| a + h * sum)
    }
}

/// Coefficients about `z0` from `(n + 2)(n + 1) a_(n+2) = z0 a_n + a_(n-1)`.
fn taylor(z0: f64, value: f64, slope: f64) -> [f64; STEP_TERMS] {
    let mut a = [0.0; STEP_TERMS];
    a[0] = value;
    a[1] = slope;
    for n in 0..STEP_TERMS - 2 {
        let below = if n == 0 { 0.0 } else { a[n - 1] };
        a[n + 2] = (z0 * a[n] + below) / ((n + 2) * (n + 1)) as f64;
    }
    a
}

/// `(Ai, Ai')` for large `z` (DLMF 9.7.5, 9.7.6).
fn asymptotic(z: f64) -> (f64, f64) {
    let root = z.sqrt();
    let zeta = 2.0 / 3.0 * z * root;
    let (mut u, mut value, mut slope) = (1.0, 1.0, 1.0);
    for k in 1..30 {
        let k = f64::from(k);
        let ratio = (6.0 * k - 5.0) * (6.0 * k - 3.0) * (6.0 * k - 1.0)
            / (216.0 * k * (2.0 * k - 1.0) * zeta);
        u *= -ratio;
        value += u;
        slope += u * (6.0 * k + 1.0) / (1.0 - 6.0 * k);
        if u.abs() < 1e-18 {
            break;
        }
    }
    let front = (-zeta).exp() / (2.0 * std::f64::consts::PI.sqrt());
    let quarter = root.sqrt();
    (front / quarter * value, -front * quarter * slope)
}

/// Nodes (ascending) and weights on `[0, 1]`, exact for polynomials of degree
/// `2 count - 1`; Newton's method on the Legendre recurrence.
pub(super) fn gauss_legendre(count: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut nodes, mut weights) = (vec![0.0; count], vec![0.0; count]);
    let size = count as f64;
    for i in 0..count.div_ceil(2) {
        let mut x = (PI * (i as f64 + 0.75) / (size + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..100 {
            let (mut previous, mut current) = (1.0, x);
            for k in 2..=count {
                let k = k as f64;
                let next = ((2.0 * k - 1.0) * x * current - (k - 1.0) * previous) / k;
                (previous, current) = (current, next);
            }
            slope = size * (x * current - previous) / (x * x - 1.0);
            let step = current / slope;
            x -= step;
            if step.abs() < 1e-16 {
                break;
            }
        }
        let weight = 1.0 / ((1.0 - x * x) * slope * slope);
        nodes[i] = 0.5 * (1.0 - x);
        nodes[count - 1 - i] = 0.5 * (1.0 + x);
        weights[i] = weight;
        weights[count - 1 - i] = weight;
    }
    (nodes, weights)
}

#[cfg(test)]
mod fredholm_tests {
    use super::*;

    #[test]
    fn more_nodes_change_nothing() {
        let (few, many) = (AiryOperator::new(), AiryOperator::with_nodes(96));
        for s in [-12.0, -10.0, -8.0, -5.0, -2.0, 0.0, 3.0, 8.0, 20.0] {
            let (a, b) = (few.log_det_beta1(s).exp(), many.log_det_beta1(s).exp());
            // Two determinants of terms of size 1, 64 pivots each.
            assert!((a - b).abs() < 1e-13, "s {s}: {a:e} {b:e}");
            let (a, b) = (few.log_det_beta2(s).exp(), many.log_det_beta2(s).exp());
            assert!((a - b).abs() < 1e-13, "s {s}: {a:e} {b:e}");
        }
        for s in [0.0, 3.0, 8.0, 20.0] {
            let (a, b) = (few.log_det_beta1(s), many.log_det_beta1(s));
            assert!((a / b - 1.0).abs() < 1e-12, "s {s}: {a:e} {b:e}");
        }
    }
}

#[cfg(test)]
mod airy_tests {
    use super::*;

    #[test]
    fn matches_mpmath() {
        // mpmath.airyai at 30 digits; see tests/data/tracy_widom.py.
        let reference = include_str!("../../../tests/data/airy.csv");
        let airy = Airy::new();
        let mut seen = 0;
        for line in reference.lines().skip(1) {
            let (z, expected) = line.split_once(',').unwrap();
            let (z, expected): (f64, f64) = (z.parse().unwrap(), expected.parse().unwrap());
            let error = (airy.ai(z) - expected).abs();
            // Beyond 12 the exponential of zeta itself loses zeta * eps.
            let bound = if z < 0.0 {
                1e-14
            } else if z < TOP {
                1e-14 * expected
            } else {
                1e-13 * expected
            };
            assert!(error <= bound, "Ai({z}): error {error:e}, bound {bound:e}");
            seen += 1;
        }
        assert!(seen > 60);
    }
}

#[cfg(test)]
mod quadrature_tests {
    use super::*;

    #[test]
    fn is_exact_for_polynomials() {
        for count in [2, 5, 64] {
            let (nodes, weights) = gauss_legendre(count);
            for degree in [0, 1, 2 * count - 1] {
                let sum: f64 = nodes
                    .iter()
                    .zip(&weights)
                    .map(|(x, w)| w * x.powi(degree as i32))
                    .sum();
                // A few roundings of terms of size 1.
                assert!((sum - 1.0 / (degree + 1) as f64).abs() < 1e-14);
            }
        }
    }
}
