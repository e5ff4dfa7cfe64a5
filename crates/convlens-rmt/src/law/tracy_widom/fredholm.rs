//! The Fredholm determinant of the Airy operator, discretised.

use super::airy::Airy;
use super::quadrature::gauss_legendre;

/// Number of Gauss-Legendre nodes. Convergence is exponential (Bornemann 2010); from `s = -12` on, 64 nodes and 96 agree to rounding.
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

#[cfg(test)]
mod tests {
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
